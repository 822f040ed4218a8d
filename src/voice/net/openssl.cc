#include "voice/net/openssl.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "voice/wire/address.h"

namespace carillon::voice::net {
namespace {

// OpenSSL's words for the oldest error of this thread; the queue is emptied.
std::string openssl_words() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no details";
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

Error fault(const std::string& what) { return Error(ErrorCode::kConfig, what + ": " + openssl_words()); }

Result<SslContext> new_context(const SSL_METHOD* method, const TlsFiles& files) {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(method));
  if (!context) return fault("TLS cannot be set up");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // The write queue moves between calls, and idle connections should not hold 34 KiB each.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
  if (files.certificate.empty()) return context;
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
    return fault("the certificate file " + files.certificate + " cannot be used; expected PEM, server first");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fault("the key file " + files.key + " cannot be used; expected an unencrypted PEM key of the certificate");
  }
  return context;
}

template <std::size_t N>
std::array<std::uint8_t, N> digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<std::uint8_t, N> out;
  unsigned size = 0;
  CARILLON_CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr) == 1 && size == N);
  return out;
}

}  // namespace

void SslFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void SslFree::operator()(ssl_st* session) const { SSL_free(session); }

Result<SslContext> server_context(const TlsFiles& files) {
  if (files.certificate.empty() || files.key.empty()) {
    return Error(ErrorCode::kConfig, "a TLS listener needs a certificate and a key, as PEM files");
  }
  Result<SslContext> context = new_context(TLS_server_method(), files);
  if (context) {
    SSL_CTX_set_options(context->get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Sessions would be kept for each stranger that shakes hands.
    SSL_CTX_set_session_cache_mode(context->get(), SSL_SESS_CACHE_OFF);
  }
  return context;
}

Result<SslContext> client_context(const TlsFiles& files) {
  Result<SslContext> context = new_context(TLS_client_method(), files);
  if (!context) return context;
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  // Without any authority of the system nothing is trusted but what the file says.
  SSL_CTX_set_default_verify_paths(context->get());
  ERR_clear_error();
  if (!files.authorities.empty() &&
      SSL_CTX_load_verify_locations(context->get(), files.authorities.c_str(), nullptr) != 1) {
    return fault("the file of authorities " + files.authorities + " cannot be used; expected PEM certificates");
  }
  return context;
}

Ssl accept_on(ssl_ctx_st* context, int fd) {
  Ssl session(SSL_new(context));
  if (!session || SSL_set_fd(session.get(), fd) != 1) return nullptr;
  SSL_set_accept_state(session.get());
  return session;
}

Ssl connect_on(ssl_ctx_st* context, int fd, const std::string& name) {
  Ssl session(SSL_new(context));
  if (!session || name.empty() || SSL_set_fd(session.get(), fd) != 1) return nullptr;
  SSL_set_connect_state(session.get());
  if (const auto ip = IpAddress::parse(name)) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), ip->text().c_str()) != 1) return nullptr;
    return session;
  }
  // RFC 5922 section 7.2 wants no wildcards at all; carriers use them, and so does everybody who calls them.
  SSL_set_hostflags(session.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (SSL_set1_host(session.get(), name.c_str()) != 1) return nullptr;
  if (SSL_set_tlsext_host_name(session.get(), name.c_str()) != 1) return nullptr;
  return session;
}

Seed random_seed() {
  std::array<std::uint64_t, 2> out{};
  CARILLON_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), sizeof out) == 1);
  return {out[0], out[1]};
}

// Fetched once: looking an algorithm up costs more than hashing a line with it.
OpensslHashes::OpensslHashes()
    : md5_(EVP_MD_fetch(nullptr, "MD5", nullptr)), sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
  CARILLON_CHECK(md5_ != nullptr && sha256_ != nullptr);
}
OpensslHashes::~OpensslHashes() {
  EVP_MD_free(md5_);
  EVP_MD_free(sha256_);
}
std::array<std::uint8_t, 16> OpensslHashes::md5(std::string_view bytes) const { return digest<16>(md5_, bytes); }
std::array<std::uint8_t, 32> OpensslHashes::sha256(std::string_view bytes) const { return digest<32>(sha256_, bytes); }

std::string websocket_accept(std::string_view key) {
  // RFC 6455 section 4.2.2, step 5.4.
  const auto hash = digest<20>(EVP_sha1(), std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  std::array<unsigned char, 32> encoded{};
  const int n = EVP_EncodeBlock(encoded.data(), hash.data(), static_cast<int>(hash.size()));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(n)};
}

}  // namespace carillon::voice::net
