// Folds from events to numbers: the one definition of every number in docs/metrics.md.
//
// What:    fold() turns one event into deltas of interval aggregates; the same function runs live (deltas go into the same
//          commit) and over the journal (a test holds the two equal). Sums add up over any set of intervals; minima and
//          maxima combine.
// Why:     deltas, not state: an interval counts contacts by arrival, so old intervals still change, and nothing has to be
//          kept in memory for it.
// Cost:    a few compares an event while an entry's deltas are few; beyond 16 rows a hash index takes over.
// Thread:  any; no state.
// Example:
//   Deltas deltas;
//   for (const Event& e : events) fold(e, entry.now, deltas);
//   // rows: INSERT ... ON CONFLICT DO UPDATE SET answered = answered + ?
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/codec.h"
#include "base/ids.h"
#include "base/time.h"
#include "events/core/event.h"

namespace carillon::metrics {

inline constexpr Duration kInterval = Duration::minutes(15);  // fits every time zone's day boundaries
Instant interval_of(Instant at);                              // its begin

// Contacts and handling by queue and task channel; the interval is that of the queue entry's arrival (event.from), where an
// event names none, that of the event.
struct QueueInterval {
  Instant interval_start;
  QueueId task_queue_sid;  // empty: work without a queue
  TaskChannelId task_channel_sid;
  std::int64_t offered = 0;  // entries begun
  std::int64_t answered = 0;
  std::int64_t answered_in_time = 0;
  std::int64_t abandoned = 0;
  std::int64_t short_abandoned = 0;
  std::int64_t overflowed = 0;
  std::int64_t moved = 0;
  std::int64_t callback_taken = 0;
  std::int64_t voicemail = 0;
  std::int64_t closed = 0;
  std::int64_t full = 0;
  std::int64_t timed_out = 0;
  std::int64_t canceled = 0;
  std::int64_t failed_by_us = 0;
  std::int64_t answer_wait_us = 0;  // sum over answered, entry to answered
  std::int64_t answer_wait_max_us = 0;
  std::int64_t abandon_wait_us = 0;  // sum over abandoned and short
  std::int64_t segments = 0;         // worker segments ended
  std::int64_t talk_us = 0;
  std::int64_t wrap_us = 0;
  std::int64_t suspended_us = 0;
  std::int64_t reservations_created = 0;
  std::int64_t reservations_accepted = 0;
  std::int64_t reservations_rejected = 0;
  std::int64_t reservations_timed_out = 0;
  std::int64_t reservations_canceled = 0;
  std::int64_t reservations_rescinded = 0;
  std::int64_t acceptance_time_us = 0;  // sum over accepted, offer to accept
  bool operator==(const QueueInterval&) const = default;
};
BOOST_DESCRIBE_STRUCT(QueueInterval, (),
                      (interval_start, task_queue_sid, task_channel_sid, offered, answered, answered_in_time, abandoned,
                       short_abandoned, overflowed, moved, callback_taken, voicemail, closed, full, timed_out, canceled,
                       failed_by_us, answer_wait_us, answer_wait_max_us, abandon_wait_us, segments, talk_us, wrap_us,
                       suspended_us, reservations_created, reservations_accepted, reservations_rejected,
                       reservations_timed_out, reservations_canceled, reservations_rescinded, acceptance_time_us))

// Worker time by clock: a segment is split at interval borders. Segments ended and reservations count when they happen, in
// the activity that the event names; it is empty where the event names none, and such rows carry no time.
struct WorkerInterval {
  Instant interval_start;
  WorkerId worker_sid;
  ActivityId activity_sid;
  std::int64_t time_us = 0;      // in this activity
  std::int64_t handling_us = 0;  // of it with at least one task (union)
  std::int64_t segments = 0;
  std::int64_t talk_us = 0;
  std::int64_t wrap_us = 0;
  std::int64_t reservations_created = 0;
  std::int64_t reservations_accepted = 0;
  std::int64_t reservations_rejected = 0;
  std::int64_t reservations_timed_out = 0;
  bool operator==(const WorkerInterval&) const = default;
};
BOOST_DESCRIBE_STRUCT(WorkerInterval, (),
                      (interval_start, worker_sid, activity_sid, time_us, handling_us, segments, talk_us, wrap_us,
                       reservations_created, reservations_accepted, reservations_rejected, reservations_timed_out))

// The center: contacts, never a sum of queues. The interval is that of the contact's arrival.
struct CenterInterval {
  Instant interval_start;
  TaskChannelId task_channel_sid;  // what the contact counts as
  std::int64_t contacts = 0;
  std::int64_t contacts_answered = 0;   // by a human, once a contact
  std::int64_t contacts_abandoned = 0;  // the customer left before that
  std::int64_t contacts_ended = 0;
  bool operator==(const CenterInterval&) const = default;
};
BOOST_DESCRIBE_STRUCT(CenterInterval, (),
                      (interval_start, task_channel_sid, contacts, contacts_answered, contacts_abandoned,
                       contacts_ended))

namespace detail {
// Where the row of a key stands, by hash; built when a list grows past a few rows.
struct Places {
  std::vector<std::uint32_t> slots;
  std::size_t indexed = 0;
};
}  // namespace detail

// Rows in the order in which their keys first came; each key once.
struct Deltas {
  std::vector<QueueInterval> queues;
  std::vector<WorkerInterval> workers;
  std::vector<CenterInterval> center;
  detail::Places queue_places, worker_places, center_places;
  void clear() {
    queues.clear(), workers.clear(), center.clear();
    queue_places.indexed = worker_places.indexed = center_places.indexed = 0;
  }
  bool empty() const { return queues.empty() && workers.empty() && center.empty(); }
};

// Adds the event's share; deltas of the same key are merged. `now` is the entry's.
void fold(const events::Event& event, Instant now, Deltas& into);
void merge(const Deltas& from, Deltas& into);

// Numbers from sums; blank (nullopt) without traffic, never 0 or 100 then. Shares are percent, times seconds.
//
// answered within T / (answered + abandoned + timed out + those live who wait and are already past T).
std::optional<double> service_level(const QueueInterval& sums, std::int64_t waiting_late);
// Queue entry to answered.
std::optional<double> average_speed_of_answer_s(const QueueInterval& sums);
// Talk, hold and wrap-up per worker segment; suspended time is no part of it.
std::optional<double> average_handle_time_s(const QueueInterval& sums);
// abandoned / (answered + abandoned + timed out); short abandons are in neither.
std::optional<double> abandonment(const QueueInterval& sums);
// Time with at least one task (union) / time signed in and available or handling.
std::optional<double> occupancy(std::int64_t handling_us, std::int64_t available_or_handling_us);

}  // namespace carillon::metrics
