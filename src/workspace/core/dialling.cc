// Calls that begin here: who may make and join them, the tasks they have, and what becomes of those.
#include "base/check.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

namespace {

constexpr Duration kGivenBackBoost = Duration::seconds(60);

// What agents and expressions want to know of it.
JsonText task_of_call(const calls::CallRecord& call, std::string_view from, std::string_view to,
                      std::string_view name) {
  boost::json::object out;
  out["channel"] = "voice";
  out["direction"] = codec::enum_name(call.direction);
  out["call_sid"] = call.sid.str();
  out["from"] = from;
  out["to"] = to;
  if (!name.empty()) out["name"] = name;
  return {boost::json::serialize(out)};
}

}  // namespace

TaskChannelId State::Running::voice_channel() const {
  const auto* channel = s.routing_.task_channel(std::string_view("voice"));
  if (!channel) channel = s.routing_.task_channel(std::string_view("default"));
  return channel ? channel->sid : TaskChannelId{};
}

// Refused here rather than after half of it was made.
Result<void> State::Running::may_begin(const calls::Command& command) const {
  if (const auto* dial = std::get_if<calls::Dial>(&command)) return may_dial(*dial);
  if (const auto* invite = std::get_if<calls::Invite>(&command)) return may_invite(*invite);
  if (const auto* wish = std::get_if<calls::RequestCallback>(&command)) return may_request(*wish);
  return {};
}

Result<void> State::Running::is_free(WorkerId worker, const char* field) const {
  const auto mine = [&](Error error) { return std::move(error).at(field); };
  if (!s.routing_.worker(worker)) {
    return mine(Error(ErrorCode::kInvalidValue, "found no worker " + worker.str()));
  }
  auto fine = s.routing_.could_create(
      {.worker_sid = worker, .task_channel_sid = voice_channel(), .attributes = {}, .claimed = true});
  return fine ? fine : Result<void>(mine(fine.error()));
}

// Who is on a break may call; who has signed off may not.
Result<void> State::Running::may_dial(const calls::Dial& dial) const {
  if (auto fine = is_free(dial.worker_sid, "worker_sid"); !fine) return fine;
  const auto* row = s.presence_.presence(dial.worker_sid);
  const auto* activity = row ? s.presence_.activity(row->activity_sid) : nullptr;
  if (!activity || activity->offline) {
    return Error(ErrorCode::kStateForbids, "the worker is signed off; choose another activity first").at("worker_sid");
  }
  if (!dial.to_worker_sid) return {};
  if (auto fine = is_free(dial.to_worker_sid, "to_worker_sid"); !fine) return fine;
  const auto* called = s.routing_.worker(dial.to_worker_sid);
  if (called->available) return {};
  return Error(ErrorCode::kStateForbids, "worker '" + called->friendly_name + "' is " + called->activity_name)
      .at("to_worker_sid");
}

Result<void> State::Running::may_invite(const calls::Invite& invite) const {
  if (!invite.to_worker_sid) return {};
  if (auto fine = is_free(invite.to_worker_sid, "to_worker_sid"); !fine) return fine;
  const auto* invited = s.routing_.worker(invite.to_worker_sid);
  if (!invited->available) {
    return Error(ErrorCode::kStateForbids, "worker '" + invited->friendly_name + "' is " + invited->activity_name)
        .at("to_worker_sid");
  }
  const auto* call = s.calls_.call(invite.call_sid);
  return call && call->contact_sid ? has_room(call->contact_sid) : Result<void>();
}

void State::Running::open_outbound(const calls::Request& request) {
  const auto* call = s.calls_.call(request.call);
  CARILLON_CHECK(call);
  const auto& about = request.arrive;
  const conversations::OpenContact open{.channel = "voice",
                                        .channel_identity = about.identity,
                                        .session = request.call.str(),
                                        .customer_sid = about.customer_sid,
                                        .task_channel_sid = voice_channel(),
                                        .live = true,
                                        .worker_sid = request.worker,
                                        .attributes = task_of_call(*call, about.from, about.to, about.from_name),
                                        .direction = conversations::Direction::outbound,
                                        .claimed = true};
  const auto made = s.conversations_.apply(conversations, open);
  if (!made) return s.calls_.contact_refused(calls, request.call, events::Reason::by_system);
  const auto contact = s.conversations_.contact(*ContactId::parse(*made));
  CARILLON_CHECK(contact);
  s.calls_.contact_opened(calls, request.call, contact->sid, contact->conversation_sid, contact->customer_sid);
}

// A further task of the call's contact; of an internal call one without any.
void State::Running::make_task(const calls::Request& request) {
  const auto* call = s.calls_.call(request.call);
  CARILLON_CHECK(call);
  const auto* contact = s.conversations_.contact(request.contact);
  const bool claimed = request.kind == calls::Request::Kind::claim_task;
  const auto made =
      route(routing::CreateTask{.worker_sid = request.worker,
                                .task_channel_sid = voice_channel(),
                                .attributes = task_of_call(*call, call->from, call->to, call->from_name),
                                .conversation_sid = contact ? contact->conversation_sid : ConversationId{},
                                .contact_sid = contact ? contact->sid : ContactId{},
                                .customer_sid = contact ? contact->customer_sid : CustomerId{},
                                .claimed = claimed});
  // May_begin() has asked, so this is a race within the entry, if anything.
  if (!made) {
    s.calls_.invitation_refused(calls, request.call, request.leg);
    return;
  }
  const auto task = TaskId::parse(made->sid);
  CARILLON_CHECK(task);
  if (contact) s.conversations_.task_created(conversations, contact->sid, *task);
  s.calls_.task_made(calls, request.call, request.leg, *task);
}

// Tasks that nobody took are canceled. A talk among colleagues is over when it is: nobody writes it up.
void State::Running::withdraw_task(const calls::Request& request) {
  const auto* task = s.routing_.task(request.task);
  if (!task) return;
  if (task->status == routing::TaskStatus::assigned) {
    (void)route(routing::CompleteTask{request.task, "internal", request.reason});
  } else if (task->status == routing::TaskStatus::pending || task->status == routing::TaskStatus::reserved) {
    (void)route(routing::CancelTask{request.task, request.reason});
  }
}

void State::Running::give_back(const calls::Request& request) {
  const auto* task = s.routing_.task(request.task);
  if (!task || task->status != routing::TaskStatus::assigned) return;
  const bool queued = !task->task_queue_sid.empty() && s.routing_.task_queue(task->task_queue_sid);
  if (queued) {
    (void)route(routing::TransferTask{
        .task_sid = request.task, .task_queue_sid = task->task_queue_sid, .boost = kGivenBackBoost, .attributes = {}});
  } else {
    (void)route(routing::ConnectFailed{request.task});
  }
}

// Nobody else can take one's part in a talk among colleagues.
void State::Running::drop_internal(const routing::Notice& notice) {
  const bool internal = s.calls_.is_internal(notice.task);
  s.calls_.task_left(calls, {}, notice.task, notice.reason);
  if (internal) (void)route(routing::CancelTask{notice.task, notice.reason});
}

// The customer has somebody: nobody else is to be offered what this worker had to leave.
void State::Running::drop_if_others(const routing::Notice& notice) {
  const bool left = notice.reason == events::Reason::worker_lost || notice.reason == events::Reason::connect_failed;
  if (left && s.calls_.others_there(notice.contact, notice.task)) {
    (void)route(routing::CancelTask{notice.task, notice.reason});
  }
}

}  // namespace carillon::workspace
