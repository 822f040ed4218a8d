// Pipeline: many statements in one round trip.
//
// What:   add() queues; run() sends all, ends with a Sync and hands each answer on. After the first failure the server
//         skips the rest up to the Sync. Statements are prepared within the pipeline the first time they are met.
// Owns:   the prepared statements' names; the connection is the caller's and stays in pipeline mode.
// Thread: one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/postgres/connection.h"
#include "store/postgres/pg_errors.h"
#include "store/postgres/pg_values.h"
#include "store/statement_cache.h"

namespace carillon::store::postgres {

struct Prepared {
  std::string name;
  std::string text;
  int parameters = 0;
  bool ready = false;   // the server has it
  bool queued = false;  // on its way within this pipeline
};

class Pipeline {
 public:
  enum class Status { kDone, kFailed, kSkipped };
  struct Answer {
    Status status = Status::kDone;
    std::int64_t affected = 0;
    std::string tag;   // "COMMIT", "ROLLBACK", ...
    std::string cell;  // the first cell, where raw() was asked to read it
    Fault fault = Fault::kStatement;
    Error error;
  };
  // Called once for each add() and raw(), in their order.
  using OnAnswer = std::function<void(std::size_t id, Answer&&)>;

  explicit Pipeline(Connection& connection) : connection_(connection) {}

  // Looks at the statement without sending it: unknown words, wrong number of parameters.
  Result<Prepared*> look_up(const Sql& sql, const Params& params);
  // kStore when the connection is lost.
  Result<void> add(std::size_t id, Prepared& prepared, const Params& params);
  Result<void> raw(std::size_t id, const char* sql);
  Result<void> run(Deadline deadline, const OnAnswer& on_answer);
  // Forgets statements long unused. Between runs.
  Result<void> trim(Deadline deadline);

 private:
  enum class Step { kPrepare, kExecute, kRaw };
  struct Sent {
    Step step;
    std::size_t id;
    Prepared* prepared;
  };
  Result<Answer> read_answer(Deadline deadline);

  Connection& connection_;
  StatementCache<Prepared> cache_;
  ParamArrays arrays_;
  std::vector<Sent> sent_;
  std::uint64_t names_ = 0;
};

}  // namespace carillon::store::postgres
