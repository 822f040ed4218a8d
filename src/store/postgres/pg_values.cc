#include "store/postgres/pg_values.h"

#include <libpq-fe.h>

#include <bit>
#include <charconv>
#include <cstring>

namespace carillon::store::postgres {
namespace {

// Of pg_type.dat; part of the protocol, never changed.
constexpr unsigned kBool = 16, kBytea = 17, kName = 19, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kOid = 26,
                   kFloat4 = 700, kFloat8 = 701, kBpchar = 1042, kVarchar = 1043, kNumeric = 1700;
constexpr std::size_t kNull = static_cast<std::size_t>(-1);

template <class T>
T big_endian(const char* bytes) {
  T out = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) out = static_cast<T>((out << 8) | static_cast<unsigned char>(bytes[i]));
  return out;
}

Cell integer_cell(std::int64_t n) {
  Cell cell;
  cell.kind = Kind::kInt, cell.integer = n;
  return cell;
}

Cell real_cell(double x) {
  Cell cell;
  cell.kind = Kind::kReal, cell.real = x;
  return cell;
}

// The binary form of numeric: count, weight, sign, scale, then digits to base 10,000 (numeric_send).
Result<Cell> numeric_cell(const char* bytes) {
  const int count = big_endian<std::uint16_t>(bytes);
  const int weight = static_cast<std::int16_t>(big_endian<std::uint16_t>(bytes + 2));
  const int sign = big_endian<std::uint16_t>(bytes + 4);
  const int scale = big_endian<std::uint16_t>(bytes + 6);
  if (sign != 0 && sign != 0x4000) return Error(ErrorCode::kStore, "a numeric answer is not finite");
  std::string text = sign == 0 ? "" : "-";
  const int digits = scale == 0 ? std::max(weight + 1, 0) : count;
  for (int i = 0; i < digits; ++i) {
    const int digit = i < count ? big_endian<std::uint16_t>(bytes + 8 + 2 * i) : 0;
    const std::string four = std::to_string(digit);
    text += std::string(4 - four.size(), '0') + four;
  }
  if (digits == 0) text += '0';
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (scale == 0 && std::from_chars(text.data(), end, whole).ec == std::errc{}) return integer_cell(whole);
  if (scale != 0) text += "e" + std::to_string(4 * (weight - count + 1));
  double real = 0;
  std::from_chars(text.data(), text.data() + text.size(), real);
  return real_cell(real);
}

}  // namespace

void ParamArrays::put(std::string_view bytes, int format) {
  offsets_.push_back(room_.size());
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(format);
  room_.append(bytes);
  room_ += '\0';  // libpq wants texts to end so
}

void ParamArrays::fill(const Params& params) {
  room_.clear(), offsets_.clear(), values_.clear(), lengths_.clear(), formats_.clear();
  for (const Value& value : params) {
    char number[40];
    switch (value.kind()) {
      case Kind::kNull:
        offsets_.push_back(kNull), lengths_.push_back(0), formats_.push_back(0);
        break;
      case Kind::kInt: {
        const char* end = std::to_chars(number, number + sizeof number, value.integer()).ptr;
        put({number, static_cast<std::size_t>(end - number)}, 0);
        break;
      }
      case Kind::kReal: {
        // The shortest text that reads back as the same double.
        const char* end = std::to_chars(number, number + sizeof number, value.real()).ptr;
        put({number, static_cast<std::size_t>(end - number)}, 0);
        break;
      }
      case Kind::kText:
        put(value.bytes(), 0);
        break;
      case Kind::kBlob:
        put(value.bytes(), 1);
        break;
    }
  }
  // Only now: the room may have moved while it grew.
  for (std::size_t offset : offsets_) values_.push_back(offset == kNull ? nullptr : room_.data() + offset);
}

Result<Cell> cell_of(const pg_result* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return Cell{};
  const char* bytes = PQgetvalue(result, row, column);
  const auto size = static_cast<std::size_t>(PQgetlength(result, row, column));
  switch (PQftype(result, column)) {
    case kInt8:
      return integer_cell(static_cast<std::int64_t>(big_endian<std::uint64_t>(bytes)));
    case kInt4:
      return integer_cell(static_cast<std::int32_t>(big_endian<std::uint32_t>(bytes)));
    case kInt2:
      return integer_cell(static_cast<std::int16_t>(big_endian<std::uint16_t>(bytes)));
    case kOid:
      return integer_cell(big_endian<std::uint32_t>(bytes));
    case kBool:
      return integer_cell(bytes[0] != 0);
    case kFloat8:
      return real_cell(std::bit_cast<double>(big_endian<std::uint64_t>(bytes)));
    case kFloat4:
      return real_cell(std::bit_cast<float>(big_endian<std::uint32_t>(bytes)));
    case kNumeric:
      return numeric_cell(bytes);
    case kText:
    case kVarchar:
    case kBpchar:
    case kName: {
      Cell cell;
      cell.kind = Kind::kText, cell.bytes = {bytes, size};
      return cell;
    }
    case kBytea: {
      Cell cell;
      cell.kind = Kind::kBlob, cell.bytes = {bytes, size};
      return cell;
    }
    default:
      return Error(ErrorCode::kStore, std::string("column ") + PQfname(result, column) + " has PostgreSQL's type " +
                                          std::to_string(PQftype(result, column)) +
                                          ", which has no counterpart here; CAST it");
  }
}

}  // namespace carillon::store::postgres
