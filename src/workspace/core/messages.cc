// Messages that callers leave: work for whoever would have taken the call.
#include "base/check.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

namespace {

using events::Reason;

// What the call's task said, and that it is a message now.
JsonText with_message(const calls::CallRecord& call, const std::string& before) {
  boost::json::error_code failed;
  boost::json::value given = boost::json::parse(before.empty() ? "{}" : before, failed);
  boost::json::object out = !failed && given.is_object() ? std::move(given.get_object()) : boost::json::object();
  out["channel"] = "voicemail";
  out["voicemail_sid"] = call.voicemail_sid.str();
  out["call_sid"] = call.sid.str();
  out["from"] = call.from;
  out["to"] = call.to;
  if (!call.from_name.empty()) out["name"] = call.from_name;
  return {boost::json::serialize(out)};
}

}  // namespace

void State::Running::file_message(const calls::Request& request) {
  const auto* call = s.calls_.call(request.call);
  CARILLON_CHECK(call);
  if (!file_in_contact(*call, request)) file_alone(*call);
}

// A further task of the contact, which stays open until it ends, takes the place of the one that waited. False: that is over.
bool State::Running::file_in_contact(const calls::CallRecord& call, const calls::Request& request) {
  const auto* contact = s.conversations_.contact(request.contact);
  if (!contact || contact->customer_ended_at.us != 0) return false;
  std::vector<TaskId> waiting;
  for (const auto& task : contact->tasks) {
    if (!task.wrapping) waiting.push_back(task.task_sid);
  }
  const auto* first = waiting.empty() ? nullptr : s.routing_.task(waiting.front());
  const auto* channel = s.routing_.task_channel(std::string_view("default"));
  if (!first || !channel) return false;
  routing::CreateTask made{.task_channel_sid = channel->sid,
                           .attributes = with_message(call, first->attributes.text),
                           .priority = first->own_priority,
                           .contact_sid = contact->sid};
  const bool in_workflow = first->workflow_sid && first->filter_index != -3 && s.routing_.workflow(first->workflow_sid);
  if (in_workflow) {
    made.workflow_sid = first->workflow_sid;
  } else if (first->task_queue_sid) {
    made.task_queue_sid = first->task_queue_sid;
  } else {
    made.worker_sid = first->direct_worker_sid;
  }
  if (!create_task(made)) return false;
  unsettled = true;
  for (const TaskId task : waiting) (void)route(routing::CancelTask{task, request.reason});
  const auto ended =
      s.conversations_.apply(conversations, conversations::EndContact{request.contact, Reason::voicemail});
  CARILLON_CHECK(ended.ok());
  return true;
}

// Whoever called while the number was closed, full or unstaffed has no contact yet: it begins with the message.
void State::Running::file_alone(const calls::CallRecord& call) {
  const auto* number = s.calls_.number(call.number_sid);
  const auto* channel = s.routing_.task_channel(std::string_view("default"));
  if (!number || !channel) return;  // the inbox has it
  conversations::OpenContact open{.channel = "voice",
                                  .channel_identity = call.identity.empty() ? call.sid.str() : call.identity,
                                  .session = call.sid.str(),
                                  .customer_sid = call.customer_sid,
                                  .task_channel_sid = channel->sid,
                                  .live = false,
                                  .workflow_sid = number->workflow_sid,
                                  .task_queue_sid = number->task_queue_sid,
                                  .worker_sid = number->worker_sid,
                                  .attributes = with_message(call, ""),
                                  .priority = number->priority};
  const auto made = s.conversations_.apply(conversations, open);
  if (!made) return;
  const auto sid = ContactId::parse(*made);
  CARILLON_CHECK(sid);
  pass_requests();  // its task is there before the customer's side ends, and keeps it open
  refused_task.reset();
  const auto* contact = s.conversations_.contact(*sid);
  if (!contact) return;
  s.calls_.message_filed(call.sid, *sid, contact->conversation_sid, contact->customer_sid);
  (void)s.conversations_.apply(conversations, conversations::EndContact{*sid, Reason::voicemail});
}

}  // namespace carillon::workspace
