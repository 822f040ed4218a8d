// Events: what happened, as the decider says it.
//
// What:   one flat struct for all kinds; the kinds are listed in events.def. Ids say which objects it concerns, the few
//         other fields carry what the numbers need (durations, bucket, reason). The full resource that a client sees is
//         rendered from state when the entry is committed.
// Why:    flat and free of allocation, because a busy workspace makes millions of them.
// Thread: any; plain values.
// Example:
//   events.push_back(Event{.type = EventType::kTaskCreated, .task = id, .queue = queue});
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "base/ids.h"
#include "base/time.h"

namespace carillon::events {

enum class EventType : std::uint16_t {
#define CARILLON_EVENT(name, text) name,
#include "events/core/events.def"
#undef CARILLON_EVENT
};

std::string_view event_name(EventType type);  // "task.created"
std::optional<EventType> event_type_from(std::string_view name);
bool is_internal(EventType type);

// Where a queue entry ended (docs/metrics.md). Every entry ends in exactly one.
enum class Bucket : std::uint8_t {
  none,
  answered,
  abandoned,
  short_abandoned,
  overflowed,
  moved,
  callback_taken,
  voicemail,
  closed,
  full,
  timed_out,
  canceled,
  failed_by_us,
};
BOOST_DESCRIBE_ENUM(Bucket, none, answered, abandoned, short_abandoned, overflowed, moved, callback_taken, voicemail,
                    closed, full, timed_out, canceled, failed_by_us)

// Why something ended, moved or was refused.
enum class Reason : std::uint8_t {
  none,
  by_worker,
  by_supervisor,
  by_api,
  by_system,
  customer_left,
  idle,
  worker_lost,
  worker_unavailable,
  suspended_too_long,
  connect_failed,
  moved,
  re_evaluated,
  transferred,
  time_to_live,
  queue_max_wait,
  queue_full,
  target_timeout,
  skipped,
  overflow,
  rejected,
  missed,
  not_reached,  // the offer ran out while browser or device were gone: no miss
  accepted_elsewhere,
  queue_changed,
  interrupted,
  wrap_up_expired,
  deleted,
  lost_by_us,  // our restart cut the line, and nobody called back in time
  busy,        // of somebody we called
  declined,
  no_answer,
  unreachable,     // no trunk could carry it, or nobody is there
  voicemail,       // the customer left a message instead
  callback_taken,  // the customer is called back instead of waiting
  called_back,     // whoever was to be called back has called themselves
};
BOOST_DESCRIBE_ENUM(Reason, none, by_worker, by_supervisor, by_api, by_system, customer_left, idle, worker_lost,
                    worker_unavailable, suspended_too_long, connect_failed, moved, re_evaluated, transferred,
                    time_to_live, queue_max_wait, queue_full, target_timeout, skipped, overflow, rejected, missed,
                    not_reached, accepted_elsewhere, queue_changed, interrupted, wrap_up_expired, deleted, lost_by_us,
                    busy, declined, no_answer, unreachable, voicemail, callback_taken, called_back)

struct Event {
  EventType type = EventType::kWorkspaceUpdated;
  Bucket bucket = Bucket::none;
  Reason reason = Reason::none;
  bool flag = false;        // worker time: handling; queue entry: a service level was met
  std::int32_t number = 0;  // target index, priority, count
  TaskId task;
  ReservationId reservation;
  WorkerId worker;
  QueueId queue;
  WorkflowId workflow;
  ActivityId activity;
  TaskChannelId channel;
  ConversationId conversation;
  ContactId contact;
  CustomerId customer;
  MessageId message;
  CallId call;
  LegId leg;
  NumberId number_sid;
  CallbackId callback;
  Instant from;        // worker time: begin of the segment; queue entry: entered at
  Duration wait;       // queue entry to end; offer to accept
  Duration handle;     // accepted to wrap-up, suspended time left out
  Duration wrap;       // wrap-up
  Duration suspended;  // suspended time of the segment
};

using Events = std::vector<Event>;

}  // namespace carillon::events
