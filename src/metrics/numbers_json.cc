#include "metrics/numbers_json.h"

#include "runtime/json_out.h"

namespace carillon::metrics {
namespace {

using runtime::JsonOut;

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

JsonOut& real_or_null(JsonOut& json, std::string_view name, std::optional<double> value) {
  return value ? json.real(name, *value) : json.raw(name, "null");
}

std::int64_t in_a_bucket(const QueueInterval& q) {
  return q.answered + q.abandoned + q.short_abandoned + q.overflowed + q.moved + q.callback_taken + q.voicemail +
         q.closed + q.full + q.timed_out + q.canceled + q.failed_by_us;
}

void append_buckets(std::string& out, const QueueInterval& q) {
  JsonOut json(out);
  json.number("answered", q.answered).number("abandoned", q.abandoned).number("short_abandoned", q.short_abandoned);
  json.number("overflowed", q.overflowed).number("moved", q.moved).number("callback_taken", q.callback_taken);
  json.number("voicemail", q.voicemail)
      .number("closed", q.closed)
      .number("full", q.full)
      .number("timed_out", q.timed_out);
  json.number("canceled", q.canceled).number("failed_by_us", q.failed_by_us);
  json.end();
}

// Talk and wrap-up per segment: AHT's one definition is over a queue's sums.
std::optional<double> handle_time(const WorkerInterval& w) {
  QueueInterval sums;
  sums.segments = w.segments, sums.talk_us = w.talk_us, sums.wrap_us = w.wrap_us;
  return average_handle_time_s(sums);
}

// Of contacts: the formula of queue entries, over engagements.
std::optional<double> contacts_abandonment(const CenterInterval& center) {
  QueueInterval sums;
  sums.answered = center.contacts_answered, sums.abandoned = center.contacts_abandoned;
  return abandonment(sums);
}

}  // namespace

void append_numbers(std::string& out, const QueueInterval& q, std::int64_t late) {
  JsonOut json(out);
  json.number("offered", q.offered).key("buckets");
  append_buckets(out, q);
  // Rows of the arrival and of the end may come from different commits: never less than none.
  const std::int64_t done = in_a_bucket(q);
  json.number("not_yet", std::max<std::int64_t>(0, q.offered - done))
      .number("answered_in_time", q.answered_in_time)
      .number("late", late);
  real_or_null(json, "service_level", service_level(q, late));
  real_or_null(json, "abandonment", abandonment(q));
  real_or_null(json, "asa_s", average_speed_of_answer_s(q));
  real_or_null(json, "aht_s", average_handle_time_s(q));
  json.number("segments", q.segments)
      .real("talk_s", seconds(q.talk_us))
      .real("hold_s", 0)
      .real("wrap_s", seconds(q.wrap_us));
  json.real("suspended_s", seconds(q.suspended_us)).real("longest_wait_s", seconds(q.answer_wait_max_us));
  json.end();
}

WorkerSums worker_sums(const ByActivity& rows, const WorkerLook* live, Period period, const LiveLook& look) {
  ByActivity parts = rows;
  if (live && live->activity_sid) {
    const Instant from = std::max(live->state_since, period.from);
    const Instant to = std::min(look.now, period.to);
    if (to > from) {
      WorkerInterval& open = parts[live->activity_sid];
      open.time_us += (to - from).us;
      if (live->handling) open.handling_us += (to - from).us;
    }
  }
  WorkerSums out;
  for (const auto& [sid, part] : parts) {
    add(part, out.total);
    const auto* activity = look.find_activity(sid);
    const bool available = activity && activity->activity_class == presence::ActivityClass::available;
    if (sid && !(activity && activity->offline)) out.signed_in_us += part.time_us;
    if (available) out.available_us += part.time_us;
    out.available_or_handling_us += available ? part.time_us : part.handling_us;
  }
  return out;
}

void add(const WorkerSums& from, WorkerSums& into) {
  add(from.total, into.total);
  into.signed_in_us += from.signed_in_us;
  into.available_us += from.available_us;
  into.available_or_handling_us += from.available_or_handling_us;
}

void append_worker_numbers(std::string& out, const WorkerSums& sums) {
  const WorkerInterval& w = sums.total;
  JsonOut json(out);
  json.number("segments", w.segments);
  real_or_null(json, "aht_s", handle_time(w));
  json.real("talk_s", seconds(w.talk_us)).real("hold_s", 0).real("wrap_s", seconds(w.wrap_us));
  json.real("handling_s", seconds(w.handling_us)).real("signed_in_s", seconds(sums.signed_in_us));
  json.real("available_s", seconds(sums.available_us));
  real_or_null(json, "occupancy", occupancy(w.handling_us, sums.available_or_handling_us));
  json.number("reservations_created", w.reservations_created).number("reservations_accepted", w.reservations_accepted);
  json.number("reservations_rejected", w.reservations_rejected)
      .number("reservations_timed_out", w.reservations_timed_out);
  json.end();
}

void append_center_numbers(std::string& out, const CenterSums& sums) {
  const CenterInterval& center = sums.contacts;
  JsonOut json(out);
  json.number("contacts", center.contacts).number("contacts_answered", center.contacts_answered);
  json.number("contacts_abandoned", center.contacts_abandoned).number("contacts_ended", center.contacts_ended);
  real_or_null(json, "service_level", service_level(sums.entries, sums.late));
  real_or_null(json, "abandonment", contacts_abandonment(center));
  real_or_null(json, "asa_s", average_speed_of_answer_s(sums.entries));
  real_or_null(json, "aht_s", average_handle_time_s(sums.entries));
  json.number("segments", sums.entries.segments);
  real_or_null(json, "occupancy", occupancy(sums.workers.total.handling_us, sums.workers.available_or_handling_us));
  real_or_null(json, "fcr", sums.fcr);
  json.end();
}

void append_queue_now(std::string& out, const QueueLook& queue, const QueueInterval& today,
                      const QueueInterval& quarter) {
  const routing::QueueNow& now = queue.now;
  JsonOut json(out);
  json.id("task_queue_sid", now.sid).text("friendly_name", queue.friendly_name).number("waiting", now.waiting);
  json.number("reserved", now.reserved)
      .number("assigned", now.assigned)
      .number("wrapping", now.wrapping)
      .number("late", now.late);
  json.time("longest_waiting_since", now.longest_waiting_since)
      .id("longest_waiting_task_sid", now.longest_waiting_task_sid);
  json.number("eligible_workers", now.eligible_workers).number("staffed_workers", now.staffed_workers);
  json.number("idle_workers", now.idle_workers);
  if (now.estimate.known) {
    json.key("estimated_wait");
    JsonOut interval(out);
    interval.seconds("low_s", now.estimate.low).number("high_s", (now.estimate.high.us + 999'999) / 1'000'000);
    interval.end();
  } else {
    json.raw("estimated_wait", "null");
  }
  real_or_null(json, "service_level_now", service_level(quarter, now.late));
  json.key("today");
  append_numbers(out, today, now.late);
  json.end();
}

void append_workspace_now(std::string& out, const LiveLook& look, const CenterSums& today) {
  std::int64_t connected = 0, available = 0, handling = 0, not_responding = 0;
  for (const WorkerLook& worker : look.workers) {
    connected += worker.connected, available += worker.available, handling += worker.handling;
    not_responding += worker.not_responding;
  }
  JsonOut json(out);
  json.number("waiting", look.tasks.pending + look.tasks.reserved)
      .number("late", static_cast<std::int64_t>(look.tasks.late.size()));
  json.number("open_contacts", look.open_contacts)
      .number("connected_workers", connected)
      .number("available_workers", available);
  json.number("handling_workers", handling).number("not_responding_workers", not_responding).key("today");
  append_center_numbers(out, today);
  json.end();
}

void append_tasks_by_priority(std::string& out, const TaskCounts& tasks) {
  JsonOut json(out);
  for (const auto& [priority, count] : tasks.by_priority) json.number(std::to_string(priority), count);
  json.end();
}

void append_tasks_by_status(std::string& out, const TaskCounts& tasks) {
  JsonOut json(out);
  json.number("pending", tasks.pending).number("reserved", tasks.reserved).number("assigned", tasks.assigned);
  json.number("suspended", tasks.suspended).number("wrapping", tasks.wrapping);
  json.end();
}

void append_activity_statistics(std::string& out, const LiveLook& look,
                                const std::map<ActivityId, std::int64_t>& workers) {
  out += '[';
  bool first = true;
  for (const auto& activity : look.activities) {
    if (!first) out += ',';
    first = false;
    const auto found = workers.find(activity.sid);
    JsonOut json(out);
    json.id("activity_sid", activity.sid).text("friendly_name", activity.friendly_name);
    json.number("workers", found == workers.end() ? 0 : found->second);
    json.end();
  }
  out += ']';
}

}  // namespace carillon::metrics
