// Matching until quiet: the order of README.md "Settle", found by looking only at what may have changed.
#include <algorithm>

#include "routing/core/facts.h"
#include "routing/core/live.h"

namespace carillon::routing {
namespace {

// The order across queues: priority, then each one's own key, whatever the queue's order.
TaskPlace across_queues(const Lane& lane, TaskPlace place) {
  if (lane.lifo) place.key = -place.key, place.seq = -place.seq;
  return place;
}

}  // namespace

bool State::Impl::wants_offers(const LiveTask& task) const {
  if (!task.live || task.row.held) return false;
  if (task.row.status == TaskStatus::pending) return true;
  if (task.row.status != TaskStatus::reserved || task.queue == kNone) return false;
  return static_cast<std::int64_t>(task.offers.size()) < queues[task.queue].row.max_reserved_workers;
}

bool State::Impl::has_offer(const LiveTask& task, Slot worker) const {
  for (const Slot r : task.offers) {
    if (reservations[r].worker == worker) return true;
  }
  return false;
}

State::Impl::Passed State::Impl::passed_over(const LiveTask& task, WorkerId worker) const {
  Passed answer = Passed::no;
  for (const PassedOver& passed : task.row.passed_over) {  // by time
    if (passed.worker_sid == worker) {
      answer = Passed::yes;  // until its deadline takes the entry out
    } else if (answer == Passed::yes) {
      answer = Passed::others_tried;
    }
  }
  return answer;
}

// The first task in the order of (priority, key) that holds younger ones back on this worker.
std::optional<TaskPlace> State::Impl::blocker_of(const LiveWorker& worker) const {
  if (!is_partial(worker)) return std::nullopt;
  std::optional<TaskPlace> best;
  for (const Membership& member : worker.lanes) {
    const Lane& lane = *member.lane;
    if (lane.queue == kNone || lane.lifo || lane.waiting.empty()) continue;
    if (lane.channel < worker.channels.size() && !worker.channels[lane.channel].responding) continue;
    if (!could_ever_fit(worker, lane.channel) || fits(worker, lane.channel)) continue;
    if (lane.interrupt && may_interrupt(worker, lane.channel)) continue;
    if (!lane.changing.is_always() && !Facts(*this, worker).evaluate(lane.changing)) continue;
    const std::int64_t t = queues[lane.queue].row.service_level.us;
    for (auto it = lane.waiting.begin(); it != lane.waiting.end();) {
      if (best && !(*it < *best)) break;
      if (now.us - (it->key - t) <= settings.hold_back_after.us) {
        // Within a priority the first is the oldest: on to the next priority.
        it = lane.waiting.lower_bound(TaskPlace{it->minus_priority + 1, std::numeric_limits<std::int64_t>::min(),
                                                std::numeric_limits<std::int64_t>::min(), 0});
        continue;
      }
      const LiveTask& task = tasks[it->task];
      if (passed_over(task, worker.row.sid) != Passed::yes && !has_offer(task, worker.slot)) {
        best = *it;
        break;
      }
      ++it;
    }
  }
  return best;
}

// Only what takes free room can be held back; an interruption makes its own.
bool State::Impl::takes_room(const LiveWorker& worker, const Lane& lane) const {
  return lane.queue != kNone && cost_of(worker, lane.channel) > 0 && fits(worker, lane.channel);
}

Slot State::Impl::best_worker(Slot slot) {
  const LiveTask& task = tasks[slot];
  if (!task.lane || task.lane->ready.empty()) return kNone;
  const TaskPlace place = across_queues(*task.lane, *task.place);
  Slot second = kNone;
  for (const WorkerPlace& candidate : task.lane->ready) {
    const LiveWorker& worker = workers[candidate.worker];
    const Passed passed = passed_over(task, worker.row.sid);
    if (passed == Passed::yes || (passed == Passed::others_tried && second != kNone)) continue;
    if (has_offer(task, candidate.worker)) continue;
    if (takes_room(worker, *task.lane)) {
      const auto blocker = blocker_of(worker);
      if (blocker && *blocker < place) continue;
    }
    if (passed == Passed::no) return candidate.worker;
    second = candidate.worker;
  }
  return second;
}

// For a worker who alone may match more than before: nobody else is matchable with what they find.
Slot State::Impl::first_task_for(Slot slot) {
  LiveWorker& worker = workers[slot];
  if (!worker.live || !worker.row.available) return kNone;
  Slot best = kNone, queue_best = kNone;
  TaskPlace best_place, queue_place;
  Slot queue = kNone;
  const auto present = [&] {
    if (queue_best == kNone) return;
    const TaskPlace place = across_queues(*tasks[queue_best].lane, queue_place);
    if (best == kNone || place < best_place) best = queue_best, best_place = place;
    queue_best = kNone;
  };
  std::optional<TaskPlace> blocker;
  bool looked_for_blocker = false;
  std::array<std::int8_t, 64> by_channel{};
  for (const Membership& member : worker.lanes) {
    const Lane& lane = *member.lane;
    if (lane.waiting.empty()) continue;
    std::int8_t& answer = by_channel[lane.channel];  // 1 no, 2 fits, 3 interrupts
    if (answer == 0) {
      answer = 1;
      if (use_of(worker, lane.channel).responding) {
        answer = fits(worker, lane.channel) ? 2 : may_interrupt(worker, lane.channel) ? 3 : 1;
      }
    }
    if (answer == 1 || (answer == 3 && !lane.interrupt)) continue;
    if (!lane.changing.is_always() && !Facts(*this, worker).evaluate(lane.changing)) continue;
    if (lane.queue != queue || lane.queue == kNone) present(), queue = lane.queue;
    const bool room = takes_room(worker, lane);
    if (room && !looked_for_blocker) blocker = blocker_of(worker), looked_for_blocker = true;
    for (const TaskPlace& place : lane.waiting) {
      if (queue_best != kNone && !(place < queue_place)) break;
      if (!lane.lifo && best != kNone && !(place < best_place)) break;  // whatever it is, another queue's goes first
      if (blocker && room && *blocker < across_queues(lane, place)) {
        if (lane.lifo) continue;
        break;
      }
      const LiveTask& task = tasks[place.task];
      if (passed_over(task, worker.row.sid) == Passed::yes || has_offer(task, slot)) continue;
      queue_best = place.task, queue_place = place;
      break;
    }
  }
  present();
  return best;
}

// Several things changed at once: each queue presents its first matchable task, the first of those is taken.
bool State::Impl::match_one_general() {
  std::map<Slot, std::pair<TaskPlace, Slot>> presented;  // by queue
  Slot direct = kNone;
  TaskPlace direct_place;
  const auto consider = [&](Slot slot, bool known_matchable) {
    const LiveTask& task = tasks[slot];
    if (!task.lane) return;
    const TaskPlace place = *task.place;
    if (task.queue == kNone) {
      if (direct != kNone && !(place < direct_place)) return;
      if (known_matchable || best_worker(slot) != kNone) direct = slot, direct_place = place;
      return;
    }
    const auto it = presented.find(task.queue);
    if (it != presented.end() && !(place < it->second.first)) return;
    if (known_matchable || best_worker(slot) != kNone) presented[task.queue] = {place, slot};
  };
  std::erase_if(dirty_tasks, [&](Slot slot) {
    consider(slot, false);
    const bool done = !tasks[slot].lane || tasks[slot].lane->ready.empty();
    if (done) tasks[slot].dirty = false;
    return done;
  });
  for (const Slot slot : dirty_workers) {
    LiveWorker& worker = workers[slot];
    if (!worker.live || !worker.row.available || worker.ready_lanes == 0) continue;
    const auto blocker = blocker_of(worker);
    for (const Membership& member : worker.lanes) {
      if (!member.ready) continue;
      const bool room = takes_room(worker, *member.lane);
      for (const TaskPlace& place : member.lane->waiting) {
        if (blocker && room && *blocker < across_queues(*member.lane, place)) {
          if (member.lane->lifo) continue;
          break;
        }
        if (passed_over(tasks[place.task], worker.row.sid) == Passed::yes || has_offer(tasks[place.task], slot))
          continue;
        consider(place.task, true);
        break;
      }
    }
  }
  Slot best = direct;
  TaskPlace best_place = direct_place;
  for (const auto& [queue, first] : presented) {
    const TaskPlace place = across_queues(*tasks[first.second].lane, first.first);
    if (best == kNone || place < best_place) best = first.second, best_place = place;
  }
  if (best == kNone) return false;
  const Slot worker = best_worker(best);
  CARILLON_CHECK(worker != kNone);
  reserve(best, worker);
  return true;
}

void State::Impl::match_until_quiet() {
  for (;;) {
    if (dirty_tasks.empty() && dirty_workers.size() == 1) {
      const Slot worker = dirty_workers.front();
      const Slot task = first_task_for(worker);
      if (task != kNone) {
        reserve(task, worker);
        continue;
      }
    } else if (!dirty_tasks.empty() || !dirty_workers.empty()) {
      for (std::size_t i = 0; i < stale_workers.size(); ++i) refresh(stale_workers[i]);
      stale_workers.clear();
      if (match_one_general()) continue;
    }
    for (const Slot slot : dirty_workers) workers[slot].dirty = false;
    for (const Slot slot : dirty_tasks) tasks[slot].dirty = false;
    dirty_workers.clear();
    dirty_tasks.clear();
    for (std::size_t i = 0; i < stale_workers.size(); ++i) refresh(stale_workers[i]);
    stale_workers.clear();
    return;
  }
}

void State::Impl::look_at_skip_if(Slot slot) {
  LiveTask& task = tasks[slot];
  task.entering = false;
  if (!task.live || task.row.status != TaskStatus::pending || !task.lane) return;
  const Target* target = target_of(task);
  if (!target || !target->skip_if) return;
  const LiveQueue& queue = queues[task.queue];
  expr::QueueFacts facts;
  for (const Slot w : task.lane->eligible) {
    const LiveWorker& worker = workers[w];
    if (!task.lane->changing.is_always() && !Facts(*this, worker).evaluate(task.lane->changing)) continue;
    ++facts.workers_eligible;
    facts.workers_available += worker.row.available;
  }
  facts.task_age_s = (now - task.row.created_at).us / 1'000'000;
  facts.task_priority = task.row.priority;
  facts.queue_waiting = queue.waiting;
  const Instant oldest = oldest_waiting(task.queue).first;
  facts.queue_longest_wait_s = oldest.is_never() ? 0 : (now - oldest).us / 1'000'000;
  if (!expr::evaluate(*target->skip_if,
                      {.task = &task.attributes, .worker = nullptr, .worker_facts = nullptr, .queue_facts = &facts})) {
    return;
  }
  auto& event = emit(events::EventType::kWorkflowSkipped, task);
  event.number = static_cast<std::int32_t>(task.row.target_index);
  advance(slot, Reason::skipped);
}

void State::Impl::settle() {
  for (std::size_t i = 0;; ++i) {
    match_until_quiet();
    if (i >= entering.size()) break;
    look_at_skip_if(entering[i]);
  }
  entering.clear();
}

}  // namespace carillon::routing
