// Callbacks among the other machines: a further task of the contact, in the place of the call that asked for it.
#include "base/check.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

namespace {

using events::Reason;

// So long whoever was just calling them is asked first.
constexpr Duration kSameWorkerFor = Duration::seconds(20);

boost::json::object object_of(const std::string& text) {
  boost::json::error_code failed;
  boost::json::value given = boost::json::parse(text.empty() ? "{}" : text, failed);
  return !failed && given.is_object() ? std::move(given.get_object()) : boost::json::object();
}

// What agents and expressions want to know of it; what the call's task said stays.
JsonText task_of_callback(const calls::CallbackRecord& callback, const std::string& before) {
  boost::json::object out = object_of(before);
  out["channel"] = "callback";
  out["callback_sid"] = callback.sid.str();
  out["from"] = callback.to;
  out["asked_at"] = to_rfc3339(callback.created_at);
  out["mode"] = codec::enum_name(callback.mode);
  if (callback.asked_in_sid) out["call_sid"] = callback.asked_in_sid.str();
  if (!callback.name.empty()) out["name"] = callback.name;
  return {boost::json::serialize(out)};
}

// It is a call again.
JsonText task_of_return(CallId call, const std::string& before) {
  boost::json::object out = object_of(before);
  out["channel"] = "voice";
  out["call_sid"] = call.str();
  return {boost::json::serialize(out)};
}

}  // namespace

TaskChannelId State::Running::callback_channel() const {
  const auto* channel = s.routing_.task_channel(std::string_view(routing::kCallbackChannel));
  return channel ? channel->sid : voice_channel();
}

// Whoever asks to be called back is told no where the wait would outlast the opening hours.
std::optional<Duration> State::Running::expected_wait(CallId sid) const {
  const auto* call = s.calls_.call(sid);
  const auto* contact = call ? s.conversations_.contact(call->contact_sid) : nullptr;
  if (!contact || contact->tasks.empty()) return std::nullopt;
  const auto estimate = s.routing_.estimate(contact->tasks.front().task_sid);
  return estimate.known ? std::optional(estimate.high) : std::nullopt;
}

Result<void> State::Running::may_request(const calls::RequestCallback& wish) const {
  const auto* number = s.calls_.number(wish.number_sid);
  if (!number) return {};  // calls says so
  if (wish.task_queue_sid && !s.routing_.task_queue(wish.task_queue_sid)) {
    return Error(ErrorCode::kInvalidValue, "found no task queue " + wish.task_queue_sid.str()).at("task_queue_sid");
  }
  const bool own = !wish.task_queue_sid.empty();
  return s.routing_.could_create({.workflow_sid = own ? WorkflowId{} : number->workflow_sid,
                                  .task_queue_sid = own ? wish.task_queue_sid : number->task_queue_sid,
                                  .worker_sid = own ? WorkerId{} : number->worker_sid,
                                  .task_channel_sid = callback_channel(),
                                  .attributes = {},
                                  .priority = number->priority});
}

void State::Running::ask_about_callback(const calls::Request& request) {
  using Kind = calls::Request::Kind;
  switch (request.kind) {
    case Kind::callback_taken:
      return take_place(request);
    case Kind::open_callback:
      return open_callback(request);
    case Kind::pause_callback:
      (void)route(routing::HoldTask{.task_sid = request.task,
                                    .held = true,
                                    .until = request.until,
                                    .reason = request.reason == Reason::none ? Reason::by_system : request.reason});
      return;
    case Kind::release_callback:
      (void)route(routing::HoldTask{.task_sid = request.task, .held = false, .to_the_end = request.to_the_end});
      return;
    case Kind::callback_joined:
      return give_place(request);
    case Kind::callback_over:
      return finish_callback(request);
    default:
      return;
  }
}

