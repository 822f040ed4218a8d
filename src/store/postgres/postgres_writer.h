// PostgresWriter: the one writing connection, two round trips a commit.
//
// What:   first trip: BEGIN and every statement; second: COMMIT, once every expectation is seen to be met. When a
// change
//         is rejected, the transaction begins again with a savepoint before each run of changes: the run ends before
//         the rejected one, and the next is twice as long, so that the trips grow with the rejections and not the
//         changes. A connection lost before COMMIT is made anew and the commit done again; lost during COMMIT, the
//         server is asked what became of the transaction.
// Thread: one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "store/postgres/connection.h"
#include "store/postgres/pipeline.h"
#include "store/store.h"
#include "store/writer.h"

namespace carillon::store::postgres {

class PostgresWriter final : public Writer {
 public:
  explicit PostgresWriter(const StoreOptions& options) : options_(options) {}

  Result<void> connect();
  Result<CommitAnswers> commit(std::span<const Change> changes) override;
  // Since the beginning; what a commit costs on a slow network.
  std::int64_t round_trips() const { return round_trips_; }

 private:
  enum class Outcome { kCommitted, kNotCommitted, kUnknown };
  // What one trip found out.
  struct Trip {
    std::optional<std::size_t> rejected;  // the first change that cannot be done
    Error rejection;
    std::optional<Error> stopped;  // the database failed
    bool again = false;            // and the same once more may succeed
  };

  Outcome attempt(std::span<const Change> changes, CommitAnswers& answers);
  bool look_at(std::span<const Change> changes, CommitAnswers& answers);
  bool run_changes(std::span<const Change> changes, CommitAnswers& answers);
  Trip send(std::span<const Change> changes, const CommitAnswers& answers, std::size_t from, std::size_t to);
  static void note(const Statement& statement, std::size_t change, Pipeline::Answer&& answer, Trip& trip);
  Outcome finish();
  Outcome ask_what_became();
  void stop(Error fault, bool again);

  const StoreOptions options_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Pipeline> pipeline_;
  std::vector<const char*> first_;  // commands that the next trip begins with
  std::string transaction_;         // its id on the server
  Error fault_;
  std::int64_t round_trips_ = 0;
  bool again_ = false;  // the same once more may succeed
};

}  // namespace carillon::store::postgres
