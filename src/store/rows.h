// Row and Rows: what a query answers.
//
// What:   Row is a view of one row with typed access by index (quick) or name (readable). Rows owns all rows of a
// query. Owns:   Rows its bytes; Row nothing: it and the texts it gives die with the Rows, or, in Reader::each, with
// the call. Errors: the wrong type or an unknown column is a mistake in our own SQL and fails a check; NULL is a wrong
// type for all
//         but the opt_... accessors, id() (an empty id) and is_null().
// Thread: any, not shared.
// Example:
//   for (Row row : *rows) tasks.push_back({row.id<TaskId>("sid"), row.integer("priority"), row.instant("created_at")});
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/ids.h"
#include "base/time.h"
#include "store/value.h"

namespace carillon::store {

// One field as a driver found it; the bytes belong to somebody else.
struct Cell {
  Kind kind = Kind::kNull;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view bytes;
};

// Which column: 0-based index or name.
struct ColumnRef {
  ColumnRef(int i) : index(i) {}
  ColumnRef(std::size_t i) : index(static_cast<int>(i)) {}
  ColumnRef(const char* n) : name(n) {}
  ColumnRef(std::string_view n) : name(n) {}
  int index = -1;
  std::string_view name;
};

using ColumnNames = std::vector<std::string>;

class Row {
 public:
  Row(const ColumnNames& names, const Cell* cells) : names_(&names), cells_(cells) {}

  std::size_t columns() const { return names_->size(); }
  const std::string& name(std::size_t i) const { return (*names_)[i]; }
  const Cell& cell(ColumnRef column) const;
  Kind kind(ColumnRef column) const { return cell(column).kind; }
  bool is_null(ColumnRef column) const { return cell(column).kind == Kind::kNull; }

  std::int64_t integer(ColumnRef column) const { return of_kind(column, Kind::kInt).integer; }
  bool flag(ColumnRef column) const { return integer(column) != 0; }
  double real(ColumnRef column) const;  // an integer is taken too
  std::string_view text(ColumnRef column) const { return of_kind(column, Kind::kText).bytes; }
  std::string str(ColumnRef column) const { return std::string(text(column)); }
  std::string_view blob(ColumnRef column) const { return of_kind(column, Kind::kBlob).bytes; }
  Instant instant(ColumnRef column) const { return {integer(column)}; }
  Duration duration(ColumnRef column) const { return {integer(column)}; }
  // NULL is the empty id; a text that is no id of this type fails a check.
  template <class IdType>
  IdType id(ColumnRef column) const {
    if (is_null(column)) return {};
    std::optional<IdType> parsed = IdType::parse(text(column));
    CARILLON_CHECK(parsed.has_value());
    return *parsed;
  }

  std::optional<std::int64_t> opt_integer(ColumnRef column) const;
  std::optional<double> opt_real(ColumnRef column) const;
  std::optional<std::string_view> opt_text(ColumnRef column) const;
  std::optional<std::string_view> opt_blob(ColumnRef column) const;
  std::optional<Instant> opt_instant(ColumnRef column) const;

 private:
  const Cell& of_kind(ColumnRef column, Kind kind) const;

  const ColumnNames* names_;
  const Cell* cells_;
};

class Rows {
 public:
  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t at) : rows_(&rows), at_(at) {}
    Row operator*() const { return (*rows_)[at_]; }
    Iterator& operator++() { return ++at_, *this; }
    bool operator==(const Iterator& o) const { return at_ == o.at_; }

   private:
    const Rows* rows_;
    std::size_t at_;
  };

  Rows() : names_(std::make_unique<ColumnNames>()) {}
  explicit Rows(ColumnNames names) : names_(std::make_unique<ColumnNames>(std::move(names))) {}
  Rows(Rows&&) = default;
  Rows& operator=(Rows&&) = default;

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const ColumnNames& names() const { return *names_; }
  Row operator[](std::size_t i) const;
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, count_}; }

  // For drivers and fakes: copies the cells' bytes. `cells` has as many as there are columns.
  void add(const Cell* cells);
  std::size_t bytes_held() const { return bytes_held_; }

 private:
  std::string_view keep(std::string_view bytes);

  std::unique_ptr<ColumnNames> names_;  // behind a pointer, so that a Row survives a move of its Rows
  std::size_t count_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  char* free_ = nullptr;
  std::size_t room_ = 0;
  std::size_t bytes_held_ = 0;
};

}  // namespace carillon::store
