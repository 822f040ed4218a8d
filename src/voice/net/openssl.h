// What signalling takes from OpenSSL: TLS contexts, and the hashes of digest authentication.
//
// What:   a server's context from PEM files, a client's that checks whom it talks to; both show our certificate, because
//         carriers that ask callers for one are common.
// Owns:   contexts and sessions, by RAII.
// Errors: kConfig with OpenSSL's words and the file's name.
// Thread: contexts any; a session one at a time.
#pragma once

#include <memory>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "voice/sip/hashes.h"

struct ssl_ctx_st;
struct ssl_st;
struct evp_md_st;

namespace carillon::voice::net {

// `certificate` and `key` for TLS and WSS listeners, and for servers that want to know who calls; empty: none.
// `authorities`: a PEM file of certificates that are trusted beside the system's; empty: none.
struct TlsFiles {
  std::string certificate, key;
  std::string authorities = {};
};

struct SslFree {
  void operator()(ssl_ctx_st* context) const;
  void operator()(ssl_st* session) const;
};
using SslContext = std::unique_ptr<ssl_ctx_st, SslFree>;
using Ssl = std::unique_ptr<ssl_st, SslFree>;

Result<SslContext> server_context(const TlsFiles& files);
Result<SslContext> client_context(const TlsFiles& files);
// On a connected or connecting socket, which stays the caller's.
Ssl accept_on(ssl_ctx_st* context, int fd);
// `name`: host name or address that the server's certificate must be for; "*.carrier.example" fits one label.
Ssl connect_on(ssl_ctx_st* context, int fd, const std::string& name);

// 128 bits from the operating system.
Seed random_seed();

class OpensslHashes final : public sip::Hashes {
 public:
  OpensslHashes();
  ~OpensslHashes() override;
  OpensslHashes(const OpensslHashes&) = delete;
  OpensslHashes& operator=(const OpensslHashes&) = delete;
  std::array<std::uint8_t, 16> md5(std::string_view bytes) const override;
  std::array<std::uint8_t, 32> sha256(std::string_view bytes) const override;

 private:
  evp_md_st *md5_, *sha256_;
};

// Base64 of SHA-1 of key and RFC 6455's constant: how a server shows that it speaks WebSocket.
std::string websocket_accept(std::string_view key);

}  // namespace carillon::voice::net
