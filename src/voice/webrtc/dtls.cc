#include "voice/webrtc/dtls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/time.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace carillon::webrtc {

// One process-wide method: a read takes the datagram that is being handled, a write is one datagram.
struct DatagramBio {
  static int read(BIO* bio, char* out, int size) {
    BIO_clear_retry_flags(bio);
    auto* dtls = static_cast<Dtls*>(BIO_get_data(bio));
    if (dtls->in_.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t bytes = std::min(dtls->in_.size(), static_cast<std::size_t>(size));
    std::copy_n(dtls->in_.begin(), bytes, out);
    dtls->in_ = {};  // a datagram is read at once or its rest is lost
    return static_cast<int>(bytes);
  }
  static int write(BIO* bio, const char* data, int size) {
    auto* dtls = static_cast<Dtls*>(BIO_get_data(bio));
    if (dtls->out_) (*dtls->out_)(Bytes(reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)));
    return size;
  }
  static long control(BIO*, int command, long, void*) {
    switch (command) {
      case BIO_CTRL_FLUSH:
        return 1;
      case BIO_CTRL_DGRAM_QUERY_MTU:
        return 1200;
      default:
        return 0;
    }
  }
  static BIO_METHOD* method() {
    static BIO_METHOD* const one = [] {
      BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "carillon datagram");
      CARILLON_CHECK(m);
      BIO_meth_set_read(m, &DatagramBio::read);
      BIO_meth_set_write(m, &DatagramBio::write);
      BIO_meth_set_ctrl(m, &DatagramBio::control);
      return m;
    }();
    return one;
  }
};

namespace {

constexpr char kProfiles[] = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

std::string last_error() {
  char text[256] = "unknown";
  if (const auto code = ERR_peek_last_error()) ERR_error_string_n(code, text, sizeof text);
  return text;
}

const EVP_MD* digest_named(std::string_view algorithm) {
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  if (algorithm == "sha-512") return EVP_sha512();
  return nullptr;
}

std::vector<std::uint8_t> digest_of(const X509* certificate, const EVP_MD* md) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  if (X509_digest(certificate, md, bytes.data(), &size) != 1) return {};
  return {bytes.begin(), bytes.begin() + size};
}

struct Free {
  void operator()(X509* p) const { X509_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
};

std::unique_ptr<X509, Free> make_certificate(EVP_PKEY* key) {
  std::unique_ptr<X509, Free> certificate(X509_new());
  std::uint64_t serial = 0;
  if (!certificate || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return nullptr;
  X509* c = certificate.get();
  X509_set_version(c, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(c), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(c), -24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(c), 365L * 24 * 3600);
  X509_set_pubkey(c, key);
  X509_NAME* name = X509_get_subject_name(c);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("carillon"), -1, -1, 0);
  X509_set_issuer_name(c, name);
  return X509_sign(c, key, EVP_sha256()) > 0 ? std::move(certificate) : nullptr;
}

// Whoever has the fingerprint is right; certificates of browsers are signed by nobody.
int accept_any(int, X509_STORE_CTX*) { return 1; }

std::optional<SrtpProfile> profile_of(unsigned long id) {
  switch (id) {
    case SRTP_AEAD_AES_128_GCM:
      return SrtpProfile::kAeadAes128Gcm;
    case SRTP_AES128_CM_SHA1_80:
      return SrtpProfile::kAes128CmSha1_80;
    default:
      return std::nullopt;
  }
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

Result<Fingerprint> Fingerprint::parse(std::string_view text) {
  Fingerprint out;
  const std::size_t blank = text.find(' ');
  for (const char c : text.substr(0, blank)) out.algorithm += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  const EVP_MD* md = digest_named(out.algorithm);
  if (!md || blank == std::string_view::npos) {
    return Error(ErrorCode::kInvalidValue, "a fingerprint by " + out.algorithm.substr(0, 20) +
                                               "; expected sha-256, sha-384 or sha-512 and hex digits");
  }
  text.remove_prefix(blank + 1);
  for (std::size_t i = 0; i + 1 < text.size(); i += 3) {
    const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
    if (high < 0 || low < 0 || (i + 2 < text.size() && text[i + 2] != ':')) break;
    out.digest.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  const auto bytes = static_cast<std::size_t>(EVP_MD_get_size(md));
  if (out.digest.size() != bytes || text.size() != bytes * 3 - 1) {
    return Error(ErrorCode::kInvalidValue,
                 "a fingerprint that is not " + std::to_string(bytes) + " hex pairs with colons");
  }
  return out;
}

std::string Fingerprint::text() const {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = algorithm;
  char before = ' ';
  for (const std::uint8_t b : digest) {
    out += before;
    out += kHex[b >> 4];
    out += kHex[b & 15];
    before = ':';
  }
  return out;
}

Result<std::shared_ptr<const DtlsContext>> DtlsContext::make() {
  std::shared_ptr<DtlsContext> out(new DtlsContext);
  const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
  const auto certificate = key ? make_certificate(key.get()) : nullptr;
  SSL_CTX* ctx = out->context_ = SSL_CTX_new(DTLS_method());
  const bool good = certificate && ctx && SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) == 1 &&
                    SSL_CTX_use_certificate(ctx, certificate.get()) == 1 &&
                    SSL_CTX_use_PrivateKey(ctx, key.get()) == 1 &&
                    SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES128+SHA256") == 1 &&
                    SSL_CTX_set_tlsext_use_srtp(ctx, kProfiles) == 0;  // this one says 0 for success
  if (!good) return Error(ErrorCode::kInternal, "OpenSSL does not make a DTLS context: " + last_error());
  SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, &accept_any);
  out->fingerprint_ = {"sha-256", digest_of(certificate.get(), EVP_sha256())};
  return std::shared_ptr<const DtlsContext>(std::move(out));
}

DtlsContext::~DtlsContext() { SSL_CTX_free(context_); }

Dtls::Dtls(std::shared_ptr<const DtlsContext> context, Role role, Fingerprint peer)
    : context_(std::move(context)), role_(role), peer_(std::move(peer)) {
  ssl_ = SSL_new(context_->native());
  BIO* bio = BIO_new(DatagramBio::method());
  CARILLON_CHECK(ssl_ && bio);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  DTLS_set_link_mtu(ssl_, 1200);
  if (role == Role::kServer) {
    SSL_set_accept_state(ssl_);
  } else {
    SSL_set_connect_state(ssl_);
  }
}

Dtls::~Dtls() { SSL_free(ssl_); }

void Dtls::start(Instant now, const Out& out) {
  if (state_ != State::kNew || role_ != Role::kClient) return;
  out_ = &out;
  handshake();
  out_ = nullptr;
  set_deadline(now);
}

void Dtls::handle(Bytes datagram, Instant now, const Out& out) {
  if (state_ == State::kClosed || state_ == State::kFailed) return;
  in_ = datagram;
  out_ = &out;
  if (state_ != State::kConnected) handshake();
  if (state_ == State::kConnected) read_records();
  in_ = {};
  out_ = nullptr;
  set_deadline(now);
}

void Dtls::handshake() {
  ERR_clear_error();
  state_ = State::kConnecting;
  const int result = SSL_do_handshake(ssl_);
  if (result == 1) return finish();
  const int error = SSL_get_error(ssl_, result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) fail("the DTLS handshake failed: " + last_error());
}

// Repeated flights, alerts, and application data that nobody here wants.
void Dtls::read_records() {
  std::array<std::uint8_t, 2048> scratch;
  ERR_clear_error();
  int result = 1;
  for (int i = 0; i < 16 && result > 0; ++i) result = SSL_read(ssl_, scratch.data(), static_cast<int>(scratch.size()));
  if (result > 0) return;
  const int error = SSL_get_error(ssl_, result);
  if (error == SSL_ERROR_ZERO_RETURN) {
    state_ = State::kClosed;
    reason_ = "the other side closed";
  } else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    fail("DTLS broke: " + last_error());
  }
}

