// What digest authentication hashes with; the host lends it (OpenSSL, libsodium), since pure code has no libraries.
//
// Errors: none; hashing cannot fail.
// Thread: that of the stack.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace carillon::voice::sip {

class Hashes {
 public:
  virtual ~Hashes() = default;
  virtual std::array<std::uint8_t, 16> md5(std::string_view bytes) const = 0;
  virtual std::array<std::uint8_t, 32> sha256(std::string_view bytes) const = 0;
};

}  // namespace carillon::voice::sip
