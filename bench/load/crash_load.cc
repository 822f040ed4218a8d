#include "bench/load/crash_load.h"

#include <algorithm>

namespace carillon::bench {
namespace {

namespace json = boost::json;

constexpr std::size_t kKeptAtMost = 120;
constexpr double kKeptEvery = 0.02, kCancelEvery = 0.03, kSayEvery = 0.08, kReplyEvery = 0.15;
constexpr std::int64_t kFortnight = 1'209'600;

json::value parsed(std::string_view text) {
  boost::system::error_code failed;
  json::value out = json::parse(text, failed);
  return failed ? json::value() : out;
}

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }
std::string key_line(const std::string& key) { return "Idempotency-Key: " + key + "\r\n"; }

void note_message(Message& message, const Answer& answer) {
  if (!answer.ok()) return;
  const json::value said = parsed(answer.body);
  message.sid = text_of(said.as_object(), "sid");
  message.index = said.at("index").to_number<std::int64_t>();
}

}  // namespace

Deadlines deadlines_of(const json::value& task) {
  return {instant_at(task, "/target_deadline"), instant_at(task, "/max_wait_at"), instant_at(task, "/time_to_live_at")};
}

void note_kept(KeptTask& task, const json::value& answer, std::int64_t position) {
  task.sid = text_of(answer.as_object(), "sid");
  task.position = position;
  task.priority = answer.at("priority").to_number<std::int64_t>();
  task.waits_since = instant_at(answer, "/virtual_start_time");
  task.deadlines = deadlines_of(answer);
}

CrashLoad::CrashLoad(Loop& loop, std::uint16_t port, const CrashCenter& center, Deeds& deeds, std::mt19937_64& random)
    : loop_(loop),
      center_(center),
      deeds_(deeds),
      random_(random),
      port_(port),
      first_(deeds.served.size()),
      floor_(loop, port, center.center, events()),
      kept_(loop, port),
      cancels_(loop, port) {}

FloorEvents CrashLoad::events() {
  return {.posted =
              [this](std::size_t number, const Answer& answer) {
                ServedTask& task = deeds_.served[first_ + number];
                if (answer.ok()) task.sid = text_of(parsed(answer.body).as_object(), "sid");
                task.refused = answer.status != 0 && !answer.ok();
              },
          .accepted =
              [this](std::size_t agent, std::string_view task, std::string_view) {
                deeds_.states[std::string(task)].worker_sid = center_.center.agents[agent].worker_sid;
              },
          .completed =
              [this](std::string_view task) {
                deeds_.states[std::string(task)].completed = true;
                if (going_) post_served();
              }};
}

void CrashLoad::connect() {
  floor_.open();
  for (const Chat& chat : deeds_.chats) {
    visitor_streams_.push_back(std::make_unique<StreamLine>(
        loop_, port_, "/api/v1/visitor/stream",
        "Sec-WebSocket-Protocol: carillon.v1, carillon.token." + chat.token + "\r\n", [](std::string_view) {}));
    visitors_.push_back(std::make_unique<HttpLine>(loop_, port_));
    workers_.push_back(std::make_unique<HttpLine>(loop_, port_));
  }
  const Moment began = moment();
  loop_.run_until([&] {
    for (const auto& stream : visitor_streams_) {
      if (!stream->refusal().empty()) give_up("a visitor's stream was refused: " + stream->refusal());
    }
    return seconds_between(began, moment()) > 60 ||
           std::all_of(visitor_streams_.begin(), visitor_streams_.end(), [](const auto& s) { return s->is_ready(); });
  });
}

void CrashLoad::begin() {
  going_ = true;
  std::size_t open = 0;
  for (std::size_t n = deeds_.settled_below; n < deeds_.served.size(); ++n)
    open += !deeds_.served[n].settled && !deeds_.served[n].refused;
  for (; open < center_.center.agents.size(); ++open) post_served();
  every(kKeptEvery, [this] { post_kept(); });
  every(kCancelEvery, [this] { cancel_kept(); });
  for (std::size_t i = 0; i < deeds_.chats.size(); ++i) {
    every(kSayEvery, [this, i] { say_next(i); });
    every(kReplyEvery, [this, i] { reply_next(i); });
  }
}

void CrashLoad::every(double seconds, std::function<void()> work) {
  loop_.at(after_seconds(moment(), seconds), [this, seconds, work = std::move(work)] {
    if (!going_) return;
    work();
    every(seconds, work);
  });
}

