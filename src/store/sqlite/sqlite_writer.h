// SqliteWriter: the one writing connection.
//
// What:   the fast path runs all changes in one BEGIN IMMEDIATE..COMMIT. When one is rejected, all is rolled back and
//         run again with a savepoint a change; savepoints cost too much to have them always.
// Thread: one at a time.
#pragma once

#include "store/sqlite/checkpointer.h"
#include "store/sqlite/connection.h"
#include "store/writer.h"

namespace carillon::store::sqlite {

class SqliteWriter final : public Writer {
 public:
  SqliteWriter(Connection& connection, Checkpointer& checkpointer)
      : connection_(connection), checkpointer_(checkpointer) {}

  Result<CommitAnswers> commit(std::span<const Change> changes) override;

 private:
  // kStopped: the database failed, and with it the whole commit; fault_ says why.
  enum class Ran { kDone, kRejected, kStopped };
  Ran run(const Change& change, Result<void>& answer);
  Ran run(const Statement& statement, Result<void>& answer);
  Ran run(const Sql& sql);
  Ran run_all(std::span<const Change> changes, CommitAnswers& answers);
  Ran run_each(std::span<const Change> changes, CommitAnswers& answers);
  Ran finish();
  void roll_back();

  Connection& connection_;
  Checkpointer& checkpointer_;
  Error fault_;
};

}  // namespace carillon::store::sqlite
