// Goal: no sequence of requests to the API, from whoever may call it, makes the server say that it is the server's fault.
// Input: lines; "WHO METHOD PATH", a tab, the body. WHO is a letter: k(ey), a(dmin), s(upervisor), w(orker: the first one); PATH is
//        below /api/v1, with stand-ins for ids (workspace/testing/stand_ins.h). "+S" lets S seconds pass.
// Checks: every request is answered, never with 500; answers are JSON, problems say their code; a next_cursor is taken; the decider's
//         invariants hold in the end.
// A world of threads and sockets: tens of inputs a second, so it runs by hand only (scripts/fuzz 3600 api).
#include <charconv>

#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "conversations/rest.h"
#include "customers/rest.h"
#include "door/testing/rest_world.h"
#include "events/alerts_rest.h"
#include "events/events_rest.h"
#include "metrics/statistics_rest.h"
#include "presence/activities_rest.h"
#include "routing/rest.h"
#include "workspace/testing/stand_ins.h"

namespace carillon::app {
namespace {

using door::testing::RestWorld;

constexpr int kMostLines = 12;

void add_routes(door::Api& api) {
  presence::add_activity_routes(api);
  routing::add_routes(api);
  metrics::add_statistics_routes(api);
  events::add_alert_routes(api);
  events::add_event_routes(api);
  conversations::add_routes(api, {std::make_shared<conversations::Once>(), [](auto&&...) {}});
  customers::add_routes(api);
}

struct Request {
  std::string who, method, path, body;
};

std::string caller(RestWorld& world, char letter) {
  if (letter == 'a') return "admin";
  if (letter == 's') return "supervisor";
  if (letter != 'w') return "key";
  std::string sid;
  world.look([&](const runtime::View& view) {
    const auto workers = view.state.routing().workers();
    if (!workers.empty()) sid = workers.front()->sid.str();
  });
  return "agent:" + sid;
}

// Nothing: the line is no request that the client could write.
std::optional<Request> read_line(RestWorld& world, std::string_view line) {
  std::string text;
  world.look([&](const runtime::View& view) { text = workspace::testing::with_real_sids(line, view.state); });
  carillon::testing::FuzzInput input(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  const std::string_view who = input.piece(' '), method = input.piece(' '), path = input.piece('\t');
  if (who.empty() || method.empty() || !http::Headers::is_token(method) || method == "HEAD") return std::nullopt;
  if (!path.starts_with('/') || path.find_first_of(" \r\n") != std::string_view::npos || path.size() > 4000)
    return std::nullopt;
  if (!http::Headers::is_safe_value(path)) return std::nullopt;
  return Request{caller(world, who.front()), std::string(method), std::string(path), std::string(input.rest())};
}

void check_answer(RestWorld& world, const Request& request, const RestWorld::Answer& answer) {
  if (answer.status == 0 || answer.status >= 500) {
    std::fprintf(stderr, "%s %s %s\n%s\n-> %d %s\n", request.who.c_str(), request.method.c_str(), request.path.c_str(),
                 request.body.c_str(), answer.status, answer.body.c_str());
  }
  CARILLON_CHECK(answer.status >= 200 && answer.status < 500);
  if (answer.status == 204) return;
  const auto json = answer.json();
  CARILLON_CHECK(json.is_object());
  if (answer.status >= 400) CARILLON_CHECK(!answer.code().empty());
  const std::string next = door::testing::at(json, "/next_cursor");
  if (answer.status != 200 || request.method != "GET" || next.empty() || next == "null") return;
  if (request.path.find("cursor=") != std::string::npos) return;
  const std::string path =
      request.path + (request.path.find('?') == std::string::npos ? "?cursor=" : "&cursor=") + next;
  const int status = world.send("GET", path, "", request.who).status;
  CARILLON_CHECK(status == 200);
}

void run(RestWorld& world, std::string_view line) {
  if (line.starts_with('+')) {
    std::int64_t seconds = 0;
    std::from_chars(line.data() + 1, line.data() + line.size(), seconds);
    return world.advance(Duration::seconds(std::clamp<std::int64_t>(seconds, 0, 86'400)));
  }
  const auto request = read_line(world, line);
  if (!request) return;
  RestWorld::HeaderFields more;
  if (request->method != "GET") more.emplace_back("If-Match", "*");
  check_answer(world, *request,
               world.send(request->method, request->path, request->body, request->who, std::move(more)));
}

// What there is before the first request.
void furnish(RestWorld& world) {
  world.make("/task-queues", R"({"friendly_name":"Sales","expression":"level > 1"})");
  world.make_worker("Ann", R"({"level":3,"lang":["en"]})");
  world.make_worker("Bob", "{}");
}

}  // namespace
}  // namespace carillon::app

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon;
  testing::FuzzInput input(data, size);
  door::testing::RestWorld world(app::add_routes);
  app::furnish(world);
  for (int i = 0; i < app::kMostLines && !input.empty(); ++i) app::run(world, input.piece('\n'));
  world.look([](const runtime::View& view) { view.state.check_invariants(); });
  return 0;
}
