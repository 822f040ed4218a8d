#include "bench/load/crash_check.h"

#include <algorithm>
#include <map>

namespace carillon::bench {
namespace {

namespace json = boost::json;

constexpr int kFaultsSaid = 40;

// attributes.NAME of a task of this run; nothing of others.
std::optional<std::size_t> number_in(const json::object& task, std::string_view name, const std::string& run) {
  const json::value* attributes = task.if_contains("attributes");
  if (!attributes || !attributes->is_object()) return std::nullopt;
  if (text_of(attributes->get_object(), "run") != run) return std::nullopt;
  const json::value* number = attributes->get_object().if_contains(name);
  return number && number->is_int64() ? std::optional(static_cast<std::size_t>(number->get_int64())) : std::nullopt;
}

std::string key_line(const std::string& key) { return "Idempotency-Key: " + key + "\r\n"; }

// What the queue serves first.
bool before(const KeptTask* a, const KeptTask* b) {
  return std::tuple(-a->priority, a->waits_since.us, a->position) <
         std::tuple(-b->priority, b->waits_since.us, b->position);
}

}  // namespace

CrashCheck::CrashCheck(std::uint16_t port, const CrashCenter& center, Deeds& deeds, Verdict& verdict)
    : port_(port), center_(center), deeds_(deeds), verdict_(verdict), key_(port, center.center.authorization()) {}

void CrashCheck::fault(const std::string& what) {
  if (++said_ <= kFaultsSaid) say(what);
}

// Whether it was done or not: asked again by its name, it is done once.
void CrashCheck::ask_again() {
  for (std::size_t n = deeds_.settled_below; n < deeds_.served.size(); ++n) {
    ServedTask& task = deeds_.served[n];
    if (!task.sid.empty() || task.refused) continue;
    const json::object body{{"task_queue_sid", center_.center.queue},
                            {"task_channel_sid", center_.center.channel},
                            {"attributes", {{"run", deeds_.run}, {"n", n}}}};
    task.sid = key_.must("POST", "/api/v1/tasks", body, key_line(deeds_.served_key(n))).text("sid");
  }
  for (std::size_t n = 0; n < deeds_.kept.size(); ++n) {
    KeptTask& task = deeds_.kept[n];
    if (!task.sid.empty() || task.refused) continue;
    const Reply reply = key_.must("POST", "/api/v1/tasks", json::parse(task.body), key_line(deeds_.kept_key(n)));
    note_kept(task, reply.json(), reply.position);
  }
}

// ---- tasks that are served ----

void CrashCheck::served() {
  const auto list = key_.all("/api/v1/tasks?task_queue_sid=" + center_.center.queue + "&created_from=" + deeds_.since);
  std::unordered_map<std::string, const json::object*> by_sid;
  std::unordered_map<std::size_t, int> times;
  for (const json::object& task : list) {
    const auto n = number_in(task, "n", deeds_.run);
    if (!n) continue;
    by_sid.emplace(text_of(task, "sid"), &task);
    if (++times[*n] > 1) duplicated("task " + std::to_string(*n));
  }
  std::string since;
  for (std::size_t n = deeds_.settled_below; n < deeds_.served.size(); ++n) {
    ServedTask& task = deeds_.served[n];
    if (task.settled || task.refused) continue;
    const auto found = by_sid.find(task.sid);
    if (found == by_sid.end()) {
      lost("task " + std::to_string(n) + " " + task.sid);
      task.settled = true;
      continue;
    }
    if (text_of(*found->second, "status") == "completed") {
      task.settled = true;
      continue;
    }
    const std::string made = text_of(*found->second, "created_at");
    if (since.empty() || made < since) since = made;
  }
  for (const auto& [sid, state] : deeds_.states) {
    const auto found = by_sid.find(sid);
    state_of(sid, state, found == by_sid.end() ? nullptr : found->second);
  }
  if (!since.empty()) deeds_.since = since;
  settle();
}

void CrashCheck::state_of(const std::string& sid, const TaskState& state, const json::object* found) {
  if (!found) return lost("task " + sid + ", which was accepted");
  const std::string status = text_of(*found, "status");
  if (state.completed && status != "completed") return lost("the completion of task " + sid + ", which is " + status);
  if (state.worker_sid.empty()) return;
  const bool taken = status == "assigned" || status == "completed";
  if (!taken || text_of(*found, "worker_sid") != state.worker_sid)
    lost("the accept of task " + sid + ", which is " + status);
}

void CrashCheck::settle() {
  auto& served = deeds_.served;
  for (const ServedTask& task : served) {
    if (task.settled) deeds_.states.erase(task.sid);
  }
  while (deeds_.settled_below < served.size() &&
         (served[deeds_.settled_below].settled || served[deeds_.settled_below].refused)) {
    ++deeds_.settled_below;
  }
}

std::size_t CrashCheck::carry_on(Floor& floor) {
  std::unordered_map<std::string, std::size_t> agents;
  for (std::size_t i = 0; i < center_.center.agents.size(); ++i) agents.emplace(center_.center.agents[i].worker_sid, i);
  std::size_t open = 0;
  for (const json::object& one : key_.all("/api/v1/reservations?status=pending&status=accepted")) {
    const auto agent = agents.find(text_of(one, "worker_sid"));
    if (agent == agents.end()) continue;
    ++open;
    if (text_of(one, "status") == "pending") {
      floor.take(agent->second, text_of(one, "task_sid"), text_of(one, "sid"));
    } else {
      floor.finish(agent->second, text_of(one, "task_sid"));
    }
  }
  return open;
}

void CrashCheck::served_in_all() {
  std::unordered_map<std::size_t, int> times;
  for (const json::object& task : key_.all("/api/v1/tasks?task_queue_sid=" + center_.center.queue)) {
    if (const auto n = number_in(task, "n", deeds_.run)) ++times[*n];
  }
  for (std::size_t n = 0; n < deeds_.served.size(); ++n) {
    if (deeds_.served[n].refused) continue;
    const int found = times.contains(n) ? times.at(n) : 0;
    if (found == 0) lost("task " + std::to_string(n) + ", at the end");
    if (found > 1) duplicated("task " + std::to_string(n) + ", at the end");
  }
}

// ---- tasks that wait ----

void CrashCheck::kept(const std::vector<Restart>& restarts) {
  const auto list = key_.all("/api/v1/tasks?status=pending&status=reserved&task_queue_sid=" + center_.kept_queue);
  std::map<std::string, const json::object*> by_sid;
  std::unordered_map<std::size_t, int> times;
  for (const json::object& task : list) {
    by_sid.emplace(text_of(task, "sid"), &task);
    const auto n = number_in(task, "kept", deeds_.run);
    if (n && ++times[*n] > 1) duplicated("waiting task " + std::to_string(*n));
  }
  std::vector<const KeptTask*> waiting;
  for (KeptTask& note : deeds_.kept) {
    if (note.settled || note.refused) continue;
    if (note.cancel_asked) kept_cancel(note);
    if (note.settled) continue;
    const auto found = by_sid.find(note.sid);
    kept_task(note, found == by_sid.end() ? nullptr : found->second, restarts);
    if (!note.settled) waiting.push_back(&note);
  }
  kept_order(std::move(waiting));
}

// A cancel that nobody acknowledged may have been done or not.
void CrashCheck::kept_cancel(KeptTask& note) {
  const std::string status = key_.get("/api/v1/tasks/" + note.sid).text("status");
  if (note.canceled && status != "canceled") lost("the cancel of waiting task " + note.sid + ", which is " + status);
  note.settled = status == "canceled";
  note.cancel_asked = note.canceled = note.settled;
}

void CrashCheck::kept_task(KeptTask& note, const json::object* found, const std::vector<Restart>& restarts) {
  if (!found) {
    lost("waiting task " + note.sid);
    note.settled = true;
    return;
  }
  KeptTask now;
  note_kept(now, *found, note.position);
  if (note.known_before) {
    if (now.waits_since != note.waits_since) order_broken("waiting task " + note.sid + " waits since another time");
    if (now.priority != note.priority) order_broken("waiting task " + note.sid + " has another priority");
    deadline("target of " + note.sid, now.deadlines.target, moved(note.deadlines.target, restarts));
    deadline("maximum wait of " + note.sid, now.deadlines.max_wait, moved(note.deadlines.max_wait, restarts));
    deadline("time to live of " + note.sid, now.deadlines.time_to_live, note.deadlines.time_to_live);
  }
  note.waits_since = now.waits_since;
  note.priority = now.priority;
  note.deadlines = now.deadlines;
  note.known_before = true;
}

void CrashCheck::kept_order(std::vector<const KeptTask*> waiting) {
  std::sort(waiting.begin(), waiting.end(), before);
  std::int64_t last = 0;
  for (const KeptTask* task : waiting) {
    const json::value why = key_.get("/api/v1/tasks/" + task->sid + "/why").json();
    const json::value& place = why.at("position_in_queue");
    const std::int64_t position = place.is_null() ? 0 : place.to_number<std::int64_t>();
    if (position <= last)
      order_broken("waiting task " + task->sid + " is number " + std::to_string(position) +
                   " of its queue, behind number " + std::to_string(last));
    last = position;
  }
}

void CrashCheck::drain_kept() {
  std::vector<const KeptTask*> waiting;
  for (const KeptTask& note : deeds_.kept) {
    if (!note.settled && !note.refused) waiting.push_back(&note);
  }
  std::sort(waiting.begin(), waiting.end(), before);
  const std::string bot = make_bot(key_, center_.center, "kept");
  for (const KeptTask* wanted : waiting) {
    const auto offers = key_.all("/api/v1/reservations?status=pending&worker_sid=" + bot);
    if (offers.size() != 1)
      return order_broken("the kept queue made " + std::to_string(offers.size()) + " offers at once");
    const std::string got = text_of(offers.front(), "task_sid");
    if (got != wanted->sid) order_broken("task " + got + " was offered where " + wanted->sid + " is first");
    key_.must("POST", "/api/v1/reservations/" + text_of(offers.front(), "sid") + "/accept");
    key_.must("POST", "/api/v1/tasks/" + got + "/complete", json::object{});
  }
}

// ---- deadlines ----

void CrashCheck::deadline(const std::string& what, Instant now, Instant wanted) {
  if (now == wanted) return;
  order_broken("deadline: " + what + " is " + to_rfc3339(now) + " and should be " + to_rfc3339(wanted));
}

void CrashCheck::watched(const std::vector<Restart>& restarts, Instant last_seen) {
  for (Watched& one : deeds_.watched) {
    const Instant now = look_at(key_, one);
    // What came due while the server lived has had its effect.
    if (one.at > last_seen) {
      const Instant wanted = one.kind == Watched::Kind::moves   ? moved(one.at, restarts)
                             : one.kind == Watched::Kind::offer ? moved_offer(one.at, restarts)
                                                                : one.at;
      deadline(one.what, now, wanted);
    }
    one.at = now;
  }
}

// ---- chats ----

void CrashCheck::chats() {
  for (Chat& one : deeds_.chats) chat(one);
}

void CrashCheck::chat(Chat& chat) {
  Caller visitor(port_, "Authorization: Bearer " + chat.token + "\r\n");
  const std::string state = visitor.get("/api/v1/visitor/conversation").text("state");
  if (state != "talking") lost("the chat " + chat.conversation_sid + ", which is " + state);
  const std::string say_at = "/api/v1/visitor/messages",
                    reply_at = "/api/v1/conversations/" + chat.conversation_sid + "/messages";
  const auto again = [](Caller& caller, const std::string& target, std::vector<Message>& told) {
    for (Message& one : told) {
      if (!one.sid.empty()) continue;
      const json::value said =
          caller.must("POST", target, {{"text", one.text}, {"client_message_id", one.name}}).json();
      one.sid = text_of(said.as_object(), "sid");
      one.index = said.at("index").to_number<std::int64_t>();
    }
  };
  again(visitor, say_at, chat.said);
  again(key_, reply_at, chat.replied);
  std::vector<json::object> found;
  std::string cursor;
  do {  // newest first, as far back as was looked at before
    const json::value page =
        key_.get(reply_at + "?order=desc&page_size=200" + (cursor.empty() ? "" : "&cursor=" + cursor)).json();
    for (const json::value& one : page.at("items").as_array()) found.push_back(one.as_object());
    cursor = text_of(page.as_object(), "next_cursor");
  } while (!cursor.empty() && found.back().at("index").to_number<std::int64_t>() > chat.verified);
  std::int64_t next = found.empty() ? 0 : found.front().at("index").to_number<std::int64_t>();
  const std::int64_t newest = next;
  for (const json::object& one : found) {
    if (one.at("index").to_number<std::int64_t>() != next--)
      order_broken("the messages of chat " + chat.conversation_sid + " are not numbered one by one");
  }
  messages(chat, chat.said, found);
  messages(chat, chat.replied, found);
  chat.verified = newest;
}

void CrashCheck::messages(const Chat& chat, std::vector<Message>& told, const std::vector<json::object>& found) {
  std::int64_t last = 0;
  for (const Message& one : told) {
    if (one.index <= last)
      order_broken("message " + one.name + " has index " + std::to_string(one.index) + " after " +
                   std::to_string(last));
    last = one.index;
    if (one.index <= chat.verified) continue;
    int times = 0;
    for (const json::object& there : found) {
      if (text_of(there, "client_message_id") != one.name || text_of(there, "text") != one.text) continue;
      ++times;
      if (text_of(there, "sid") != one.sid || there.at("index").to_number<std::int64_t>() != one.index)
        lost("message " + one.name + " as it was acknowledged");
    }
    if (times == 0) lost("message " + one.name);
    if (times > 1) duplicated("message " + one.name);
  }
}

}  // namespace carillon::bench
