// Session descriptions as values (RFC 8866), with what telephony and WebRTC say in them as typed fields.
//
// What:   parse() reads text from outside, print() writes ours. What is not known here is kept as text in `others` and
//         printed where it stood (session or media level).
// Why:    media and signalling decide on fields, never on text; one reader that is bounded serves all peers.
// Errors: parse() gives kInvalidValue with the line that is wrong (in the message and as column).
// Limits: kMost...; beyond them is an error, not a truncation.
// Thread: any; plain values.
// Example:
//   Result<Session> offer = parse(text);
//   if (offer && !offer->media.empty() && offer->media[0].kind == MediaKind::kAudio) use(offer->media[0].codecs);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "voice/wire/address.h"

namespace carillon::voice::sdp {

inline constexpr std::size_t kMostBytes = 32768;
inline constexpr std::size_t kMostLines = 1000;
inline constexpr std::size_t kMostMedia = 16;
inline constexpr std::size_t kMostFormats = 64;     // of one medium
inline constexpr std::size_t kMostCandidates = 64;  // of one medium
inline constexpr std::size_t kMostCryptos = 16;     // of one medium

enum class MediaKind : std::uint8_t { kAudio, kVideo, kImage, kOther };
enum class Direction : std::uint8_t {
  kInactive = 0,
  kSendOnly = 1,
  kRecvOnly = 2,
  kSendRecv = 3
};  // bits: 1 send, 2 receive
enum class Setup : std::uint8_t { kNone, kActive, kPassive, kActpass, kHoldconn };
// How packets travel: plain RTP, RTP with keys in the description (SDES), or keys by DTLS.
enum class Profile : std::uint8_t { kAvp, kAvpf, kSavp, kSavpf, kDtlsSavp, kDtlsSavpf, kUdptl, kOther };

constexpr bool sends(Direction d) { return (static_cast<int>(d) & 1) != 0; }
constexpr bool receives(Direction d) { return (static_cast<int>(d) & 2) != 0; }
constexpr Direction direction_of(bool send, bool receive) {
  return static_cast<Direction>((send ? 1 : 0) | (receive ? 2 : 0));
}
// What the other side calls it: send-only there is receive-only here.
constexpr Direction reversed(Direction d) { return direction_of(receives(d), sends(d)); }

struct Codec {
  std::uint8_t payload = 0;  // 0-127
  std::string name;          // as written: "PCMU", "opus"
  std::uint32_t clock = 8000;
  std::uint8_t channels = 1;
  std::string fmtp;                   // "" when none
  std::vector<std::string> feedback;  // a=rtcp-fb values
  bool operator==(const Codec&) const = default;
};

struct Candidate {  // RFC 8839
  std::string foundation;
  std::uint16_t component = 1;
  std::string transport;  // "udp"
  std::uint32_t priority = 0;
  std::string host;  // an address, or a name such as x.local
  std::uint16_t port = 0;
  std::string type;  // "host", "srflx", ..
  std::string more;  // raddr, rport and others, as written
  bool operator==(const Candidate&) const = default;
};

struct Crypto {  // RFC 4568
  std::uint32_t tag = 1;
  std::string suite;  // "AES_CM_128_HMAC_SHA1_80"
  std::string key;    // base64, after "inline:", without lifetime and MKI
  std::string more;   // lifetime, MKI and session parameters, as written
  bool operator==(const Crypto&) const = default;
};

struct Fingerprint {  // RFC 8122
  std::string hash;   // lower case: "sha-256"
  std::string bytes;  // upper case, with colons
  bool operator==(const Fingerprint&) const = default;
};

struct Attribute {
  std::string name;
  std::string value;  // "" for a flag
  bool operator==(const Attribute&) const = default;
};

// What ICE and DTLS say, at session or media level.
struct Security {
  std::string ice_ufrag, ice_pwd;
  std::vector<Fingerprint> fingerprints;
  Setup setup = Setup::kNone;
  bool operator==(const Security&) const = default;
};

struct Media {
  MediaKind kind = MediaKind::kAudio;
  std::string kind_text = "audio";
  std::uint16_t port = 0;  // 0: rejected
  Profile profile = Profile::kAvp;
  std::string profile_text = "RTP/AVP";
  std::vector<std::string> formats;  // as written; for RTP the payload numbers of `codecs`
  std::vector<Codec> codecs;         // RTP only, in order of preference, static payloads filled in
  std::string connection;            // host of c=, "" when only the session has one
  std::string bandwidth;             // "AS:64", "" when none
  std::optional<Direction> direction;
  std::uint16_t ptime = 0, maxptime = 0;  // milliseconds, 0 when not said
  bool rtcp_mux = false;
  std::uint16_t rtcp_port = 0;  // a=rtcp, 0 when not said
  std::string mid;
  Security security;
  std::vector<Candidate> candidates;
  bool end_of_candidates = false;
  std::vector<Crypto> cryptos;
  std::vector<Attribute> others;

  bool is_rtp() const { return profile != Profile::kUdptl && profile != Profile::kOther; }
  bool operator==(const Media&) const = default;
};

struct Session {
  std::string user = "-";
  std::uint64_t id = 0, version = 0;
  std::string origin_host = "0.0.0.0";
  std::string name = "-";
  std::string connection;  // host of c=, "" when none
  std::string bandwidth;
  std::optional<Direction> direction;
  std::vector<std::string> bundle;  // mids of a=group:BUNDLE
  bool ice_lite = false;
  Security security;
  std::vector<Attribute> others;
  std::vector<Media> media;

  // With what the session level says where the medium is silent.
  Direction direction_of_media(const Media& m) const;
  std::string_view connection_of(const Media& m) const;
  Security security_of(const Media& m) const;
  // Where RTP goes; nothing when the host is a name or there is none.
  std::optional<Endpoint> endpoint_of(const Media& m) const;
  bool operator==(const Session&) const = default;
};

Result<Session> parse(std::string_view text);
std::string print(const Session& session);

std::string_view profile_name(Profile profile);

}  // namespace carillon::voice::sdp
