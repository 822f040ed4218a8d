#include "base/ids.h"

#include <bit>
#include <cstring>

namespace carillon {
namespace detail {

namespace {

// Eight digits at once: each half byte into a byte of its own, then what lies above 9 goes on to the letters.
void format_hex32(std::uint64_t value, char* out) {
  value = (value | value << 16) & 0x0000ffff0000ffffULL;
  value = (value | value << 8) & 0x00ff00ff00ff00ffULL;
  value = (value | value << 4) & 0x0f0f0f0f0f0f0f0fULL;
  const std::uint64_t letters = (value + 0x0606060606060606ULL) >> 4 & 0x0101010101010101ULL;
  value += 0x3030303030303030ULL + letters * ('a' - '0' - 10);
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
  std::memcpy(out, &value, sizeof value);
}

}  // namespace

void format_hex128(std::uint64_t hi, std::uint64_t lo, char* out) {
  format_hex32(hi >> 32, out), format_hex32(hi & 0xffffffff, out + 8);
  format_hex32(lo >> 32, out + 16), format_hex32(lo & 0xffffffff, out + 24);
}

bool parse_hex128(std::string_view hex, std::uint64_t& hi, std::uint64_t& lo) {
  if (hex.size() != 32) return false;
  hi = lo = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const char c = hex[i];
    std::uint64_t digit;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint64_t>(c - 'a' + 10);
    } else {
      return false;
    }
    (i < 16 ? hi : lo) = ((i < 16 ? hi : lo) << 4) | digit;
  }
  return true;
}

}  // namespace detail

bool is_sid(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  std::uint64_t hi = 0, lo = 0;
  return text.size() == 34 && is_letter(text[0]) && is_letter(text[1]) &&
         detail::parse_hex128(text.substr(2), hi, lo) && (hi != 0 || lo != 0);
}

namespace {
// splitmix64's finaliser (Steele, Lea, Flood 2014): a bijection with good avalanche.
std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30, x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27, x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}
}  // namespace

void IdMaker::draw(std::uint64_t& hi, std::uint64_t& lo) {
  const std::uint64_t n = ++index_;
  constexpr std::uint64_t kTime = 0xffff'ffff'0000'0000ULL;
  hi = (seed_.hi & kTime) | (mix(seed_.hi + n * 0x9e3779b97f4a7c15ULL) & ~kTime);
  lo = mix(seed_.lo ^ mix(hi + n));
  if (hi == 0 && lo == 0) lo = 1;  // all zero means "no id"
}

}  // namespace carillon
