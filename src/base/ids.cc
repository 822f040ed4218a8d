#include "base/ids.h"

namespace carillon {
namespace detail {

void format_hex128(std::uint64_t hi, std::uint64_t lo, char* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (int i = 15; i >= 0; --i, hi >>= 4) out[i] = kHex[hi & 15];
  for (int i = 31; i >= 16; --i, lo >>= 4) out[i] = kHex[lo & 15];
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