void Dtls::finish() {
  if (!peer_is_the_right_one()) return fail("the certificate is not the one that signalling named");
  if (!export_keys()) return fail("no SRTP profile in common");
  state_ = State::kConnected;
}

bool Dtls::peer_is_the_right_one() {
  const std::unique_ptr<X509, Free> certificate(SSL_get1_peer_certificate(ssl_));
  const EVP_MD* md = digest_named(peer_.algorithm);
  return certificate && md && digest_of(certificate.get(), md) == peer_.digest;
}

// RFC 5764 section 4.2: client key, server key, client salt, server salt.
bool Dtls::export_keys() {
  const SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(ssl_);
  const auto profile = chosen ? profile_of(chosen->id) : std::nullopt;
  if (!profile) return false;
  const std::size_t salt = salt_bytes_of(*profile);
  std::array<std::uint8_t, 60> material;
  static constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  if (SSL_export_keying_material(ssl_, material.data(), 2 * (16 + salt), kLabel.data(), kLabel.size(), nullptr, 0, 0) !=
      1) {
    return false;
  }
  const auto side = [&](std::size_t n) {
    SrtpKey key;
    key.profile = *profile;
    key.size = 16 + salt;
    std::copy_n(material.begin() + static_cast<std::ptrdiff_t>(n * 16), 16, key.bytes.begin());
    std::copy_n(material.begin() + static_cast<std::ptrdiff_t>(32 + n * salt), salt, key.bytes.begin() + 16);
    return key;
  };
  const std::size_t own = role_ == Role::kClient ? 0 : 1;
  keys_ = SrtpKeys{side(own), side(1 - own)};
  OPENSSL_cleanse(material.data(), material.size());
  return true;
}

void Dtls::fail(std::string reason) {
  state_ = State::kFailed;
  reason_ = std::move(reason);
  keys_.reset();
}

void Dtls::set_deadline(Instant now) {
  timeval left{};
  deadline_ = Instant::never();
  if (state_ == State::kConnecting && DTLSv1_get_timeout(ssl_, &left) == 1) {
    deadline_ = now + Duration::micros(std::int64_t{left.tv_sec} * 1'000'000 + left.tv_usec);
  }
}

void Dtls::on_timer(Instant now, const Out& out) {
  if (state_ != State::kConnecting || now < deadline_) return;
  out_ = &out;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(ssl_) < 0) fail("no answer to the DTLS handshake");
  out_ = nullptr;
  set_deadline(now);
}

void Dtls::close(const Out& out) {
  if (state_ == State::kConnected) {
    out_ = &out;
    ERR_clear_error();
    SSL_shutdown(ssl_);
    out_ = nullptr;
  }
  if (state_ != State::kFailed) state_ = State::kClosed;
  deadline_ = Instant::never();
}

}  // namespace carillon::webrtc
