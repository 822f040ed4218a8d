#include "voice/sdp/offer_answer.h"

#include "voice/sdp/negotiation.h"
#include "voice/wire/text.h"

namespace carillon::voice::sdp {
namespace {

bool is_event(const Codec& codec) { return iequals(codec.name, "telephone-event"); }
bool is_noise(const Codec& codec) { return iequals(codec.name, "CN"); }

bool same_codec(const Codec& a, const Codec& b) {
  return iequals(a.name, b.name) && a.clock == b.clock && a.channels == b.channels;
}

const Codec* find(const std::vector<Codec>& codecs, const Codec& wanted) {
  for (const Codec& codec : codecs) {
    if (same_codec(codec, wanted)) return &codec;
  }
  return nullptr;
}

bool is_dtls(Profile p) { return p == Profile::kDtlsSavp || p == Profile::kDtlsSavpf; }
bool is_sdes(Profile p) { return p == Profile::kSavp || p == Profile::kSavpf; }

// Some offer SDES keys on plain RTP/AVP as "if you can"; the profile decides, so those are plain.
Keys keys_of(const Session& session, const Media& m) {
  if (is_dtls(m.profile)) return Keys::kDtls;
  if (!is_sdes(m.profile)) return Keys::kNone;
  return m.cryptos.empty() && !session.security_of(m).fingerprints.empty() ? Keys::kDtls : Keys::kSdes;
}

Session blank(const LocalAudio& local) {
  Session out;
  out.id = local.session_id;
  out.version = local.version;
  out.origin_host = local.rtp.ip.text();
  out.connection = out.origin_host;
  return out;
}

void add_dtls(Session& session, Media& m, const LocalAudio& local, Setup setup) {
  m.security = *local.dtls;
  m.security.setup = setup;
  if (m.security.ice_ufrag.empty()) return;
  session.ice_lite = local.ice_lite;
  m.candidates = local.candidates;
  m.end_of_candidates = true;
}

Media declined(const Media& offered) {
  Media m;
  m.kind = offered.kind;
  m.kind_text = offered.kind_text;
  m.profile = offered.profile;
  m.profile_text = offered.profile_text;
  m.formats = offered.formats;
  m.mid = offered.mid;
  m.port = 0;
  return m;
}

// Port 0 switches a medium off, unless it shares the port of another (RFC 8843 section 6).
bool is_off(const Media& m) {
  if (m.port != 0) return false;
  for (const Attribute& other : m.others) {
    if (other.name == "bundle-only") return m.mid.empty();
  }
  return true;
}

// Can this medium be answered with what we have?
const char* why_not(const Session& offer, const Media& m, const LocalAudio& local) {
  if (m.kind != MediaKind::kAudio || !m.is_rtp() || is_off(m)) return "no audio over RTP is offered";
  const Keys keys = keys_of(offer, m);
  if (keys == Keys::kNone && !local.allow_plain) return "audio without encryption is not taken here";
  if (keys == Keys::kDtls) {
    if (!local.dtls) return "DTLS is not offered by this side";
    if (offer.security_of(m).fingerprints.empty()) return "DTLS without a fingerprint";
  }
  if (keys == Keys::kSdes) {
    if (!local.allow_sdes) return "SDES is not taken here";
    bool common = false;
    for (const Crypto& theirs : m.cryptos) {
      for (const Crypto& ours : local.sdes) common = common || (ours.suite == theirs.suite && key_of(theirs));
    }
    if (!common) return "no common SRTP suite";
  }
  for (const Codec& codec : m.codecs) {
    if (!is_event(codec) && !is_noise(codec) && find(local.codecs, codec)) return nullptr;
  }
  return "no common codec";
}

// Fills the half of the path that follows from the peer's medium.
void read_peer(AudioPath& path, const Session& session, const Media& m, Direction ours) {
  const Direction theirs = session.direction_of_media(m);
  std::optional<Endpoint> remote = session.endpoint_of(m);
  // c=0.0.0.0 is how RFC 2543 put a call on hold; with ICE it says only that candidates come later.
  const bool ice = !m.candidates.empty() || !session.security_of(m).ice_ufrag.empty();
  const bool black_hole = remote && remote->ip.is_unspecified() && !ice;
  path.receives_from_peer = sends(theirs) && !black_hole;
  path.direction = direction_of(sends(ours) && receives(theirs) && !black_hole, receives(ours) && sends(theirs));
  path.remote = remote && !remote->ip.is_unspecified() ? remote : std::nullopt;
  path.rtcp_mux = m.rtcp_mux;
  path.remote_rtcp_port = m.rtcp_mux         ? m.port
                          : m.rtcp_port != 0 ? m.rtcp_port
                                             : static_cast<std::uint16_t>(m.port == 65535 ? 0 : m.port + 1);
  if (m.ptime >= 10 && m.ptime <= 60) path.ptime = m.ptime;
  path.keys = keys_of(session, m);
  if (path.keys == Keys::kDtls) {
    path.remote_dtls = session.security_of(m);
    path.remote_candidates = m.candidates;
  }
}

// Takes the common codecs: `theirs` has the numbers to send with, `ours` those to receive with, in the order of `order`.
bool take_codecs(AudioPath& path, const std::vector<Codec>& order, const std::vector<Codec>& theirs,
                 const std::vector<Codec>& ours) {
  bool found = false;
  for (const Codec& wanted : order) {
    const Codec* send = find(theirs, wanted);
    const Codec* receive = find(ours, wanted);
    if (send == nullptr || receive == nullptr) continue;
    if (is_noise(*send)) {
      path.comfort_noise = send->payload;
    } else if (!is_event(*send)) {
      if (!found) {
        path.codec = *send;
        path.receive_payload = receive->payload;
      } else {
        path.also.push_back(*receive);
      }
      found = true;
    }
  }
  if (!found) return false;
  // DTMF wants the clock of the voice where there is a choice; otherwise any clock is better than none.
  for (const bool exact : {true, false}) {
    for (const Codec& codec : theirs) {
      if (!is_event(codec) || path.dtmf_send || (exact && codec.clock != path.codec.clock)) continue;
      if (const Codec* receive = find(ours, codec)) {
        path.dtmf_send = codec.payload, path.dtmf_receive = receive->payload, path.dtmf_clock = codec.clock;
      }
    }
  }
  return true;
}

void answer_keys(Agreed& out, Media& m, const Session& offer, const Media& offered, const LocalAudio& local) {
  if (out.path.keys == Keys::kSdes) {
    // The answer takes one of the offered suites and keeps its tag (RFC 4568 section 5.1.2).
    for (const Crypto& theirs : offered.cryptos) {
      for (const Crypto& ours : local.sdes) {
        if (ours.suite != theirs.suite || !m.cryptos.empty() || !key_of(theirs)) continue;
        Crypto mine = ours;
        mine.tag = theirs.tag;
        out.path.sdes_send = mine, out.path.sdes_receive = theirs;
        m.cryptos.push_back(std::move(mine));
      }
    }
  } else if (out.path.keys == Keys::kDtls) {
    const Setup theirs = offer.security_of(offered).setup;
    // Passive where the peer lets us: the browser is then the client, and no packet of ours has to open its door.
    const Setup ours = theirs == Setup::kPassive ? Setup::kActive : Setup::kPassive;
    out.path.dtls_client = ours == Setup::kActive;
    add_dtls(out.local, m, local, ours);
  }
}

}  // namespace

Codec codec_pcmu() { return {0, "PCMU", 8000, 1, "", {}}; }
Codec codec_pcma() { return {8, "PCMA", 8000, 1, "", {}}; }
Codec codec_opus(std::uint8_t payload) { return {payload, "opus", 48000, 2, "minptime=10;useinbandfec=1", {}}; }
Codec codec_telephone_event(std::uint8_t payload, std::uint32_t clock) {
  return {payload, "telephone-event", clock, 1, "0-16", {}};
}

Session make_offer(const LocalAudio& local, const Session* before) {
  Session out = blank(local);
  Media m;
  m.port = local.rtp.port;
  m.codecs = local.codecs;
  m.direction = local.direction;
  m.ptime = local.ptime;
  m.rtcp_mux = local.rtcp_mux;
  m.profile = local.keys == Keys::kNone   ? Profile::kAvp
              : local.keys == Keys::kSdes ? Profile::kSavp
                                          : Profile::kDtlsSavpf;
  m.profile_text = profile_name(m.profile);
  if (local.keys == Keys::kSdes) m.cryptos = local.sdes;
  std::size_t place = 0;
  if (before != nullptr) {
    // A medium is never taken out of the list, only switched off (section 8.2).
    while (place < before->media.size() && before->media[place].kind != MediaKind::kAudio) ++place;
    for (const Media& old : before->media) out.media.push_back(declined(old));
    if (place < before->media.size()) m.mid = before->media[place].mid;
  }
  if (local.keys == Keys::kDtls && local.dtls) {
    if (m.mid.empty()) m.mid = "0";
    out.bundle.push_back(m.mid);
    add_dtls(out, m, local, Setup::kActpass);
  }
  if (place < out.media.size()) {
    out.media[place] = std::move(m);
  } else {
    out.media.push_back(std::move(m));
  }
  return out;
}

Result<Agreed> make_answer(const Session& offer, const LocalAudio& local) {
  const char* why = "no audio is offered";
  std::size_t chosen = offer.media.size();
  for (std::size_t i = 0; i < offer.media.size() && chosen == offer.media.size(); ++i) {
    const char* wrong = why_not(offer, offer.media[i], local);
    if (wrong == nullptr) {
      chosen = i;
    } else if (offer.media[i].kind == MediaKind::kAudio) {
      why = wrong;
    }
  }
  if (chosen == offer.media.size()) {
    return Error(ErrorCode::kInvalidValue, std::string("the offer cannot be taken: ") + why);
  }
  Agreed out{blank(local), {}};
  const Media& offered = offer.media[chosen];
  read_peer(out.path, offer, offered, local.direction);
  Media m = declined(offered);
  m.port = local.rtp.port;
  m.formats.clear();
  for (const Codec& ours : local.codecs) {
    const Codec* theirs = find(offered.codecs, ours);
    if (theirs == nullptr || (is_event(ours) && theirs->clock != ours.clock)) continue;
    Codec codec = ours;
    codec.payload = theirs->payload;  // both directions with one number: peers expect it
    m.codecs.push_back(std::move(codec));
  }
  m.direction = direction_of(sends(local.direction) && receives(offer.direction_of_media(offered)),
                             receives(local.direction) && sends(offer.direction_of_media(offered)));
  m.ptime = out.path.ptime;
  m.rtcp_mux = offered.rtcp_mux && local.rtcp_mux;
  out.path.rtcp_mux = m.rtcp_mux;
  take_codecs(out.path, local.codecs, offered.codecs, m.codecs);
  answer_keys(out, m, offer, offered, local);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    out.local.media.push_back(i == chosen ? m : declined(offer.media[i]));
  }
  for (const std::string& mid : offer.bundle) {
    if (mid == m.mid) out.local.bundle.push_back(mid);
  }
  return out;
}

