// One entry from outside: apply, and the rows as a whole.
#include "workspace/core/state.h"

#include <algorithm>

#include "base/check.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

namespace {

bool is_empty(const routing::Changes& c) {
  return c.tasks.empty() && c.reservations.empty() && c.workers.empty() && c.task_queues.empty() &&
         c.workflows.empty() && c.task_channels.empty() && c.queue_entries.empty() && c.deleted_workers.empty() &&
         c.deleted_task_queues.empty() && c.deleted_workflows.empty() && c.deleted_task_channels.empty() && !c.settings;
}

Error no_workspace_yet() {
  return Error(ErrorCode::kStateForbids, "found no workspace here; workspace.CreateWorkspace comes first");
}

Error rows_contradict(std::string what) {
  return Error(ErrorCode::kInternal, "rows of the machines contradict one another: " + std::move(what));
}

bool has_worker(routing::ReservationStatus status) {
  using routing::ReservationStatus;
  return status == ReservationStatus::accepted || status == ReservationStatus::suspended ||
         status == ReservationStatus::wrapping;
}

}  // namespace

State::State() = default;

const Effects& State::apply(const Entry& entry, const Command& command) {
  InvariantScope throwing;
  CARILLON_CHECK(entry.number > last_entry_);
  CARILLON_CHECK(entry.now >= last_now_);
  try {
    run(entry, command);
  } catch (const BrokenInvariant&) {
    throw;
  } catch (const std::exception& e) {
    // Whatever the library throws in here left the entry half done.
    check_failed(e.what(), __FILE__, __LINE__);
  }
  return effects_;
}

void State::run(const Entry& entry, const Command& command) {
  effects_.outcome = routing::Outcome{};
  effects_.events.clear();
  effects_.metrics.clear();
  effects_.workspace = nullptr;
  ids_ = IdMaker(entry.seed);

  Running running(*this, entry);
  running.begin();
  const bool founding = std::holds_alternative<CreateWorkspace>(command);
  const bool waits_for_time = std::holds_alternative<Restarted>(command);
  if (!founding && !waits_for_time) running.expire();
  const bool may_act = workspace_.sid || founding || waits_for_time || std::holds_alternative<Tick>(command);
  effects_.outcome =
      may_act ? std::visit([&](const auto& c) { return running.on(c); }, command) : Answer(no_workspace_yet());
  running.unsettled = true;
  running.quiesce();

  for (const auto& event : effects_.events) metrics::fold(event, entry.now, effects_.metrics);
  effects_.routing = &routing_.changes();
  effects_.presence = &presence_.changes();
  effects_.conversations = &conversations_.changes();
  effects_.calls = &calls_.changes();
  effects_.changed = anything_changed();
  if (effects_.changed) last_entry_ = entry.number, last_now_ = entry.now;
}

bool State::anything_changed() const {
  return !effects_.events.empty() || effects_.workspace || !effects_.presence->empty() ||
         !effects_.conversations->empty() || !effects_.calls->empty() || !is_empty(*effects_.routing);
}

Instant State::next_deadline() const {
  return std::min(
      {routing_.next_deadline(), presence_.next_deadline(), conversations_.next_deadline(), calls_.next_deadline()});
}

// ---- rows ----

Result<void> State::load(Rows rows) {
  workspace_ = std::move(rows.workspace);
  last_entry_ = rows.last_entry;
  last_now_ = rows.last_now;
  effects_ = {};
  if (workspace_.sid) {
    rows.routing.settings = routing_settings(workspace_, rows.routing.settings);
    rows.conversations.settings = conversation_settings(workspace_);
  }
  if (auto ok = routing_.load(std::move(rows.routing)); !ok) return ok;
  if (auto ok = presence_.load(std::move(rows.presence)); !ok) return ok;
  if (auto ok = conversations_.load(std::move(rows.conversations)); !ok) return ok;
  if (auto ok = calls_.load(std::move(rows.calls)); !ok) return ok;
  for (const auto* reservation : routing_.reservations()) {
    if (!has_worker(reservation->status)) continue;
    if (!presence_.presence(reservation->worker_sid)) {
      return rows_contradict("worker " + reservation->worker_sid.str() + " without presence");
    }
    presence_.set_idle_after_load(reservation->worker_sid, false);
  }
  return check_agreement();
}

