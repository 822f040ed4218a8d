#include "voice/webrtc/srtp.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <srtp2/srtp.h>

#include "base/check.h"

namespace carillon::webrtc {
namespace {

static_assert(kSrtpSpare >= SRTP_MAX_TRAILER_LEN + 4);

bool library_ready() {
  static const bool ready = srtp_init() == srtp_err_status_ok;
  return ready;
}

void set_policy(SrtpProfile profile, srtp_policy_t& policy) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
      return;
    case SrtpProfile::kAes128CmSha1_80:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      return;
    case SrtpProfile::kAes128CmSha1_32:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);  // RFC 4568 section 6.2.2: RTCP keeps 80 bits
      return;
  }
}

template <class Call>
bool apply(Call call, srtp_ctx_t_* session, std::span<std::uint8_t> buffer, std::size_t& size) {
  if (size > buffer.size()) return false;
  int length = static_cast<int>(size);
  if (call(session, buffer.data(), &length) != srtp_err_status_ok || length < 0) return false;
  size = static_cast<std::size_t>(length);
  return true;
}

}  // namespace

SrtpKey::~SrtpKey() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

std::optional<SrtpProfile> srtp_profile_of(std::string_view crypto_suite) {
  for (const auto p : {SrtpProfile::kAeadAes128Gcm, SrtpProfile::kAes128CmSha1_80, SrtpProfile::kAes128CmSha1_32}) {
    if (name_of(p) == crypto_suite) return p;
  }
  return std::nullopt;
}

std::string_view name_of(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return "AEAD_AES_128_GCM";
    case SrtpProfile::kAes128CmSha1_80:
      return "AES_CM_128_HMAC_SHA1_80";
    case SrtpProfile::kAes128CmSha1_32:
      return "AES_CM_128_HMAC_SHA1_32";
  }
  return {};
}

SrtpKey make_srtp_key(SrtpProfile profile) {
  SrtpKey key;
  key.profile = profile;
  key.size = key_bytes_of(profile);
  CARILLON_CHECK(RAND_bytes(key.bytes.data(), static_cast<int>(key.size)) == 1);
  return key;
}

void Srtp::Deleter::operator()(srtp_ctx_t_* session) const { srtp_dealloc(session); }

Result<Srtp> Srtp::make(const SrtpKey& key, Direction direction) {
  if (!library_ready()) return Error(ErrorCode::kInternal, "libsrtp2 does not start");
  if (key.size != key_bytes_of(key.profile)) {
    return Error(ErrorCode::kInvalidValue, "an SRTP key of " + std::to_string(key.size) + " bytes; " +
                                               std::string(name_of(key.profile)) + " takes " +
                                               std::to_string(key_bytes_of(key.profile)));
  }
  std::array<std::uint8_t, SRTP_MAX_KEY_LEN> bytes{};
  std::copy(key.bytes.begin(), key.bytes.begin() + static_cast<std::ptrdiff_t>(key.size), bytes.begin());
  srtp_policy_t policy{};
  set_policy(key.profile, policy);
  policy.ssrc.type = direction == Direction::kSend ? ssrc_any_outbound : ssrc_any_inbound;
  policy.key = bytes.data();
  policy.window_size = 1024;
  policy.allow_repeat_tx = 1;
  srtp_t session = nullptr;
  const auto status = srtp_create(&session, &policy);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  if (status != srtp_err_status_ok) {
    return Error(ErrorCode::kInternal, "libsrtp2 refuses the key, status " + std::to_string(static_cast<int>(status)));
  }
  return Srtp(session);
}

bool Srtp::protect(std::span<std::uint8_t> buffer, std::size_t& size) {
  if (buffer.size() < size + kSrtpSpare) return false;
  return apply(srtp_protect, session_.get(), buffer, size);
}
bool Srtp::unprotect(std::span<std::uint8_t> packet, std::size_t& size) {
  return apply(srtp_unprotect, session_.get(), packet, size);
}
bool Srtp::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t& size) {
  if (buffer.size() < size + kSrtpSpare) return false;
  return apply(srtp_protect_rtcp, session_.get(), buffer, size);
}
bool Srtp::unprotect_rtcp(std::span<std::uint8_t> packet, std::size_t& size) {
  return apply(srtp_unprotect_rtcp, session_.get(), packet, size);
}

}  // namespace carillon::webrtc
