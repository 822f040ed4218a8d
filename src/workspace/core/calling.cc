// Calls among the other machines: a call is a contact of the channel "voice", its agents are those of its tasks.
#include <algorithm>

#include "base/check.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

namespace {

// Who calls again after our restart cut them off: first to whom they talked, then before others.
constexpr Duration kBackToWorker = Duration::seconds(20);
constexpr Duration kBackBoost = Duration::seconds(60);

// Says of the task what agents and expressions want to know of a call.
JsonText with_call(const calls::Request& request) {
  const auto& call = request.arrive;
  boost::json::error_code failed;
  boost::json::value given = boost::json::parse(call.attributes.text.empty() ? "{}" : call.attributes.text, failed);
  boost::json::object out = !failed && given.is_object() ? std::move(given.get_object()) : boost::json::object();
  out["channel"] = "voice";
  out["call_sid"] = request.call.str();
  out["from"] = call.from.empty() ? "anonymous" : call.from;
  out["to"] = call.to;
  if (!call.from_name.empty()) out["name"] = call.from_name;
  return {boost::json::serialize(out)};
}

}  // namespace

Answer State::Running::on(const calls::Command& command) {
  calls::Floor floor;
  if (const auto* arrival = std::get_if<calls::Arrive>(&command)) {
    if (const auto* number = s.calls_.number(arrival->number_sid))
      floor = {.staffed = staffed(*number), .full = full(*number)};
  } else if (const auto* key = std::get_if<calls::PressKey>(&command)) {
    floor.expected_wait = expected_wait(key->call_sid);
  } else if (const auto* put = std::get_if<calls::PutNumber>(&command)) {
    const auto& row = put->number;
    const auto missing = [](const std::string& sid, const char* field) {
      return Error(ErrorCode::kInvalidValue, "found nothing with the sid " + sid + "; name one that exists").at(field);
    };
    if (row.workflow_sid && !s.routing_.workflow(row.workflow_sid)) {
      return missing(row.workflow_sid.str(), "workflow_sid");
    }
    if (row.task_queue_sid && !s.routing_.task_queue(row.task_queue_sid)) {
      return missing(row.task_queue_sid.str(), "task_queue_sid");
    }
    if (row.worker_sid && !s.routing_.worker(row.worker_sid)) return missing(row.worker_sid.str(), "worker_sid");
  } else if (auto fine = may_begin(command); !fine) {
    return fine.error();
  }
  auto outcome = s.calls_.apply(calls, command, floor);
  if (!outcome) return outcome.error();
  quiesce();
  refused_task.reset();  // the caller was told
  return routing::Outcome{.sid = std::move(*outcome), .warnings = {}};
}

// A caller is told at once that all lines are busy; a text would wait in the last resort.
bool State::Running::full(const calls::NumberRecord& number) const {
  if (!number.task_queue_sid) return false;
  const auto* queue = s.routing_.task_queue(number.task_queue_sid);
  if (!queue || queue->max_size == 0) return false;
  const auto now = s.routing_.queue_now(number.task_queue_sid, routing.now);
  return now && now->waiting >= queue->max_size;
}

// Whether anybody is signed in who might come to it; who is on a break will be back.
bool State::Running::staffed(const calls::NumberRecord& number) const {
  if (number.worker_sid) {
    const auto* row = s.presence_.presence(number.worker_sid);
    const auto* activity = row ? s.presence_.activity(row->activity_sid) : nullptr;
    return activity && !activity->offline;
  }
  if (number.task_queue_sid) {
    const auto queue = s.routing_.queue_now(number.task_queue_sid, routing.now);
    if (queue && queue->staffed_workers > 0) return true;
  }
  const auto presences = s.presence_.presences();
  return std::any_of(presences.begin(), presences.end(), [&](const auto* row) {
    const auto* activity = s.presence_.activity(row->activity_sid);
    return activity && !activity->offline;
  });
}

// Out of their task, out of the call; when the customer's side is over too, the call is.
void State::Running::leave_call(const routing::Notice& notice) {
  const auto* contact = s.conversations_.contact(notice.contact);
  if (contact && contact->customer_ended_at.us == 0) {
    return s.calls_.task_left(calls, notice.contact, notice.task, notice.reason);
  }
  s.calls_.side_ended(calls, notice.contact, notice.reason);
}

