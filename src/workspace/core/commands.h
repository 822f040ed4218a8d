// Everything a workspace can be told: the content of a journal entry.
//
// What only the workspace may tell its machines (Configure, routing's PutWorker, DeleteWorker, SetWorkerPresence, WorkerLost
// EndContactTasks and HoldTask, presence's AddWorker and RemoveWorker) is refused from outside with kInvalidValue.
// Limits: names 64 characters; total capacity 1 to 1,000,000; idle and gone 10 s to 30 days; reopening 0 to 365 days.
// Thread: plain values; applied on the brain.
// Example:
//   Command c = routing::CreateTask{...};
//   std::string text = encode(c);            // {"is":"routing.CreateTask",...}
//   Result<Command> back = decode<Command>(text);
#pragma once

#include <string>
#include <variant>

#include "calls/core/commands.h"
#include "conversations/core/commands.h"
#include "presence/core/commands.h"
#include "routing/core/commands.h"

namespace carillon::workspace {

#define CARILLON_COMMAND(Name)                        \
  static constexpr char kName[] = "workspace." #Name; \
  bool operator==(const Name&) const = default

struct WorkspaceRecord {
  WorkspaceId sid;
  std::string friendly_name;
  std::string time_zone = "UTC";  // IANA name; days of reports; never looked at by a decision
  routing::CapacityModel capacity_model = routing::CapacityModel::costed;
  std::int64_t total_capacity = 100;
  QueueId last_resort_queue_sid;
  Duration idle_after = Duration::minutes(10);
  Duration gone_after = Duration::minutes(3);
  Duration reopen_within = Duration::hours(24 * 7);
  std::int64_t recordings_kept_days = 0;  // 0: for ever; never looked at by a decision (src/recordings deletes)
  std::int64_t voicemails_kept_days = 0;
  bool agent_sees_monitoring = true;  // false: who only listens to a call is not told to its agents
  std::int64_t version = 1;
  bool operator==(const WorkspaceRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(WorkspaceRecord, (),
                      (sid, friendly_name, time_zone, capacity_model, total_capacity, last_resort_queue_sid, idle_after,
                       gone_after, reopen_within, recordings_kept_days, voicemails_kept_days, agent_sees_monitoring,
                       version))

// The first command of a workspace: makes its row, task channels voice, video, chat, email, fax, callback, default with
// the presets of docs/glossary.md, activities Offline, Available, Break, Lunch, Training, Meeting, a queue "Everyone" (the
// last resort), a workflow "Default" that leads to it.
struct CreateWorkspace {
  WorkspaceId sid;
  std::string friendly_name;
  std::string time_zone = "UTC";
  CARILLON_COMMAND(CreateWorkspace);
};
BOOST_DESCRIBE_STRUCT(CreateWorkspace, (), (sid, friendly_name, time_zone))

struct UpdateWorkspace {
  WorkspaceRecord workspace;  // sid is ignored; version must match unless 0
  CARILLON_COMMAND(UpdateWorkspace);
};
BOOST_DESCRIBE_STRUCT(UpdateWorkspace, (), (workspace))

// Creates or replaces a worker in routing and presence. New workers are in the activity Offline.
struct PutWorker {
  routing::WorkerRecord worker;
  bool requires_connection = true;
  CARILLON_COMMAND(PutWorker);
};
BOOST_DESCRIBE_STRUCT(PutWorker, (), (worker, requires_connection))

struct DeleteWorker {
  WorkerId sid;
  std::int64_t version = 0;
  CARILLON_COMMAND(DeleteWorker);
};
BOOST_DESCRIBE_STRUCT(DeleteWorker, (), (sid, version))

// A deadline may have come.
struct Tick {
  CARILLON_COMMAND(Tick);
  bool unused = false;
};
BOOST_DESCRIBE_STRUCT(Tick, (), (unused))

// The first command after a start.
struct Restarted {
  Duration down_for;
  CARILLON_COMMAND(Restarted);
};
BOOST_DESCRIBE_STRUCT(Restarted, (), (down_for))

#undef CARILLON_COMMAND

using Command = std::variant<CreateWorkspace, UpdateWorkspace, PutWorker, DeleteWorker, Tick, Restarted,
                             routing::Command, presence::Command, conversations::Command, calls::Command>;

}  // namespace carillon::workspace
