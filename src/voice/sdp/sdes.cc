// Keys that stand in a description (RFC 4568).
#include <array>

#include "voice/sdp/negotiation.h"
#include "voice/wire/text.h"

namespace carillon::voice::sdp {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64_of(const std::vector<std::uint8_t>& bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const std::uint32_t group = bytes[i] << 16u | (left > 1 ? bytes[i + 1] << 8u : 0u) | (left > 2 ? bytes[i + 2] : 0u);
    out += kLetters[group >> 18], out += kLetters[group >> 12 & 63];
    out += left > 1 ? kLetters[group >> 6 & 63] : '=';
    out += left > 2 ? kLetters[group & 63] : '=';
  }
  return out;
}

// Padding may be missing: some leave it out.
std::optional<std::vector<std::uint8_t>> bytes_of(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::vector<std::uint8_t> out;
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    const std::size_t value = kLetters.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out.push_back(static_cast<std::uint8_t>(bits >> have & 0xff));
  }
  return out;
}

constexpr std::pair<std::string_view, std::size_t> kSuites[] = {
    {"AEAD_AES_128_GCM", 28}, {"AES_CM_128_HMAC_SHA1_80", 30}, {"AES_CM_128_HMAC_SHA1_32", 30}};

// What may follow the key: "|lifetime", and a hint for the replay window. An MKI ("|1:4") is four bytes more in each packet,
// a second key or a parameter such as UNENCRYPTED_SRTP changes what is sent: such a line is for others (section 6.1, 6.3).
bool harmless(std::string_view more) {
  const std::size_t blank = more.find(' ');
  const std::string_view key = more.substr(0, blank);
  if (key.find(';') != std::string_view::npos || key.find(':') != std::string_view::npos) return false;
  std::string_view parameters = blank == std::string_view::npos ? std::string_view() : trim(more.substr(blank));
  while (!parameters.empty()) {
    if (!istarts_with(trim(take_until(parameters, ' ')), "WSH=")) return false;
    parameters = trim(parameters);
  }
  return true;
}

}  // namespace

Crypto crypto_of(const SdesKey& key, std::uint32_t tag) { return {tag, key.suite, base64_of(key.bytes), ""}; }

std::optional<SdesKey> key_of(const Crypto& crypto) {
  if (crypto.key.size() > 64 || !harmless(crypto.more)) return std::nullopt;
  for (const auto& [suite, size] : kSuites) {
    if (suite != crypto.suite) continue;
    auto bytes = bytes_of(crypto.key);
    if (!bytes || bytes->size() != size) return std::nullopt;
    return SdesKey{std::string(suite), std::move(*bytes)};
  }
  return std::nullopt;
}

}  // namespace carillon::voice::sdp
