#include "store/postgres/postgres_writer.h"

#include <libpq-fe.h>

#include <algorithm>
#include <thread>

#include "store/params_check.h"

namespace carillon::store::postgres {
namespace {

constexpr const char* kBegin = "BEGIN";
constexpr const char* kTransactionId = "SELECT pg_current_xact_id()::text";
constexpr const char* kSavepoint = "SAVEPOINT run_of_changes";
constexpr const char* kRelease = "RELEASE SAVEPOINT run_of_changes";
constexpr const char* kBackToSavepoint = "ROLLBACK TO SAVEPOINT run_of_changes";
constexpr Duration kAskAgain = Duration::millis(20);

// Commands of ours, in the place of a statement's number.
constexpr std::size_t kControl = static_cast<std::size_t>(-1);
constexpr std::size_t kIdAnswer = static_cast<std::size_t>(-2);

Error unmet(const Statement& statement, std::int64_t affected) {
  return Error(ErrorCode::kStoreConflict, "a conditional change found " + std::to_string(affected) +
                                              " rows, expected " + std::to_string(statement.expect.rows) +
                                              "; read again and retry");
}

}  // namespace

Result<void> PostgresWriter::connect() {
  pipeline_.reset(), connection_.reset();
  // The server's own setting could be laxer than what an acknowledged commit promises.
  Result<std::unique_ptr<Connection>> made =
      Connection::open(options_.url, options_.connect_limit,
                       "SET synchronous_commit = on; SET default_transaction_isolation = 'read committed'");
  if (!made) return std::move(made).error();
  connection_ = std::move(*made);
  if (PQenterPipelineMode(connection_->handle()) == 0) return connection_->lost("entering pipeline mode");
  pipeline_ = std::make_unique<Pipeline>(*connection_);
  return {};
}

Result<CommitAnswers> PostgresWriter::commit(std::span<const Change> changes) {
  CommitAnswers checked(changes.size());
  bool any = false;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    checked[i] = check_params(changes[i]);
    any = any || checked[i].ok();
  }
  if (!any) return checked;
  for (int attempts = 0; attempts < 2; ++attempts) {
    again_ = false;
    CommitAnswers answers = checked;
    Outcome outcome = attempt(changes, answers);
    if (outcome == Outcome::kUnknown) outcome = ask_what_became();
    if (outcome == Outcome::kCommitted) return answers;
    if (outcome == Outcome::kUnknown) {
      fault_.code = ErrorCode::kStoreUnknown;
      return fault_;
    }
    if (!again_) break;
  }
  return fault_;
}

PostgresWriter::Outcome PostgresWriter::attempt(std::span<const Change> changes, CommitAnswers& answers) {
  if (!connection_ || connection_->broken()) {
    Result<void> connected = connect();
    if (!connected) return stop(std::move(connected).error(), false), Outcome::kNotCommitted;
  }
  Result<void> trimmed = pipeline_->trim(after(options_.write_limit));
  if (!trimmed) return stop(std::move(trimmed).error(), true), Outcome::kNotCommitted;
  if (!look_at(changes, answers)) return Outcome::kCommitted;
  if (!run_changes(changes, answers)) return Outcome::kNotCommitted;
  return finish();
}

// Rejects what can be seen to be wrong without the server. False when nothing is left to do.
bool PostgresWriter::look_at(std::span<const Change> changes, CommitAnswers& answers) {
  bool any = false;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    for (const Statement& statement : changes[i].statements) {
      if (!answers[i].ok()) break;
      Result<Prepared*> looked = pipeline_->look_up(statement.sql, statement.params);
      if (!looked) answers[i] = std::move(looked).error();
    }
    any = any || answers[i].ok();
  }
  return any;
}

// True when the transaction stands ready to be committed.
bool PostgresWriter::run_changes(std::span<const Change> changes, CommitAnswers& answers) {
  const std::size_t n = changes.size();
  first_ = {kBegin, kTransactionId};
  Trip trip = send(changes, answers, 0, n);
  if (trip.stopped) return false;
  if (!trip.rejected) return true;
  answers[*trip.rejected] = std::move(trip.rejection);
  first_ = {"ROLLBACK", kBegin, kTransactionId, kSavepoint};
  std::size_t at = 0;
  std::size_t to = *trip.rejected;
  while (at < n) {
    trip = send(changes, answers, at, to);
    if (trip.stopped) return false;
    if (trip.rejected) {
      // Everything before it in this run was accepted, so the rejection is its own.
      answers[*trip.rejected] = std::move(trip.rejection);
      to = *trip.rejected;
      first_ = {kBackToSavepoint};
    } else {
      const std::size_t length = std::max<std::size_t>(1, to - at);
      at = to;
      to = std::min(n, to + 2 * length);
      first_ = {kRelease, kSavepoint};
    }
  }
  return true;
}

