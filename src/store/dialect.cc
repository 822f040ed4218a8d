#include "store/dialect.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace carillon::store {
namespace {

constexpr int kMostParameters = 999;
constexpr std::size_t kMostBytes = 64 * 1024;

struct Word {
  std::string_view word, sqlite, postgres;
};
constexpr Word kWords[] = {
    {"int", "INTEGER", "BIGINT"},
    {"real", "REAL", "DOUBLE PRECISION"},
    {"text", "TEXT COLLATE BINARY", "TEXT COLLATE \"C\""},
    {"blob", "BLOB", "BYTEA"},
    {"collate_c", "COLLATE BINARY", "COLLATE \"C\""},
    {"table_options", "STRICT, WITHOUT ROWID", ""},
    {"table_options_rowid", "STRICT", ""},
};

// Walks the text once; quotes and comments pass through untouched.
class Renderer {
 public:
  Renderer(Dialect dialect, std::string_view sql) : dialect_(dialect), sql_(sql) { out_.text.reserve(sql.size() + 32); }

  Result<RenderedSql> run() {
    while (at_ < sql_.size()) {
      Result<void> done = step();
      if (!done) return std::move(done).error();
    }
    return std::move(out_);
  }

 private:
  Result<void> step() {
    const char c = sql_[at_];
    const char next = at_ + 1 < sql_.size() ? sql_[at_ + 1] : '\0';
    if (c == '\'' || c == '"') return copy_until(at_ + 1, std::string_view(&sql_[at_], 1));
    if (c == '-' && next == '-') return copy_until(at_ + 2, "\n");
    if (c == '/' && next == '*') return copy_until(at_ + 2, "*/");
    if (c == '{' && next == '{') return word();
    if (c == '?') return parameter();
    out_.text += c, ++at_;
    return {};
  }

  // A doubled quote ends one quoted part and begins the next, which comes to the same.
  Result<void> copy_until(std::size_t from, std::string_view end) {
    std::size_t stop = sql_.find(end, from);
    stop = stop == std::string_view::npos ? sql_.size() : stop + end.size();
    out_.text += sql_.substr(at_, stop - at_);
    at_ = stop;
    return {};
  }

  Result<void> word() {
    const std::size_t stop = sql_.find("}}", at_);
    const std::string_view name = sql_.substr(at_ + 2, stop == std::string_view::npos ? stop : stop - at_ - 2);
    const auto* found = std::ranges::find(kWords, name, &Word::word);
    if (stop == std::string_view::npos || found == std::end(kWords)) {
      return Error(ErrorCode::kStore, "SQL text has the unknown word {{" + std::string(name.substr(0, 40)) +
                                          "}}; the words are listed in store/dialect.h");
    }
    out_.text += dialect_ == Dialect::kSqlite ? found->sqlite : found->postgres;
    at_ = stop + 2;
    return {};
  }

  Result<void> parameter() {
    int number = 0;
    const char* first = sql_.data() + at_ + 1;
    const auto [last, fault] = std::from_chars(first, sql_.data() + sql_.size(), number);
    if (fault != std::errc{} || number < 1 || number > kMostParameters) {
      return Error(ErrorCode::kStore, "SQL text has a '?' without a number from 1 to 999; write ?1, ?2, ...");
    }
    out_.text += dialect_ == Dialect::kSqlite ? '?' : '$';
    out_.text.append(first, last);
    out_.parameters = std::max(out_.parameters, number);
    at_ = static_cast<std::size_t>(last - sql_.data());
    return {};
  }

  const Dialect dialect_;
  const std::string_view sql_;
  std::size_t at_ = 0;
  RenderedSql out_;
};

}  // namespace

std::string_view name_of(Dialect dialect) { return dialect == Dialect::kSqlite ? "sqlite" : "postgres"; }

Result<RenderedSql> render(Dialect dialect, std::string_view sql) { return Renderer(dialect, sql).run(); }

Result<RenderedSql> render_statement(Dialect dialect, const Sql& sql) {
  if (sql.text().size() > kMostBytes) {
    return Error(ErrorCode::kStore, "an SQL text has " + std::to_string(sql.text().size()) +
                                        " bytes, at most 65536 are taken; bind values instead of writing them out");
  }
  return render(dialect, sql.text());
}

}  // namespace carillon::store
