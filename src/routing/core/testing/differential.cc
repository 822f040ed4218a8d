#include "routing/core/testing/differential.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "base/check.h"

namespace carillon::routing::testing {
namespace {

template <class Map>
auto by_seq(const Map& map) {
  std::vector<typename Map::mapped_type> out;
  for (const auto& [id, row] : map) out.push_back(row);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
  return out;
}

// Every field of an event that is not its default, in one line.
std::string text_of(const events::Event& e) {
  std::ostringstream out;
  out << events::event_name(e.type);
  const auto id = [&](const char* name, const auto& value) {
    if (value) out << ' ' << name << '=' << value.str();
  };
  const auto number = [&](const char* name, std::int64_t value) {
    if (value) out << ' ' << name << '=' << value;
  };
  if (e.bucket != events::Bucket::none) out << " bucket=" << codec::enum_name(e.bucket);
  if (e.reason != Reason::none) out << " reason=" << codec::enum_name(e.reason);
  number("flag", e.flag), number("number", e.number);
  id("task", e.task), id("reservation", e.reservation), id("worker", e.worker), id("queue", e.queue);
  id("workflow", e.workflow), id("activity", e.activity), id("channel", e.channel), id("conversation", e.conversation);
  id("contact", e.contact), id("customer", e.customer), id("message", e.message);
  number("from", e.from.us), number("wait", e.wait.us), number("handle", e.handle.us), number("wrap", e.wrap.us);
  number("suspended", e.suspended.us);
  return out.str();
}

std::string text_of(const Notice& n) {
  static constexpr const char* kKinds[] = {"task_assigned", "task_requeued", "task_wrapping",
                                           "task_ended",    "worker_idle",   "transferred"};
  return std::string(kKinds[static_cast<int>(n.kind)]) + " reason=" + std::string(codec::enum_name(n.reason)) + " " +
         n.task.str() + " " + n.new_task.str() + " " + n.worker.str() + " " + n.reservation.str() + " " +
         n.conversation.str() + " " + n.contact.str();
}

template <class List>
std::optional<std::string> compare_lists(const char* what, const List& real, const List& naive) {
  std::vector<std::string> a, b;
  for (const auto& x : real) a.push_back(text_of(x));
  for (const auto& x : naive) b.push_back(text_of(x));
  if (a == b) return std::nullopt;
  std::string out = std::string(what) + " differ\n  core:\n";
  for (std::size_t i = 0; i < a.size(); ++i) out += (i < b.size() && a[i] == b[i] ? "      " : "    > ") + a[i] + "\n";
  out += "  twin:\n";
  for (std::size_t i = 0; i < b.size(); ++i) out += (i < a.size() && a[i] == b[i] ? "      " : "    > ") + b[i] + "\n";
  return out;
}

// Names the rows and the fields that differ.
template <class Row>
void compare_rows(const char* what, const std::vector<Row>& real, const std::vector<Row>& naive, std::string& out) {
  if (real == naive) return;
  if (real.size() != naive.size()) {
    out += std::string(what) + ": core has " + std::to_string(real.size()) + ", twin " + std::to_string(naive.size()) +
           "\n";
  }
  for (std::size_t i = 0; i < std::max(real.size(), naive.size()); ++i) {
    if (i >= real.size() || i >= naive.size()) {
      out +=
          std::string("  only ") + (i < real.size() ? "core: " + encode(real[i]) : "twin: " + encode(naive[i])) + "\n";
      continue;
    }
    boost::mp11::mp_for_each<codec::Members<Row>>([&](auto d) {
      if (real[i].*d.pointer == naive[i].*d.pointer) return;
      std::string a, b;
      encode_to(a, real[i].*d.pointer), encode_to(b, naive[i].*d.pointer);
      std::string sid;
      if constexpr (requires { real[i].sid.str(); }) sid = real[i].sid.str();
      out += std::string("  ") + what + " " + sid + " " + d.name + ": core " + a + ", twin " + b + "\n";
    });
  }
}

std::optional<std::string> compare_rows(const char* what, const Rows& real, const Rows& naive) {
  if (real == naive) return std::nullopt;
  std::string out = std::string(what) + " differ\n";
  if (!(real.settings == naive.settings))
    out += "  settings: core " + encode(real.settings) + ", twin " + encode(naive.settings);
  compare_rows("task_channels", real.task_channels, naive.task_channels, out);
  compare_rows("task_queues", real.task_queues, naive.task_queues, out);
  compare_rows("workflows", real.workflows, naive.workflows, out);
  compare_rows("workers", real.workers, naive.workers, out);
  compare_rows("tasks", real.tasks, naive.tasks, out);
  compare_rows("reservations", real.reservations, naive.reservations, out);
  return out;
}

bool is_over(TaskStatus s) { return s == TaskStatus::completed || s == TaskStatus::canceled; }
bool is_over(ReservationStatus s) {
  return s != ReservationStatus::pending && s != ReservationStatus::accepted && s != ReservationStatus::suspended &&
         s != ReservationStatus::wrapping;
}

template <class Row>
std::vector<Row> ended(const std::vector<const Row*>& rows) {
  std::vector<Row> out;
  for (const Row* row : rows) {
    if (is_over(row->status)) out.push_back(*row);
  }
  std::sort(out.begin(), out.end(), [](const Row& a, const Row& b) { return a.seq < b.seq; });
  return out;
}

std::string text_of(const Result<Outcome>& outcome) {
  if (!outcome) return std::string(info(outcome.error().code).code) + " (" + outcome.error().message + ")";
  return "ok " + outcome->sid;
}

// What a worker's reservations hold, by the table of README.md "Capacity"; costed model.
std::map<WorkerId, std::int64_t> held(const Rows& rows) {
  std::map<WorkerId, std::int64_t> out;
  for (const ReservationRecord& r : rows.reservations) {
    if (r.status == ReservationStatus::pending)
      out[r.worker_sid] += std::max<std::int64_t>(0, r.cost - r.released_by_interruption);
    if (r.status == ReservationStatus::accepted || r.status == ReservationStatus::wrapping) {
      out[r.worker_sid] += std::max(r.cost, r.released_by_interruption);
    }
  }
  return out;
}

// Nobody holds more than they can, unless an edit lowered that: then it must not grow.
std::optional<std::string> capacity_exceeded(const Rows& before, const Rows& after) {
  if (after.settings.capacity_model != CapacityModel::costed) return std::nullopt;
  std::map<WorkerId, std::int64_t> was = held(before), is = held(after), totals;
  for (const Rows* rows : {&before, &after}) {
    for (const WorkerRecord& w : rows->workers) {
      totals[w.sid] = std::max(totals[w.sid], w.total_capacity > 0 ? w.total_capacity : rows->settings.total_capacity);
    }
  }
  for (const WorkerRecord& w : after.workers) {
    const std::int64_t total = totals[w.sid];
    if (is[w.sid] <= total || is[w.sid] <= was[w.sid]) continue;
    return "capacity exceeded: " + w.friendly_name + " holds " + std::to_string(is[w.sid]) + " of " +
           std::to_string(total) + ", before it was " + std::to_string(was[w.sid]);
  }
  return std::nullopt;
}

std::optional<std::string> compare(const Result<Outcome>& real, const Result<Outcome>& naive) {
  const bool alike =
      real.ok() == naive.ok() && (real.ok() ? real->sid == naive->sid : real.error().code == naive.error().code);
  if (alike) return std::nullopt;
  return "outcome differs\n  core: " + text_of(real) + "\n  twin: " + text_of(naive);
}

// Why says of nobody that they could be offered a task: then they would have been.
std::optional<std::string> somebody_is_matchable(const State& state, Instant now) {
  for (const TaskRecord* task : state.tasks()) {
    if (task->status != TaskStatus::pending) continue;
    const auto why = state.why(task->sid, now, 50);
    if (!why) return "no why for a waiting task: " + why.error().message;
    for (const WhyCandidate& candidate : why->candidates) {
      if (candidate.verdict != "matchable" && candidate.verdict != "offered") continue;
      return task->sid.str() + " waits, but why says of " + candidate.friendly_name + ": " + candidate.verdict;
    }
  }
  return std::nullopt;
}

// Each changed row is named once.
template <class Row, class Id>
void put(std::map<Id, Row>& into, const std::vector<const Row*>& changed) {
  std::set<Id> named;
  for (const Row* row : changed) {
    CARILLON_CHECK(named.insert(row->sid).second);
    into[row->sid] = *row;
  }
}

}  // namespace

// ---- Store ----

void Store::take(const State& state) {
  const Changes& changes = state.changes();
  if (changes.settings) settings_ = state.settings();
  put(task_channels_, changes.task_channels);
  put(task_queues_, changes.task_queues);
  put(workflows_, changes.workflows);
  put(workers_, changes.workers);
  put(tasks_, changes.tasks);
  put(reservations_, changes.reservations);
  std::erase_if(tasks_, [](const auto& entry) { return is_over(entry.second.status); });
  std::erase_if(reservations_, [](const auto& entry) { return is_over(entry.second.status); });
  for (const auto& id : changes.deleted_task_channels) task_channels_.erase(id);
  for (const auto& id : changes.deleted_task_queues) task_queues_.erase(id);
  for (const auto& id : changes.deleted_workflows) workflows_.erase(id);
  for (const auto& id : changes.deleted_workers) workers_.erase(id);
}

Rows Store::rows() const {
  return {settings_,        by_seq(task_channels_), by_seq(task_queues_), by_seq(workflows_),
          by_seq(workers_), by_seq(tasks_),         by_seq(reservations_)};
}

// ---- Twins ----

std::optional<std::string> Twins::run(const Step& step) {
  IdMaker real_ids(ids_of(step)), naive_ids(ids_of(step));
  events::Events real_events, naive_events;
  Context real{.now = step.now, .ids = real_ids, .events = real_events, .entry = step.entry};
  Context naive{.now = step.now, .ids = naive_ids, .events = naive_events, .entry = step.entry};
  try {
    const InvariantScope throwing;
    if (step.kind == StepKind::restarted) {
      auto fresh = std::make_unique<State>();
      if (auto loaded = fresh->load(state_->rows()); !loaded) return "load: " + loaded.error().message;
      if (auto difference = compare_rows("rows after load", fresh->rows(), state_->rows())) return difference;
      if (fresh->next_deadline() != state_->next_deadline()) return "next_deadline differs after load";
      state_ = std::move(fresh);
      naive_.load(naive_.rows());
    }
    state_->begin(real), naive_.begin(naive);
    if (step.kind == StepKind::restarted) {
      state_->restarted(real, step.down_for), naive_.restarted(naive, step.down_for);
    } else {
      state_->expire(real), naive_.expire(naive);
    }
    for (const Command& command : step.command) {
      if (step.settle_between) state_->settle(real), naive_.settle(naive);
      const auto real_outcome = state_->apply(real, command);
      if (auto difference = compare(real_outcome, naive_.apply(naive, command))) {
        if (auto before = compare_lists("events", real_events, naive_events)) *difference += "\n" + *before;
        return difference;
      }
      if (real_outcome) ++taken_;
    }
    state_->settle(real), naive_.settle(naive);
    state_->check_invariants();
  } catch (const BrokenInvariant& broken) {
    return std::string("broken invariant: ") + broken.what();
  }
  try {
    const InvariantScope throwing;
    if (auto difference = compare_after(real_events, naive_events)) return difference;
    return somebody_is_matchable(*state_, step.now);
  } catch (const BrokenInvariant& broken) {
    return std::string("broken invariant: ") + broken.what();
  }
}

std::optional<std::string> Twins::compare_after(const events::Events& real_events, const events::Events& naive_events) {
  for (const events::Event& e : real_events) ++seen_[e.type];
  if (auto difference = compare_lists("events", real_events, naive_events)) return difference;
  const Rows before = std::exchange(rows_, state_->rows());
  if (auto exceeded = capacity_exceeded(before, rows_)) return exceeded;
  if (auto difference = compare_rows("rows", rows_, naive_.rows())) return difference;
  std::string differences;
  compare_rows("ended tasks", ended(state_->changes().tasks), naive_.ended_tasks(), differences);
  compare_rows("ended reservations", ended(state_->changes().reservations), naive_.ended_reservations(), differences);
  compare_rows("queue entries", state_->changes().queue_entries, naive_.ended_entries(), differences);
  if (!differences.empty()) return differences;
  if (auto difference = compare_lists("notices", state_->take_notices(), naive_.take_notices())) return difference;
  const Instant a = state_->next_deadline(), b = naive_.next_deadline();
  if (a != b) return "next_deadline differs: core " + std::to_string(a.us) + ", twin " + std::to_string(b.us);
  store_.take(*state_);
  if (auto difference = compare_rows("rows (core) and what its changes make of a store (twin)", rows_, store_.rows())) {
    return difference;
  }
  return std::nullopt;
}

std::optional<std::string> first_difference(const Script& script) {
  Twins twins;
  for (std::size_t i = 0; i < script.size(); ++i) {
    if (auto difference = twins.run(script[i])) return "step " + std::to_string(i) + ": " + *difference;
  }
  return std::nullopt;
}

// ---- shrinking ----

namespace {

// Number of steps up to and with the first difference; 0 when there is none.
std::size_t length_to_difference(const Script& script) {
  Twins twins;
  for (std::size_t i = 0; i < script.size(); ++i) {
    if (twins.run(script[i])) return i + 1;
  }
  return 0;
}

}  // namespace

Script shrink(Script script) {
  const std::size_t length = length_to_difference(script);
  if (length == 0) return script;
  script.resize(length);
  for (std::size_t chunk = std::max<std::size_t>(1, script.size() / 2);; chunk /= 2) {
    for (std::size_t at = 0; at + 1 < script.size();) {
      Script shorter = script;
      const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(at);
      shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(chunk, script.size() - at)));
      const std::size_t found = length_to_difference(shorter);
      if (found > 0) {
        shorter.resize(found);
        script = std::move(shorter);
      } else {
        at += chunk;
      }
    }
    if (chunk == 1) break;
  }
  return script;
}

}  // namespace carillon::routing::testing
