#include "metrics/live_look.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace carillon::metrics {
namespace {

using routing::TaskStatus;

bool is_waiting(const routing::TaskRecord& task) {
  return task.status == TaskStatus::pending || task.status == TaskStatus::reserved;
}

void look_at_queues(const runtime::View& view, const LookWish& wish, LiveLook& out) {
  const auto& routing = view.state.routing();
  std::unordered_map<QueueId, std::size_t> places;
  const auto add = [&](const routing::TaskQueueRecord& queue) {
    const auto now = routing.queue_now(queue.sid, view.now);
    if (!now) return;
    places.emplace(queue.sid, out.queues.size());
    out.queues.push_back({queue.sid, queue.friendly_name, *now, {}, {}});
  };
  if (wish.queue) {
    if (const auto* queue = routing.task_queue(*wish.queue)) add(*queue);
  } else if (wish.queues) {
    for (const auto* queue : routing.task_queues()) add(*queue);
  }
  if (wish.workflow && routing.workflow(*wish.workflow)) out.workflow.emplace();
  routing.each_task([&](const routing::TaskRecord& task) {
    const auto* queue = task.task_queue_sid ? routing.task_queue(task.task_queue_sid) : nullptr;
    const bool late = queue && is_waiting(task) && view.now - task.queue_entered_at > queue->service_level;
    out.tasks.add(task, late);
    if (out.workflow && task.workflow_sid == *wish.workflow) out.workflow->add(task, late);
    if (const auto place = places.find(task.task_queue_sid); place != places.end())
      out.queues[place->second].tasks.add(task, late);
  });
  if (places.empty()) return;
  routing.each_eligible([&](QueueId queue, const routing::WorkerRecord& worker) {
    const auto place = places.find(queue);
    if (place != places.end()) ++out.queues[place->second].activities[worker.activity_sid];
  });
}

void look_at_workers(const runtime::View& view, const LookWish& wish, LiveLook& out) {
  const auto& routing = view.state.routing();
  std::unordered_set<WorkerId> handling;  // as the numbers have it: a suspended task is not being handled
  for (const auto* reservation : routing.reservations()) {
    const bool busy = reservation->status == routing::ReservationStatus::accepted ||
                      reservation->status == routing::ReservationStatus::wrapping;
    if (busy) handling.insert(reservation->worker_sid);
  }
  const auto add = [&](const routing::WorkerRecord& worker) {
    const auto* presence = view.state.presence().presence(worker.sid);
    out.workers.push_back({worker.sid, worker.friendly_name, worker.activity_sid, worker.state_since,
                           handling.contains(worker.sid), worker.available, presence && presence->connected,
                           !worker.not_responding.empty()});
  };
  if (wish.worker) {
    if (const auto* worker = routing.worker(*wish.worker)) add(*worker);
  } else if (wish.workers) {
    for (const auto* worker : routing.workers()) add(*worker);
  }
}

}  // namespace

void TaskCounts::add(const routing::TaskRecord& task, bool is_late) {
  switch (task.status) {
    case TaskStatus::pending:
      ++pending;
      break;
    case TaskStatus::reserved:
      ++reserved;
      break;
    case TaskStatus::assigned:
      ++assigned;
      break;
    case TaskStatus::suspended:
      ++suspended;
      break;
    case TaskStatus::wrapping:
      ++wrapping;
      break;
    case TaskStatus::completed:
    case TaskStatus::canceled:
      return;
  }
  ++by_priority[task.priority];
  if (!is_waiting(task)) return;
  if (task.virtual_start_time < waiting_since) waiting_since = task.virtual_start_time, waiting_sid = task.sid;
  if (task.task_queue_sid && task.queue_entered_at < entered_at)
    entered_at = task.queue_entered_at, entered_sid = task.sid;
  if (is_late) late.push_back(task.queue_entered_at);
}

const QueueLook* LiveLook::find_queue(QueueId sid) const {
  const auto found = std::find_if(queues.begin(), queues.end(), [&](const QueueLook& one) { return one.sid == sid; });
  return found == queues.end() ? nullptr : &*found;
}
const WorkerLook* LiveLook::find_worker(WorkerId sid) const {
  const auto found =
      std::find_if(workers.begin(), workers.end(), [&](const WorkerLook& one) { return one.sid == sid; });
  return found == workers.end() ? nullptr : &*found;
}
const presence::ActivityRecord* LiveLook::find_activity(ActivityId sid) const {
  const auto found =
      std::find_if(activities.begin(), activities.end(), [&](const auto& one) { return one.sid == sid; });
  return found == activities.end() ? nullptr : &*found;
}

LiveLook look(const runtime::View& view, const LookWish& wish) {
  LiveLook out;
  out.now = view.now;
  out.time_zone = view.state.workspace().time_zone;
  look_at_queues(view, wish, out);
  look_at_workers(view, wish, out);
  for (const auto* activity : view.state.presence().activities()) out.activities.push_back(*activity);
  for (const auto* channel : view.state.routing().task_channels())
    out.channels.emplace(channel->unique_name, channel->sid);
  out.open_contacts = static_cast<std::int64_t>(view.state.conversations().contacts().size());
  return out;
}

}  // namespace carillon::metrics
