#include "voice/sip/testing/real_hashes.h"

#include <bit>
#include <cmath>
#include <string>

namespace carillon::voice::sip {
namespace {

// The message with its padding: a one bit, zeros, the length in bits as eight bytes.
std::string padded(std::string_view bytes, bool big_endian) {
  std::string out(bytes);
  out += '\x80';
  while (out.size() % 64 != 56) out += '\0';
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(bits >> (big_endian ? 56 - 8 * i : 8 * i));
  return out;
}

std::uint32_t word(const char* at, bool big_endian) {
  std::uint32_t out = 0;
  for (int i = 0; i < 4; ++i) {
    out |= static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])) << (big_endian ? 24 - 8 * i : 8 * i);
  }
  return out;
}

std::array<std::uint32_t, 64> sines() {
  std::array<std::uint32_t, 64> out;
  for (std::size_t i = 0; i < 64; ++i) {
    out[i] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
  }
  return out;
}

// The first 32 bits of the fractional parts of the cube (square) roots of the first primes.
template <std::size_t N>
std::array<std::uint32_t, N> roots(bool cube) {
  std::array<std::uint32_t, N> out;
  std::size_t n = 0;
  for (std::uint32_t candidate = 2; n < N; ++candidate) {
    bool prime = true;
    for (std::uint32_t d = 2; d * d <= candidate; ++d) prime = prime && candidate % d != 0;
    if (!prime) continue;
    const long double root = cube ? cbrtl(candidate) : sqrtl(candidate);
    out[n++] = static_cast<std::uint32_t>((root - std::floor(root)) * 4294967296.0L);
  }
  return out;
}

}  // namespace

std::array<std::uint8_t, 16> RealHashes::md5(std::string_view bytes) const {
  static const auto kSines = sines();
  static constexpr int kTurns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  std::uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const std::string text = padded(bytes, false);
  for (std::size_t block = 0; block < text.size(); block += 64) {
    std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t round = i / 16;
      std::uint32_t f = 0;
      std::size_t k = i;
      if (round == 0) f = (b & c) | (~b & d);
      if (round == 1) f = (d & b) | (~d & c), k = (5 * i + 1) % 16;
      if (round == 2) f = b ^ c ^ d, k = (3 * i + 5) % 16;
      if (round == 3) f = c ^ (b | ~d), k = 7 * i % 16;
      const std::uint32_t turned =
          std::rotl(a + f + kSines[i] + word(text.data() + block + 4 * k, false), kTurns[round][i % 4]);
      a = d, d = c, c = b, b += turned;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  }
  std::array<std::uint8_t, 16> out;
  for (std::size_t i = 0; i < 16; ++i) out[i] = static_cast<std::uint8_t>(state[i / 4] >> (8 * (i % 4)));
  return out;
}

std::array<std::uint8_t, 32> RealHashes::sha256(std::string_view bytes) const {
  static const auto kCubes = roots<64>(true);
  auto state = roots<8>(false);
  const std::string text = padded(bytes, true);
  for (std::size_t block = 0; block < text.size(); block += 64) {
    std::array<std::uint32_t, 64> w;
    for (std::size_t i = 0; i < 16; ++i) w[i] = word(text.data() + block + 4 * i, true);
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
      const std::uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto v = state;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t s1 = std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25);
      const std::uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + kCubes[i] + w[i];
      const std::uint32_t s0 = std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22);
      const std::uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      v = {t1 + t2, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) state[i] += v[i];
  }
  std::array<std::uint8_t, 32> out;
  for (std::size_t i = 0; i < 32; ++i) out[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return out;
}

}  // namespace carillon::voice::sip
