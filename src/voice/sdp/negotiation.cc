#include "voice/sdp/negotiation.h"

#include "voice/sdp/offer_answer.h"
#include "voice/wire/text.h"

namespace carillon::voice::sdp {
namespace {

// Of our own offers (RFC 3551 leaves 96 to 127 to each side).
constexpr std::uint8_t kOurOpus = 111, kOurEvent = 101, kOurWideEvent = 110;

Codec codec_of(Voice voice) {
  return voice == Voice::kPcmu ? codec_pcmu() : voice == Voice::kPcma ? codec_pcma() : codec_opus(kOurOpus);
}

Codec event_of(std::uint32_t clock) { return codec_telephone_event(clock == 8000 ? kOurEvent : kOurWideEvent, clock); }

std::optional<Voice> voice_of(const Codec& codec) {
  for (const Voice voice : {Voice::kPcmu, Voice::kPcma, Voice::kOpus}) {
    if (iequals(codec_of(voice).name, codec.name)) return voice;
  }
  return std::nullopt;
}

std::vector<Codec> codecs_of(const std::vector<Voice>& prefer) {
  std::vector<Codec> out;
  bool narrow = false, wide = false;
  for (const Voice voice : prefer) {
    out.push_back(codec_of(voice));
    (voice == Voice::kOpus ? wide : narrow) = true;
  }
  if (narrow || wide) out.push_back(event_of(8000));  // also beside Opus: many telephones know no other clock
  if (wide) out.push_back(event_of(48000));
  return out;
}

LocalAudio local_of(const OurAudio& ours) {
  LocalAudio local;
  local.rtp = ours.rtp;
  local.session_id = ours.session_id;
  local.version = 1;
  local.codecs = codecs_of(ours.prefer);
  local.direction = ours.direction;
  local.rtcp_mux = ours.rtcp_mux;
  local.allow_plain = ours.encryption != Encryption::kRequired;
  local.allow_sdes = ours.encryption != Encryption::kNever && !ours.keys.empty();
  local.keys = ours.encryption == Encryption::kRequired ? Keys::kSdes : Keys::kNone;
  for (const SdesKey& key : ours.keys) {
    local.sdes.push_back(crypto_of(key, static_cast<std::uint32_t>(local.sdes.size() + 1)));
  }
  return local;
}

bool can_be_sent_to(const Endpoint& at) { return at.port != 0 && !at.ip.is_multicast() && !at.ip.is_broadcast(); }

// What media takes of a path. False when the peer names an address that no call may send to.
bool agree(const AudioPath& path, AgreedAudio& out) {
  out.codec = voice_of(path.codec).value_or(Voice::kPcmu);
  out.send_payload = path.codec.payload;
  out.receive_payload = path.receive_payload;
  out.send_event = path.dtmf_send ? *path.dtmf_send : -1;
  out.receive_event = path.dtmf_receive ? *path.dtmf_receive : -1;
  out.event_clock = path.dtmf_clock;
  out.send = sends(path.direction);
  out.receive = receives(path.direction);
  out.held_by_peer = path.held_by_peer();
  out.several = !path.also.empty();
  out.rtcp_mux = path.rtcp_mux;
  out.ptime = path.ptime;
  if (path.sdes_send && path.sdes_receive) {
    out.our_key = key_of(*path.sdes_send);
    out.their_key = key_of(*path.sdes_receive);
  }
  if (path.keys == Keys::kDtls) return true;  // ICE finds the address
  if (path.remote && !can_be_sent_to(*path.remote)) return false;
  out.remote = path.remote;
  if (path.remote && path.remote_rtcp_port != 0) out.remote_rtcp = Endpoint{path.remote->ip, path.remote_rtcp_port};
  return true;
}

Error wrong_address(const AudioPath& path) {
  return {ErrorCode::kInvalidValue, "audio is wanted at " + path.remote->text() + ", which is no address of one peer"};
}

// The answer with the best common codec alone, and the telephone events that go with it.
Result<Agreed> answer_with_one_codec(const Session& offer, LocalAudio local) {
  auto agreed = make_answer(offer, local);
  if (!agreed || !voice_of(agreed->path.codec)) return agreed;
  const Codec chosen = codec_of(*voice_of(agreed->path.codec));
  const bool event = agreed->path.dtmf_send.has_value();
  local.codecs = {chosen};
  if (event) local.codecs.push_back(event_of(agreed->path.dtmf_clock));
  return make_answer(offer, local);
}

// The version grows by one with each description that says something else (RFC 3264 section 8).
void number_after(Session& next, const Session* before) {
  if (before == nullptr) return;
  next.id = before->id;
  next.version = before->version;
  if (!(next == *before)) ++next.version;
}

// Of several, the one that all sides know.
std::string fingerprint_of(const Security& security) {
  for (const std::string_view hash : {"sha-256", "sha-384", "sha-512"}) {
    for (const Fingerprint& print : security.fingerprints) {
      if (print.hash == hash) return print.hash + ' ' + print.bytes;
    }
  }
  return {};
}

Result<BrowserOffer> peer_of(const AudioPath& path) {
  BrowserOffer out;
  agree(path, out.audio);
  if (path.keys != Keys::kDtls || !path.remote_dtls) {
    return Error(ErrorCode::kInvalidValue, "a browser's offer encrypts audio with DTLS; this one does not");
  }
  out.ufrag = path.remote_dtls->ice_ufrag;
  out.password = path.remote_dtls->ice_pwd;
  out.fingerprint = fingerprint_of(*path.remote_dtls);
  const char* missing = out.ufrag.empty() || out.password.empty() ? "a=ice-ufrag and a=ice-pwd"
                        : out.fingerprint.empty()                 ? "a=fingerprint with sha-256, sha-384 or sha-512"
                        : !path.rtcp_mux                          ? "a=rtcp-mux"
                                                                  : nullptr;
  if (missing != nullptr) {
    return Error(ErrorCode::kInvalidValue, std::string("a browser's offer of audio has ") + missing);
  }
  if (path.dtls_client) {
    return Error(ErrorCode::kInvalidValue, "the offer says a=setup:passive; the browser must begin DTLS: say actpass");
  }
  return out;
}

LocalAudio local_of(const OurBrowser& ours) {
  LocalAudio local;
  // Without ICE this would be where to send; browsers want it to be one of the candidates (RFC 8839 section 4.2.1.2).
  if (!ours.candidates.empty()) local.rtp = ours.candidates[0].at;
  local.session_id = ours.session_id;
  local.version = 1;
  local.codecs = codecs_of(ours.prefer);
  local.direction = ours.direction;
  local.allow_plain = false;
  local.allow_sdes = false;
  std::string_view bytes = ours.fingerprint;
  const std::string_view hash = take_until(bytes, ' ');
  local.dtls = Security{ours.ufrag, ours.password, {{std::string(hash), std::string(bytes)}}, Setup::kNone};
  for (const HostCandidate& c : ours.candidates) {
    local.candidates.push_back({c.foundation, 1, "udp", c.priority, c.at.ip.text(), c.at.port, "host", ""});
  }
  return local;
}

}  // namespace

IpFamily family_of_audio(const Session& offer) {
  for (const Media& m : offer.media) {
    if (m.kind != MediaKind::kAudio || m.port == 0) continue;
    const auto ip = IpAddress::parse(offer.connection_of(m));
    return ip ? ip->family : IpFamily::kNone;
  }
  return IpFamily::kNone;
}

Result<SipAnswer> answer_sip(const Session& offer, const OurAudio& ours, const Session* before) {
  auto agreed = answer_with_one_codec(offer, local_of(ours));
  if (!agreed) return agreed.error();
  SipAnswer out{std::move(agreed->local), {}};
  if (!agree(agreed->path, out.audio)) return wrong_address(agreed->path);
  number_after(out.sdp, before);
  return out;
}

Result<Session> offer_sip(const OurAudio& ours, const Session* before) {
  if (ours.prefer.empty()) return Error(ErrorCode::kInvalidValue, "an offer wants at least one codec");
  if (ours.encryption == Encryption::kRequired && ours.keys.empty()) {
    return Error(ErrorCode::kInvalidValue, "an encrypted offer wants at least one key");
  }
  Session out = make_offer(local_of(ours), before);
  number_after(out, before);
  return out;
}

Result<AgreedAudio> read_sip_answer(const Session& offer, const Session& answer, const OurAudio& ours) {
  const auto path = read_answer(offer, answer, local_of(ours));
  if (!path) return path.error();
  AgreedAudio out;
  if (!agree(*path, out)) return wrong_address(*path);
  return out;
}

Result<BrowserOffer> read_browser_offer(const Session& offer, const std::vector<Voice>& prefer, Direction direction) {
  OurBrowser ours;
  ours.prefer = prefer;
  ours.direction = direction;
  const auto agreed = answer_with_one_codec(offer, local_of(ours));
  if (!agreed) return agreed.error();
  return peer_of(agreed->path);
}

Result<BrowserAnswer> answer_browser(const Session& offer, const OurBrowser& ours, const Session* before) {
  if (ours.candidates.empty() || ours.ufrag.empty() || ours.fingerprint.empty()) {
    return Error(ErrorCode::kInvalidValue, "an answer to a browser wants our ICE names, fingerprint and a candidate");
  }
  auto agreed = answer_with_one_codec(offer, local_of(ours));
  if (!agreed) return agreed.error();
  auto peer = peer_of(agreed->path);
  if (!peer) return peer.error();
  BrowserAnswer out{std::move(agreed->local), std::move(*peer)};
  for (Media& m : out.sdp.media) {
    // Pages find the sound as a stream with a name.
    if (m.port != 0 && m.direction && sends(*m.direction)) m.others.push_back({"msid", "carillon audio"});
  }
  number_after(out.sdp, before);
  return out;
}

}  // namespace carillon::voice::sdp
