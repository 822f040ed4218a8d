#include "metrics/core/fold.h"

#include <algorithm>

namespace carillon::metrics {

using events::Bucket;
using events::Event;
using events::EventType;

namespace {

constexpr std::size_t kFew = 16;
constexpr std::uint32_t kFree = ~0u;

std::uint64_t mixed(std::uint64_t h, std::uint64_t x) {
  h = (h ^ x) * 0x9e3779b97f4a7c15ULL;
  return h ^ (h >> 29);
}

template <class IdType>
std::uint64_t mixed(std::uint64_t h, IdType id) {
  return mixed(mixed(h, id.lo), id.hi);
}

// ---- keys: what makes two rows one ----

bool same_key(const QueueInterval& a, const QueueInterval& b) {
  return a.task_queue_sid == b.task_queue_sid && a.interval_start == b.interval_start &&
         a.task_channel_sid == b.task_channel_sid;
}
bool same_key(const WorkerInterval& a, const WorkerInterval& b) {
  return a.worker_sid == b.worker_sid && a.interval_start == b.interval_start && a.activity_sid == b.activity_sid;
}
bool same_key(const CenterInterval& a, const CenterInterval& b) {
  return a.interval_start == b.interval_start && a.task_channel_sid == b.task_channel_sid;
}
std::uint64_t hash_of(const QueueInterval& k) {
  return mixed(mixed(static_cast<std::uint64_t>(k.interval_start.us), k.task_queue_sid), k.task_channel_sid);
}
std::uint64_t hash_of(const WorkerInterval& k) {
  return mixed(mixed(static_cast<std::uint64_t>(k.interval_start.us), k.worker_sid), k.activity_sid);
}
std::uint64_t hash_of(const CenterInterval& k) {
  return mixed(static_cast<std::uint64_t>(k.interval_start.us), k.task_channel_sid);
}

template <class Row>
std::size_t slot_for(const std::vector<Row>& rows, const detail::Places& places, const Row& key) {
  const std::size_t mask = places.slots.size() - 1;
  std::size_t i = hash_of(key) & mask;
  while (places.slots[i] != kFree && !same_key(rows[places.slots[i]], key)) i = (i + 1) & mask;
  return i;
}

template <class Row>
void index_all(const std::vector<Row>& rows, detail::Places& places) {
  std::size_t size = 64;
  while (size < rows.size() * 4) size *= 2;
  places.slots.assign(size, kFree);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    places.slots[slot_for(rows, places, rows[i])] = static_cast<std::uint32_t>(i);
  }
  places.indexed = rows.size();
}

// The row of the key, made when it is the first. An entry's events repeat their keys, so the last rows are looked at first.
template <class Row>
Row& row_of(std::vector<Row>& rows, detail::Places& places, const Row& key) {
  if (rows.size() <= kFew) {
    for (std::size_t i = rows.size(); i-- > 0;) {
      if (same_key(rows[i], key)) return rows[i];
    }
    return rows.emplace_back(key);
  }
  if (places.indexed != rows.size() || places.slots.size() < rows.size() * 2) index_all(rows, places);
  const std::size_t slot = slot_for(rows, places, key);
  if (places.slots[slot] == kFree) {
    places.slots[slot] = static_cast<std::uint32_t>(rows.size());
    rows.push_back(key);
    ++places.indexed;
  }
  return rows[places.slots[slot]];
}

QueueInterval& queue_row(const Event& e, Instant now, Deltas& into) {
  QueueInterval key;
  key.interval_start = interval_of(e.from.us != 0 ? e.from : now);
  key.task_queue_sid = e.queue;
  key.task_channel_sid = e.channel;
  return row_of(into.queues, into.queue_places, key);
}

WorkerInterval& worker_row(const Event& e, Instant at, Deltas& into) {
  WorkerInterval key;
  key.interval_start = interval_of(at);
  key.worker_sid = e.worker;
  key.activity_sid = e.activity;
  return row_of(into.workers, into.worker_places, key);
}

CenterInterval& center_row(const Event& e, Instant now, Deltas& into) {
  CenterInterval key;
  key.interval_start = interval_of(e.from.us != 0 ? e.from : now);
  key.task_channel_sid = e.channel;
  return row_of(into.center, into.center_places, key);
}

// ---- folds, one a kind of event ----

void queue_entry_ended(const Event& e, QueueInterval& row) {
  switch (e.bucket) {
    case Bucket::none:
      return;
    case Bucket::answered:
      ++row.answered;
      if (e.flag) ++row.answered_in_time;
      row.answer_wait_us += e.wait.us;
      row.answer_wait_max_us = std::max(row.answer_wait_max_us, e.wait.us);
      return;
    case Bucket::abandoned:
      ++row.abandoned;
      row.abandon_wait_us += e.wait.us;
      return;
    case Bucket::short_abandoned:
      ++row.short_abandoned;
      row.abandon_wait_us += e.wait.us;
      return;
    case Bucket::overflowed:
      ++row.overflowed;
      return;
    case Bucket::moved:
      ++row.moved;
      return;
    case Bucket::callback_taken:
      ++row.callback_taken;
      return;
    case Bucket::voicemail:
      ++row.voicemail;
      return;
    case Bucket::closed:
      ++row.closed;
      return;
    case Bucket::full:
      ++row.full;
      return;
    case Bucket::timed_out:
      ++row.timed_out;
      return;
    case Bucket::canceled:
      ++row.canceled;
      return;
    case Bucket::failed_by_us:
      ++row.failed_by_us;
      return;
  }
}

// A segment of worker time from e.from to now, in one activity: each interval gets its part.
void worker_time(const Event& e, Instant now, Deltas& into) {
  if (e.from.us <= 0) return;
  for (Instant at = e.from; at < now;) {
    const Instant end = std::min(now, interval_of(at) + kInterval);
    WorkerInterval& row = worker_row(e, at, into);
    row.time_us += (end - at).us;
    if (e.flag) row.handling_us += (end - at).us;
    at = end;
  }
}

void segment_ended(const Event& e, Instant now, Deltas& into) {
  QueueInterval& queue = queue_row(e, now, into);
  ++queue.segments;
  queue.talk_us += e.handle.us;
  queue.wrap_us += e.wrap.us;
  queue.suspended_us += e.suspended.us;
  WorkerInterval& worker = worker_row(e, now, into);
  ++worker.segments;
  worker.talk_us += e.handle.us;
  worker.wrap_us += e.wrap.us;
}

void reservation(const Event& e, Instant now, Deltas& into) {
  QueueInterval& queue = queue_row(e, now, into);
  switch (e.type) {
    case EventType::kReservationCreated:
      ++queue.reservations_created, ++worker_row(e, now, into).reservations_created;
      return;
    case EventType::kReservationAccepted:
      ++queue.reservations_accepted, ++worker_row(e, now, into).reservations_accepted;
      queue.acceptance_time_us += e.wait.us;
      return;
    case EventType::kReservationRejected:
      ++queue.reservations_rejected, ++worker_row(e, now, into).reservations_rejected;
      return;
    case EventType::kReservationTimeout:
      ++queue.reservations_timed_out, ++worker_row(e, now, into).reservations_timed_out;
      return;
    case EventType::kReservationCanceled:
      ++queue.reservations_canceled;
      return;
    default:
      ++queue.reservations_rescinded;
      return;
  }
}

std::optional<double> share(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return std::nullopt;
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<double> mean_s(std::int64_t sum_us, std::int64_t count) {
  if (count <= 0) return std::nullopt;
  return static_cast<double>(sum_us) / static_cast<double>(count) / 1e6;
}

// Adds every number of a row but its key and its maxima.
template <class Row>
void add_numbers(const Row& from, Row& into) {
  boost::mp11::mp_for_each<codec::Members<Row>>([&](auto d) {
    auto& to = into.*d.pointer;
    if constexpr (std::is_same_v<std::decay_t<decltype(to)>, std::int64_t>) to += from.*d.pointer;
  });
}

}  // namespace

Instant interval_of(Instant at) {
  const std::int64_t past = at.us % kInterval.us;
  return {at.us - (past < 0 ? past + kInterval.us : past)};
}

void fold(const Event& e, Instant now, Deltas& into) {
  switch (e.type) {
    case EventType::kTaskQueueEntered:
      ++queue_row(e, now, into).offered;
      return;
    case EventType::kQueueEntryEnded:
      return queue_entry_ended(e, queue_row(e, now, into));
    case EventType::kSegmentEnded:
      return segment_ended(e, now, into);
    case EventType::kReservationCreated:
    case EventType::kReservationAccepted:
    case EventType::kReservationRejected:
    case EventType::kReservationTimeout:
    case EventType::kReservationCanceled:
    case EventType::kReservationRescinded:
      return reservation(e, now, into);
    case EventType::kWorkerTime:
      return worker_time(e, now, into);
    case EventType::kContactCreated:
      ++center_row(e, now, into).contacts;
      return;
    case EventType::kContactUpdated:
      if (e.flag) ++center_row(e, now, into).contacts_answered;
      return;
    case EventType::kContactEnded: {
      CenterInterval& row = center_row(e, now, into);
      ++row.contacts_ended;
      if (!e.flag && e.reason == events::Reason::customer_left) ++row.contacts_abandoned;
      return;
    }
    default:
      return;
  }
}

void merge(const Deltas& from, Deltas& into) {
  for (const auto& row : from.queues) {
    QueueInterval key;
    key.interval_start = row.interval_start, key.task_queue_sid = row.task_queue_sid;
    key.task_channel_sid = row.task_channel_sid;
    QueueInterval& to = row_of(into.queues, into.queue_places, key);
    const std::int64_t longest = std::max(to.answer_wait_max_us, row.answer_wait_max_us);
    add_numbers(row, to);
    to.answer_wait_max_us = longest;
  }
  for (const auto& row : from.workers) {
    WorkerInterval key;
    key.interval_start = row.interval_start, key.worker_sid = row.worker_sid, key.activity_sid = row.activity_sid;
    add_numbers(row, row_of(into.workers, into.worker_places, key));
  }
  for (const auto& row : from.center) {
    CenterInterval key;
    key.interval_start = row.interval_start, key.task_channel_sid = row.task_channel_sid;
    add_numbers(row, row_of(into.center, into.center_places, key));
  }
}

std::optional<double> service_level(const QueueInterval& sums, std::int64_t waiting_late) {
  return share(sums.answered_in_time, sums.answered + sums.abandoned + sums.timed_out + waiting_late);
}

std::optional<double> average_speed_of_answer_s(const QueueInterval& sums) {
  return mean_s(sums.answer_wait_us, sums.answered);
}

std::optional<double> average_handle_time_s(const QueueInterval& sums) {
  return mean_s(sums.talk_us + sums.wrap_us, sums.segments);
}

std::optional<double> abandonment(const QueueInterval& sums) {
  return share(sums.abandoned, sums.answered + sums.abandoned + sums.timed_out);
}

std::optional<double> occupancy(std::int64_t handling_us, std::int64_t available_or_handling_us) {
  return share(handling_us, available_or_handling_us);
}

}  // namespace carillon::metrics
