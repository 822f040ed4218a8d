// Who may be offered what, and who comes first: "Settle" and "Capacity" of ../README.md.
#include <algorithm>
#include <tuple>

#include "routing/core/testing/naive.h"

namespace carillon::routing::testing {

// ---- capacity ----

// What a reservation holds of its worker's capacity.
std::int64_t Naive::held_by(const ReservationRecord& r) const {
  const bool costed = now_.settings.capacity_model == CapacityModel::costed;
  switch (r.status) {
    case ReservationStatus::pending:
      return costed ? std::max<std::int64_t>(0, r.cost - r.released_by_interruption) : r.cost;
    case ReservationStatus::accepted:
    case ReservationStatus::wrapping:
      return costed ? std::max(r.cost, r.released_by_interruption) : r.cost;
    default:
      return 0;
  }
}

std::int64_t Naive::total_of(const WorkerRecord& w) const {
  return w.total_capacity > 0 ? w.total_capacity : now_.settings.total_capacity;
}

std::optional<std::int64_t> Naive::own_capacity(const WorkerRecord& w, TaskChannelId channel) const {
  for (const ChannelCapacity& c : w.channel_capacities) {
    if (c.task_channel_sid == channel) return c.capacity;
  }
  return std::nullopt;
}

std::int64_t Naive::capacity_of(const WorkerRecord& w, const TaskChannelRecord& channel) const {
  return own_capacity(w, channel.sid).value_or(channel.default_capacity);
}

// Not even with empty hands.
bool Naive::never_takes(const WorkerRecord& w, const TaskChannelRecord& channel) const {
  if (now_.settings.capacity_model == CapacityModel::per_channel) return capacity_of(w, channel) <= 0;
  return own_capacity(w, channel.sid) == 0;
}

std::int64_t Naive::cost_of(const WorkerRecord& w, const TaskChannelRecord& channel) const {
  if (now_.settings.capacity_model == CapacityModel::per_channel) return 1;
  return channel.exclusive ? total_of(w) : std::min(channel.cost, total_of(w));
}

std::int64_t Naive::held(const WorkerRecord& w) const {
  std::int64_t sum = 0;
  for (const ReservationRecord& r : now_.reservations) {
    if (r.worker_sid == w.sid) sum += held_by(r);
  }
  return sum;
}

std::int64_t Naive::held_on(const WorkerRecord& w, TaskChannelId channel) const {
  std::int64_t sum = 0;
  for (const ReservationRecord& r : now_.reservations) {
    if (r.worker_sid == w.sid && r.task_channel_sid == channel) sum += held_by(r);
  }
  return sum;
}

bool Naive::fits(const WorkerRecord& w, const TaskChannelRecord& channel) const {
  if (now_.settings.capacity_model == CapacityModel::per_channel) {
    return held_on(w, channel.sid) + 1 <= capacity_of(w, channel);
  }
  if (never_takes(w, channel)) return false;
  return held(w) + cost_of(w, channel) <= total_of(w);
}

std::int64_t Naive::load_share(const WorkerRecord& w, const TaskChannelRecord& channel) const {
  if (now_.settings.capacity_model == CapacityModel::per_channel) {
    return held_on(w, channel.sid) * 1'000'000 / std::max<std::int64_t>(1, capacity_of(w, channel));
  }
  return held(w) * 1'000'000 / std::max<std::int64_t>(1, total_of(w));
}

// The accepted reservations of w that a task of `channel` would suspend; none when it may not interrupt there.
std::vector<ReservationId> Naive::victims_of(const WorkerRecord& w, const TaskChannelRecord& channel) const {
  if (now_.settings.capacity_model == CapacityModel::per_channel || never_takes(w, channel)) return {};
  std::vector<const ReservationRecord*> candidates;
  for (const ReservationRecord& r : now_.reservations) {
    if (r.worker_sid != w.sid || !is_live(r.status)) continue;
    if (r.status == ReservationStatus::suspended || !r.interrupts.empty()) return {};  // no nesting
    if (r.status != ReservationStatus::accepted) continue;
    for (const TaskChannelRecord& of : now_.task_channels) {
      if (of.sid != r.task_channel_sid) continue;
      const auto& by = of.interruptible_by;
      if (std::find(by.begin(), by.end(), channel.sid) != by.end()) candidates.push_back(&r);
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const auto* a, const auto* b) {
    return std::tie(a->accepted_at, a->seq) > std::tie(b->accepted_at, b->seq);
  });
  std::vector<ReservationId> out;
  std::int64_t free = total_of(w) - held(w);
  for (const auto* r : candidates) {
    if (free >= cost_of(w, channel)) break;
    free += held_by(*r);
    out.push_back(r->sid);
  }
  return free >= cost_of(w, channel) ? out : std::vector<ReservationId>{};
}

// ---- one task and one worker ----

bool Naive::wants_offers(const TaskRecord& t) {
  if (t.held) return false;
  if (t.status == TaskStatus::pending) return true;
  if (t.status != TaskStatus::reserved) return false;
  const auto* queue = queue_of(t);
  return static_cast<std::int64_t>(offers_of(t.sid).size()) < (queue ? queue->max_reserved_workers : 1);
}

expr::WorkerFacts Naive::facts_of(const WorkerRecord& w, const std::string& sid,
                                  std::vector<expr::ChannelFacts>& channels) const {
  for (const TaskChannelRecord& channel : now_.task_channels) {
    expr::ChannelFacts facts;
    facts.name = channel.unique_name;
    facts.available_capacity = available_capacity(w, channel);
    for (const ReservationRecord& r : now_.reservations) {
      if (r.worker_sid != w.sid || r.task_channel_sid != channel.sid) continue;
      if (r.status == ReservationStatus::accepted || r.status == ReservationStatus::wrapping) ++facts.assigned_tasks;
    }
    channels.push_back(facts);
  }
  return {.sid = sid,
          .friendly_name = w.friendly_name,
          .activity_name = w.activity_name,
          .available = w.available,
          .channels = channels};
}

std::int64_t Naive::available_capacity(const WorkerRecord& w, const TaskChannelRecord& channel) const {
  if (now_.settings.capacity_model == CapacityModel::per_channel) {
    return std::max<std::int64_t>(0, capacity_of(w, channel) - held_on(w, channel.sid));
  }
  if (own_capacity(w, channel.sid) == 0) return 0;
  return std::max<std::int64_t>(0, total_of(w) - held(w)) / std::max<std::int64_t>(1, cost_of(w, channel));
}

bool Naive::is_eligible(const TaskRecord& t, const WorkerRecord& w) {
  if (!t.task_queue_sid) return w.sid == t.direct_worker_sid;
  std::vector<expr::ChannelFacts> channels;
  const std::string sid = w.sid.str();
  const expr::WorkerFacts facts = facts_of(w, sid, channels);
  const expr::Env env{.task = &parsed(t.attributes.text),
                      .worker = &parsed(w.attributes.text),
                      .worker_facts = &facts,
                      .queue_facts = nullptr};
  if (!expr::evaluate(queue_expression(queue_of(t)->expression), env)) return false;
  if (const Target* target = target_of(t)) {
    if (!expr::evaluate(target->expression, env)) return false;
    if (t.ring_index >= 0 && t.ring_index < static_cast<std::int64_t>(target->rings.size()) &&
        !expr::evaluate(target->rings[static_cast<std::size_t>(t.ring_index)].expression, env)) {
      return false;
    }
  }
  if (!t.last_worker_until.is_never() && w.sid != t.last_worker_sid) return false;
  return true;
}

Naive::Pair Naive::look_at(const TaskRecord& t, const WorkerRecord& w) {
  Pair pair;
  const TaskChannelRecord& channel = channel_of(t);
  pair.responding = true;
  for (const NotResponding& n : w.not_responding) {
    if (n.task_channel_sid == channel.sid) pair.responding = false;
  }
  for (const ReservationRecord* r : offers_of(t.sid)) {
    if (r->worker_sid == w.sid) pair.has_offer = true;
  }
  // An entry bars w until its deadline takes it out, or until another worker was tried after it.
  for (const PassedOver& p : t.passed_over) {
    if (p.worker_sid != w.sid) {
      if (pair.passed_over) pair.passed_over = false, pair.tier = 1;
    } else {
      pair.tier = 0;
      pair.passed_over = true;
    }
  }
  pair.eligible = is_eligible(t, w);
  if (!pair.eligible) return pair;
  pair.fits = fits(w, channel);
  const Target* target = target_of(t);
  if (!target || target->interrupt) pair.victims = victims_of(w, channel);
  return pair;
}

// ---- order ----

Duration Naive::service_level_of(const TaskRecord& t) {
  const auto* queue = queue_of(t);
  return queue ? queue->service_level : Duration{};
}

Instant Naive::key_of(const TaskRecord& t) { return t.virtual_start_time + service_level_of(t) - t.boost; }

// Priority, then key, then seq: among what queues present, and for who holds back whom.
bool Naive::stands_before(const TaskRecord& a, const TaskRecord& b) {
  if (a.priority != b.priority) return a.priority > b.priority;
  if (key_of(a) != key_of(b)) return key_of(a) < key_of(b);
  return a.seq < b.seq;
}

bool Naive::stands_before_in_queue(const TaskRecord& a, const TaskRecord& b, QueueOrder order) {
  if (order == QueueOrder::fifo || a.priority != b.priority) return stands_before(a, b);
  if (key_of(a) != key_of(b)) return key_of(a) > key_of(b);
  return a.seq > b.seq;
}

bool Naive::is_held_back(std::size_t t, std::size_t w, const Table& table) {
  const TaskRecord& task = now_.tasks[t];
  if (!task.task_queue_sid || now_.settings.capacity_model == CapacityModel::per_channel) return false;
  // Only what takes free room can be held back; an interruption makes its own.
  if (!table[t][w].fits || cost_of(now_.workers[w], channel_of(task)) == 0) return false;
  for (std::size_t h = 0; h < now_.tasks.size(); ++h) {
    const TaskRecord& other = now_.tasks[h];
    if (h == t || !other.task_queue_sid || !wants_offers(other)) continue;
    if (queue_of(other)->task_order != QueueOrder::fifo || !stands_before(other, task)) continue;
    const Pair& pair = table[h][w];
    if (!pair.eligible || !pair.responding || pair.passed_over || pair.has_offer) continue;
    if (pair.fits || !pair.victims.empty() || never_takes(now_.workers[w], channel_of(other))) continue;
    if (now() - (key_of(other) - service_level_of(other)) > now_.settings.hold_back_after) return true;
  }
  return false;
}

bool Naive::is_matchable(std::size_t t, std::size_t w, const Table& table) {
  const Pair& pair = table[t][w];
  return wants_offers(now_.tasks[t]) && !pair.has_offer && now_.workers[w].available && pair.responding &&
         pair.eligible && (pair.fits || !pair.victims.empty()) && !pair.passed_over && !is_held_back(t, w, table);
}

// ---- settle ----

std::optional<std::size_t> Naive::best_worker(std::size_t t, const Table& table) {
  const TaskRecord& task = now_.tasks[t];
  const Target* target = target_of(task);
  using Rank = std::tuple<int, bool, expr::SortKey, std::int64_t, Instant, std::int64_t>;
  std::optional<std::pair<Rank, std::size_t>> best;
  for (std::size_t w = 0; w < now_.workers.size(); ++w) {
    if (!is_matchable(t, w, table)) continue;
    const WorkerRecord& worker = now_.workers[w];
    expr::SortKey sort;
    if (target && !target->order_by.empty()) {
      std::vector<expr::ChannelFacts> channels;
      const std::string sid = worker.sid.str();
      const expr::WorkerFacts facts = facts_of(worker, sid, channels);
      sort = expr::sort_key(
          target->order_by,
          {.task = nullptr, .worker = &parsed(worker.attributes.text), .worker_facts = &facts, .queue_facts = nullptr});
    }
    Rank rank{table[t][w].tier,  !table[t][w].fits, sort, load_share(worker, channel_of(task)),
              worker.idle_since, worker.seq};
    if (!best || rank < best->first) best = {std::move(rank), w};
  }
  if (!best) return std::nullopt;
  return best->second;
}

// Every queue presents its first task that somebody can take; tasks without a queue present themselves.
std::vector<std::size_t> Naive::presented(const Table& table) {
  std::vector<std::size_t> out;
  std::map<QueueId, std::size_t> firsts;
  for (std::size_t t = 0; t < now_.tasks.size(); ++t) {
    const TaskRecord& task = now_.tasks[t];
    if (!wants_offers(task) || !best_worker(t, table)) continue;
    const auto* queue = queue_of(task);
    if (!queue) {
      out.push_back(t);
      continue;
    }
    const auto [first, fresh] = firsts.emplace(queue->sid, t);
    if (!fresh && stands_before_in_queue(task, now_.tasks[first->second], queue->task_order)) first->second = t;
  }
  for (const auto& [queue, t] : firsts) out.push_back(t);
  return out;
}

bool Naive::match_one() {
  Table table(now_.tasks.size());
  for (std::size_t t = 0; t < now_.tasks.size(); ++t) {
    if (!wants_offers(now_.tasks[t])) {
      table[t].resize(now_.workers.size());
      continue;
    }
    for (const WorkerRecord& w : now_.workers) table[t].push_back(look_at(now_.tasks[t], w));
  }
  std::optional<std::size_t> next;
  for (const std::size_t t : presented(table)) {
    if (!next || stands_before(now_.tasks[t], now_.tasks[*next])) next = t;
  }
  if (!next) return false;
  const std::size_t w = *best_worker(*next, table);
  const Pair& pair = table[*next][w];
  offer(now_.tasks[*next], now_.workers[w], pair.fits ? std::vector<ReservationId>{} : pair.victims);
  return true;
}

// Looked at once, on entering a target, when no reservation could be made.
bool Naive::look_at_one_skip_if() {
  if (now_.enterings.empty()) return false;
  TaskRecord& t = *find(now_.enterings.front());
  now_.enterings.erase(now_.enterings.begin());
  const Target* target = target_of(t);
  if (t.status != TaskStatus::pending || t.held || !target || !target->skip_if || !is_to_be_skipped(t, *target))
    return true;
  emit(events::EventType::kWorkflowSkipped, t).number = static_cast<std::int32_t>(t.target_index);
  next_target(t, Reason::skipped);
  return true;
}

bool Naive::is_to_be_skipped(const TaskRecord& t, const Target& target) {
  expr::QueueFacts facts;
  for (const WorkerRecord& w : now_.workers) {
    if (!is_eligible(t, w)) continue;
    ++facts.workers_eligible;
    if (w.available) ++facts.workers_available;
  }
  facts.task_age_s = (now() - t.created_at).us / 1'000'000;
  facts.task_priority = t.priority;
  for (const TaskRecord& other : now_.tasks) {
    if (other.task_queue_sid != t.task_queue_sid) continue;
    if (other.status != TaskStatus::pending && other.status != TaskStatus::reserved) continue;
    ++facts.queue_waiting;
    facts.queue_longest_wait_s =
        std::max(facts.queue_longest_wait_s, (now() - other.virtual_start_time).us / 1'000'000);
  }
  return expr::evaluate(
      *target.skip_if,
      {.task = &parsed(t.attributes.text), .worker = nullptr, .worker_facts = nullptr, .queue_facts = &facts});
}

void Naive::settle(Context& entry) {
  entry_ = &entry;
  do {
    while (match_one()) {
    }
  } while (look_at_one_skip_if());
  count_versions();
}

}  // namespace carillon::routing::testing