void CrashLoad::end() {
  going_ = false;
  const auto is_open = [](const auto& line) { return line->is_open(); };
  loop_.run_until([&] {
    return floor_.is_over() && !kept_.is_open() && !cancels_.is_open() &&
           std::none_of(visitors_.begin(), visitors_.end(), is_open) &&
           std::none_of(workers_.begin(), workers_.end(), is_open);
  });
}

void CrashLoad::finish(std::size_t still_open) {
  const Moment began = moment();
  loop_.run_until([&] { return floor_.completed() >= still_open || seconds_between(began, moment()) > 60; });
}

// ---- tasks ----

void CrashLoad::post_served() {
  const std::size_t n = deeds_.served.size();
  deeds_.served.emplace_back();
  const std::string attributes = R"({"run":")" + deeds_.run + R"(","n":)" + std::to_string(n) + "}";
  floor_.post(attributes, key_line(deeds_.served_key(n)));
}

std::string CrashLoad::random_kept_body(std::size_t n) {
  const bool by_workflow = random_() % 2 == 0;
  json::object body{{"task_channel_sid", center_.center.channel},
                    {"priority", random_() % 3},
                    {"attributes", {{"run", deeds_.run}, {"kept", n}}}};
  body[by_workflow ? "workflow_sid" : "task_queue_sid"] = by_workflow ? center_.kept_workflow : center_.kept_queue;
  if (random_() % 3 == 0) body["time_to_live_s"] = kFortnight;
  return json::serialize(body);
}

std::string CrashLoad::kept_request(const CrashCenter& center, const Deeds& deeds, std::size_t n) {
  return request_text("POST", "/api/v1/tasks", center.center.authorization() + key_line(deeds.kept_key(n)),
                      deeds.kept[n].body);
}

void CrashLoad::post_kept() {
  if (kept_.waiting() > 3) return;
  const std::size_t n = deeds_.kept.size();
  deeds_.kept.emplace_back().body = random_kept_body(n);
  kept_.ask(kept_request(center_, deeds_, n), [this, n](const Answer& answer) {
    KeptTask& task = deeds_.kept[n];
    task.refused = answer.status != 0 && !answer.ok();
    if (!answer.ok()) return;
    note_kept(task, parsed(answer.body), answer.position);
    task.known_before = true;
  });
}

void CrashLoad::cancel_kept() {
  std::size_t waiting = 0;
  KeptTask* oldest = nullptr;
  for (KeptTask& task : deeds_.kept) {
    if (task.sid.empty() || task.cancel_asked || task.canceled) continue;
    ++waiting;
    if (!oldest) oldest = &task;
  }
  if (waiting <= kKeptAtMost || cancels_.waiting() > 0) return;
  oldest->cancel_asked = true;
  const auto n = static_cast<std::size_t>(oldest - deeds_.kept.data());
  cancels_.ask(request_text("POST", "/api/v1/tasks/" + oldest->sid + "/cancel", center_.center.authorization()),
               [this, n](const Answer& answer) { deeds_.kept[n].canceled = answer.ok(); });
}

// ---- chats ----

void CrashLoad::say_next(std::size_t i) {
  if (visitors_[i]->waiting() > 0) return;
  std::vector<Message>& said = deeds_.chats[i].said;
  const std::size_t n = said.size();
  said.push_back({.text = "words " + std::to_string(n), .name = deeds_.run + "-said-" + std::to_string(n), .sid = {}});
  const json::object body{{"text", said[n].text}, {"client_message_id", said[n].name}};
  visitors_[i]->ask(
      request_text("POST", "/api/v1/visitor/messages", bearer(deeds_.chats[i].token), json::serialize(body)),
      [&said, n](const Answer& answer) { note_message(said[n], answer); });
}

void CrashLoad::reply_next(std::size_t i) {
  if (workers_[i]->waiting() > 0) return;
  std::vector<Message>& replied = deeds_.chats[i].replied;
  const std::size_t n = replied.size();
  replied.push_back(
      {.text = "answer " + std::to_string(n), .name = deeds_.run + "-reply-" + std::to_string(n), .sid = {}});
  const json::object body{{"text", replied[n].text}, {"client_message_id", replied[n].name}};
  workers_[i]->ask(request_text("POST", "/api/v1/conversations/" + deeds_.chats[i].conversation_sid + "/messages",
                                center_.center.authorization(), json::serialize(body)),
                   [&replied, n](const Answer& answer) { note_message(replied[n], answer); });
}

}  // namespace carillon::bench
