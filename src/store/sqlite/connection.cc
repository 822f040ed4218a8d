#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <mutex>

#include "store/dialect.h"
#include "store/sqlite/constraint_names.h"

namespace carillon::store::sqlite {
namespace {

constexpr std::size_t kMostStatements = 1'000;
constexpr int kProgressSteps = 20'000;  // about every millisecond

// SQLite counts all memory under one mutex unless told not to, which every thread would queue for.
void set_up_once() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

int flags_of(Access access) {
  constexpr int kOneThread = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  switch (access) {
    case Access::kCreate:
      return kOneThread | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Access::kWrite:
      return kOneThread | SQLITE_OPEN_READWRITE;
    case Access::kRead:
      return kOneThread | SQLITE_OPEN_READONLY;
  }
  return kOneThread;
}

}  // namespace

Prepared::~Prepared() {
  if (statement_) sqlite3_finalize(statement_);
}

Result<std::unique_ptr<Connection>> Connection::open(const Place& place, Access access) {
  set_up_once();
  sqlite3* db = nullptr;
  const char* vfs = place.vfs.empty() ? nullptr : place.vfs.c_str();
  const int code = sqlite3_open_v2(place.path.c_str(), &db, flags_of(access), vfs);
  std::unique_ptr<Connection> connection(new Connection(db));
  if (code != SQLITE_OK) {
    return Error(ErrorCode::kConfig, "cannot open the database " + place.path + ": " +
                                         (db ? sqlite3_errmsg(db) : sqlite3_errstr(code)) +
                                         "; expected a file this user may read and write, in an existing folder");
  }
  sqlite3_busy_timeout(db, 5'000);  // another process, such as `carillon backup`, may hold it for a moment
  sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_progress_handler(db, kProgressSteps, &Connection::on_progress, connection.get());
  return connection;
}

Connection::~Connection() {
  cache_.clear();
  if (db_) sqlite3_close(db_);
}

int Connection::on_progress(void* self) {
  const auto* connection = static_cast<Connection*>(self);
  const bool bounded = connection->deadline_ != std::chrono::steady_clock::time_point::max();
  return bounded && connection->past_deadline();
}

Result<void> Connection::exec(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error("SQLite could not do it");
  return {};
}

Result<std::string> Connection::ask(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) return error("SQLite refused a question");
  const Prepared owned(statement, 0);
  const int code = sqlite3_step(statement);
  if (code == SQLITE_DONE) return std::string();
  if (code != SQLITE_ROW) return error("SQLite could not answer");
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  return std::string(text ? text : "");
}

Result<Prepared*> Connection::prepare(const Sql& sql) {
  if (Prepared* found = cache_.find(sql)) return found;
  Result<RenderedSql> rendered = render_statement(Dialect::kSqlite, sql);
  if (!rendered) return std::move(rendered).error();
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db_, rendered->text.c_str(), static_cast<int>(rendered->text.size() + 1),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  if (code != SQLITE_OK) return error("SQLite cannot prepare a statement");
  Prepared prepared(statement, rendered->parameters);
  const std::string_view tail(rest);
  if (!statement || tail.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Error(ErrorCode::kStore, "an SQL text must hold exactly one statement");
  }
  return &cache_.add(sql, std::move(prepared));
}

Result<void> Connection::bind(Prepared& prepared, const Params& params) {
  if (params.size() != static_cast<std::size_t>(prepared.parameters())) {
    return Error(ErrorCode::kStore, "a statement takes " + std::to_string(prepared.parameters()) + " parameters, " +
                                        std::to_string(params.size()) + " were given");
  }
  sqlite3_stmt* statement = prepared.handle();
  for (int i = 0; i < prepared.parameters(); ++i) {
    const Value& value = params[static_cast<std::size_t>(i)];
    int code = SQLITE_OK;
    switch (value.kind()) {
      case Kind::kNull:
        code = sqlite3_bind_null(statement, i + 1);
        break;
      case Kind::kInt:
        code = sqlite3_bind_int64(statement, i + 1, value.integer());
        break;
      case Kind::kReal:
        code = sqlite3_bind_double(statement, i + 1, value.real());
        break;
      case Kind::kText:
      case Kind::kBlob: {
        // An empty view may have no address, which SQLite would take for NULL. Nothing is copied.
        const std::string_view bytes = value.bytes();
        const char* data = bytes.empty() ? "" : bytes.data();
        code = value.kind() == Kind::kText
                   ? sqlite3_bind_text64(statement, i + 1, data, bytes.size(), SQLITE_STATIC, SQLITE_UTF8)
                   : sqlite3_bind_blob64(statement, i + 1, data, bytes.size(), SQLITE_STATIC);
        break;
      }
    }
    if (code != SQLITE_OK) return error("SQLite did not take a parameter");
  }
  return {};
}

void Connection::reset(Prepared& prepared) { sqlite3_reset(prepared.handle()); }

void Connection::trim() { cache_.trim(kMostStatements); }

Error Connection::error(const char* doing) const {
  const int code = sqlite3_extended_errcode(db_);
  std::string message = std::string(doing) + ": " + sqlite3_errmsg(db_) + " (SQLite " + std::to_string(code) + ")";
  switch (code & 0xff) {
    case SQLITE_FULL:
      message += "; the disk is full: make room";
      break;
    case SQLITE_READONLY:
      message += "; the file or its folder cannot be written: check its owner and rights";
      break;
    case SQLITE_BUSY:
      message += "; another process holds the database: stop it";
      break;
    case SQLITE_CORRUPT:
      message += "; the file is damaged: restore a backup";
      break;
    case SQLITE_NOTADB:
      return Error(ErrorCode::kConfig, message + "; expected an SQLite database or a new name");
    default:
      break;
  }
  return Error(ErrorCode::kStore, std::move(message));
}

bool Connection::is_statements_fault(int extended_code) const {
  switch (extended_code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
      return true;
    default:
      return false;
  }
}

Error Connection::rejection(int extended_code) {
  const std::string message = sqlite3_errmsg(db_);
  const std::size_t colon = message.find(": ");
  const std::string after = colon == std::string::npos ? std::string() : message.substr(colon + 2);
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Error(ErrorCode::kNameTaken, "a row with this key exists already (" + message + ")")
          .at(unique_name(after));
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Error(ErrorCode::kConflict, "the row refers to one that does not exist, or is itself referred to");
    case SQLITE_CONSTRAINT_CHECK:
      return Error(ErrorCode::kInvalidValue, "a value is not allowed here (" + message + ")").at(after);
    case SQLITE_CONSTRAINT_NOTNULL: {
      const std::size_t dot = after.find('.');
      return Error(ErrorCode::kInvalidValue, "a value is missing (" + message + ")")
          .at(dot == std::string::npos ? after : after.substr(dot + 1));
    }
    case SQLITE_CONSTRAINT_DATATYPE:
      return Error(ErrorCode::kInvalidValue, "a value has the wrong type (" + message + ")");
    default:
      return error("SQLite cannot run a statement");
  }
}

