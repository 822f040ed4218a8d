#include "runtime/json_out.h"
#include "runtime/resource_render.h"

namespace carillon::runtime {
namespace {

// Since when a reservation has its present status.
Instant since_of(const routing::ReservationRecord& reservation) {
  switch (reservation.status) {
    case routing::ReservationStatus::accepted:
      return reservation.accepted_at;
    case routing::ReservationStatus::suspended:
      return reservation.suspended_at;
    case routing::ReservationStatus::wrapping:
      return reservation.wrapping_at;
    default:
      return reservation.created_at;
  }
}

std::int64_t configured_capacity(const workspace::State& state, const routing::WorkerRecord& worker, std::int64_t total,
                                 const routing::TaskChannelRecord& channel) {
  const routing::Settings& settings = state.routing().settings();
  for (const auto& own : worker.channel_capacities) {
    if (own.task_channel_sid != channel.sid) continue;
    if (own.capacity == 0 || settings.capacity_model == routing::CapacityModel::per_channel) return own.capacity;
  }
  if (settings.capacity_model == routing::CapacityModel::per_channel) return channel.default_capacity;
  if (channel.exclusive) return 1;
  return channel.cost > 0 ? std::max<std::int64_t>(1, total / channel.cost) : total;
}

void render_channels(std::string& out, const workspace::State& state, const routing::WorkerRecord& worker,
                     const routing::WorkerNow& now) {
  out += '[';
  bool first = true;
  for (const routing::WorkerChannelNow& one : now.channels) {
    const auto* channel = state.routing().task_channel(one.task_channel_sid);
    if (!channel) continue;
    if (!first) out += ',';
    first = false;
    Instant not_responding;
    for (const auto& flag : worker.not_responding) {
      if (flag.task_channel_sid == one.task_channel_sid) not_responding = flag.since;
    }
    const std::int64_t configured = configured_capacity(state, worker, now.total, *channel);
    JsonOut json(out);
    json.id("task_channel_sid", one.task_channel_sid).text("task_channel_unique_name", channel->unique_name);
    json.number("configured_capacity", configured).flag("available", configured != 0);
    json.number("assigned_tasks", one.assigned_tasks).number("reserved_tasks", one.reserved_tasks);
    json.number("available_capacity", one.available_capacity);
    const std::int64_t percent = configured > 0 ? 100 * one.available_capacity / configured : 0;
    json.number("available_capacity_percentage", std::min<std::int64_t>(100, percent));
    json.time("not_responding_since", not_responding);
    json.end();
  }
  out += ']';
}

void render_assignments(std::string& out, const workspace::State& state, const routing::WorkerNow& now) {
  out += '[';
  bool first = true;
  for (ReservationId sid : now.reservations) {
    const auto* reservation = state.routing().reservation(sid);
    if (!reservation) continue;
    if (!first) out += ',';
    first = false;
    JsonOut json(out);
    json.id("reservation_sid", sid)
        .word("reservation_status", reservation->status)
        .id("task_sid", reservation->task_sid);
    const auto* channel = state.routing().task_channel(reservation->task_channel_sid);
    json.text("task_channel_unique_name", channel ? channel->unique_name : "");
    json.id("task_queue_sid", reservation->task_queue_sid).id("contact_sid", reservation->contact_sid);
    json.time("since", since_of(*reservation));
    json.end();
  }
  out += ']';
}

}  // namespace

bool render_worker(std::string& out, const workspace::State& state, WorkerId sid) {
  const auto* worker = state.routing().worker(sid);
  const auto* presence = state.presence().presence(sid);
  const auto now = state.routing().worker_now(sid);
  if (!worker || !presence || !now) return false;
  const auto* activity = state.presence().activity(presence->activity_sid);
  JsonOut json(out);
  json.id("sid", sid).id("workspace_sid", state.workspace().sid).number("version", worker->version);
  json.text("friendly_name", worker->friendly_name).id("user_sid", worker->user_sid);
  json.raw("attributes", worker->attributes.text.empty() ? std::string_view("{}") : worker->attributes.text);
  json.id("activity_sid", presence->activity_sid).text("activity_name", activity ? activity->friendly_name : "");
  json.word("activity_class", activity ? activity->activity_class : presence::ActivityClass::system);
  json.time("activity_since", presence->activity_since).flag("activity_overstayed", presence->overstayed);
  json.flag("available", worker->available);
  if (presence->pending_activity_sid) {
    json.key("pending_activity");
    JsonOut pending(out);
    pending.id("activity_sid", presence->pending_activity_sid);
    const auto* next = state.presence().activity(presence->pending_activity_sid);
    pending.text("activity_name", next ? next->friendly_name : "");
    pending.end();
  } else {
    json.raw("pending_activity", "null");
  }
  json.flag("requires_connection", presence->requires_connection).flag("connected", presence->connected);
  json.flag("lost", presence->counted_as_lost).number("total_capacity", now->total).number("held_capacity", now->held);
  json.key("channels");
  render_channels(out, state, *worker, *now);
  json.key("assignments");
  render_assignments(out, state, *now);
  json.time("idle_since", worker->idle_since);
  json.end();
  return true;
}

}  // namespace carillon::runtime
