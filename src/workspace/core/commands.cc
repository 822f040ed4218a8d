// What each command means to the machines, and what is refused at the door.
#include <type_traits>

#include "base/check.h"
#include "base/names.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

namespace {

constexpr Duration kShortestWait = Duration::seconds(10);
constexpr Duration kLongestWait = Duration::hours(24 * 30);
constexpr Duration kLongestReopening = Duration::hours(24 * 365);
constexpr std::int64_t kMostCapacity = 1'000'000;
constexpr std::int64_t kMostDays = 36'500;

Error only_inside(const char* found, const char* instead) {
  return Error(ErrorCode::kInvalidValue,
               std::string("found ") + found + ", which only the workspace may say; expected " + instead)
      .at("is");
}

Error talk_among_colleagues() {
  return Error(ErrorCode::kStateForbids, "the task is a call among colleagues; it can only be ended").at("task_sid");
}

template <class IdType>
Error not_there(const char* what, IdType sid, const char* field) {
  return Error(ErrorCode::kNotFound, std::string("found no ") + what + " " + sid.str()).at(field);
}

Result<void> within(Duration found, Duration least, Duration most, const char* field) {
  if (found >= least && found <= most) return {};
  return Error(ErrorCode::kOutOfRange, "found " + std::to_string(found.us / 1'000'000) + " s; expected " +
                                           std::to_string(least.us / 1'000'000) + " to " +
                                           std::to_string(most.us / 1'000'000) + " s")
      .at(field);
}

Result<void> check_row(const WorkspaceRecord& row) {
  if (auto ok = check_name(row.friendly_name); !ok) return ok;
  if (auto ok = check_name(row.time_zone, "time_zone"); !ok) return ok;
  if (row.total_capacity < 1 || row.total_capacity > kMostCapacity) {
    return Error(ErrorCode::kOutOfRange,
                 "found a total capacity of " + std::to_string(row.total_capacity) + "; expected 1 to 1000000")
        .at("total_capacity");
  }
  if (auto ok = within(row.idle_after, kShortestWait, kLongestWait, "idle_after"); !ok) return ok;
  if (auto ok = within(row.gone_after, kShortestWait, kLongestWait, "gone_after"); !ok) return ok;
  for (const auto& [days, field] : {std::pair(row.recordings_kept_days, "recordings_kept_days"),
                                    std::pair(row.voicemails_kept_days, "voicemails_kept_days")}) {
    if (days >= 0 && days <= kMostDays) continue;
    return Error(ErrorCode::kOutOfRange, "found " + std::to_string(days) + " days; expected 0 (for ever) to 36500")
        .at(field);
  }
  return within(row.reopen_within, {}, kLongestReopening, "reopen_within");
}

routing::CreateTask first_task_of(const conversations::OpenContact& c) {
  return {.workflow_sid = c.workflow_sid,
          .task_queue_sid = c.task_queue_sid,
          .task_channel_sid = c.task_channel_sid,
          .attributes = c.attributes,
          .priority = c.priority};
}

Answer as_answer(Result<std::string> outcome) {
  if (!outcome) return std::move(outcome).error();
  return routing::Outcome{.sid = std::move(outcome).value(), .warnings = {}};
}

}  // namespace

routing::Settings routing_settings(const WorkspaceRecord& row, const routing::Settings& rest) {
  routing::Settings out = rest;
  out.capacity_model = row.capacity_model;
  out.total_capacity = row.total_capacity;
  out.last_resort_queue_sid = row.last_resort_queue_sid;
  return out;
}

conversations::Settings conversation_settings(const WorkspaceRecord& row) {
  return {.idle_after = row.idle_after, .gone_after = row.gone_after};
}