// Refusals here are races that were lost: the task, or the contact, has gone on meanwhile.
void State::Running::ask_others(calls::Request& request) {
  using Kind = calls::Request::Kind;
  count_word();
  switch (request.kind) {
    case Kind::open_contact:
      return open_call(request);
    case Kind::end_side:
      (void)s.conversations_.apply(conversations, conversations::EndContact{request.contact, request.reason});
      return;
    case Kind::answered:
      if (const auto* task = s.routing_.task(request.task); task && s.conversations_.contact(request.contact)) {
        s.conversations_.talk_answered(conversations, request.contact, request.task);
      }
      return;
    case Kind::connect_failed:
      (void)route(routing::ConnectFailed{request.task});
      return;
    case Kind::wrap_up:
      (void)route(routing::WrapUpTask{request.task, request.reason});
      return;
    case Kind::hold:
      return hold_tasks(request.contact);
    case Kind::go_on:
      return go_on(request);
    case Kind::open_outbound:
      return open_outbound(request);
    case Kind::claim_task:
    case Kind::offer_task:
      return make_task(request);
    case Kind::withdraw_task:
      return withdraw_task(request);
    case Kind::give_back:
      return give_back(request);
    case Kind::message_left:
      return file_message(request);
    default:
      return ask_about_callback(request);
  }
}

void State::Running::hold_tasks(ContactId sid) {
  const auto* contact = s.conversations_.contact(sid);
  if (!contact) return;
  const auto tasks = contact->tasks;
  for (const auto& task : tasks) {
    if (!task.wrapping) (void)route(routing::HoldTask{task.task_sid, true});
  }
}

// The caller is back: their tasks are offered again, and say which call it is now.
void State::Running::go_on(const calls::Request& request) {
  const auto* contact = s.conversations_.contact(request.contact);
  if (!contact) return;
  const auto tasks = contact->tasks;
  for (const auto& task : tasks) {
    const auto* row = s.routing_.task(task.task_sid);
    if (!row || !row->held) continue;
    boost::json::error_code failed;
    boost::json::value attributes = boost::json::parse(row->attributes.text, failed);
    if (!failed && attributes.is_object()) {
      attributes.get_object()["call_sid"] = request.call.str();
      (void)route(routing::UpdateTask{.task_sid = row->sid, .attributes = {boost::json::serialize(attributes)}});
    }
    (void)route(routing::HoldTask{task.task_sid, false});
  }
}

// It is the same talk: whoever is still writing it up takes it up again instead.
void State::Running::end_wrap_up(const calls::Request& request) {
  const auto* worker = s.routing_.worker(request.worker);
  const auto* contact = s.conversations_.contact(request.contact);
  if (!worker || !worker->available || !contact) return;
  const auto tasks = contact->tasks;
  for (const auto& task : tasks) {
    if (task.worker_sid == request.worker && task.wrapping) {
      (void)route(routing::CompleteTask{task.task_sid, "", events::Reason::lost_by_us});
    }
  }
}

void State::Running::open_call(calls::Request& request) {
  const auto* call = s.calls_.call(request.call);
  CARILLON_CHECK(call);
  const auto* number = s.calls_.number(call->number_sid);
  CARILLON_CHECK(number);
  const auto& arrival = request.arrive;
  conversations::OpenContact open{.channel = "voice",
                                  .channel_identity = arrival.identity.empty() ? request.call.str() : arrival.identity,
                                  .session = request.call.str(),
                                  .identity_verified = arrival.identity_verified,
                                  .customer_sid = arrival.customer_sid,
                                  .last_worker_sid = arrival.last_worker_sid,
                                  .live = true,
                                  .workflow_sid = number->workflow_sid,
                                  .task_queue_sid = number->task_queue_sid,
                                  .worker_sid = number->worker_sid,
                                  .attributes = with_call(request),
                                  .priority = number->priority};
  if (s.conversations_.conversation(arrival.conversation_sid)) {
    open.join_sid = arrival.conversation_sid;
    if (const WorkerId worker = s.conversations_.worker_in(arrival.conversation_sid)) open.last_worker_sid = worker;
    open.last_worker_for = kBackToWorker;  // whoever they write with talks with them, if they can
  }
  if (request.worker) {
    open.last_worker_sid = request.worker, open.last_worker_for = kBackToWorker, open.boost = kBackBoost;
    end_wrap_up(request);
  }
  const auto* channel = s.routing_.task_channel(std::string_view("voice"));
  if (!channel) channel = s.routing_.task_channel(std::string_view("default"));
  if (channel) open.task_channel_sid = channel->sid;
  const auto made = s.conversations_.apply(conversations, open);
  if (!made) return s.calls_.contact_refused(calls, request.call, events::Reason::by_system);
  const auto contact = s.conversations_.contact(*ContactId::parse(*made));
  CARILLON_CHECK(contact);
  s.calls_.contact_opened(calls, request.call, contact->sid, contact->conversation_sid, contact->customer_sid);
}

}  // namespace carillon::workspace
