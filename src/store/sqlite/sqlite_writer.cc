#include "store/sqlite/sqlite_writer.h"

#include <sqlite3.h>

#include "store/params_check.h"

namespace carillon::store::sqlite {
namespace {

constexpr Sql kBegin = "BEGIN IMMEDIATE";
constexpr Sql kCommit = "COMMIT";
constexpr Sql kRollback = "ROLLBACK";
constexpr Sql kSavepoint = "SAVEPOINT one_change";
constexpr Sql kRelease = "RELEASE one_change";
constexpr Sql kBackToSavepoint = "ROLLBACK TO one_change";

Error unmet(const Statement& statement, std::int64_t affected) {
  return Error(ErrorCode::kStoreConflict, "a conditional change found " + std::to_string(affected) +
                                              " rows, expected " + std::to_string(statement.expect.rows) +
                                              "; read again and retry");
}

}  // namespace

Result<CommitAnswers> SqliteWriter::commit(std::span<const Change> changes) {
  CommitAnswers answers(changes.size());
  bool any = false;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    answers[i] = check_params(changes[i]);
    any = any || answers[i].ok();
  }
  if (!any) return answers;
  connection_.trim();
  checkpointer_.before_commit();
  CommitAnswers checked = answers;
  Ran ran = run_all(changes, answers);
  if (ran == Ran::kRejected) {
    roll_back();
    answers = std::move(checked);
    ran = run_each(changes, answers);
  }
  if (ran == Ran::kDone) ran = finish();
  if (ran != Ran::kDone) {
    roll_back();
    return fault_;
  }
  checkpointer_.after_commit();
  return answers;
}

SqliteWriter::Ran SqliteWriter::run_all(std::span<const Change> changes, CommitAnswers& answers) {
  Ran ran = run(kBegin);
  for (std::size_t i = 0; i < changes.size() && ran == Ran::kDone; ++i) {
    if (answers[i].ok()) ran = run(changes[i], answers[i]);
  }
  return ran;
}

SqliteWriter::Ran SqliteWriter::run_each(std::span<const Change> changes, CommitAnswers& answers) {
  Ran ran = run(kBegin);
  for (std::size_t i = 0; i < changes.size() && ran == Ran::kDone; ++i) {
    if (!answers[i].ok()) continue;
    ran = run(kSavepoint);
    if (ran == Ran::kDone) ran = run(changes[i], answers[i]);
    if (ran == Ran::kRejected) ran = run(kBackToSavepoint);
    if (ran == Ran::kDone) ran = run(kRelease);
  }
  return ran;
}

SqliteWriter::Ran SqliteWriter::run(const Change& change, Result<void>& answer) {
  for (const Statement& statement : change.statements) {
    const Ran ran = run(statement, answer);
    if (ran != Ran::kDone) return ran;
  }
  return Ran::kDone;
}

SqliteWriter::Ran SqliteWriter::run(const Statement& statement, Result<void>& answer) {
  Result<Prepared*> prepared = connection_.prepare(statement.sql);
  if (!prepared) {
    answer = std::move(prepared).error();
    return Ran::kRejected;
  }
  Result<void> bound = connection_.bind(**prepared, statement.params);
  if (!bound) {
    answer = std::move(bound);
    return Ran::kRejected;
  }
  sqlite3_stmt* handle = (*prepared)->handle();
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(handle);
  Ran ran = Ran::kDone;
  if (code != SQLITE_DONE) {
    const bool rejected = connection_.is_statements_fault(code) && connection_.in_transaction();
    ran = rejected ? Ran::kRejected : Ran::kStopped;
    if (rejected) answer = connection_.rejection(code);
    if (!rejected) fault_ = connection_.error("the database did not take a change");
  } else if (!statement.expect.met_by(connection_.changed_rows())) {
    answer = unmet(statement, connection_.changed_rows());
    ran = Ran::kRejected;
  }
  Connection::reset(**prepared);
  return ran;
}

SqliteWriter::Ran SqliteWriter::run(const Sql& sql) {
  Result<Prepared*> prepared = connection_.prepare(sql);
  if (!prepared) {
    fault_ = std::move(prepared).error();
    return Ran::kStopped;
  }
  const int code = sqlite3_step((*prepared)->handle());
  if (code != SQLITE_DONE) fault_ = connection_.error("the database did not take a commit");
  Connection::reset(**prepared);
  return code == SQLITE_DONE ? Ran::kDone : Ran::kStopped;
}

// When the disk fails while syncing, the commit may come back after a power loss, whole: nobody knows.
SqliteWriter::Ran SqliteWriter::finish() {
  const Ran ran = run(kCommit);
  const int code = sqlite3_extended_errcode(connection_.handle()) & 0xff;
  if (ran == Ran::kStopped && code == SQLITE_IOERR) fault_.code = ErrorCode::kStoreUnknown;
  return ran;
}

void SqliteWriter::roll_back() {
  if (connection_.in_transaction()) {
    const Error kept = fault_;
    run(kRollback);
    fault_ = kept;
  }
}

}  // namespace carillon::store::sqlite