PostgresWriter::Trip PostgresWriter::send(std::span<const Change> changes, const CommitAnswers& answers,
                                          std::size_t from, std::size_t to) {
  Trip trip;
  std::vector<std::pair<const Statement*, std::size_t>> sent;
  Result<void> done;
  for (const char* command : first_) {
    if (done) done = pipeline_->raw(command == kTransactionId ? kIdAnswer : kControl, command);
  }
  for (std::size_t i = from; i < to && done; ++i) {
    if (!answers[i].ok()) continue;
    for (const Statement& statement : changes[i].statements) {
      Result<Prepared*> prepared = pipeline_->look_up(statement.sql, statement.params);
      CARILLON_CHECK(prepared.ok());  // look_at() saw to that
      if (done) done = pipeline_->add(sent.size(), **prepared, statement.params);
      sent.emplace_back(&statement, i);
    }
  }
  if (done) {
    ++round_trips_;
    done = pipeline_->run(after(options_.write_limit), [&](std::size_t id, Pipeline::Answer&& answer) {
      if (id == kIdAnswer) transaction_ = answer.cell;
      if (id < sent.size()) return note(*sent[id].first, sent[id].second, std::move(answer), trip);
      if (answer.status == Pipeline::Status::kFailed && !trip.stopped) trip.stopped = std::move(answer.error);
    });
  }
  if (!done) trip.stopped = std::move(done).error(), trip.again = true;
  if (trip.stopped) stop(*trip.stopped, trip.again);
  return trip;
}

void PostgresWriter::note(const Statement& statement, std::size_t change, Pipeline::Answer&& answer, Trip& trip) {
  if (trip.rejected || trip.stopped || answer.status == Pipeline::Status::kSkipped) return;
  if (answer.status == Pipeline::Status::kFailed) {
    if (answer.fault != Fault::kStatement) {
      trip.stopped = std::move(answer.error);
      trip.again = answer.fault == Fault::kMoment;
      return;
    }
    trip.rejected = change;
    trip.rejection = std::move(answer.error);
  } else if (!statement.expect.met_by(answer.affected)) {
    trip.rejected = change;
    trip.rejection = unmet(statement, answer.affected);
  }
}

PostgresWriter::Outcome PostgresWriter::finish() {
  Outcome outcome = Outcome::kUnknown;
  Result<void> done = pipeline_->raw(kControl, "COMMIT");
  if (done) {
    ++round_trips_;
    done = pipeline_->run(after(options_.write_limit), [&](std::size_t, Pipeline::Answer&& answer) {
      if (answer.status == Pipeline::Status::kDone && answer.tag == "COMMIT") {
        outcome = Outcome::kCommitted;
      } else {
        outcome = Outcome::kNotCommitted;
        if (answer.status == Pipeline::Status::kFailed) fault_ = std::move(answer.error);
      }
    });
  }
  if (outcome == Outcome::kCommitted) return outcome;  // even when the connection went right after
  if (!done) return fault_ = std::move(done).error(), Outcome::kUnknown;
  stop(std::move(fault_), false);
  return outcome;
}

// A backend that is still at it says 'in progress'; then asking again is all there is.
PostgresWriter::Outcome PostgresWriter::ask_what_became() {
  const Deadline deadline = after(options_.connect_limit);
  pipeline_.reset(), connection_.reset();
  while (std::chrono::steady_clock::now() < deadline) {
    Result<std::unique_ptr<Connection>> made = Connection::open(options_.url, options_.connect_limit, "");
    if (made) {
      Result<std::string> status = (*made)->ask("SELECT pg_xact_status('" + transaction_ + "'::xid8)", deadline);
      if (status && *status == "committed") return Outcome::kCommitted;
      if (status && *status == "aborted") return again_ = true, Outcome::kNotCommitted;
      if (status && status->empty()) return Outcome::kUnknown;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(kAskAgain.us));
  }
  return Outcome::kUnknown;
}

// The transaction is given up with its connection: whatever state it is in, the next one begins clean.
void PostgresWriter::stop(Error fault, bool again) {
  if (fault.message.empty()) fault = Error(ErrorCode::kStore, "the database did not take a commit");
  fault.code = fault.code == ErrorCode::kConfig ? ErrorCode::kConfig : ErrorCode::kStore;
  fault_ = std::move(fault);
  again_ = again;
  pipeline_.reset(), connection_.reset();
}

}  // namespace carillon::store::postgres
