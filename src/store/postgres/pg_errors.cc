#include "store/postgres/pg_errors.h"

#include <libpq-fe.h>

#include <string>
#include <string_view>

namespace carillon::store::postgres {
namespace {

std::string field(const pg_result* result, int which) {
  const char* text = PQresultErrorField(result, which);
  return text ? text : "";
}

}  // namespace

Fault fault_of(const pg_result* result) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  const std::string_view family = std::string_view(state).substr(0, 2);
  if (state == "40001" || state == "40P01" || state == "55P03") return Fault::kMoment;
  for (std::string_view own : {"21", "22", "23", "42", "0A", "P0", "54"}) {
    if (family == own) return Fault::kStatement;
  }
  return Fault::kDatabase;
}

// The detail of an error holds values of rows and is left out.
Error error_of(const pg_result* result, const char* doing) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  const std::string primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  const std::string column = field(result, PG_DIAG_COLUMN_NAME);
  if (state == "23505") {
    return Error(ErrorCode::kNameTaken, "a row with this key exists already (" + primary + ")").at(constraint);
  }
  if (state == "23503") {
    return Error(ErrorCode::kConflict, "the row refers to one that does not exist, or is itself referred to")
        .at(constraint);
  }
  if (state == "23502") return Error(ErrorCode::kInvalidValue, "a value is missing (" + primary + ")").at(column);
  if (state == "23514") {
    return Error(ErrorCode::kInvalidValue, "a value is not allowed here (" + primary + ")").at(constraint);
  }
  if (state == "22021") return Error(ErrorCode::kInvalidUtf8, "a text is not UTF-8 (" + primary + ")");
  if (state.starts_with("22")) {
    return Error(ErrorCode::kInvalidValue, "a value has the wrong type or range (" + primary + ")");
  }
  const std::string shown = primary.empty() ? std::string("no answer") : primary;
  std::string message = std::string(doing) + ": " + shown + " (PostgreSQL " + (state.empty() ? "?" : state) + ")";
  if (state == "42P18") message += "; say its type: CAST(?1 AS TEXT)";
  if (state == "25006") message += "; the server takes no changes: it is a standby, or this connection only reads";
  if (state == "53100") message += "; the server's disk is full: make room";
  return Error(ErrorCode::kStore, std::move(message));
}

}  // namespace carillon::store::postgres
