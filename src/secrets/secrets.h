// Secrets: random tokens, hashes, signatures and passwords. The one wrapper around libsodium.
//
// What:    tokens are 256 random bits in base64url; what is stored of them is a SHA-256, which suffices for random secrets.
//          Passwords are argon2id (OWASP's second profile: 19 MiB, two passes).
// Thread:  any. hash_password and password_matches take tens of milliseconds: pool threads only.
// Limits:  passwords up to 1,024 bytes.
// Example:
//   std::string token = secrets::random_token();       // shown once
//   store(secrets::sha256_hex(token));                 // kept
//   bool fine = secrets::equal(signature, secrets::hmac_sha256_hex(key, text));
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace carillon::secrets {

std::string random_token();  // 43 characters, base64url
std::string random_bytes(std::size_t size);
Seed random_seed();
std::string sha256_hex(std::string_view text);                             // 64 characters
std::string hmac_sha256_hex(std::string_view key, std::string_view text);  // FIPS 198-1; 64 characters
bool equal(std::string_view a, std::string_view b);                        // in constant time for equal lengths
Result<std::string> hash_password(std::string_view password);              // "$argon2id$..."
bool password_matches(std::string_view hash, std::string_view password);

template <class IdType>
IdType random_id() {
  const Seed seed = random_seed();
  return IdType{seed.hi, seed.lo | 1};
}

}  // namespace carillon::secrets
