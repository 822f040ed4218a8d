// Time and words: due timers of all machines, and what machines say to one another, until quiet.
#include "base/check.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

namespace {
constexpr int kMaxRounds = 16;  // of timers that make timers due in the same instant
constexpr int kMaxWords = 1'000'000;
}  // namespace

State::Running::Running(State& state, const Entry& entry)
    : s(state),
      routing{.now = entry.now, .ids = state.ids_, .events = state.effects_.events, .entry = entry.number},
      presence{.now = entry.now, .ids = state.ids_, .events = state.effects_.events, .entry = entry.number},
      conversations{.now = entry.now, .ids = state.ids_, .events = state.effects_.events, .entry = entry.number},
      calls{.now = entry.now, .ids = state.ids_, .events = state.effects_.events, .entry = entry.number} {}

void State::Running::begin() {
  s.routing_.begin(routing);
  s.presence_.begin(presence);
  s.conversations_.begin(conversations);
  s.calls_.begin(calls);
}

// Presence first: who is lost gets no offer. Then conversations: who has left is not offered. Then routing.
void State::Running::expire() {
  const Instant now = routing.now;
  for (int round = 0; round < kMaxRounds && s.next_deadline() <= now; ++round) {
    if (s.presence_.next_deadline() <= now) {
      s.presence_.expire(presence);
      quiesce();
    }
    if (s.conversations_.next_deadline() <= now) {
      s.conversations_.expire(conversations);
      quiesce();
    }
    if (s.calls_.next_deadline() <= now) {
      s.calls_.expire(calls);
      quiesce();
    }
    if (s.routing_.next_deadline() <= now) {
      s.routing_.expire(routing);
      quiesce();
    }
  }
}

void State::Running::quiesce() {
  for (;;) {
    while (pass_words()) {
    }
    if (!unsettled) return;
    unsettled = false;
    s.routing_.settle(routing);
  }
}

bool State::Running::pass_words() {
  const bool from_routing = pass_routing();
  const bool from_presence = pass_presence();
  const bool from_conversations = pass_requests();
  const bool from_calls = pass_calls();
  return from_routing || from_presence || from_conversations || from_calls;
}

bool State::Running::pass_presence() {
  const auto notices = s.presence_.take_notices();
  for (const auto& notice : notices) tell_routing(notice);
  return !notices.empty();
}

bool State::Running::pass_requests() {
  auto requests = s.conversations_.take_requests();
  for (auto& request : requests) ask_routing(request);
  return !requests.empty();
}

bool State::Running::pass_calls() {
  auto requests = s.calls_.take_requests();
  for (auto& request : requests) ask_others(request);
  return !requests.empty();
}

bool State::Running::pass_routing() {
  const auto notices = s.routing_.take_notices();
  for (const auto& notice : notices) tell_others(notice);
  return !notices.empty();
}

void State::Running::count_word() { CARILLON_CHECK(++words <= kMaxWords); }

Answer State::Running::route(const routing::Command& command) {
  unsettled = true;
  return s.routing_.apply(routing, command);
}

void State::Running::must_route(const routing::Command& command) {
  const Answer answer = route(command);
  CARILLON_CHECK(answer.ok());
}

void State::Running::tell_routing(const presence::Notice& notice) {
  count_word();
  must_route(routing::SetWorkerPresence{.worker_sid = notice.worker,
                                        .available = notice.available,
                                        .reachable = notice.reachable,
                                        .activity_sid = notice.activity,
                                        .activity_name = notice.activity_name});
  if (notice.lost) must_route(routing::WorkerLost{notice.worker});
}

void State::Running::ask_routing(conversations::Request& request) {
  using Kind = conversations::Request::Kind;
  count_word();
  switch (request.kind) {
    case Kind::mark_answered:
      // Refused where the channel is answered otherwise, or the task went on meanwhile: then it is no answer.
      (void)route(routing::MarkAnswered{request.task});
      return;
    case Kind::end_contact_tasks:
      must_route(routing::EndContactTasks{request.contact, request.reason});
      return;
    case Kind::side_ended:
      return s.calls_.side_ended(calls, request.contact, request.reason);
    case Kind::create_task:
      break;
  }
  auto& open = request.open;
  const Answer made = route(routing::CreateTask{.workflow_sid = open.workflow_sid,
                                                .task_queue_sid = open.task_queue_sid,
                                                .worker_sid = open.worker_sid,
                                                .task_channel_sid = open.task_channel_sid,
                                                .attributes = std::move(open.attributes),
                                                .priority = open.priority,
                                                .time_to_live = open.time_to_live,
                                                .boost = open.boost,
                                                .conversation_sid = request.conversation,
                                                .contact_sid = request.contact,
                                                .customer_sid = request.customer,
                                                .last_worker_sid = open.last_worker_sid,
                                                .last_worker_for = open.last_worker_for,
                                                .claimed = open.claimed});
  if (!made) {
    refused_task = made.error();
    if (const auto* call = s.calls_.call_of(request.contact)) {
      s.calls_.contact_refused(calls, call->sid, events::Reason::by_system);
    }
    return s.conversations_.task_refused(conversations, request.contact, events::Reason::by_system);
  }
  const auto task = TaskId::parse(made->sid);
  CARILLON_CHECK(task);
  s.conversations_.task_created(conversations, request.contact, *task);
}

void State::Running::tell_others(const routing::Notice& notice) {
  using Kind = routing::Notice::Kind;
  count_word();
  auto& talk = s.conversations_;
  switch (notice.kind) {
    case Kind::worker_idle:
      return s.presence_.worker_idle(presence, notice.worker, true);
    case Kind::task_assigned:
      s.presence_.worker_idle(presence, notice.worker, false);
      if (!notice.contact) return s.calls_.task_assigned(calls, {}, notice.task, notice.worker);
      talk.task_assigned(conversations, notice.contact, notice.task, notice.worker);
      return s.calls_.task_assigned(calls, notice.contact, notice.task, notice.worker);
    case Kind::task_requeued:
      if (!notice.contact) return drop_internal(notice);
      talk.task_requeued(conversations, notice.contact, notice.task);
      s.calls_.task_left(calls, notice.contact, notice.task, notice.reason);
      return drop_if_others(notice);
    case Kind::task_wrapping:
      if (!notice.contact) return s.calls_.task_left(calls, {}, notice.task, notice.reason);
      talk.task_wrapping(conversations, notice.contact, notice.task, notice.reason);
      return leave_call(notice);
    case Kind::task_ended:
      if (!notice.contact) return s.calls_.task_left(calls, {}, notice.task, notice.reason);
      talk.task_ended(conversations, notice.contact, notice.task, notice.reason);
      return leave_call(notice);
    case Kind::transferred:
      if (!notice.contact) return;
      talk.task_created(conversations, notice.contact, notice.new_task);
      return s.calls_.callback_moved(notice.contact, notice.task, notice.new_task);
  }
}

}  // namespace carillon::workspace