Answer State::Running::on(const UpdateWorkspace& c) {
  WorkspaceRecord wanted = c.workspace;
  WorkspaceRecord& row = s.workspace_;
  wanted.sid = row.sid;
  if (wanted.version != 0 && wanted.version != row.version) {
    return Error(ErrorCode::kVersionMismatch, "found version " + std::to_string(row.version) +
                                                  ", you changed version " + std::to_string(wanted.version) +
                                                  "; read it again and repeat the change")
        .at("version");
  }
  if (auto ok = check_row(wanted); !ok) return ok.error();
  if (!s.routing_.task_queue(wanted.last_resort_queue_sid)) {
    return Error(ErrorCode::kInvalidValue, "found no task queue '" + wanted.last_resort_queue_sid.str() +
                                               "'; every workspace has a last-resort queue: name one that exists")
        .at("last_resort_queue_sid");
  }
  wanted.version = row.version;
  if (wanted == row) return routing::Outcome{.sid = row.sid.str(), .warnings = {}};
  const auto settings = routing_settings(wanted, s.routing_.settings());
  if (settings != s.routing_.settings()) {
    if (auto answer = route(routing::Configure{settings}); !answer) return answer;
  }
  auto ok = s.conversations_.apply(conversations, conversations::Configure{conversation_settings(wanted)});
  CARILLON_CHECK(ok.ok());
  row = wanted;
  ++row.version;
  s.effects_.workspace = &row;
  routing.events.push_back({.type = events::EventType::kWorkspaceUpdated});
  return routing::Outcome{.sid = row.sid.str(), .warnings = {}};
}

Answer State::Running::on(const PutWorker& c) {
  Answer answer = route(routing::PutWorker{c.worker});
  if (!answer) return answer;
  const auto worker = WorkerId::parse(answer->sid);
  CARILLON_CHECK(worker);
  auto ok = s.presence_.apply(presence, presence::AddWorker{*worker, c.requires_connection});
  CARILLON_CHECK(ok.ok());
  return answer;
}

Answer State::Running::on(const DeleteWorker& c) {
  Answer answer = route(routing::DeleteWorker{c.sid, c.version});
  if (!answer) return answer;
  auto ok = s.presence_.apply(presence, presence::RemoveWorker{c.sid});
  CARILLON_CHECK(ok.ok());
  return answer;
}

Answer State::Running::on(const Tick&) { return routing::Outcome{}; }

// The machines move their deadlines before any of them may come due.
Answer State::Running::on(const Restarted& c) {
  const Duration down_for = std::max(c.down_for, Duration{});
  s.calls_.restarted(calls);
  s.presence_.restarted(presence, down_for);
  s.conversations_.restarted(conversations, down_for);
  s.routing_.restarted(routing, down_for);
  unsettled = true;
  quiesce();
  expire();
  return routing::Outcome{};
}

// ---- routing ----

Answer State::Running::on(const routing::Command& command) {
  return std::visit(
      [&](const auto& c) -> Answer {
        using C = std::decay_t<decltype(c)>;
        if constexpr (std::is_same_v<C, routing::Configure>) {
          return only_inside("routing.Configure", "workspace.UpdateWorkspace");
        } else if constexpr (std::is_same_v<C, routing::PutWorker>) {
          return only_inside("routing.PutWorker", "workspace.PutWorker");
        } else if constexpr (std::is_same_v<C, routing::DeleteWorker>) {
          return only_inside("routing.DeleteWorker", "workspace.DeleteWorker");
        } else if constexpr (std::is_same_v<C, routing::SetWorkerPresence> || std::is_same_v<C, routing::WorkerLost>) {
          return only_inside("a word of presence", "presence.SetActivity or presence.SetConnected");
        } else if constexpr (std::is_same_v<C, routing::EndContactTasks>) {
          return only_inside("routing.EndContactTasks", "conversations.EndContact");
        } else if constexpr (std::is_same_v<C, routing::HoldTask>) {
          return only_inside("a word of calls", "nothing: a task is held while its caller may call again");
        } else if constexpr (std::is_same_v<C, routing::ReplaceTask>) {
          return only_inside("a word of calls", "calls.PressKey or calls.RequestCallback");
        } else if constexpr (std::is_same_v<C, routing::CreateTask>) {
          return create_task(c);
        } else if constexpr (std::is_same_v<C, routing::TransferTask>) {
          if (s.calls_.is_internal(c.task_sid)) return talk_among_colleagues();
          const auto* task = s.routing_.task(c.task_sid);
          if (task && task->contact_sid) {
            if (auto ok = has_room(task->contact_sid); !ok) return ok.error();
          }
          return route(command);
        } else if constexpr (std::is_same_v<C, routing::MoveTask>) {
          return s.calls_.is_internal(c.task_sid) ? Answer(talk_among_colleagues()) : route(command);
        } else {
          return route(command);
        }
      },
      command);
}

Result<void> State::Running::has_room(ContactId sid) const {
  const auto* contact = s.conversations_.contact(sid);
  if (!contact) return not_there("open contact", sid, "contact_sid");
  if (contact->tasks.size() < conversations::kMaxTasksAContact) return {};
  return Error(ErrorCode::kLimit, "found " + std::to_string(contact->tasks.size()) +
                                      " live tasks of this contact, the most there may be; end some first");
}