// The name PostgreSQL would give: of the index, or <table>_pkey, or <table>_<columns>_key.
std::string Connection::unique_name(std::string_view message) {
  return unique_constraint_name(message, [this](const char* sql, std::string_view argument) {
    std::vector<std::string> out;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) return out;
    const Prepared owned(statement, 1);
    sqlite3_bind_text(statement, 1, argument.data(), static_cast<int>(argument.size()), SQLITE_STATIC);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      out.emplace_back(text ? text : "");
    }
    return out;
  });
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }
std::int64_t Connection::changed_rows() const { return sqlite3_changes64(db_); }

Cell cell_at(sqlite3_stmt* statement, int column) {
  Cell cell;
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      cell.kind = Kind::kInt;
      cell.integer = sqlite3_column_int64(statement, column);
      break;
    case SQLITE_FLOAT:
      cell.kind = Kind::kReal;
      cell.real = sqlite3_column_double(statement, column);
      break;
    case SQLITE_TEXT: {
      cell.kind = Kind::kText;
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      cell.bytes = {text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
      break;
    }
    case SQLITE_BLOB: {
      cell.kind = Kind::kBlob;
      const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, column));
      cell.bytes = {data, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
      break;
    }
    default:
      break;
  }
  return cell;
}

}  // namespace carillon::store::sqlite
