// What presence can be told. Journal entry contents: a field once written is read for ever.
//
// Errors: kNotFound, kNameTaken, kInUse, kForbidden (an activity only a supervisor may pick), kVersionMismatch, kStateForbids
//         (offline with live tasks, the offline activity deleted, nothing pending to clear), kInvalidValue, kMissingField,
//         kTooLong, kOutOfRange, kLimit.
// Thread: plain values; applied on the brain.
#pragma once

#include <variant>

#include "presence/core/records.h"

namespace carillon::presence {

#define CARILLON_COMMAND(Name)                       \
  static constexpr char kName[] = "presence." #Name; \
  bool operator==(const Name&) const = default

// Creates (empty sid) or replaces (version must match unless 0).
struct PutActivity {
  ActivityRecord activity;
  CARILLON_COMMAND(PutActivity);
};
BOOST_DESCRIBE_STRUCT(PutActivity, (), (activity))

struct DeleteActivity {
  ActivityId sid;
  std::int64_t version = 0;
  CARILLON_COMMAND(DeleteActivity);
};
BOOST_DESCRIBE_STRUCT(DeleteActivity, (), (sid, version))

// A worker exists from now on, offline; or their requires_connection changes.
struct AddWorker {
  WorkerId worker_sid;
  bool requires_connection = true;
  CARILLON_COMMAND(AddWorker);
};
BOOST_DESCRIBE_STRUCT(AddWorker, (), (worker_sid, requires_connection))

struct RemoveWorker {
  WorkerId worker_sid;
  CARILLON_COMMAND(RemoveWorker);
};
BOOST_DESCRIBE_STRUCT(RemoveWorker, (), (worker_sid))

struct SetActivity {
  WorkerId worker_sid;
  ActivityId activity_sid;
  bool when_idle = false;  // pending: taken when the worker has no task left
  bool by_supervisor = false;
  CARILLON_COMMAND(SetActivity);
};
BOOST_DESCRIBE_STRUCT(SetActivity, (), (worker_sid, activity_sid, when_idle, by_supervisor))

struct ClearPendingActivity {
  WorkerId worker_sid;
  CARILLON_COMMAND(ClearPendingActivity);
};
BOOST_DESCRIBE_STRUCT(ClearPendingActivity, (), (worker_sid))

// The first tab came, or the last one went.
struct SetConnected {
  WorkerId worker_sid;
  bool connected = false;
  CARILLON_COMMAND(SetConnected);
};
BOOST_DESCRIBE_STRUCT(SetConnected, (), (worker_sid, connected))

#undef CARILLON_COMMAND

using Command =
    std::variant<PutActivity, DeleteActivity, AddWorker, RemoveWorker, SetActivity, ClearPendingActivity, SetConnected>;

}  // namespace carillon::presence
