// MD5 and SHA-256 written out (RFC 1321, FIPS 180-4), for tests, fuzzers and benchmarks; not for secrets of anybody.
#pragma once

#include "voice/sip/hashes.h"

namespace carillon::voice::sip {

class RealHashes : public Hashes {
 public:
  std::array<std::uint8_t, 16> md5(std::string_view bytes) const override;
  std::array<std::uint8_t, 32> sha256(std::string_view bytes) const override;
};

}  // namespace carillon::voice::sip
