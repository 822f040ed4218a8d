#include "http/parse/utf8.h"

#include <cstdint>
#include <cstring>

namespace carillon::http {
namespace {

// The length of the sequence that begins at p, 0 when it is none.
std::size_t sequence_at(const unsigned char* p, std::size_t left) {
  const unsigned char lead = p[0];
  if (lead < 0x80) return 1;
  const auto tail = [&](std::size_t i, unsigned char low = 0x80, unsigned char high = 0xBF) {
    return i < left && p[i] >= low && p[i] <= high;
  };
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return tail(1) ? 2 : 0;
  if (lead < 0xF0) {
    const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : 0xBF;  // no surrogates
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (lead > 0xF4) return 0;
  const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
  return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
}

}  // namespace

std::size_t utf8_valid_prefix(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t i = 0;
  while (i < text.size()) {
    // Eight ASCII bytes at once: nearly all text is.
    std::uint64_t word = 0;
    while (i + 8 <= text.size() && (std::memcpy(&word, p + i, 8), (word & 0x8080808080808080ULL) == 0)) i += 8;
    if (i >= text.size()) break;
    const std::size_t n = sequence_at(p + i, text.size() - i);
    if (n == 0) return i;
    i += n;
  }
  return text.size();
}

bool is_utf8(std::string_view text) { return utf8_valid_prefix(text) == text.size(); }

std::size_t utf8_length(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

std::string_view utf8_cut(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t n = max_bytes;
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  return text.substr(0, n);
}

}  // namespace carillon::http
