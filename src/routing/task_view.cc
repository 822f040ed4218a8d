#include "routing/task_view.h"

#include "door/configuration.h"
#include "routing/caller_rules.h"
#include "runtime/tables.h"

namespace carillon::routing {
namespace {

constexpr store::Sql kHadReservation =
    "SELECT 1 FROM reservations WHERE workspace_id = ?1 AND task_sid = ?2 AND worker_sid = ?3 LIMIT 1";

template <class Record>
const store::Sql& select_one() {
  static const store::Sql kSql =
      store::Sql::dynamic("SELECT " + std::string(runtime::columns_of<Record>()) + " FROM " +
                          std::string(runtime::Table<Record>::kName) + " WHERE workspace_id = ?1 AND sid = ?2");
  return kSql;
}

template <class Record, class IdType>
Result<std::optional<Record>> read_record(store::Reader& reader, WorkspaceId workspace, IdType sid) {
  auto rows = reader.query(select_one<Record>(), {workspace, sid});
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<Record>();
  auto record = runtime::read_row<Record>((*rows)[0]);
  if (!record) return record.error();
  return std::optional<Record>(*std::move(record));
}

// Parsed once a workflow's version, and kept by each brain.
runtime::FilterNames& filters() {
  thread_local runtime::FilterNames names;
  return names;
}

template <class Record, class IdType>
const Record* changed(const std::vector<const Record*>& list, IdType sid) {
  for (const Record* one : list) {
    if (one->sid == sid) return one;
  }
  return nullptr;
}

const ReservationRecord* find_reservation(const runtime::Applied& applied, ReservationId sid) {
  if (!sid) return nullptr;
  if (const auto* live = applied.state.routing().reservation(sid)) return live;
  return applied.effects.routing ? changed(applied.effects.routing->reservations, sid) : nullptr;
}

// Of something that is not live, or that lives on with somebody else.
template <class Record>
Error forbidden_by_state(std::string_view what, const Record& record) {
  const std::string_view why =
      record.ended_at.us != 0 ? "nothing more can be done with it" : "and is not yours any more";
  return Error(ErrorCode::kStateForbids, std::string(what) + " " + record.sid.str() + " is " +
                                             std::string(codec::enum_name(record.status)) + "; " + std::string(why));
}

}  // namespace

bool render_task(const runtime::Applied& applied, TaskId sid, std::string& out, std::int64_t* version) {
  const TaskRecord* task = applied.state.routing().task(sid);
  if (!task && applied.effects.routing) task = changed(applied.effects.routing->tasks, sid);
  if (!task) return false;
  const runtime::StateNames names(applied.state, filters());
  runtime::render(out, names, applied.state.workspace().sid, *task, find_reservation(applied, task->reservation_sid));
  if (version) *version = task->version;
  return true;
}

bool render_reservation(const runtime::Applied& applied, ReservationId sid, std::string& out, std::int64_t* version) {
  const ReservationRecord* reservation = find_reservation(applied, sid);
  if (!reservation) return false;
  const runtime::StateNames names(applied.state, filters());
  runtime::render(out, names, applied.state.workspace().sid, *reservation);
  if (version) *version = reservation->version;
  return true;
}

Result<std::optional<TaskRecord>> read_task(store::Reader& reader, WorkspaceId workspace, TaskId sid) {
  return read_record<TaskRecord>(reader, workspace, sid);
}
Result<std::optional<ReservationRecord>> read_reservation(store::Reader& reader, WorkspaceId workspace,
                                                          ReservationId sid) {
  return read_record<ReservationRecord>(reader, workspace, sid);
}

Result<void> append_task(std::string& out, store::Reader& reader, const runtime::Names& names, WorkspaceId workspace,
                         const TaskRecord& task) {
  std::optional<ReservationRecord> own;
  // Only in these states does the reservation show in the task.
  if (task.reservation_sid && (task.status == TaskStatus::suspended || task.status == TaskStatus::wrapping)) {
    auto found = read_reservation(reader, workspace, task.reservation_sid);
    if (!found) return found.error();
    own = *std::move(found);
  }
  runtime::render(out, names, workspace, task, own ? &*own : nullptr);
  return {};
}

Result<door::Rendered> task_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  const auto id = TaskId::parse(sid);
  if (!id) return door::no_such("task", sid);
  auto task = read_task(reader, workspace, *id);
  if (!task) return task.error();
  if (!*task) return door::no_such("task", sid);
  const runtime::RowNames names(reader, workspace);
  door::Rendered out;
  out.version = (*task)->version;
  if (auto fine = append_task(out.json, reader, names, workspace, **task); !fine) return fine.error();
  return out;
}

Result<door::Rendered> reservation_row(store::Reader& reader, WorkspaceId workspace, const std::string& sid) {
  const auto id = ReservationId::parse(sid);
  if (!id) return door::no_such("reservation", sid);
  auto reservation = read_reservation(reader, workspace, *id);
  if (!reservation) return reservation.error();
  if (!*reservation) return door::no_such("reservation", sid);
  const runtime::RowNames names(reader, workspace);
  door::Rendered out;
  out.version = (*reservation)->version;
  runtime::render(out.json, names, workspace, **reservation);
  return out;
}

Result<bool> was_task_of(store::Reader& reader, WorkspaceId workspace, const TaskRecord& task, WorkerId worker) {
  if (!worker) return false;
  if (task.worker_sid == worker || task.direct_worker_sid == worker) return true;
  auto rows = reader.query(kHadReservation, {workspace, task.sid, worker});
  if (!rows) return rows.error();
  return !rows->empty();
}

void refuse_ended_task(door::Call& call, TaskId sid) {
  door::with_reader(std::move(call), [sid](door::Call held, store::Reader& reader) {
    auto task = read_task(reader, held.workspace(), sid);
    if (!task) return held.fail(task.error());
    const auto only = only_of(held);
    if (*task && only) {
      auto theirs = was_task_of(reader, held.workspace(), **task, *only);
      if (!theirs) return held.fail(theirs.error());
      if (!*theirs) task->reset();
    }
    if (!*task) return held.fail(door::no_such("task", sid.str()));
    held.fail(forbidden_by_state("task", **task));
  });
}

void refuse_ended_reservation(door::Call& call, ReservationId sid) {
  door::with_reader(std::move(call), [sid](door::Call held, store::Reader& reader) {
    auto reservation = read_reservation(reader, held.workspace(), sid);
    if (!reservation) return held.fail(reservation.error());
    const auto only = only_of(held);
    if (!*reservation || (only && *only != (*reservation)->worker_sid))
      return held.fail(door::no_such("reservation", sid.str()));
    held.fail(forbidden_by_state("reservation", **reservation));
  });
}

}  // namespace carillon::routing
