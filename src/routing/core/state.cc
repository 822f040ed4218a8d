// The machine's outside: one entry, its events and changed rows.
#include "routing/core/state.h"

#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {

using events::Event;
using events::EventType;

State::Impl::Impl() = default;
State::State() : impl_(std::make_unique<Impl>()) {}
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

Event& State::Impl::emit(EventType type) {
  Event& event = context->events.emplace_back();
  event.type = type;
  return event;
}

Event& State::Impl::emit(EventType type, const LiveTask& task) {
  Event& event = emit(type);
  event.task = task.row.sid;
  event.queue = task.row.task_queue_sid;
  event.workflow = task.row.workflow_sid;
  event.channel = task.row.task_channel_sid;
  event.contact = task.row.contact_sid;
  event.conversation = task.row.conversation_sid;
  event.customer = task.row.customer_sid;
  return event;
}

Event& State::Impl::emit(EventType type, const LiveReservation& reservation) {
  Event& event = emit(type, tasks[reservation.task]);
  event.reservation = reservation.row.sid;
  event.worker = reservation.row.worker_sid;
  event.queue = reservation.row.task_queue_sid;
  return event;
}

Event& State::Impl::emit(EventType type, const LiveWorker& worker) {
  Event& event = emit(type);
  event.worker = worker.row.sid;
  event.activity = worker.row.activity_sid;
  return event;
}

void State::Impl::touch(LiveTask& task) {
  if (task.changed) return;
  task.changed = true;
  ++task.row.version;
  changed_tasks.push_back(task.slot);
}

void State::Impl::touch(LiveReservation& reservation) {
  if (reservation.changed) return;
  reservation.changed = true;
  ++reservation.row.version;
  changed_reservations.push_back(reservation.slot);
}

// The version of workers and queues is that of their configuration: what routing notes of them is not anybody's edit.
void State::Impl::touch(LiveWorker& worker) {
  if (worker.changed) return;
  worker.changed = true;
  changed_workers.push_back(worker.slot);
}

void State::Impl::touch(LiveQueue& queue) {
  if (queue.changed) return;
  queue.changed = true;
  changed_queues.push_back(queue.slot);
}

// What finished in the last entry leaves now: its rows had to stay readable until here.
void State::Impl::drop_dead() {
  for (const Slot slot : dead_tasks) {
    tasks.leave(slot);
    tasks[slot] = LiveTask{};
    tasks.free.push_back(slot);
  }
  for (const Slot slot : dead_reservations) {
    reservations.leave(slot);
    reservations[slot] = LiveReservation{};
    reservations.free.push_back(slot);
  }
  dead_tasks.clear();
  dead_reservations.clear();
}

void State::Impl::begin(const Context& c) {
  now = c.now;
  entry = c.entry;
  next_in_entry = 0;
  for (const Slot slot : changed_tasks) tasks[slot].changed = false;
  for (const Slot slot : changed_reservations) reservations[slot].changed = false;
  for (const Slot slot : changed_workers) workers[slot].changed = false;
  for (const Slot slot : changed_queues) queues[slot].changed = false;
  changed_tasks.clear(), changed_reservations.clear(), changed_workers.clear(), changed_queues.clear();
  changed_workflows.clear(), changed_channels.clear();
  changes.tasks.clear(), changes.reservations.clear(), changes.workers.clear(), changes.task_queues.clear();
  changes.workflows.clear(), changes.task_channels.clear(), changes.queue_entries.clear();
  changes.deleted_workers.clear(), changes.deleted_task_queues.clear(), changes.deleted_workflows.clear();
  changes.deleted_task_channels.clear();
  changes.settings = false;
  notices.clear();
  drop_dead();
}

void State::Impl::collect_changes() {
  const auto collect = [](const auto& slots, auto& table, auto& out) {
    out.clear();
    for (const Slot slot : slots) out.push_back(&table[slot].row);
  };
  collect(changed_tasks, tasks, changes.tasks);
  collect(changed_reservations, reservations, changes.reservations);
  collect(changed_workers, workers, changes.workers);
  collect(changed_queues, queues, changes.task_queues);
  collect(changed_workflows, workflows, changes.workflows);
  collect(changed_channels, channels, changes.task_channels);
  const auto drop_deleted = [](const auto& deleted, auto& out) {
    if (deleted.empty()) return;
    std::erase_if(
        out, [&](const auto* row) { return std::find(deleted.begin(), deleted.end(), row->sid) != deleted.end(); });
  };
  drop_deleted(changes.deleted_workers, changes.workers);
  drop_deleted(changes.deleted_task_queues, changes.task_queues);
  drop_deleted(changes.deleted_workflows, changes.workflows);
  drop_deleted(changes.deleted_task_channels, changes.task_channels);
}

Result<void> State::load(Rows rows) {
  impl_ = std::make_unique<Impl>();
  return impl_->load(std::move(rows));
}

Rows State::rows() const { return impl_->rows(); }

void State::begin(const Context& entry) { impl_->begin(entry); }

void State::expire(Context& entry) {
  impl_->at(entry);
  impl_->expire();
}

Result<Outcome> State::apply(Context& entry, const Command& command) {
  impl_->at(entry);
  return std::visit([&](const auto& c) { return impl_->on(c); }, command);
}

Result<void> State::could_create(const CreateTask& command) const {
  if (auto fine = impl_->check_new(command); !fine) return fine.error();
  return {};
}

void State::settle(Context& entry) {
  impl_->at(entry);
  impl_->settle();
}

void State::restarted(Context& entry, Duration down_for) {
  impl_->at(entry);
  impl_->restarted(down_for);
}

Instant State::next_deadline() const { return impl_->next_deadline(); }

const Changes& State::changes() const {
  impl_->collect_changes();
  return impl_->changes;
}

std::vector<Notice> State::take_notices() { return std::exchange(impl_->notices, {}); }

}  // namespace carillon::routing
