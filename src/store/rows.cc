#include "store/rows.h"

#include <algorithm>
#include <cstring>

namespace carillon::store {
namespace {
constexpr std::size_t kChunk = 16 * 1024;
}  // namespace

const Cell& Row::cell(ColumnRef column) const {
  if (column.index >= 0) {
    CARILLON_CHECK(static_cast<std::size_t>(column.index) < names_->size());
    return cells_[column.index];
  }
  for (std::size_t i = 0; i < names_->size(); ++i) {
    if ((*names_)[i] == column.name) return cells_[i];
  }
  CARILLON_CHECK(!"the query has no column of this name");
  return cells_[0];
}

const Cell& Row::of_kind(ColumnRef column, Kind kind) const {
  const Cell& found = cell(column);
  CARILLON_CHECK(found.kind == kind);
  return found;
}

double Row::real(ColumnRef column) const {
  const Cell& found = cell(column);
  if (found.kind == Kind::kInt) return static_cast<double>(found.integer);
  CARILLON_CHECK(found.kind == Kind::kReal);
  return found.real;
}

std::optional<std::int64_t> Row::opt_integer(ColumnRef column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<double> Row::opt_real(ColumnRef column) const {
  if (is_null(column)) return std::nullopt;
  return real(column);
}

std::optional<std::string_view> Row::opt_text(ColumnRef column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<std::string_view> Row::opt_blob(ColumnRef column) const {
  if (is_null(column)) return std::nullopt;
  return blob(column);
}

std::optional<Instant> Row::opt_instant(ColumnRef column) const {
  if (is_null(column)) return std::nullopt;
  return instant(column);
}

Row Rows::operator[](std::size_t i) const {
  CARILLON_CHECK(i < count_);
  return Row(*names_, cells_.data() + i * names_->size());
}

void Rows::add(const Cell* cells) {
  for (std::size_t i = 0; i < names_->size(); ++i) {
    Cell cell = cells[i];
    cell.bytes = keep(cell.bytes);
    cells_.push_back(cell);
  }
  ++count_;
  bytes_held_ += names_->size() * sizeof(Cell);
}

std::string_view Rows::keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (bytes.size() > room_) {
    const std::size_t size = std::max(kChunk, bytes.size());
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    free_ = chunks_.back().get();
    room_ = size;
  }
  std::memcpy(free_, bytes.data(), bytes.size());
  const std::string_view kept(free_, bytes.size());
  free_ += bytes.size(), room_ -= bytes.size(), bytes_held_ += bytes.size();
  return kept;
}

}  // namespace carillon::store
