#include "secrets/secrets.h"

#include <sodium.h>

#include <array>
#include <cstring>

namespace carillon::secrets {
namespace {

// libsodium must be initialised once before use; later calls return at once.
void ready() { CARILLON_CHECK(sodium_init() >= 0); }

template <std::size_t N>
std::string hex(const std::array<unsigned char, N>& bytes) {
  std::string out(2 * N + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes.data(), N);
  out.pop_back();
  return out;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string random_bytes(std::size_t size) {
  ready();
  std::string out(size, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

Seed random_seed() {
  ready();
  Seed seed;
  randombytes_buf(&seed, sizeof seed);
  return seed;
}

std::string random_token() {
  const std::string raw = random_bytes(32);
  std::string out(sodium_base64_encoded_len(raw.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes_of(raw), raw.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  out.resize(std::strlen(out.c_str()));
  return out;
}

std::string sha256_hex(std::string_view text) {
  ready();
  std::array<unsigned char, crypto_hash_sha256_BYTES> out;
  crypto_hash_sha256(out.data(), bytes_of(text), text.size());
  return hex(out);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  ready();
  crypto_auth_hmacsha256_state state;
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  return hex(out);
}

bool equal(std::string_view a, std::string_view b) {
  ready();
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<std::string> hash_password(std::string_view password) {
  ready();
  if (password.size() > 1024) {
    return Error(ErrorCode::kTooLong, "found a password of more than 1024 bytes")
        .at("password")
        .expecting("at most 1024 bytes");
  }
  char out[crypto_pwhash_STRBYTES];
  constexpr unsigned long long kPasses = 2;
  constexpr std::size_t kMemory = 19u << 20;
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), kPasses, kMemory, crypto_pwhash_ALG_ARGON2ID13) !=
      0) {
    return Error(ErrorCode::kUnavailable, "no memory to hash a password; try again");
  }
  return std::string(out);
}

bool password_matches(std::string_view hash, std::string_view password) {
  ready();
  const std::string text(hash);
  return password.size() <= 1024 && text.size() < crypto_pwhash_STRBYTES &&
         crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

}  // namespace carillon::secrets
