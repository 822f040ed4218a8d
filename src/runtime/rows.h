// Rows: described records as SQL rows, by reflection.
//
// What:   for a record T with a Table<T>: its upsert, its select, binding and reading back. A field is a column of the
//         same name; workspace_id comes first in every workspace table. Texts are made at compile time, so a statement
//         costs no string.
// Mapping: ids, strings and enums are text; no id is NULL ('' where it is part of the key); Instant and Duration are
//         microseconds, Instant::never() is NULL; bool is 0 or 1; JsonText is text as it came; vectors are JSON text.
// Modes:  upsert  the whole row replaces the one with the same key, but the columns in kFixed, which never change (an
//                 UPDATE that names an indexed column rewrites its index, even with the same value);
//         add     counters are added to what is there, those in kMaxima take the larger value.
// Stamps: kCreatedAt and kUpdatedAt say which of created_at, updated_at the table has beside the record's fields.
// Errors: reading answers kInternal, naming table and column, for a value that does not fit.
// Thread: any; no state.
// Example:
//   change.statements.push_back({upsert_sql<TaskRecord>(), bind_row(workspace, task, now)});
//   Result<std::vector<TaskRecord>> live = read_live<TaskRecord>(reader, workspace);
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "store/reader.h"
#include "store/sql.h"
#include "store/value.h"

namespace carillon::runtime {

enum class RowMode : std::uint8_t { upsert, add };

// What a specialisation may leave out.
struct TableDefaults {
  static constexpr RowMode kMode = RowMode::upsert;
  static constexpr std::array<std::string_view, 0> kFixed{};
  static constexpr std::array<std::string_view, 0> kMaxima{};
  static constexpr bool kCreatedAt = false;
  static constexpr bool kUpdatedAt = false;
  static constexpr std::string_view kLive = "";  // more of the WHERE that finds live rows
  static constexpr std::string_view kOrder = "";
};

// Specialised in tables.h: kName, kKeys (after workspace_id), and what differs from TableDefaults.
template <class T>
struct Table;

namespace rows_detail {

template <class List>
constexpr bool names(const List& list, std::string_view name) {
  for (std::string_view one : list) {
    if (one == name) return true;
  }
  return false;
}

struct TextLength {
  std::size_t n = 0;
  constexpr TextLength& operator<<(std::string_view s) { return n += s.size(), *this; }
};

template <std::size_t N>
struct TextFill {
  char text[N + 1] = {};
  std::size_t n = 0;
  constexpr TextFill& operator<<(std::string_view s) {
    for (char c : s) text[n++] = c;
    return *this;
  }
};

template <class Out>
constexpr void write_number(Out& out, std::size_t n) {
  char digits[8] = {};
  std::size_t count = 0;
  do digits[count++] = static_cast<char>('0' + n % 10);
  while (n /= 10);
  while (count) out << std::string_view(&digits[--count], 1);
}

template <class Out>
constexpr void write_column(Out& out, std::string_view name) {
  out << "\"" << name << "\"";
}

// Calls f(name) for each column that is not workspace_id, in order.
template <class T, class F>
constexpr void each_column(F f) {
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) { f(std::string_view(d.name)); });
  if (Table<T>::kCreatedAt) f("created_at");
  if (Table<T>::kUpdatedAt) f("updated_at");
}

// That every column a table names is there: a renamed field is found when compiling.
template <class T>
constexpr bool names_are_fields() {
  const auto is_field = [](std::string_view name) {
    bool found = false;
    each_column<T>([&](std::string_view column) { found = found || column == name; });
    return found;
  };
  for (std::string_view name : Table<T>::kKeys) {
    if (!is_field(name)) return false;
  }
  for (std::string_view name : Table<T>::kFixed) {
    if (!is_field(name)) return false;
  }
  for (std::string_view name : Table<T>::kMaxima) {
    if (!is_field(name)) return false;
  }
  return true;
}