// A further task of a contact is the conversation's too; where the caller says less than we know, we fill it in.
Answer State::Running::create_task(const routing::CreateTask& c) {
  if (!c.contact_sid) return route(c);
  if (auto ok = has_room(c.contact_sid); !ok) return ok.error();
  const auto* contact = s.conversations_.contact(c.contact_sid);
  if (c.conversation_sid && c.conversation_sid != contact->conversation_sid) {
    return Error(ErrorCode::kInvalidValue, "found the contact in conversation " + contact->conversation_sid.str() +
                                               ", not in " + c.conversation_sid.str())
        .at("conversation_sid");
  }
  routing::CreateTask filled = c;
  filled.conversation_sid = contact->conversation_sid;
  if (!filled.customer_sid) filled.customer_sid = contact->customer_sid;
  Answer answer = route(filled);
  if (!answer) return answer;
  const auto task = TaskId::parse(answer->sid);
  CARILLON_CHECK(task);
  s.conversations_.task_created(conversations, c.contact_sid, *task);
  return answer;
}

// ---- presence ----

Answer State::Running::on(const presence::Command& command) {
  if (std::holds_alternative<presence::AddWorker>(command)) {
    return only_inside("presence.AddWorker", "workspace.PutWorker");
  }
  if (std::holds_alternative<presence::RemoveWorker>(command)) {
    return only_inside("presence.RemoveWorker", "workspace.DeleteWorker");
  }
  return as_answer(s.presence_.apply(presence, command));
}

// ---- conversations ----

Answer State::Running::on(const conversations::Command& command) {
  if (std::holds_alternative<conversations::Configure>(command)) {
    return only_inside("conversations.Configure", "workspace.UpdateWorkspace");
  }
  const auto* open = std::get_if<conversations::OpenContact>(&command);
  return open ? open_contact(*open) : talk(command);
}

Answer State::Running::talk(const conversations::Command& command) {
  auto answer = as_answer(s.conversations_.apply(conversations, command));
  if (const auto* set = std::get_if<conversations::SetCustomer>(&command); set && answer) customer_is_known(*set);
  return answer;
}

// Calls and tasks follow the contacts that have just got this customer: whoever has the task sees who it is.
void State::Running::customer_is_known(const conversations::SetCustomer& set) {
  std::vector<ContactId> contacts;
  for (const auto* contact : s.conversations_.changes().contacts) {
    if (contact->conversation_sid == set.conversation_sid) contacts.push_back(contact->sid);
  }
  for (const ContactId sid : contacts) {
    s.calls_.customer_linked(calls, sid, set.customer_sid);
    const auto* contact = s.conversations_.contact(sid);
    if (!contact) continue;  // it has ended in this very entry
    const auto tasks = contact->tasks;
    for (const auto& task : tasks) {
      (void)route(routing::UpdateTask{.task_sid = task.task_sid, .attributes = {}, .customer_sid = set.customer_sid});
    }
  }
}

// Refused here rather than after the contact was made, so that a plain mistake leaves nothing behind.
Answer State::Running::open_contact(const conversations::OpenContact& c) {
  if (s.conversations_.open_contact_of(c.channel, c.channel_identity)) return talk(c);
  if (c.workflow_sid && !s.routing_.workflow(c.workflow_sid))
    return not_there("workflow", c.workflow_sid, "workflow_sid");
  if (c.task_queue_sid && !s.routing_.task_queue(c.task_queue_sid)) {
    return not_there("task queue", c.task_queue_sid, "task_queue_sid");
  }
  if (c.task_channel_sid && !s.routing_.task_channel(c.task_channel_sid)) {
    return not_there("task channel", c.task_channel_sid, "task_channel_sid");
  }
  conversations::OpenContact filled = c;
  if (!filled.task_channel_sid) {
    const auto* named = s.routing_.task_channel(std::string_view(c.channel));
    if (!named) named = s.routing_.task_channel(std::string_view("default"));
    if (named) filled.task_channel_sid = named->sid;
  }
  if (auto fine = s.routing_.could_create(first_task_of(filled)); !fine) return fine.error();
  Answer answer = talk(filled);
  quiesce();  // routing has its word on the task now
  if (refused_task) return *std::exchange(refused_task, std::nullopt);
  return answer;
}

}  // namespace carillon::workspace
