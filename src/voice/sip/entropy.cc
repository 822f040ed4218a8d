#include "voice/sip/entropy.h"

#include <bit>
#include <cstring>

namespace carillon::voice::sip {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
    v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
    v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
  }
  void word(std::uint64_t m) {
    v3 ^= m;
    round(), round();
    v0 ^= m;
  }
};

}  // namespace

// SipHash-2-4 (Aumasson, Bernstein 2012); words are taken in the machine's order, which is little-endian here.
std::uint64_t sip_hash(const Seed& key, std::string_view bytes) {
  State s{key.lo ^ 0x736f6d6570736575ULL, key.hi ^ 0x646f72616e646f6dULL, key.lo ^ 0x6c7967656e657261ULL,
          key.hi ^ 0x7465646279746573ULL};
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    s.word(word);
  }
  std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
  for (std::size_t i = 0; at + i < bytes.size(); ++i) {
    last |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  s.word(last);
  s.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) s.round();
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

std::uint64_t Entropy::next() {
  char bytes[8];
  const std::uint64_t count = count_++;
  std::memcpy(bytes, &count, 8);
  return sip_hash({~seed_.hi, seed_.lo}, {bytes, 8});
}

}  // namespace carillon::voice::sip
