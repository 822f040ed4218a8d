#include "events/stream.h"

#include <boost/json.hpp>

#include "http/parse/problem.h"

namespace carillon::events {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  codec::append_json_string(out, text);
  return out;
}

std::string sid_or_null(const std::string& sid) { return sid.empty() ? "null" : quoted(sid); }

}  // namespace

std::string typing_frame(const std::string& conversation_sid, const std::string& type, const std::string& sid,
                         const std::string& display_name, bool typing) {
  return R"({"type":"typing","conversation_sid":)" + quoted(conversation_sid) + ",\"who\":{\"type\":" + quoted(type) +
         ",\"sid\":" + sid_or_null(sid) + ",\"display_name\":" + quoted(display_name) +
         "},\"typing\":" + (typing ? "true" : "false") + "}";
}

std::string numbers_frame(Instant at, std::int64_t position, const std::string& members) {
  return R"({"type":"numbers","at":")" + to_rfc3339(at) + "\",\"position\":" + std::to_string(position) + "," +
         members + "}";
}

std::string error_frame(const Error& error) {
  return R"({"type":"error","problem":)" + http::problem_json(error) + "}";
}

std::string phone_connected_frame(const std::string& sdp) {
  return R"({"type":"phone.connected","sdp":)" + quoted(sdp) + "}";
}

std::string phone_failed_frame(const Error& error) {
  return R"({"type":"phone.failed","problem":)" + http::problem_json(error) + "}";
}

void StreamHub::Stream::send_hello(Instant now, std::int64_t newest, Duration heartbeat) {
  send(R"({"type":"hello","at":")" + to_rfc3339(now) + "\",\"workspace_sid\":" + quoted(who->workspace.str()) +
       ",\"worker_sid\":" + sid_or_null(who->worker.str()) + ",\"position\":" + std::to_string(newest) +
       ",\"heartbeat_s\":" + std::to_string(heartbeat.us / 1'000'000) + "}");
}

void StreamHub::Stream::send_ping(Instant now) {
  send(R"({"type":"ping","at":")" + to_rfc3339(now) + "\",\"position\":" + std::to_string(position) + "}");
}

// The socket's callbacks come on net threads and are posted to the hub, in their order.
class Session final : public http::WebSocketHandler {
 public:
  Session(StreamHub& hub, StreamHub::StreamPtr stream) : hub_(hub), stream_(std::move(stream)) {}

  void on_open(std::shared_ptr<http::WebSocket> socket) override {
    stream_->socket = std::move(socket);
    hub_.post([this_hub = &hub_, stream = stream_] { this_hub->opened(stream); });
  }
  void on_message(http::WebSocket&, std::string_view text) override {
    hub_.post([this_hub = &hub_, stream = stream_, held = std::string(text)]() mutable {
      this_hub->message(stream, std::move(held));
    });
  }
  void on_close(http::WebSocket&, std::uint16_t, std::string_view) override {
    hub_.post([this_hub = &hub_, stream = stream_] { this_hub->closed(stream); });
  }

 private:
  StreamHub& hub_;
  StreamHub::StreamPtr stream_;
};

void StreamHub::add_routes(door::Api& api) {
  operation_ = api.contract().find("stream_events");
  CARILLON_CHECK(operation_ != nullptr);
  http::WebSocketOptions options;
  options.subprotocols = {"carillon.v1"};
  options.rate_class = operation_->rate_class;
  options.max_queued_messages = 20'000;
  options.max_queued_bytes = 16 << 20;
  api.router().websocket(operation_->path, options, [this](http::Request request, http::WebSocketDecision decide) {
    const auto refuse = [&](const Error& error) { decide.refuse(http::Response::problem(error, request.path)); };
    auto who = world_.authenticator.authenticate(request);
    if (!who) return refuse(who.error());
    if (auto fine = door::check_rights(*operation_, who->get()); !fine) return refuse(fine.error());
    http::QueryFields query(request.query);
    auto first = read_subscribe_query(query);
    if (!first) return refuse(first.error());
    auto stream = std::make_shared<Stream>();
    stream->who = *who;
    stream->first = *std::move(first);
    stream->request = std::move(request);
    decide.accept(std::make_shared<Session>(*this, std::move(stream)));
  });
  api.served_elsewhere("stream_events");
}

}  // namespace carillon::events
