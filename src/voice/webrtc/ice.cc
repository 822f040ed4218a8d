#include "voice/webrtc/ice.h"

#include <algorithm>

#include "voice/webrtc/integrity.h"

namespace carillon::webrtc {
namespace {

void refuse(const stun::Message& message, std::string_view password, int code, std::string_view reason,
            std::optional<stun::Writer>& answer) {
  answer.emplace(message.method, stun::Class::kError, message.transaction);
  answer->error(code, reason);
  if (code == 420) answer->unknown(std::span(message.unknown).first(message.unknown_count));
  seal(*answer, password);
}

bool fits(std::string_view username, const IceCredentials& local, const IceCredentials& remote) {
  const std::size_t colon = username.find(':');
  if (colon == std::string_view::npos || username.substr(0, colon) != local.ufrag) return false;
  return remote.ufrag.empty() || username.substr(colon + 1) == remote.ufrag;
}

}  // namespace

IceCredentials make_credentials() { return {random_ice_text(8), random_ice_text(24)}; }

IceLite::IceLite(IceCredentials local, IceCredentials remote) : local_(std::move(local)), remote_(std::move(remote)) {}

void IceLite::restart(IceCredentials local, IceCredentials remote) {
  pending_local_ = std::move(local);
  pending_remote_ = std::move(remote);
}

void IceLite::set_remote(IceCredentials remote) { (pending_remote_ ? *pending_remote_ : remote_) = std::move(remote); }

bool IceLite::answers_to(std::string_view ufrag) const {
  return ufrag == local_.ufrag || (pending_local_ && ufrag == pending_local_->ufrag);
}

bool IceLite::belongs(std::string_view username, bool& pending) const {
  pending = pending_local_ && fits(username, *pending_local_, *pending_remote_);
  return pending || fits(username, local_, remote_);
}

void IceLite::finish_restart() {
  local_ = *std::move(pending_local_);
  remote_ = *std::move(pending_remote_);
  pending_local_.reset();
  pending_remote_.reset();
  proven_count_ = 0;
  nominated_ = false;
}

bool IceLite::proven(const voice::Endpoint& at) const {
  return std::any_of(proven_.begin(), proven_.begin() + static_cast<std::ptrdiff_t>(proven_count_),
                     [&](const Proven& p) { return p.at == at; });
}

void IceLite::remember(const voice::Endpoint& from, Instant now) {
  const auto end = proven_.begin() + static_cast<std::ptrdiff_t>(proven_count_);
  auto found = std::find_if(proven_.begin(), end, [&](const Proven& p) { return p.at == from; });
  if (found == end && proven_count_ < kMaxAddresses) {
    ++proven_count_;
  } else if (found == end) {
    // The selected one is never forgotten.
    found = std::min_element(proven_.begin(), end, [&](const Proven& a, const Proven& b) {
      return std::pair(a.at == selected_, a.heard) < std::pair(b.at == selected_, b.heard);
    });
  }
  *found = {from, now};
}

IceLite::Checked IceLite::check(const stun::Message& message, stun::Bytes datagram, const voice::Endpoint& from,
                                Instant now, std::optional<stun::Writer>& answer) {
  bool pending = false;
  if (!message.is_request(stun::kBinding) || !belongs(message.username, pending)) return Checked::kDropped;
  const std::string& password = pending ? pending_local_->password : local_.password;
  if (!integrity_holds(message, datagram, password)) return Checked::kDropped;
  if (message.unknown_count > 0) {
    refuse(message, password, 420, "Unknown Attribute", answer);
    return Checked::kRefused;
  }
  if (message.controlled) {  // a lite agent is never the controlling one
    refuse(message, password, 487, "Role Conflict", answer);
    return Checked::kRefused;
  }
  answer.emplace(stun::kBinding, stun::Class::kSuccess, message.transaction);
  answer->xor_address(stun::kXorMappedAddress, from);
  seal(*answer, password);

  if (pending) finish_restart();
  remember(from, now);
  last_check_ = now;
  const bool choose = message.use_candidate || (!nominated_ && selected_.empty());
  nominated_ = nominated_ || message.use_candidate;
  if (!choose || from == selected_) return Checked::kProved;
  selected_ = from;
  return Checked::kNominated;
}

}  // namespace carillon::webrtc