template <class T, class Out>
constexpr void write_insert(Out& out) {
  static_assert(names_are_fields<T>(), "a key, fixed or maximum column is not a field of the record");
  out << "INSERT INTO " << Table<T>::kName << " (\"workspace_id\"";
  std::size_t columns = 1;
  each_column<T>([&](std::string_view name) { out << ",", write_column(out, name), ++columns; });
  out << ") VALUES (";
  for (std::size_t i = 1; i <= columns; ++i) {
    if (i > 1) out << ",";
    out << "?", write_number(out, i);
  }
  out << ") ON CONFLICT (\"workspace_id\"";
  for (std::string_view key : Table<T>::kKeys) out << ",", write_column(out, key);
  out << ") DO UPDATE SET ";
  bool first = true;
  each_column<T>([&](std::string_view name) {
    const bool created = Table<T>::kCreatedAt && name == "created_at";
    if (created || names(Table<T>::kKeys, name) || names(Table<T>::kFixed, name)) return;
    if (!first) out << ",";
    first = false;
    write_column(out, name), out << "=";
    if (Table<T>::kMode == RowMode::upsert) {
      out << "excluded.", write_column(out, name);
    } else if (names(Table<T>::kMaxima, name)) {
      out << "CASE WHEN excluded.", write_column(out, name), out << ">" << Table<T>::kName << ".";
      write_column(out, name), out << " THEN excluded.", write_column(out, name);
      out << " ELSE " << Table<T>::kName << ".", write_column(out, name), out << " END";
    } else {
      out << Table<T>::kName << ".", write_column(out, name), out << "+excluded.", write_column(out, name);
    }
  });
}

template <class T, class Out>
constexpr void write_columns(Out& out) {
  bool first = true;
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    if (!first) out << ",";
    first = false;
    write_column(out, d.name);
  });
}

template <class T, class Out>
constexpr void write_select_live(Out& out) {
  out << "SELECT ", write_columns<T>(out);
  out << " FROM " << Table<T>::kName << " WHERE \"workspace_id\"=?1" << Table<T>::kLive << Table<T>::kOrder;
}

template <class T, class Out>
constexpr void write_delete(Out& out) {
  out << "DELETE FROM " << Table<T>::kName << " WHERE \"workspace_id\"=?1";
  std::size_t n = 1;
  for (std::string_view key : Table<T>::kKeys)
    out << " AND ", write_column(out, key), out << "=?", write_number(out, ++n);
}

template <class T, class Out>
constexpr void write_soft_delete(Out& out) {
  out << "UPDATE " << Table<T>::kName
      << " SET \"deleted_at\"=?3,\"updated_at\"=?3 WHERE \"workspace_id\"=?1 AND \"sid\"=?2";
}

#define CARILLON_ROW_TEXT(constant, write) \
  template <class T>                       \
  inline constexpr auto constant = [] {    \
    constexpr std::size_t kSize = [] {     \
      TextLength length;                   \
      write<T>(length);                    \
      return length.n;                     \
    }();                                   \
    TextFill<kSize> fill;                  \
    write<T>(fill);                        \
    return fill;                           \
  }()
CARILLON_ROW_TEXT(kInsertText, write_insert);
CARILLON_ROW_TEXT(kColumnsText, write_columns);
CARILLON_ROW_TEXT(kSelectLiveText, write_select_live);
CARILLON_ROW_TEXT(kDeleteText, write_delete);
CARILLON_ROW_TEXT(kSoftDeleteText, write_soft_delete);
#undef CARILLON_ROW_TEXT

