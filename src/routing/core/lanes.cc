// Lanes: which workers may serve which waiting tasks, and the indexes that make looking it up cheap.
#include <algorithm>

#include "routing/core/facts.h"
#include "routing/core/live.h"

namespace carillon::routing {
namespace {

template <class T>
void append_raw(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

bool lane_before(const Lane* a, const Lane* b) {
  return a->queue != b->queue ? a->queue < b->queue : a->index < b->index;
}

}  // namespace

std::int64_t State::Impl::key_of(const LiveTask& task) const {
  const std::int64_t t = task.queue == kNone ? 0 : queues[task.queue].row.service_level.us;
  return task.row.virtual_start_time.us + t - task.row.boost.us;
}

Lane* State::Impl::lane_for(LiveTask& task) {
  const Target* target = target_of(task);
  Slot only = kNone;
  if (task.queue == kNone) only = workers.find(task.row.direct_worker_sid);
  if (task.queue != kNone && !task.row.last_worker_until.is_never()) {
    only = workers.find(task.row.last_worker_sid);
  }
  const expr::Expression* ring = nullptr;
  if (target && task.row.ring_index >= 0)
    ring = &target->rings[static_cast<std::size_t>(task.row.ring_index)].expression;

  std::string& key = key_buffer;
  key.clear();
  append_raw(key, task.queue), append_raw(key, task.channel), append_raw(key, only);
  if (target) {
    append_raw(key, task.row.workflow_sid), append_raw(key, task.row.workflow_version);
    append_raw(key, task.row.filter_index), append_raw(key, task.row.target_index),
        append_raw(key, task.row.ring_index);
    expr::append_bind_key(target->expression, task.attributes, key);
    if (ring) key += '|', expr::append_bind_key(*ring, task.attributes, key);
  }
  const auto cached = lane_by_key.find(key);
  if (cached != lane_by_key.end()) return cached->second;

  const std::string key_copy = key;
  std::vector<expr::Expression> parts;
  if (task.queue != kNone) parts.push_back(queues[task.queue].expression);
  if (target) parts.push_back(expr::bind(target->expression, task.attributes));
  if (ring) parts.push_back(expr::bind(*ring, task.attributes));
  Lane* lane = find_or_make_lane(expr::conjunction(parts), target ? target->order_by : expr::OrderBy(), task.queue,
                                 task.channel, only, !target || target->interrupt);
  lane_by_key.emplace(key_copy, lane);
  return lane;
}

Lane* State::Impl::find_or_make_lane(const expr::Expression& all, const expr::OrderBy& order_by, Slot queue,
                                     Slot channel, Slot only, bool interrupt) {
  std::string canonical;
  append_raw(canonical, queue), append_raw(canonical, channel), append_raw(canonical, only),
      append_raw(canonical, interrupt);
  canonical += all.canonical();
  canonical += '\0';
  canonical += order_by.canonical();
  const auto found = lane_by_canonical.find(canonical);
  if (found != lane_by_canonical.end()) return found->second;
  if (lanes.size() > empty_lanes_bound) drop_empty_lanes();

  lanes.push_back(std::make_unique<Lane>(&memory));
  Lane& lane = *lanes.back();
  lane.index = static_cast<std::uint32_t>(lanes.size() - 1);
  lane.queue = queue, lane.channel = channel, lane.only = only, lane.interrupt = interrupt;
  lane.lifo = queue != kNone && queues[queue].row.task_order == QueueOrder::lifo;
  lane.canonical = std::move(canonical);
  expr::Split split = expr::split_by_change(all);
  lane.fixed = std::move(split.fixed);
  lane.changing = std::move(split.changing);
  lane.dynamic = !lane.changing.is_always() || order_by.is_dynamic();
  lane.order_by = order_by;
  lane_by_canonical.emplace(lane.canonical, &lane);
  if (queue != kNone) queues[queue].lanes.push_back(&lane);
  fill_lane(lane);
  return &lane;
}

bool State::Impl::statically_eligible(const Lane& lane, const LiveWorker& worker, Slot slot) const {
  if (!worker.live || (lane.only != kNone && lane.only != slot)) return false;
  if (lane.queue == kNone && lane.only == kNone) return false;  // its direct worker is gone
  return evaluate_static(lane.fixed, worker);
}

bool State::Impl::eligible_now(const Lane& lane, const LiveWorker& worker, Slot slot) const {
  if (!statically_eligible(lane, worker, slot)) return false;
  return lane.changing.is_always() || Facts(*this, worker).evaluate(lane.changing);
}

void State::Impl::fill_lane(Lane& lane) {
  const auto add = [&](Slot slot) {
    LiveWorker& worker = workers[slot];
    if (!statically_eligible(lane, worker, slot)) return;
    lane.eligible.push_back(slot);
    const auto at = std::upper_bound(worker.lanes.begin(), worker.lanes.end(), &lane,
                                     [](const Lane* a, const Membership& b) { return lane_before(a, b.lane); });
    worker.lanes.insert(at, Membership{&lane, {}, false});
    if (lane.dynamic) worker.dynamic = true;
    make_stale(slot);
  };
  if (lane.only != kNone) return add(lane.only);
  for (Slot slot = 0; slot < workers.slots.size(); ++slot) add(slot);
}

void State::Impl::drop_lane(Lane* lane) {
  for (const Slot slot : lane->eligible) {
    LiveWorker& worker = workers[slot];
    const auto it =
        std::find_if(worker.lanes.begin(), worker.lanes.end(), [&](const Membership& m) { return m.lane == lane; });
    if (it == worker.lanes.end()) continue;
    if (it->ready) --worker.ready_lanes;
    worker.lanes.erase(it);
  }
  lane_by_canonical.erase(lane->canonical);
  if (lane->queue != kNone) std::erase(queues[lane->queue].lanes, lane);
  const std::uint32_t index = lane->index;
  if (index + 1 != lanes.size()) {
    // The order of a worker's lanes is by index: moving the last one into the hole would break it, so leave a hole.
    lanes[index].reset();
  } else {
    lanes.pop_back();
    while (!lanes.empty() && !lanes.back()) lanes.pop_back();
  }
  lane_by_key.clear();
}

// Lanes nobody waits in are only a cache; no decision sees whether they are there.
void State::Impl::drop_empty_lanes() {
  std::vector<Lane*> empty;
  for (const auto& lane : lanes) {
    if (lane && lane->waiting.empty()) empty.push_back(lane.get());
  }
  for (auto it = empty.rbegin(); it != empty.rend(); ++it) drop_lane(*it);
  // Close the holes; relative order, and with it every worker's order of lanes, stays.
  std::erase_if(lanes, [](const auto& lane) { return !lane; });
  for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i]->index = static_cast<std::uint32_t>(i);
  empty_lanes_bound = std::max<std::size_t>(2000, 2 * lanes.size());
}

void State::Impl::drop_lanes_of(Slot queue) {
  const std::vector<Lane*> own = queues[queue].lanes;
  for (Lane* lane : own) drop_lane(lane);
}

// For the numbers; what changes with capacity is looked at as it is when the worker is indexed.
bool State::Impl::queue_has(const LiveQueue& queue, const LiveWorker& worker) const {
  return evaluate_static(expr::split_by_change(queue.expression).fixed, worker);
}

void State::Impl::drop_lanes_only_for(Slot worker) {
  for (std::size_t i = lanes.size(); i-- > 0;) {
    if (i < lanes.size() && lanes[i] && lanes[i]->only == worker && lanes[i]->waiting.empty())
      drop_lane(lanes[i].get());
  }
}

void State::Impl::index_worker(Slot slot) {
  LiveWorker& worker = workers[slot];
  for (Slot q = 0; q < queues.slots.size(); ++q) {
    LiveQueue& queue = queues[q];
    if (!queue.live || !queue_has(queue, worker)) continue;
    worker.queues.push_back(q);
    ++queue.members;
  }
  count_staffed(worker, +1);
  for (const auto& lane : lanes) {
    if (!lane || !statically_eligible(*lane, worker, slot)) continue;
    lane->eligible.push_back(slot);
    worker.lanes.push_back(Membership{lane.get(), {}, false});
    if (lane->dynamic) worker.dynamic = true;
  }
  std::sort(worker.lanes.begin(), worker.lanes.end(),
            [](const Membership& a, const Membership& b) { return lane_before(a.lane, b.lane); });
  make_dirty(slot);
}

void State::Impl::unindex_worker(Slot slot) {
  LiveWorker& worker = workers[slot];
  count_staffed(worker, -1);
  for (const Slot q : worker.queues) --queues[q].members;
  worker.queues.clear();
  for (Membership& member : worker.lanes) {
    if (member.ready) member.lane->ready.erase(member.place);
    std::erase(member.lane->eligible, slot);
  }
  worker.lanes.clear();
  worker.ready_lanes = 0;
  worker.dynamic = false;
}

void State::Impl::refresh(Slot slot) {
  LiveWorker& worker = workers[slot];
  worker.stale = false;
  enum : std::int8_t { kUnknown, kNo, kFits, kInterrupts };
  std::array<std::int8_t, 64> by_channel{};
  const bool here = worker.live && worker.row.available;
  if (!here && worker.ready_lanes == 0) return;
  for (Membership& member : worker.lanes) {
    Lane& lane = *member.lane;
    std::int8_t& answer = by_channel[lane.channel];
    if (answer == kUnknown) {
      answer = kNo;
      if (here && use_of(worker, lane.channel).responding) {
        answer = fits(worker, lane.channel) ? kFits : may_interrupt(worker, lane.channel) ? kInterrupts : kNo;
      }
    }
    bool ready = answer == kFits || (answer == kInterrupts && lane.interrupt);
    if (ready && !lane.changing.is_always()) ready = Facts(*this, worker).evaluate(lane.changing);
    if (!ready) {
      if (member.ready) lane.ready.erase(member.place), member.ready = false, --worker.ready_lanes;
      continue;
    }
    WorkerPlace place{answer == kInterrupts, {},  load_share(worker, lane.channel), worker.row.idle_since.us,
                      worker.row.seq,        slot};
    if (!lane.order_by.empty()) place.order = Facts(*this, worker).sort_key(lane.order_by);
    if (member.ready) {
      if (!(*member.place < place) && !(place < *member.place)) continue;
      lane.ready.erase(member.place);
      --worker.ready_lanes;
    }
    member.place = lane.ready.insert(std::move(place)).first;
    member.ready = true;
    ++worker.ready_lanes;
  }
}

void State::Impl::make_stale(Slot slot) {
  LiveWorker& worker = workers[slot];
  if (worker.stale) return;
  worker.stale = true;
  stale_workers.push_back(slot);
}

void State::Impl::make_dirty(Slot slot) {
  LiveWorker& worker = workers[slot];
  make_stale(slot);
  if (worker.dirty) return;
  worker.dirty = true;
  dirty_workers.push_back(slot);
}

// Holding more makes a worker match less, but for two cases: expressions that look at capacity, and work that may be
// interrupted (what is accepted can be where an offer could not, and what does not fit may interrupt where it was held back).
void State::Impl::make_stale_or_dirty(Slot slot) {
  const LiveWorker& worker = workers[slot];
  bool more = worker.dynamic;
  for (const Slot r : worker.reservations) {
    const LiveReservation& reservation = reservations[r];
    more = more || (reservation.row.status == ReservationStatus::accepted &&
                    !channels[reservation.channel].row.interruptible_by.empty());
  }
  if (more) {
    make_dirty(slot);
  } else {
    make_stale(slot);
  }
}

void State::Impl::make_task_dirty(Slot slot) {
  LiveTask& task = tasks[slot];
  if (task.dirty) return;
  task.dirty = true;
  dirty_tasks.push_back(slot);
}

void State::Impl::enlist(Slot slot) {
  LiveTask& task = tasks[slot];
  CARILLON_CHECK(!task.lane && wants_offers(task));
  task.lane = lane_for(task);
  TaskPlace place{-task.row.priority, key_of(task), task.row.seq, slot};
  if (task.lane->lifo) place.key = -place.key, place.seq = -place.seq;
  task.place = task.lane->waiting.insert(place).first;
  make_task_dirty(slot);
}

void State::Impl::delist(Slot slot) {
  LiveTask& task = tasks[slot];
  if (!task.lane) return;
  Lane& lane = *task.lane;
  const TaskPlace place = *task.place;
  lane.waiting.erase(task.place);
  task.lane = nullptr;
  // It may have held younger tasks back on workers with some room left: they may match now.
  if (partial_workers == 0 || lane.queue == kNone || lane.lifo) return;
  const std::int64_t since = place.key - queues[lane.queue].row.service_level.us;
  if (now.us - since <= settings.hold_back_after.us) return;
  for (const Slot worker : lane.eligible) {
    if (is_partial(workers[worker])) make_dirty(worker);
  }
}

void State::Impl::relist(Slot slot) {
  LiveTask& task = tasks[slot];
  delist(slot);
  if (wants_offers(task)) enlist(slot);
}

}  // namespace carillon::routing
