#include "store/params_check.h"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace carillon::store {
namespace {

// True when the eight bytes are ASCII and none is zero.
bool plain_ascii(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  return (((word - kOnes) | word) & kHighs) == 0;
}

// Length of the well-formed sequence at `p`, 0 when there is none (RFC 3629 section 4).
std::size_t sequence_length(const unsigned char* p, std::size_t room) {
  const auto continues = [&](std::size_t i, unsigned low, unsigned high) {
    return i < room && p[i] >= low && p[i] <= high;
  };
  const unsigned c = p[0];
  if (c == 0) return 0;
  if (c < 0x80) return 1;
  if (c >= 0xC2 && c <= 0xDF) return continues(1, 0x80, 0xBF) ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) {
    const unsigned low = c == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = c == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    const unsigned low = c == 0xF0 ? 0x90 : 0x80;
    const unsigned high = c == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_storable_text(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (i + 8 <= text.size() && plain_ascii(text.data() + i)) {
      i += 8;
      continue;
    }
    const std::size_t n = sequence_length(reinterpret_cast<const unsigned char*>(text.data()) + i, text.size() - i);
    if (n == 0) return false;
    i += n;
  }
  return true;
}

Result<void> check_params(const Params& params) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    const Value& value = params[i];
    if (value.kind() == Kind::kText && !is_storable_text(value.bytes())) {
      return Error(ErrorCode::kInvalidUtf8, "a text to store holds U+0000 or is not UTF-8; refuse it where it comes in")
          .at("?" + std::to_string(i + 1));
    }
    if (value.kind() == Kind::kReal && !std::isfinite(value.real())) {
      return Error(ErrorCode::kInvalidValue, "a number to store is not finite").at("?" + std::to_string(i + 1));
    }
  }
  return {};
}

Result<void> check_params(const Change& change) {
  for (const Statement& statement : change.statements) {
    Result<void> checked = check_params(statement.params);
    if (!checked) return checked;
  }
  return {};
}

}  // namespace carillon::store
