// Requests a second over loopback: one net thread, kept-alive connections, a small JSON body in and out.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <boost/json/serialize.hpp>
#include <thread>

#include "http/parse/fields.h"
#include "http/testing/client.h"
#include "http/testing/test_server.h"

namespace carillon::http {
namespace {

void create(Request request, Reply reply) {
  const auto doc = request.json();
  if (!doc) return reply.problem(doc.error(), request.path);
  Fields in(*doc);
  const std::string name = in.required_string("friendly_name", 1, 64);
  const std::int64_t priority = in.optional_int("priority", 0, 1000).value_or(0);
  const auto attributes = in.optional_object("attributes");
  if (auto ok = in.finish(); !ok) return reply.problem(ok.error(), request.path);
  boost::json::object out;
  out["sid"] = "WT0123456789abcdef0123456789abcdef";
  out["friendly_name"] = name;
  out["priority"] = priority;
  if (attributes) out["attributes"] = *attributes;
  reply(Response::json(201, out).etag(1).location("/api/v1/tasks/WT0123456789abcdef0123456789abcdef"));
}

constexpr std::string_view kBody =
    R"({"friendly_name":"a customer","priority":10,"attributes":{"language":"de","skills":["billing","vip"]}})";

std::unique_ptr<Server> make_server(const Clock& clock, std::size_t threads = 1) {
  auto router = std::make_shared<Router>();
  router->add(Method::kPost, "/api/v1/tasks", {.max_body_bytes = 64 << 10}, create);
  router->add(Method::kGet, "/healthz", [](Request, Reply reply) { reply(Response::text(200, "ok")); });
  router->websocket("/echo", {.messages = {.per_second = 1e9, .burst = 1e9}}, [](Request, WebSocketDecision decide) {
    struct Echo final : WebSocketHandler {
      std::shared_ptr<WebSocket> mine;
      void on_open(std::shared_ptr<WebSocket> s) override { mine = std::move(s); }
      void on_message(WebSocket& s, std::string_view text) override { s.send(std::string(text)); }
      void on_close(WebSocket&, std::uint16_t, std::string_view) override { mine.reset(); }
    };
    decide.accept(std::make_shared<Echo>());
  });
  auto server = std::make_unique<Server>(ServerOptions{.listeners = {Listener{}}}, router, clock);
  CARILLON_CHECK(server->start(threads).ok());
  return server;
}

// Processor time of the net thread alone would be better; the whole process less the client's thread is what we can have.
double thread_cpu() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}
double process_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// `connections` clients, each sends one request and waits for its answer; all are in flight at once.
void run_requests(benchmark::State& state, const std::string& text) {
  SystemClock clock;
  auto server = make_server(clock);
  std::vector<std::unique_ptr<testing::RawClient>> clients;
  for (int i = 0; i < state.range(0); ++i) clients.push_back(std::make_unique<testing::RawClient>(server->ports()[0]));
  const double before = process_cpu() - thread_cpu();
  for (auto _ : state) {
    for (auto& client : clients) client->send(text);
    for (auto& client : clients) {
      if (client->receive_answer().status / 100 != 2) state.SkipWithError("a request failed");
    }
  }
  const double server_cpu = process_cpu() - thread_cpu() - before;
  const double n = static_cast<double>(state.iterations() * state.range(0));
  state.SetItemsProcessed(static_cast<std::int64_t>(n));
  state.counters["per_s_of_net_cpu"] = n / server_cpu;
}

void BM_PostJson(benchmark::State& state) {
  run_requests(state, testing::request_text("POST", "/api/v1/tasks", kBody, {{"Content-Type", "application/json"}}));
}
BENCHMARK(BM_PostJson)->Arg(1)->Arg(32)->UseRealTime();

void BM_Get(benchmark::State& state) { run_requests(state, testing::request_text("GET", "/healthz")); }
BENCHMARK(BM_Get)->Arg(32)->UseRealTime();

void BM_WebSocketEcho(benchmark::State& state) {
  SystemClock clock;
  auto server = make_server(clock);
  auto socket = testing::WsClient::open(server->ports()[0], "/echo");
  std::string batch;
  for (int i = 0; i < state.range(0); ++i) append_ws_frame(batch, WsOpcode::kText, R"({"type":"offer","n":1})", 7);
  for (auto _ : state) {
    socket->send_raw(batch);
    for (int i = 0; i < state.range(0); ++i) {
      if (!socket->receive_text()) return state.SkipWithError("no echo");
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_WebSocketEcho)->Arg(1)->Arg(64)->UseRealTime();

void BM_ParseAndRead(benchmark::State& state) {
  for (auto _ : state) {
    const auto doc = parse_json(kBody);
    Fields in(*doc);
    benchmark::DoNotOptimize(in.required_string("friendly_name", 1, 64));
    benchmark::DoNotOptimize(in.optional_int("priority", 0, 1000));
    benchmark::DoNotOptimize(in.optional_object("attributes"));
    if (!in.finish()) state.SkipWithError("faults");
  }
}
BENCHMARK(BM_ParseAndRead);

}  // namespace
}  // namespace carillon::http
