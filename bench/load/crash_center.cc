#include "bench/load/crash_center.h"

#include <thread>

namespace carillon::bench {
namespace {

namespace json = boost::json;

constexpr int kChats = 4;
constexpr std::int64_t kFortnight = 1'209'600;

json::object wrap_up(const char* mode, std::int64_t seconds) {
  return {{"mode", mode}, {"seconds", seconds}, {"extensions", 0}};
}

std::string make_queue(Caller& key, const std::string& team, json::object more) {
  json::object queue{
      {"friendly_name", team}, {"expression", "team == '" + team + "'"}, {"wrap_up", wrap_up("none", 0)}};
  for (auto& [name, value] : more) queue[name] = value;
  return key.must("POST", "/api/v1/task-queues", queue).text("sid");
}

void keep_queue(Caller& key, CrashCenter& out) {
  out.kept_queue = make_queue(key, "kept", {{"max_wait_s", kFortnight}});
  const json::object target{{"queue", out.kept_queue}, {"timeout", 86'400}};
  const json::object filter{{"filter_friendly_name", "All"},
                            {"expression", "1 == 1"},
                            {"targets", json::array{target, json::object{{"queue", out.kept_queue}}}}};
  const json::object routing{{"filters", json::array{filter}}, {"default_filter", {{"queue", out.kept_queue}}}};
  const json::object workflow{{"friendly_name", "Kept"}, {"document", {{"task_routing", routing}}}};
  out.kept_workflow = key.must("POST", "/api/v1/workflows", workflow).text("sid");
}

void watch(Caller& key, Deeds& deeds, Watched watched) {
  watched.at = look_at(key, watched);
  if (watched.at.is_never()) give_up("found no deadline: " + watched.what);
  deeds.watched.push_back(std::move(watched));
}

void ring_for_long(Caller& key, const CrashCenter& out, Deeds& deeds) {
  const std::string queue = make_queue(key, "ring", {{"offer_timeout_s", 3600}});
  const Offered offered = offer_to_bot(key, out.center, queue, make_bot(key, out.center, "ring"));
  watch(key, deeds,
        {"an offer that rings",
         "/api/v1/reservations/" + offered.reservation_sid,
         "/expires_at",
         Watched::Kind::offer,
         {}});
}

void wrap_up_for_long(Caller& key, const CrashCenter& out, Deeds& deeds) {
  const std::string queue = make_queue(key, "wrap", {{"wrap_up", wrap_up("timed", 86'400)}});
  const Offered offered = offer_to_bot(key, out.center, queue, make_bot(key, out.center, "wrap"));
  key.must("POST", "/api/v1/reservations/" + offered.reservation_sid + "/accept");
  key.must("POST", "/api/v1/tasks/" + offered.task_sid + "/wrap-up");
  watch(key, deeds,
        {"a wrap-up",
         "/api/v1/reservations/" + offered.reservation_sid,
         "/wrap_up/expires_at",
         Watched::Kind::moves,
         {}});
}

// A chat as it is after its worker has answered.
bool begin_chat(Caller& key, std::uint16_t port, const CrashCenter& out, const std::string& widget, Deeds& deeds) {
  Chat chat;
  Caller nobody(port, "");
  const Reply grant = nobody.call("POST", "/api/v1/widget/" + widget + "/visitors", {{"display_name", "Ada"}});
  if (grant.status == 404) return false;
  if (grant.status != 201) give_up("create_visitor was answered " + std::to_string(grant.status) + " " + grant.body);
  chat.token = grant.text("token");
  Caller visitor(port, "Authorization: Bearer " + chat.token + "\r\n");
  const std::string bot = make_bot(key, out.center, "chat");
  const Reply started =
      visitor.must("POST", "/api/v1/visitor/conversation", {{"text", "Hello"}, {"client_message_id", "hello"}});
  chat.conversation_sid = started.text("conversation_sid");
  for (int looks = 0; looks < 100; ++looks) {
    const auto offers = key.all("/api/v1/reservations?status=pending&worker_sid=" + bot);
    if (!offers.empty()) {
      key.must("POST", "/api/v1/reservations/" + text_of(offers.front(), "sid") + "/accept");
      deeds.chats.push_back(std::move(chat));
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  give_up("a chat was offered to nobody");
}

void begin_chats(Caller& key, std::uint16_t port, const CrashCenter& out, Deeds& deeds) {
  const std::string queue = make_queue(key, "chat", {});
  const json::object workflow{
      {"friendly_name", "Load chats"},
      {"document", {{"task_routing", {{"filters", json::array{}}, {"default_filter", {{"queue", queue}}}}}}}};
  const std::string workflow_sid = key.must("POST", "/api/v1/workflows", workflow).text("sid");
  const json::object wish{
      {"friendly_name", "Load"}, {"allowed_origins", json::array{}}, {"workflow_sid", workflow_sid}};
  const Reply widget = key.call("POST", "/api/v1/widgets", wish);
  std::string sid;
  if (const json::value made = widget.json(); widget.status == 201) sid = text_of(made.at("widget").as_object(), "sid");
  for (int i = 0; !sid.empty() && i < kChats; ++i) {
    if (!begin_chat(key, port, out, sid, deeds)) break;
  }
  if (deeds.chats.empty())
    say("this server has no widget or takes no visitors (404): the crash bench runs without chats");
}

}  // namespace

Instant instant_at(const json::value& value, std::string_view pointer) {
  boost::system::error_code failed;
  const json::value* found = value.find_pointer(pointer, failed);
  if (failed || !found || !found->is_string()) return Instant::never();
  return parse_rfc3339(found->get_string()).value_or(Instant::never());
}

Instant look_at(Caller& key, const Watched& watched) {
  return instant_at(key.get(watched.target).json(), watched.place);
}

std::string make_bot(Caller& key, const Center& center, const std::string& team) {
  static int made = 0;
  const json::object bot{{"friendly_name", "bot-" + team + "-" + std::to_string(++made)},
                         {"attributes", {{"team", team}}},
                         {"requires_connection", false}};
  const std::string sid = key.must("POST", "/api/v1/workers", bot).text("sid");
  key.must("PUT", "/api/v1/workers/" + sid + "/activity", {{"activity_sid", center.available}});
  return sid;
}

Offered offer_to_bot(Caller& key, const Center& center, const std::string& queue, const std::string& bot) {
  Offered out;
  out.task_sid =
      key.must("POST", "/api/v1/tasks", {{"task_queue_sid", queue}, {"task_channel_sid", center.channel}}).text("sid");
  // The offer is made in the task's own entry, so it is there by now.
  for (const json::object& one : key.all("/api/v1/reservations?status=pending&worker_sid=" + bot)) {
    if (text_of(one, "task_sid") == out.task_sid) out.reservation_sid = text_of(one, "sid");
  }
  if (out.reservation_sid.empty()) give_up("task " + out.task_sid + " was not offered to " + bot);
  return out;
}

CrashCenter furnish_for_crash(std::uint16_t port, int agents, Deeds& deeds) {
  CrashCenter out;
  out.center = furnish(port, {.agents = agents});
  Caller key(port, out.center.authorization());
  keep_queue(key, out);
  ring_for_long(key, out, deeds);
  wrap_up_for_long(key, out, deeds);
  out.short_queue = make_queue(key, "short", {{"offer_timeout_s", 8}});
  out.short_bot = make_bot(key, out.center, "short");
  begin_chats(key, port, out, deeds);
  return out;
}

}  // namespace carillon::bench
