#include "http/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <mutex>
#include <utility>

#include "http/net/accept_key.h"

namespace carillon::http {
namespace {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    kFree(p);
  }
};
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Freer<X509_free>>;
using CtxPtr = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;

// OpenSSL's words for the oldest error of this thread; the queue is emptied.
std::string openssl_words() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no details";
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

Error tls_fault(const std::string& what) { return Error(ErrorCode::kConfig, what + ": " + openssl_words()); }

// We speak HTTP/1.1 only; a client that offers other protocols alone goes on without one.
int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
                void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kOurs, sizeof kOurs - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<CtxPtr> new_context() {
  CtxPtr ctx(SSL_CTX_new(TLS_server_method()));
  if (!ctx) return tls_fault("TLS cannot be set up");
  SSL_CTX_set_min_proto_version(ctx.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Asio moves its buffers between calls, and idle connections should not hold 34 KiB each.
  SSL_CTX_set_mode(ctx.get(),
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_alpn_select_cb(ctx.get(), choose_alpn, nullptr);
  return ctx;
}

Result<CtxPtr> load_files(const std::string& certificate_file, const std::string& key_file) {
  Result<CtxPtr> ctx = new_context();
  if (!ctx) return ctx;
  if (SSL_CTX_use_certificate_chain_file(ctx->get(), certificate_file.c_str()) != 1) {
    return tls_fault("the certificate file " + certificate_file + " cannot be used; expected PEM, server first");
  }
  if (SSL_CTX_use_PrivateKey_file(ctx->get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return tls_fault("the key file " + key_file +
                     " cannot be used; expected an unencrypted PEM key of the certificate");
  }
  return ctx;
}

Result<CtxPtr> load_pem(const PemPair& pair) {
  Result<CtxPtr> ctx = new_context();
  if (!ctx) return ctx;
  const BioPtr cert_bio(BIO_new_mem_buf(pair.certificate.data(), static_cast<int>(pair.certificate.size())));
  const CertPtr cert(PEM_read_bio_X509(cert_bio.get(), nullptr, nullptr, nullptr));
  if (!cert || SSL_CTX_use_certificate(ctx->get(), cert.get()) != 1) return tls_fault("the certificate is not PEM");
  const BioPtr key_bio(BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size())));
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(ctx->get(), key.get()) != 1) return tls_fault("the key does not fit");
  return ctx;
}

std::string read_all(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

bool is_ip_address(const std::string& host) {
  std::array<unsigned char, 16> raw{};
  return inet_pton(AF_INET, host.c_str(), raw.data()) == 1 || inet_pton(AF_INET6, host.c_str(), raw.data()) == 1;
}

bool add_extension(X509* cert, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, cert, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (!extension) return false;
  const bool added = X509_add_ext(cert, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool fill_certificate(X509* cert, EVP_PKEY* key, const std::vector<std::string>& hosts, Instant now,
                      Duration lifetime) {
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return false;
  serial[0] = (serial[0] & 0x3F) | 0x40;  // positive, and never short
  BIGNUM* number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert));
  BN_free(number);
  X509_set_version(cert, X509_VERSION_3);
  const auto seconds = static_cast<time_t>(now.us / 1'000'000);
  // An hour back, for clocks that differ.
  ASN1_TIME_set(X509_getm_notBefore(cert), seconds - 3600);
  ASN1_TIME_set(X509_getm_notAfter(cert), seconds + static_cast<time_t>(lifetime.us / 1'000'000));
  X509_set_pubkey(cert, key);
  X509_NAME* name = X509_get_subject_name(cert);
  const std::string common = hosts.front().substr(0, 64);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(cert, name);
  std::string names;
  for (const std::string& host : hosts)
    names += (names.empty() ? "" : ",") + (is_ip_address(host) ? "IP:" + host : "DNS:" + host);
  return add_extension(cert, NID_subject_alt_name, names) &&
         add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(cert, NID_ext_key_usage, "serverAuth") && X509_sign(cert, key, EVP_sha256()) > 0;
}

}  // namespace

Result<PemPair> make_self_signed(const std::vector<std::string>& hosts, Instant now, Duration lifetime) {
  if (hosts.empty()) return Error(ErrorCode::kConfig, "a certificate needs at least one host name");
  for (const std::string& host : hosts) {
    if (host.empty() || host.find_first_of(",\n\r\t ") != std::string::npos) {
      return Error(ErrorCode::kConfig, "\"" + host + "\" is no host name or address");
    }
  }
  const KeyPtr key(EVP_EC_gen("P-256"));
  const CertPtr cert(X509_new());
  if (!key || !cert || !fill_certificate(cert.get(), key.get(), hosts, now, lifetime)) {
    return tls_fault("the certificate cannot be made");
  }
  const BioPtr cert_out(BIO_new(BIO_s_mem()));
  const BioPtr key_out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(cert_out.get(), cert.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return tls_fault("the certificate cannot be written");
  }
  return PemPair{read_all(cert_out.get()), read_all(key_out.get())};
}

struct TlsContext::State {
  std::string certificate_file;  // "" when made from_pem
  std::string key_file;
  mutable std::mutex mutex;
  std::shared_ptr<SSL_CTX> context;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::from_files(std::string certificate_file, std::string key_file) {
  Result<CtxPtr> ctx = load_files(certificate_file, key_file);
  if (!ctx) return std::move(ctx).error();
  auto state = std::make_unique<State>();
  state->certificate_file = std::move(certificate_file);
  state->key_file = std::move(key_file);
  state->context = std::move(*ctx);
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(state)));
}

Result<std::shared_ptr<TlsContext>> TlsContext::from_pem(const PemPair& pair) {
  Result<CtxPtr> ctx = load_pem(pair);
  if (!ctx) return std::move(ctx).error();
  auto state = std::make_unique<State>();
  state->context = std::move(*ctx);
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(state)));
}

Result<void> TlsContext::reload() {
  if (state_->certificate_file.empty()) return {};
  Result<CtxPtr> ctx = load_files(state_->certificate_file, state_->key_file);
  if (!ctx) return std::move(ctx).error();
  const std::lock_guard lock(state_->mutex);
  state_->context = std::move(*ctx);
  return {};
}

std::shared_ptr<ssl_ctx_st> TlsContext::current() const {
  const std::lock_guard lock(state_->mutex);
  return state_->context;
}

std::string websocket_accept_key(std::string_view client_key) {
  // RFC 6455 section 4.2.2, step 5.4.
  const std::string text = std::string(client_key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CARILLON_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1 && size == 20);
  std::array<unsigned char, 32> encoded{};
  const int n = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return std::string(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(n));
}

}  // namespace carillon::http
