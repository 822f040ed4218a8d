#include "channels/chat/visitor_frames.h"

#include <boost/json.hpp>

#include "http/parse/problem.h"
#include "runtime/json_out.h"

namespace carillon::chat {

using runtime::JsonOut;

std::string hello_frame(Instant at, const Thread& thread, const Place& place, const CallSight& call, bool here,
                        std::int64_t position) {
  std::string out;
  JsonOut json(out);
  json.text("type", "hello").time("at", at).seconds("heartbeat_s", kHeartbeat).key("conversation");
  render(out, thread, place, position);
  json.key("call");
  render_call(out, call, here);
  json.end();
  return out;
}

std::string call_frame(const CallSight& call, bool here) {
  std::string out = R"({"type":"call","call":)";
  render_call(out, call, here);
  return out + "}";
}

std::string call_answered_frame(const std::string& sdp) {
  std::string out;
  JsonOut json(out);
  json.text("type", "call.answered").text("sdp", sdp);
  json.end();
  return out;
}

std::string call_failed_frame(const Error& error) {
  return R"({"type":"call.failed","problem":)" + http::problem_json(error) + "}";
}

std::string message_frame(std::string_view message, std::int64_t position) {
  std::string out;
  JsonOut json(out);
  json.text("type", "message").raw("message", message).number("position", position);
  json.end();
  return out;
}

std::string state_frame(VisitorState state, const std::string& worker_name, conversations::Reason reason,
                        std::int64_t position) {
  std::string out;
  JsonOut json(out);
  json.text("type", "state").word("state", state).text_or_null("worker_display_name", worker_name);
  json.word_or_null("reason", reason).number("position", position);
  json.end();
  return out;
}

std::string place_frame(const Place& place) {
  std::string out = R"({"type":"queue_position",)";
  render_place(out, place);
  return out + "}";
}

std::string visitor_typing_frame(const std::string& display_name, bool typing) {
  std::string out;
  JsonOut json(out);
  json.text("type", "typing").text("display_name", display_name).flag("typing", typing);
  json.end();
  return out;
}

std::string read_frame(std::int64_t index) { return R"({"type":"read","index":)" + std::to_string(index) + "}"; }

std::string ping_frame(Instant at, std::int64_t position) {
  return R"({"type":"ping","at":")" + to_rfc3339(at) + "\",\"position\":" + std::to_string(position) + "}";
}

std::string refusal_frame(const Error& error) {
  return R"({"type":"error","problem":)" + http::problem_json(error) + "}";
}

std::optional<ShownMessage> shown_message(const std::string& message_json) {
  boost::system::error_code failed;
  const auto parsed = boost::json::parse(message_json, failed);
  if (failed || !parsed.is_object()) return std::nullopt;
  const auto& message = parsed.get_object();
  const auto* internal = message.if_contains("internal");
  const auto* author = message.if_contains("author");
  if (!internal || !internal->is_bool() || internal->get_bool() || !author || !author->is_object()) return std::nullopt;
  const auto member = [](const boost::json::object& object, std::string_view name) {
    const auto* found = object.if_contains(name);
    return found ? boost::json::serialize(*found) : std::string("null");
  };
  const auto* type = author->get_object().if_contains("type");
  const auto* index = message.if_contains("index");
  if (!type || !type->is_string() || !index || !index->is_int64()) return std::nullopt;
  ShownMessage out;
  out.index = index->get_int64();
  out.is_customers = type->get_string() == "customer";
  JsonOut json(out.json);
  json.raw("sid", member(message, "sid"))
      .number("index", out.index)
      .raw("at", member(message, "at"))
      .flag("mine", out.is_customers);
  json.raw("author_display_name", member(author->get_object(), "display_name"))
      .raw("author_type", member(author->get_object(), "type"));
  json.raw("text", member(message, "text")).raw("attachments", member(message, "attachments"));
  json.raw("client_message_id", out.is_customers ? member(message, "client_message_id") : "null")
      .raw("status", member(message, "status"));
  json.end();
  return out;
}

}  // namespace carillon::chat
