#include "routing/core/testing/random_center.h"

#include <algorithm>

namespace carillon::routing::testing {
namespace {

constexpr std::int64_t kStart = 1'750'000'000'000'000;

Duration seconds(std::int64_t n) { return Duration::seconds(n); }

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace

RandomCenter::RandomCenter(std::uint64_t seed)
    : dice_(seed),
      now_{kStart},
      channels_(1 + dice_.below(4)),
      queues_(1 + dice_.below(8)),
      workers_(dice_.below(11)),
      workflows_(dice_.below(4)),
      tasks_at_most_(6 + dice_.below(20)),
      per_channel_(dice_.chance(0.3)),
      presets_(dice_.chance(0.3)) {
  if (presets_) channels_ = 4;
  for (int i = 0; i < 6; ++i) contacts_.push_back({dice_.next(), dice_.next()});
}

Step RandomCenter::next(const Rows& rows, Instant next_deadline) {
  remember(rows);
  Step step;
  step.entry = ++entry_;
  step.seed = static_cast<std::int64_t>(dice_.next() >> 1);
  const bool furnished = rows.task_channels.size() >= channels_ && rows.task_queues.size() >= queues_ &&
                         rows.workers.size() >= workers_ && rows.workflows.size() >= workflows_;
  if (!furnished && ++to_furnish_ < 60) {
    step.kind = StepKind::command;
    step.now = now_;
    step.command.push_back(configuration(rows));
    return step;
  }
  move_time(rows, next_deadline);
  step.now = now_;
  if (dice_.chance(0.01)) {
    step.kind = StepKind::restarted;
    step.down_for = Duration::millis(dice_.between(1, dice_.chance(0.3) ? 10 : 90'000));
  } else if (dice_.chance(0.08)) {
    step.kind = StepKind::tick;
  } else {
    step.kind = StepKind::command;
    step.command.push_back(command(rows));
    while (dice_.chance(0.08)) step.command.push_back(command(rows));
    step.settle_between = step.command.size() > 1 && dice_.chance(0.5);
  }
  return step;
}

// Deadlines are where rules break: on them, a microsecond before and after, and far beyond many of them.
void RandomCenter::move_time(const Rows& rows, Instant next_deadline) {
  const double x = dice_.fraction();
  Instant to = now_;
  if (x < 0.45) {
    // The same instant again.
  } else if (x < 0.80) {
    to = now_ + Duration::millis(dice_.between(1, 3'000));
  } else if (x < 0.95) {
    if (!next_deadline.is_never()) to = next_deadline + Duration::micros(dice_.between(-1, 1));
  } else if (x < 0.98 && !rows.tasks.empty()) {
    const TaskRecord& t = dice_.pick(rows.tasks);
    const Instant ends[] = {t.target_deadline, t.next_ring_at, t.max_wait_at, t.virtual_start_time + seconds(30)};
    const Instant end = ends[dice_.below(4)];
    if (!end.is_never()) to = end + Duration::micros(dice_.between(-1, 1));
  } else {
    to = now_ + seconds(dice_.between(5, dice_.chance(0.2) ? 5'000 : 90));
  }
  if (to > now_ && to < now_ + Duration::hours(48)) now_ = to;
}

void RandomCenter::remember(const Rows& rows) {
  if (!rows.tasks.empty() && dice_.chance(0.2)) old_tasks_.push_back(dice_.pick(rows.tasks).sid);
  if (!rows.reservations.empty() && dice_.chance(0.2)) old_reservations_.push_back(dice_.pick(rows.reservations).sid);
  if (old_tasks_.size() > 20) old_tasks_.pop_front();
  if (old_reservations_.size() > 20) old_reservations_.pop_front();
}

// ---- configuration ----

TaskChannelRecord RandomCenter::task_channel(const Rows& rows, std::size_t n) {
  static constexpr const char* kNames[] = {"default", "voice", "chat", "email", "callback", "video"};
  static constexpr std::int64_t kCosts[] = {100, 100, 50, 33, 20, 7};
  TaskChannelRecord c;
  c.unique_name = kNames[n % 6];
  c.friendly_name = c.unique_name;
  c.cost = dice_.pick(kCosts);
  c.exclusive = dice_.chance(0.1);
  c.default_capacity = dice_.between(1, 3);
  c.assign = dice_.chance(0.7) ? AssignMode::offer : dice_.chance(0.6) ? AssignMode::direct : AssignMode::auto_accept;
  c.answered_on = dice_.chance(0.5) ? AnsweredOn::accept : dice_.chance(0.5) ? AnsweredOn::reply : AnsweredOn::connect;
  c.offer_timeout = seconds(dice_.between(5, 30));
  c.live = dice_.chance(0.5);
  c.time_to_live = seconds(dice_.chance(0.5) ? 86'400 : dice_.between(20, 300));
  for (const TaskChannelRecord& other : rows.task_channels) {
    if (other.unique_name != c.unique_name && dice_.chance(0.4)) c.interruptible_by.push_back(other.sid);
  }
  c.suspended_at_most = seconds(dice_.between(10, 200));
  c.wrap_up = dice_.chance(0.4) ? WrapUpMode::none : dice_.chance(0.5) ? WrapUpMode::timed : WrapUpMode::required;
  c.wrap_up_time = seconds(dice_.between(1, 60));
  c.wrap_up_extensions = dice_.between(0, 2);
  if (presets_) usual(rows, c);
  return c;
}

// What a center has out of the box: a call needs everything and interrupts mail; a mail is assigned without an offer.
void RandomCenter::usual(const Rows& rows, TaskChannelRecord& c) {
  const bool voice = c.unique_name == "voice", mail = c.unique_name == "email" || c.unique_name == "default";
  c.cost = voice ? 100 : mail ? 20 : 33;
  c.exclusive = false;
  c.assign = mail ? AssignMode::direct : AssignMode::offer;
  c.live = !mail;
  c.time_to_live = seconds(86'400);
  c.interruptible_by.clear();
  for (const TaskChannelRecord& other : rows.task_channels) {
    if (mail && other.unique_name == "voice") c.interruptible_by.push_back(other.sid);
  }
}

TaskQueueRecord RandomCenter::task_queue(const Rows&, std::size_t n) {
  TaskQueueRecord q;
  q.friendly_name = "Queue " + std::to_string(n);
  q.expression = dice_.chance(0.3) ? "" : worker_term();
  if (dice_.chance(0.3) && !q.expression.empty())
    q.expression += dice_.chance(0.5) ? " AND " + worker_term() : " OR " + worker_term();
  q.task_order = dice_.chance(0.75) ? QueueOrder::fifo : QueueOrder::lifo;
  q.max_reserved_workers = dice_.chance(0.6) ? 1 : dice_.between(2, 3);
  q.service_level = seconds(dice_.between(0, 60));
  q.short_abandon = seconds(dice_.between(0, 10));
  q.max_size = dice_.chance(0.8) ? 0 : dice_.between(1, 4);
  q.max_wait = dice_.chance(0.7) ? Duration{} : seconds(dice_.between(5, 120));
  q.assign = dice_.chance(0.6)   ? AssignMode::inherit
             : dice_.chance(0.5) ? AssignMode::offer
             : dice_.chance(0.5) ? AssignMode::direct
                                 : AssignMode::auto_accept;
  if (dice_.chance(0.3)) q.offer_timeout = seconds(dice_.between(3, 40));
  static constexpr WrapUpMode kModes[] = {WrapUpMode::inherit, WrapUpMode::inherit, WrapUpMode::none, WrapUpMode::timed,
                                          WrapUpMode::required};
  q.wrap_up = dice_.pick(kModes);
  q.wrap_up_time = seconds(dice_.between(1, 60));
  q.wrap_up_extensions = dice_.between(0, 2);
  return q;
}

WorkerRecord RandomCenter::worker(const Rows& rows, std::size_t n) {
  WorkerRecord w;
  w.friendly_name = "Worker " + std::to_string(n);
  std::string skills;
  for (const char* skill : {"en", "de", "sales", "tech"}) {
    if (dice_.chance(0.5)) skills += (skills.empty() ? "\"" : ",\"") + std::string(skill) + "\"";
  }
  w.attributes.text = "{\"skills\":[" + skills + "],\"level\":" + std::to_string(dice_.between(0, 3)) +
                      ",\"team\":" + quoted(dice_.chance(0.5) ? "a" : "b") +
                      (dice_.chance(0.3) ? ",\"bot\":true" : "") + "}";
  w.total_capacity = dice_.chance(0.7) ? 0 : dice_.between(20, 300);
  for (const TaskChannelRecord& c : rows.task_channels) {
    if (dice_.chance(0.15)) w.channel_capacities.push_back({c.sid, dice_.between(0, 3)});
  }
  return w;
}

Settings RandomCenter::settings(const Rows& rows) {
  Settings s = rows.settings;
  s.capacity_model = per_channel_ ? CapacityModel::per_channel : CapacityModel::costed;
  s.total_capacity = 100;
  if (dice_.chance(0.8)) s.last_resort_queue_sid = queue(rows);
  s.hold_back_after = seconds(dice_.between(5, 40));
  s.passed_over_for = seconds(dice_.between(5, 40));
  return s;
}

std::string RandomCenter::worker_term() {
  static constexpr const char* kTerms[] = {"skills HAS 'en'",
                                           "skills HAS 'sales'",
                                           "level >= 2",
                                           "level < 3",
                                           "team == 'a'",
                                           "NOT (bot == true)",
                                           "team IN ['a', 'c']",
                                           "worker.available == true",
                                           "skills HAS 'tech' OR level > 1",
                                           "1 == 1"};
  return dice_.pick(kTerms);
}

std::string RandomCenter::cross_term() {
  static constexpr const char* kTerms[] = {"worker.team == task.team",
                                           "worker.skills HAS task.language",
                                           "worker.level >= task.level",
                                           "worker.level >= 1",
                                           "worker.available == true",
                                           "worker.channel.default.assigned_tasks < 1",
                                           "worker.channel.voice.available_capacity > 0",
                                           "worker.team != task.team OR worker.level > 2",
                                           "worker.activity_name == 'Available'"};
  return dice_.pick(kTerms);
}

std::string RandomCenter::skip_if() {
  static constexpr const char* kTerms[] = {"workers.available == 0",
                                           "workers.eligible < 2",
                                           "task.age > 10",
                                           "task.priority >= 5",
                                           "queue.waiting > 2",
                                           "queue.longest_wait > 20",
                                           "task.level == 2",
                                           "workers.available < 3 AND queue.waiting >= 1",
                                           "1 == 1"};
  return dice_.pick(kTerms);
}

std::string RandomCenter::queue_sid(const Rows& rows) { return quoted(queue(rows).str()); }

std::string RandomCenter::carillon_part(const Rows& rows) {
  std::vector<std::string> parts;
  if (dice_.chance(0.4)) {
    std::string rings;
    std::int64_t after = dice_.chance(0.4) ? 0 : dice_.between(1, 15);
    for (std::int64_t n = dice_.between(1, 3); n > 0; --n, after += dice_.between(1, 20)) {
      rings += std::string(rings.empty() ? "" : ",") + "{\"after_s\":" + std::to_string(after) +
               ",\"expression\":" + quoted(cross_term()) + "}";
    }
    parts.push_back("\"rings\":[" + rings + "]");
  }
  if (dice_.chance(0.3)) parts.push_back(std::string("\"interrupt\":") + (dice_.chance(0.5) ? "false" : "true"));
  if (dice_.chance(0.3)) parts.push_back("\"last_worker_s\":" + std::to_string(dice_.between(0, 25)));
  if (dice_.chance(0.3)) {
    std::string overflow = "\"overflow\":{\"queue\":" + queue_sid(rows);
    const bool waiting = dice_.chance(0.6);
    if (waiting) overflow += ",\"max_waiting\":" + std::to_string(dice_.between(0, 4));
    if (!waiting || dice_.chance(0.3)) overflow += ",\"max_expected_wait_s\":" + std::to_string(dice_.between(0, 400));
    parts.push_back(overflow + "}");
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ",") + part;
  return "{" + out + "}";
}

std::string RandomCenter::target(const Rows& rows) {
  std::string out = "{\"queue\":" + queue_sid(rows);
  if (dice_.chance(0.4)) out += ",\"priority\":" + std::to_string(dice_.between(0, 10));
  if (dice_.chance(0.7)) out += ",\"timeout\":" + std::to_string(dice_.between(1, 40));
  if (dice_.chance(0.5)) out += ",\"expression\":" + quoted(cross_term());
  if (dice_.chance(0.4)) {
    static constexpr const char* kOrders[] = {"worker.level DESC", "worker.team, worker.level DESC", "worker.level ASC",
                                              "worker.channel.default.assigned_tasks"};
    out += ",\"order_by\":" + quoted(dice_.pick(kOrders));
  }
  if (dice_.chance(0.3)) out += ",\"skip_if\":" + quoted(skip_if());
  if (dice_.chance(0.1))
    out += ",\"known_worker_sid\":" + quoted(dice_.chance(0.7) ? some_worker(rows).str() : "task.worker");
  if (dice_.chance(0.1))
    out += ",\"known_worker_friendly_name\":" + quoted("Worker " + std::to_string(dice_.below(10)));
  if (dice_.chance(0.4)) out += ",\"carillon\":" + carillon_part(rows);
  return out + "}";
}

WorkflowRecord RandomCenter::workflow(const Rows& rows, std::size_t n) {
  static constexpr const char* kFilters[] = {"1 == 1", "type == 'sales'", "level >= 1",
                                             "type == 'tech' OR language == 'de'", "team == 'a'"};
  WorkflowRecord w;
  w.friendly_name = "Workflow " + std::to_string(n);
  std::string filters;
  for (std::int64_t f = dice_.between(0, 3); f > 0; --f) {
    std::string targets;
    for (std::int64_t t = dice_.between(1, 4); t > 0; --t) targets += (targets.empty() ? "" : ",") + target(rows);
    filters += std::string(filters.empty() ? "" : ",") +
               "{\"filter_friendly_name\":\"F\",\"expression\":" + quoted(dice_.pick(kFilters)) + ",\"targets\":[" +
               targets + "]" + (dice_.chance(0.2) ? ",\"carillon\":" + carillon_part(rows) : "") + "}";
  }
  w.document.text = "{\"task_routing\":{\"filters\":[" + filters + "]" +
                    (dice_.chance(0.6) ? ",\"default_filter\":{\"queue\":" + queue_sid(rows) + "}" : "") + "}}";
  return w;
}

Command RandomCenter::configuration(const Rows& rows) {
  if (rows.task_channels.size() < channels_) return PutTaskChannel{task_channel(rows, rows.task_channels.size())};
  if (rows.task_queues.size() < queues_) return PutTaskQueue{task_queue(rows, rows.task_queues.size())};
  if (!rows.settings.last_resort_queue_sid && dice_.chance(0.9)) return Configure{settings(rows)};
  if (rows.workers.size() < workers_) return PutWorker{worker(rows, rows.workers.size())};
  return PutWorkflow{workflow(rows, rows.workflows.size()), false};
}

std::string RandomCenter::task_attributes(const Rows& rows) {
  std::string out =
      "{\"level\":" + std::to_string(dice_.between(0, 3)) + ",\"team\":" + quoted(dice_.chance(0.5) ? "a" : "b");
  if (dice_.chance(0.5)) out += ",\"type\":" + quoted(dice_.chance(0.5) ? "sales" : "tech");
  if (dice_.chance(0.5)) out += ",\"language\":" + quoted(dice_.chance(0.5) ? "en" : "de");
  if (dice_.chance(0.1)) out += ",\"worker\":" + quoted(some_worker(rows).str());
  return out + "}";
}

}  // namespace carillon::routing::testing