// The call's task becomes the callback's: the same place, and nobody is on the line.
void State::Running::take_place(const calls::Request& request) {
  const auto* callback = s.calls_.callback(request.callback);
  const auto* contact = s.conversations_.contact(request.contact);
  CARILLON_CHECK(callback);
  calls::CallbackFiled filed;
  TaskId waiting;
  if (contact && contact->customer_ended_at.us == 0) {
    for (const auto& task : contact->tasks) {
      if (!task.wrapping && !waiting) waiting = task.task_sid;
    }
  }
  if (const auto* task = s.routing_.task(waiting)) {
    const auto made = route(routing::ReplaceTask{.task_sid = waiting,
                                                 .task_channel_sid = callback_channel(),
                                                 .attributes = task_of_callback(*callback, task->attributes.text),
                                                 .reason = Reason::callback_taken});
    if (made) {
      filed = {contact->sid, contact->conversation_sid, contact->customer_sid, *TaskId::parse(made->sid), {}};
      filed.queue = s.routing_.task(filed.task)->task_queue_sid;
    }
  }
  s.calls_.callback_filed(calls, request.callback, filed);
  if (!filed.task && contact && contact->customer_ended_at.us == 0) {
    (void)s.conversations_.apply(conversations, conversations::EndContact{request.contact, Reason::by_system});
  }
}

// Nobody called: the contact begins with the callback.
void State::Running::open_callback(const calls::Request& request) {
  const auto* callback = s.calls_.callback(request.callback);
  CARILLON_CHECK(callback);
  const auto* number = s.calls_.number(callback->number_sid);
  CARILLON_CHECK(number);
  const bool own = !callback->task_queue_sid.empty();
  const auto made = s.conversations_.apply(
      conversations,
      conversations::OpenContact{.channel = "voice",
                                 .channel_identity = callback->to,
                                 .session = callback->sid.str(),
                                 .customer_sid = callback->customer_sid,
                                 .task_channel_sid = callback_channel(),
                                 .live = false,
                                 .workflow_sid = own ? WorkflowId{} : number->workflow_sid,
                                 .task_queue_sid = own ? callback->task_queue_sid : number->task_queue_sid,
                                 .worker_sid = own ? WorkerId{} : number->worker_sid,
                                 .attributes = task_of_callback(*callback, ""),
                                 .priority = number->priority,
                                 .direction = conversations::Direction::outbound});
  const auto sid = made ? ContactId::parse(*made) : std::nullopt;
  pass_requests();  // its task is there before anything else is asked of it
  refused_task.reset();
  calls::CallbackFiled filed;
  if (const auto* contact = sid ? s.conversations_.contact(*sid) : nullptr; contact && !contact->tasks.empty()) {
    filed = {*sid, contact->conversation_sid, contact->customer_sid, contact->tasks.front().task_sid, {}};
    if (const auto* task = s.routing_.task(filed.task)) filed.queue = task->task_queue_sid;
  }
  s.calls_.callback_filed(calls, request.callback, filed);
}

// They are on the line again: a task of the channel voice, in the callback's place.
void State::Running::give_place(const calls::Request& request) {
  const auto* task = s.routing_.task(request.task);
  const auto made = task ? route(routing::ReplaceTask{.task_sid = request.task,
                                                      .task_channel_sid = voice_channel(),
                                                      .attributes = task_of_return(request.call, task->attributes.text),
                                                      .reason = Reason::called_back,
                                                      .last_worker_sid = request.worker,
                                                      .last_worker_for = request.worker ? kSameWorkerFor : Duration{}})
                         : Answer(Error(ErrorCode::kNotFound, "found no task"));
  if (!made) (void)s.conversations_.apply(conversations, conversations::EndContact{request.contact, Reason::by_system});
}

// Nobody was reached: whoever tried has no more to do with it.
void State::Running::finish_callback(const calls::Request& request) {
  const auto* task = s.routing_.task(request.task);
  if (!task) return;
  if (task->status == routing::TaskStatus::assigned) {
    (void)route(routing::CompleteTask{request.task, "not reached", request.reason});
  } else {
    (void)route(routing::CancelTask{request.task, request.reason});
  }
}

}  // namespace carillon::workspace