template <class V>
void bind_value(store::Params& params, const V& value, bool key) {
  if constexpr (codec::is_id<V>) {
    if (key && value.empty()) {
      params.emplace_back(std::string_view());
    } else {
      params.emplace_back(value);
    }
  } else if constexpr (std::is_same_v<V, bool>) {
    params.emplace_back(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_same_v<V, std::string>) {
    params.emplace_back(value);
  } else if constexpr (std::is_same_v<V, JsonText>) {
    params.emplace_back(value.text);
  } else if constexpr (std::is_same_v<V, Instant>) {
    value.is_never() ? params.emplace_back(nullptr) : params.emplace_back(value.us);
  } else if constexpr (std::is_same_v<V, Duration>) {
    params.emplace_back(value.us);
  } else if constexpr (std::is_enum_v<V>) {
    params.push_back(store::Value::borrow_text(codec::enum_name(value)));  // names live for ever
  } else if constexpr (std::is_integral_v<V>) {
    params.emplace_back(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_floating_point_v<V>) {
    params.emplace_back(static_cast<double>(value));
  } else {
    params.emplace_back(encode(value));
  }
}

template <class V>
bool read_value(const store::Cell& cell, V& value) {
  using store::Kind;
  if constexpr (codec::is_id<V>) {
    if (cell.kind == Kind::kNull || (cell.kind == Kind::kText && cell.bytes.empty())) return value = V{}, true;
    auto id = cell.kind == Kind::kText ? V::parse(cell.bytes) : std::nullopt;
    if (id) value = *id;
    return id.has_value();
  } else if constexpr (std::is_same_v<V, Instant>) {
    if (cell.kind == Kind::kNull) return value = Instant::never(), true;
    return value.us = cell.integer, cell.kind == Kind::kInt;
  } else if constexpr (std::is_same_v<V, Duration>) {
    return value.us = cell.integer, cell.kind == Kind::kInt;
  } else if constexpr (std::is_same_v<V, std::string>) {
    return value = cell.bytes, cell.kind == Kind::kText;
  } else if constexpr (std::is_same_v<V, JsonText>) {
    return value.text = cell.bytes, cell.kind == Kind::kText;
  } else if constexpr (std::is_enum_v<V>) {
    auto found = codec::enum_from<V>(cell.bytes);
    if (found) value = *found;
    return found.has_value() && cell.kind == Kind::kText;
  } else if constexpr (std::is_integral_v<V>) {
    return value = static_cast<V>(cell.integer), cell.kind == Kind::kInt;
  } else if constexpr (std::is_floating_point_v<V>) {
    return value = cell.kind == Kind::kInt ? static_cast<double>(cell.integer) : cell.real,
           cell.kind == Kind::kInt || cell.kind == Kind::kReal;
  } else {
    if (cell.kind != Kind::kText) return false;
    auto decoded = decode<V>(cell.bytes);
    if (decoded) value = std::move(*decoded);
    return decoded.ok();
  }
}

Error unreadable(std::string_view table, std::string_view column, const store::Cell& cell);

}  // namespace rows_detail

template <class T>
constexpr store::Sql upsert_sql() {
  return store::Sql(rows_detail::kInsertText<T>.text);
}
template <class T>
constexpr store::Sql delete_sql() {
  return store::Sql(rows_detail::kDeleteText<T>.text);
}
template <class T>
constexpr store::Sql soft_delete_sql() {
  return store::Sql(rows_detail::kSoftDeleteText<T>.text);
}
template <class T>
constexpr store::Sql select_live_sql() {
  return store::Sql(rows_detail::kSelectLiveText<T>.text);
}

// The record's columns, quoted, with commas: for list queries ("SELECT " + columns + " FROM tasks WHERE ...").
template <class T>
std::string_view columns_of() {
  return {rows_detail::kColumnsText<T>.text, sizeof rows_detail::kColumnsText<T>.text - 1};
}

// The parameters of upsert_sql<T>().
template <class T>
store::Params bind_row(WorkspaceId workspace, const T& record, Instant now) {
  store::Params params;
  params.reserve(3 + boost::mp11::mp_size<codec::Members<T>>::value);
  params.emplace_back(workspace);
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    constexpr bool kKey = rows_detail::names(Table<T>::kKeys, std::string_view(d.name));
    rows_detail::bind_value(params, record.*d.pointer, kKey);
  });
  if (Table<T>::kCreatedAt) params.emplace_back(now);
  if (Table<T>::kUpdatedAt) params.emplace_back(now);
  return params;
}

// Reads a record from columns `first`.. of a row whose columns are columns_of<T>().
template <class T>
Result<T> read_row(const store::Row& row, std::size_t first = 0) {
  T record;
  std::size_t at = first;
  std::optional<Error> wrong;
  boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    if (wrong) return;
    const store::Cell& cell = row.cell(at++);
    if (!rows_detail::read_value(cell, record.*d.pointer))
      wrong = rows_detail::unreadable(Table<T>::kName, d.name, cell);
  });
  if (wrong) return *wrong;
  return record;
}

// All live rows of the workspace, in the order of their seq where they have one.
template <class T>
Result<std::vector<T>> read_live(store::Reader& reader, WorkspaceId workspace) {
  std::vector<T> found;
  auto read = reader.each(select_live_sql<T>(), {workspace}, [&](const store::Row& row) -> Result<void> {
    auto record = read_row<T>(row);
    if (!record) return record.error();
    found.push_back(std::move(*record));
    return {};
  });
  if (!read) return read.error();
  return found;
}

}  // namespace carillon::runtime
