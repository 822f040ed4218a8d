#include "turn/turn.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace carillon::turn {
namespace {

std::string hmac_sha1_base64(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sealed{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), sealed.data(), &size);
  std::array<unsigned char, EVP_MAX_MD_SIZE * 2> out{};
  const int length = EVP_EncodeBlock(out.data(), sealed.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(length)};
}

}  // namespace

std::vector<IceServer> ice_servers(const std::vector<Relay>& relays, Instant now, std::string_view id) {
  std::vector<IceServer> out;
  for (const Relay& relay : relays) {
    IceServer one{.urls = relay.urls, .username = {}, .credential = {}, .expires_at = {}};
    if (!relay.secret.empty()) {
      one.expires_at = now + relay.valid;
      one.username = std::to_string(one.expires_at.us / 1'000'000) + ":" + std::string(id);
      one.credential = hmac_sha1_base64(relay.secret, one.username);
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace carillon::turn
