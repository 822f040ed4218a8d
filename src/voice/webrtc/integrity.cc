#include "voice/webrtc/integrity.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace carillon::webrtc {
namespace {

using Digest = std::array<std::uint8_t, stun::kIntegrityBytes>;

// The header's length field counts as if MESSAGE-INTEGRITY were the last attribute.
bool digest_of(stun::Bytes covered, std::string_view password, Digest& out) {
  std::array<std::uint8_t, 2048> copy;
  if (covered.size() > copy.size() || covered.size() < stun::kHeaderBytes) return false;
  std::copy(covered.begin(), covered.end(), copy.begin());
  const std::size_t length = covered.size() - stun::kHeaderBytes + 4 + stun::kIntegrityBytes;
  copy[2] = static_cast<std::uint8_t>(length >> 8);
  copy[3] = static_cast<std::uint8_t>(length);
  unsigned size = 0;
  return HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()), copy.data(), covered.size(), out.data(),
              &size) != nullptr;
}

}  // namespace

bool integrity_holds(const stun::Message& message, stun::Bytes datagram, std::string_view password) {
  Digest digest;
  if (message.integrity.empty() || !digest_of(datagram.first(message.integrity_covers), password, digest)) return false;
  return CRYPTO_memcmp(digest.data(), message.integrity.data(), digest.size()) == 0;
}

void seal(stun::Writer& out, std::string_view password) {
  out.integrity();
  Digest digest;
  CARILLON_CHECK(digest_of(out.before_integrity(), password, digest));
  std::copy(digest.begin(), digest.end(), out.integrity_value().begin());
  out.fingerprint();
}

std::string random_ice_text(std::size_t length) {
  static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out(length, '\0');
  CARILLON_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(length)) == 1);
  for (char& c : out) c = kLetters[static_cast<unsigned char>(c) & 63];
  return out;
}

}  // namespace carillon::webrtc