Result<AudioPath> read_answer(const Session& offer, const Session& answer, const LocalAudio& local) {
  if (answer.media.size() != offer.media.size()) {
    return Error(ErrorCode::kInvalidValue, "the answer has another number of media than the offer");
  }
  std::size_t at = 0;
  while (at < offer.media.size() && (offer.media[at].kind != MediaKind::kAudio || offer.media[at].port == 0)) ++at;
  if (at == offer.media.size() || answer.media[at].port == 0 || answer.media[at].kind != MediaKind::kAudio) {
    return Error(ErrorCode::kInvalidValue, "the answer declines the audio");
  }
  const Media &ours = offer.media[at], &theirs = answer.media[at];
  AudioPath path;
  read_peer(path, answer, theirs, local.direction);
  if (path.keys != keys_of(offer, ours))
    return Error(ErrorCode::kInvalidValue, "the answer changes how audio is encrypted");
  path.rtcp_mux = path.rtcp_mux && ours.rtcp_mux;
  if (!take_codecs(path, theirs.codecs, theirs.codecs, ours.codecs)) {
    return Error(ErrorCode::kInvalidValue, "the answer has none of the offered codecs");
  }
  if (path.keys == Keys::kSdes) {
    for (const Crypto& mine : ours.cryptos) {
      if (theirs.cryptos.size() == 1 && mine.tag == theirs.cryptos[0].tag && mine.suite == theirs.cryptos[0].suite &&
          key_of(theirs.cryptos[0])) {
        path.sdes_send = mine, path.sdes_receive = theirs.cryptos[0];
      }
    }
    if (!path.sdes_send) return Error(ErrorCode::kInvalidValue, "the answer takes none of the offered SRTP suites");
  }
  if (path.keys == Keys::kDtls) {
    if (path.remote_dtls->fingerprints.empty()) return Error(ErrorCode::kInvalidValue, "the answer has no fingerprint");
    path.dtls_client = path.remote_dtls->setup == Setup::kPassive;
  }
  return path;
}

}  // namespace carillon::voice::sdp
