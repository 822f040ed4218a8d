#include "store/postgres/pipeline.h"

#include <libpq-fe.h>

#include <cstdlib>

#include "store/dialect.h"

namespace carillon::store::postgres {
namespace {

constexpr std::size_t kMostStatements = 1'000;
constexpr int kText = 0;

Pipeline::Answer answer_of(const PGresult* result) {
  Pipeline::Answer answer;
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      answer.affected = std::strtoll(PQcmdTuples(const_cast<PGresult*>(result)), nullptr, 10);
      answer.tag = PQcmdStatus(const_cast<PGresult*>(result));
      if (PQntuples(result) > 0 && PQnfields(result) > 0) answer.cell = PQgetvalue(result, 0, 0);
      break;
    case PGRES_PIPELINE_ABORTED:
      answer.status = Pipeline::Status::kSkipped;
      break;
    default:
      answer.status = Pipeline::Status::kFailed;
      answer.fault = fault_of(result);
      answer.error = error_of(result, "the database did not take a change");
  }
  return answer;
}

}  // namespace

Result<Prepared*> Pipeline::look_up(const Sql& sql, const Params& params) {
  Prepared* found = cache_.find(sql);
  if (!found) {
    Result<RenderedSql> rendered = render_statement(Dialect::kPostgres, sql);
    if (!rendered) return std::move(rendered).error();
    Prepared made;
    made.name = "s" + std::to_string(++names_);
    made.text = std::move(rendered->text);
    made.parameters = rendered->parameters;
    found = &cache_.add(sql, std::move(made));
  }
  if (params.size() != static_cast<std::size_t>(found->parameters)) {
    return Error(ErrorCode::kStore, "a statement takes " + std::to_string(found->parameters) + " parameters, " +
                                        std::to_string(params.size()) + " were given");
  }
  return found;
}

Result<void> Pipeline::add(std::size_t id, Prepared& prepared, const Params& params) {
  PGconn* conn = connection_.handle();
  if (!prepared.ready && !prepared.queued) {
    if (PQsendPrepare(conn, prepared.name.c_str(), prepared.text.c_str(), 0, nullptr) == 0) {
      return connection_.lost("preparing");
    }
    prepared.queued = true;
    sent_.push_back({Step::kPrepare, id, &prepared});
  }
  arrays_.fill(params);
  if (PQsendQueryPrepared(conn, prepared.name.c_str(), arrays_.count(), arrays_.values(), arrays_.lengths(),
                          arrays_.formats(), kText) == 0) {
    return connection_.lost("sending");
  }
  sent_.push_back({Step::kExecute, id, &prepared});
  return {};
}

Result<void> Pipeline::raw(std::size_t id, const char* sql) {
  if (PQsendQueryParams(connection_.handle(), sql, 0, nullptr, nullptr, nullptr, nullptr, kText) == 0) {
    return connection_.lost("sending");
  }
  sent_.push_back({Step::kRaw, id, nullptr});
  return {};
}

// One command's answer: a result, then null.
Result<Pipeline::Answer> Pipeline::read_answer(Deadline deadline) {
  Result<PgResult> result = connection_.next_result(deadline);
  if (!result) return std::move(result).error();
  if (!*result || connection_.broken()) return connection_.lost("reading");
  Answer answer = answer_of(result->get());
  Result<PgResult> end = connection_.next_result(deadline);
  if (!end) return std::move(end).error();
  if (*end) return connection_.lost("reading");
  return answer;
}

Result<void> Pipeline::run(Deadline deadline, const OnAnswer& on_answer) {
  if (PQpipelineSync(connection_.handle()) == 0) return connection_.lost("sending");
  std::vector<Sent> sent = std::move(sent_);
  sent_.clear();
  bool prepare_failed = false;
  for (const Sent& one : sent) {
    Result<Answer> answer = read_answer(deadline);
    if (!answer) return std::move(answer).error();
    if (one.step == Step::kPrepare) {
      one.prepared->queued = false;
      one.prepared->ready = answer->status == Status::kDone;
      // The failure is the statement's; its execution comes back as skipped and must not be told twice.
      if (answer->status != Status::kFailed) continue;
      prepare_failed = true;
    } else if (prepare_failed) {
      prepare_failed = false;
      continue;
    }
    on_answer(one.id, std::move(*answer));
  }
  Result<PgResult> synced = connection_.next_result(deadline);
  if (!synced) return std::move(synced).error();
  if (!*synced || PQresultStatus(synced->get()) != PGRES_PIPELINE_SYNC) return connection_.lost("synchronizing");
  return {};
}

Result<void> Pipeline::trim(Deadline deadline) {
  std::vector<std::unique_ptr<Prepared>> gone = cache_.trim(kMostStatements);
  if (gone.empty()) return {};
  for (const std::unique_ptr<Prepared>& one : gone) {
    if (!one->ready) continue;
    Result<void> sent = raw(0, ("DEALLOCATE " + one->name).c_str());
    if (!sent) return sent;
  }
  return run(deadline, [](std::size_t, Answer&&) {});
}

}  // namespace carillon::store::postgres
