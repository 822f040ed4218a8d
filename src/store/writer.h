// Writer: the one door through which rows change.
//
// What:   commit() runs many changes in one transaction and returns when they are durable. A change is all or nothing;
//         one that cannot be done is rejected alone and the others are committed.
// Owns:   nothing of the caller's; the changes must live until commit() returns.
// Thread: one at a time (the committer). Blocks for the disk or the network.
// Errors: of the whole commit (nothing was committed unless it says otherwise):
//           kStore         the database did not take it; nothing of it is committed, it may be tried again
//           kStoreUnknown  the database went away while committing: all of it is committed, or nothing; read to know
//         of one change (it alone was left out):
//           kStoreConflict a statement's expectation failed: somebody else changed the row first
//           kNameTaken     a unique constraint or primary key; field is the constraint's name (see README.md)
//           kConflict      a foreign key; kInvalidValue: a check, not-null or range; field is constraint or column
//           kInvalidUtf8   U+0000 or malformed UTF-8 in a text;  kStore  the statement itself is wrong
// Limits: a statement has at most 999 parameters. Rows of RETURNING are thrown away.
// Example:
//   Change change;
//   change.run("INSERT INTO note(workspace_id, sid, body) VALUES (?1, ?2, ?3)", ws, note, std::move(body));
//   change.run_expecting(1, "UPDATE task SET version = ?3 + 1 WHERE workspace_id = ?1 AND sid = ?2 AND version = ?3",
//                        ws, task, version);
//   auto done = writer.commit({&change, 1});
//   if (!done) return done.error();          // nothing is known to be committed
//   if (!(*done)[0]) return (*done)[0].error();  // this change was rejected
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/sql.h"
#include "store/value.h"

namespace carillon::store {

// How many rows a statement must affect for its change to stand.
struct Expect {
  static constexpr Expect any() { return {-1}; }
  static constexpr Expect exactly(std::int64_t n) { return {n}; }
  constexpr bool met_by(std::int64_t affected) const { return rows < 0 || rows == affected; }

  std::int64_t rows = -1;
};

struct Statement {
  Sql sql;
  Params params;
  Expect expect = Expect::any();
};

// The statements of one change: all of them, or none.
struct Change {
  std::vector<Statement> statements;

  template <class... Args>
  Change& run(Sql sql, Args&&... args) {
    statements.push_back({std::move(sql), Params::of(std::forward<Args>(args)...), Expect::any()});
    return *this;
  }
  // The change is rejected with kStoreConflict unless exactly `rows` rows are affected.
  template <class... Args>
  Change& run_expecting(std::int64_t rows, Sql sql, Args&&... args) {
    statements.push_back({std::move(sql), Params::of(std::forward<Args>(args)...), Expect::exactly(rows)});
    return *this;
  }
};

// One answer a change, in the order given.
using CommitAnswers = std::vector<Result<void>>;

class Writer {
 public:
  virtual ~Writer() = default;
  // An empty span is a commit of nothing and succeeds without touching the database.
  virtual Result<CommitAnswers> commit(std::span<const Change> changes) = 0;
};

// For tools and tests: one change; its rejection is the error.
Result<void> commit_one(Writer& writer, const Change& change);

}  // namespace carillon::store
