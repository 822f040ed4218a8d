#include "runtime/resource_render.h"

#include "runtime/json_out.h"

namespace carillon::runtime {
namespace {

std::string_view attributes_of(const JsonText& attributes) {
  return attributes.text.empty() ? std::string_view("{}") : std::string_view(attributes.text);
}

// "not given" and free texts of older data are no disposition.
JsonOut& disposition(JsonOut& json, std::string_view text) {
  const bool is_sid = text.size() == 34 && text.substr(0, 2) == "DI";
  return is_sid ? json.text("disposition_sid", text) : json.raw("disposition_sid", "null");
}

void estimated_wait(JsonOut& json, Duration low, Duration high) {
  if (low.us < 0 || high.us < 0) {
    json.raw("estimated_wait", "null");
    return;
  }
  std::string both;
  JsonOut interval(both);
  interval.seconds("low_s", low).number("high_s", (high.us + 999'999) / 1'000'000);
  interval.end();
  json.raw("estimated_wait", both);
}

void wrap_up_of(std::string& out, JsonOut& json, const Names& names, const routing::ReservationRecord* reservation) {
  if (!reservation || reservation->status != routing::ReservationStatus::wrapping) {
    json.raw("wrap_up", "null");
    return;
  }
  const std::int64_t allowed = names.wrap_up_extensions(reservation->task_queue_sid, reservation->task_channel_sid);
  json.key("wrap_up");
  JsonOut wrap(out);
  wrap.word("mode", reservation->wrap_up).time("since", reservation->wrapping_at);
  wrap.time("expires_at", reservation->wrap_up_deadline).flag("overdue", reservation->wrap_up_overdue);
  wrap.number("extensions_used", reservation->extensions_used);
  wrap.number("extensions_left", std::max<std::int64_t>(0, allowed - reservation->extensions_used));
  wrap.end();
}

template <class Mode>
void wrap_up_rule(std::string& out, JsonOut& json, Mode mode, Duration time, std::int64_t extensions) {
  json.key("wrap_up");
  JsonOut rule(out);
  rule.word("mode", mode).seconds("seconds", time).number("extensions", extensions);
  rule.end();
}

void texts(std::string& out, JsonOut& json, std::string_view name, const std::vector<std::string>& list) {
  json.key(name);
  codec::append(out, list);
}

}  // namespace

void render(std::string& out, const Names& names, WorkspaceId workspace, const routing::TaskRecord& task,
            const routing::ReservationRecord* reservation) {
  const bool in_filter = task.filter_index >= 0;
  const bool suspended = reservation && task.status == routing::TaskStatus::suspended;
  JsonOut json(out);
  json.id("sid", task.sid).id("workspace_sid", workspace).number("version", task.version);
  json.word("status", task.status)
      .word_or_null("reason", task.reason)
      .raw("attributes", attributes_of(task.attributes));
  json.number("priority", task.priority).id("task_channel_sid", task.task_channel_sid);
  json.text("task_channel_unique_name", names.task_channel(task.task_channel_sid));
  json.id("workflow_sid", task.workflow_sid).text_or_null("workflow_friendly_name", names.workflow(task.workflow_sid));
  json.text_or_null("workflow_filter", in_filter ? names.workflow_filter(task.workflow_sid, task.filter_index) : "");
  in_filter ? json.number("workflow_target", task.target_index) : json.raw("workflow_target", "null");
  json.time("workflow_entered_at", task.workflow_entered_at).time("target_deadline", task.target_deadline);
  json.id("task_queue_sid", task.task_queue_sid);
  json.text_or_null("task_queue_friendly_name", names.task_queue(task.task_queue_sid));
  json.id("queue_entry_sid", task.queue_entry_sid).time("queue_entered_at", task.queue_entered_at);
  estimated_wait(json, task.estimated_wait_low, task.estimated_wait_high);
  json.id("direct_worker_sid", task.direct_worker_sid).id("worker_sid", task.worker_sid);
  json.text_or_null("worker_friendly_name", names.worker(task.worker_sid));
  json.id("reservation_sid", task.reservation_sid).id("contact_sid", task.contact_sid);
  json.id("conversation_sid", task.conversation_sid).id("customer_sid", task.customer_sid);
  json.id("transferred_from_sid", task.transferred_from_sid).time("virtual_start_time", task.virtual_start_time);
  json.seconds("boost_s", task.boost)
      .time("time_to_live_at", task.time_to_live_at)
      .time("max_wait_at", task.max_wait_at);
  json.time("created_at", task.created_at).time("assigned_at", task.assigned_at).time("answered_at", task.answered_at);
  json.time("suspended_at", suspended ? reservation->suspended_at : Instant{});
  wrap_up_of(out, json, names, reservation);
  disposition(json, task.disposition).time("ended_at", task.ended_at);
  json.end();
}

void render(std::string& out, const Names& names, WorkspaceId workspace,
            const routing::ReservationRecord& reservation) {
  const bool suspended = reservation.status == routing::ReservationStatus::suspended;
  JsonOut json(out);
  json.id("sid", reservation.sid).id("workspace_sid", workspace).number("version", reservation.version);
  json.word("status", reservation.status).word_or_null("reason", reservation.reason);
  json.id("task_sid", reservation.task_sid).id("worker_sid", reservation.worker_sid);
  json.text("worker_friendly_name", names.worker(reservation.worker_sid));
  json.id("task_queue_sid", reservation.task_queue_sid).id("task_channel_sid", reservation.task_channel_sid);
  json.text("task_channel_unique_name", names.task_channel(reservation.task_channel_sid));
  json.id("contact_sid", reservation.contact_sid).time("created_at", reservation.created_at);
  json.time("expires_at", reservation.expires_at).flag("auto_accept", reservation.auto_accept);
  json.time("accepted_at", reservation.accepted_at).ids("interrupts", reservation.interrupts);
  json.id("interrupted_by_sid", reservation.interrupted_by_sid);
  json.time("suspended_at", suspended ? reservation.suspended_at : Instant{});
  json.real("suspended_s", reservation.suspended_total.in_seconds());
  json.time("suspended_until", suspended ? reservation.suspended_until : Instant{});
  wrap_up_of(out, json, names, &reservation);
  disposition(json, reservation.disposition).time("ended_at", reservation.ended_at);
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const routing::TaskChannelRecord& channel) {
  JsonOut json(out);
  json.id("sid", channel.sid).id("workspace_sid", workspace).number("version", channel.version);
  json.text("unique_name", channel.unique_name).text("friendly_name", channel.friendly_name);
  json.number("cost", channel.cost).flag("exclusive", channel.exclusive);
  json.number("default_capacity", channel.default_capacity).word("assign", channel.assign);
  json.word("answered_on", channel.answered_on).seconds("offer_timeout_s", channel.offer_timeout);
  json.flag("live", channel.live).seconds("time_to_live_s", channel.time_to_live);
  json.ids("interruptible_by", channel.interruptible_by).seconds("suspended_at_most_s", channel.suspended_at_most);
  wrap_up_rule(out, json, channel.wrap_up, channel.wrap_up_time, channel.wrap_up_extensions);
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const routing::TaskQueueRecord& queue,
            const std::vector<std::string>& warnings) {
  JsonOut json(out);
  json.id("sid", queue.sid).id("workspace_sid", workspace).number("version", queue.version);
  json.text("friendly_name", queue.friendly_name).text("expression", queue.expression);
  json.word("task_order", queue.task_order).number("max_reserved_workers", queue.max_reserved_workers);
  json.key("service_level");
  JsonOut level(out);
  level.seconds("target_s", queue.service_level).seconds("short_abandon_s", queue.short_abandon);
  level.end();
  json.number_or_null("max_size", queue.max_size).seconds_or_null("max_wait_s", queue.max_wait);
  json.word("assign", queue.assign).seconds_or_null("offer_timeout_s", queue.offer_timeout);
  wrap_up_rule(out, json, queue.wrap_up, queue.wrap_up_time, queue.wrap_up_extensions);
  json.text_or_null("pop_url", queue.pop_url).flag("pop_open", queue.pop_open);
  texts(out, json, "warnings", warnings);
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const routing::WorkflowRecord& workflow,
            const std::vector<std::string>& warnings) {
  JsonOut json(out);
  json.id("sid", workflow.sid).id("workspace_sid", workspace).number("version", workflow.version);
  json.text("friendly_name", workflow.friendly_name).raw("document", attributes_of(workflow.document));
  texts(out, json, "warnings", warnings);
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const presence::ActivityRecord& activity) {
  JsonOut json(out);
  json.id("sid", activity.sid).id("workspace_sid", workspace).number("version", activity.version);
  json.text("friendly_name", activity.friendly_name).word("activity_class", activity.activity_class);
  json.flag("paid", activity.paid)
      .seconds_or_null("maximum_s", activity.maximum)
      .word("pickable_by", activity.pickable_by);
  json.flag("available", activity.activity_class == presence::ActivityClass::available)
      .flag("offline", activity.offline);
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const conversations::ConversationRecord& conversation) {
  JsonOut json(out);
  json.id("sid", conversation.sid).id("workspace_sid", workspace).number("version", conversation.version);
  json.word("status", conversation.status).id("customer_sid", conversation.customer_sid);
  json.text("channel", conversation.channel).flag("identity_verified", conversation.identity_verified);
  json.id("last_worker_sid", conversation.last_worker_sid).number("contacts", conversation.contacts);
  json.time("created_at", conversation.created_at).time("closed_at", conversation.closed_at);
  json.end();
}

void render(std::string& out, WorkspaceId workspace, const conversations::ContactRecord& contact) {
  JsonOut json(out);
  json.id("sid", contact.sid).id("workspace_sid", workspace).number("version", contact.version);
  json.word("status", contact.status).word_or_null("reason", contact.reason);
  json.id("conversation_sid", contact.conversation_sid).id("customer_sid", contact.customer_sid);
  json.text("channel", contact.channel).word("direction", contact.direction).time("created_at", contact.created_at);
  json.time("customer_ended_at", contact.customer_ended_at).time("ended_at", contact.ended_at);
  std::vector<TaskId> tasks;
  for (const auto& one : contact.tasks) tasks.push_back(one.task_sid);
  json.time("answered_at", contact.answered_at).ids("task_sids", tasks).ids("worker_sids", contact.workers);
  json.number("tasks_so_far", contact.tasks_so_far).flag("customer_connected", contact.customer_connected);
  json.flag("waiting_for_customer", contact.waiting_for_customer).time("idle_at", contact.idle_at);
  json.time("gone_at", contact.gone_at).number("messages", contact.messages);
  json.time("last_message_at", contact.last_message_at);
  json.end();
}

void render(std::string& out, const workspace::WorkspaceRecord& workspace, bool quarantined) {
  JsonOut json(out);
  json.id("sid", workspace.sid).number("version", workspace.version).text("friendly_name", workspace.friendly_name);
  json.text("time_zone", workspace.time_zone).word("capacity_model", workspace.capacity_model);
  json.number("total_capacity", workspace.total_capacity).id("last_resort_queue_sid", workspace.last_resort_queue_sid);
  json.seconds("idle_after_s", workspace.idle_after).seconds("gone_after_s", workspace.gone_after);
  json.seconds("reopen_within_s", workspace.reopen_within);
  json.number("recordings_kept_days", workspace.recordings_kept_days);
  json.number("voicemails_kept_days", workspace.voicemails_kept_days);
  json.flag("agent_sees_monitoring", workspace.agent_sees_monitoring);
  json.text("state", quarantined ? "quarantined" : "running");
  json.end();
}

}  // namespace carillon::runtime