Rows State::rows() const {
  return {.workspace = workspace_,
          .routing = routing_.rows(),
          .presence = presence_.rows(),
          .conversations = conversations_.rows(),
          .calls = calls_.rows(),
          .last_entry = last_entry_,
          .last_now = last_now_};
}

// Each machine is right by itself; this is what they must say alike.
Result<void> State::check_agreement() const {
  const auto workers = routing_.workers();
  const auto presences = presence_.presences();
  if (workers.size() != presences.size()) {
    return rows_contradict(std::to_string(workers.size()) + " workers, " + std::to_string(presences.size()) +
                           " presences");
  }
  for (const auto* worker : workers) {
    const auto* row = presence_.presence(worker->sid);
    if (!row) return rows_contradict("worker " + worker->sid.str() + " without presence");
    const auto* activity = presence_.activity(row->activity_sid);
    const bool alike = worker->available == presence_.available(worker->sid) &&
                       worker->reachable == presence_.reachable(worker->sid) &&
                       worker->activity_sid == row->activity_sid && activity &&
                       worker->activity_name == activity->friendly_name;
    if (!alike) return rows_contradict("worker " + worker->sid.str() + " is told of otherwise than presence has it");
  }
  std::size_t of_contacts = 0;
  for (const auto* contact : conversations_.contacts()) {
    of_contacts += contact->tasks.size();
    for (const auto& mine : contact->tasks) {
      const auto* task = routing_.task(mine.task_sid);
      if (!task || task->contact_sid != contact->sid || task->worker_sid != mine.worker_sid) {
        return rows_contradict("task " + mine.task_sid.str() + " of contact " + contact->sid.str());
      }
    }
  }
  const auto tasks = routing_.tasks();
  const auto with_contact =
      std::count_if(tasks.begin(), tasks.end(), [](const auto* t) { return !t->contact_sid.empty(); });
  if (static_cast<std::size_t>(with_contact) != of_contacts) {
    return rows_contradict(std::to_string(with_contact) + " tasks name a contact, contacts name " +
                           std::to_string(of_contacts) + " tasks");
  }
  return {};
}

void State::check_invariants() const {
  routing_.check_invariants();
  const auto agree = check_agreement();
  if (!agree) check_failed(agree.error().message.c_str(), __FILE__, __LINE__);
  std::vector<WorkerId> busy;
  for (const auto* reservation : routing_.reservations()) {
    if (has_worker(reservation->status)) busy.push_back(reservation->worker_sid);
  }
  std::sort(busy.begin(), busy.end());
  for (const auto* row : presence_.presences()) {
    const bool idle = !std::binary_search(busy.begin(), busy.end(), row->worker_sid);
    CARILLON_CHECK(presence_.idle(row->worker_sid) == idle);
    CARILLON_CHECK(!(idle && row->pending_activity_sid));
  }
  CARILLON_CHECK(!workspace_.sid || routing_.task_queue(workspace_.last_resort_queue_sid));
}

// ---- hash ----

std::string State::hash() const { return fnv1a_128(encode(rows())); }

std::string fnv1a_128(std::string_view text) {
  __extension__ using Wide = unsigned __int128;
  constexpr Wide kPrime = (Wide{1} << 88) + 0x13b;
  Wide h = (Wide{0x6c62272e07bb0142} << 64) + 0x62b821756295c58d;
  for (const char c : text) {
    h ^= static_cast<unsigned char>(c);
    h *= kPrime;
  }
  std::string out(32, '0');
  detail::format_hex128(static_cast<std::uint64_t>(h >> 64), static_cast<std::uint64_t>(h), out.data());
  return out;
}

}  // namespace carillon::workspace
