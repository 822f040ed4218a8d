// What the switchboard asks of session descriptions: answer a telephone or a browser, offer, read an answer; keys included.
//
// What:   over offer_answer.h, with the choices a call makes: one codec in each answer (so that media needs one decoder a leg),
//         the browser always the DTLS client of one ICE-lite port, keys as bytes, one growing version a description.
// Why:    whoever connects calls says what it wants and gets what media and transport take; nothing of SDP stays with it.
// Errors: kInvalidValue with what could not be agreed: answer 488, or tell the page.
// Thread: any; plain values and functions.
// Limits: those of sdp.h. Other media (video, data, fax) are refused in their place with port 0.
// Example:
//   Result<Session> offer = parse(body);
//   Result<SipAnswer> answer = answer_sip(*offer, {.rtp = reachable, .session_id = random});
//   if (!answer) return stack.reject(now, leg, 488);
//   engine.set_format(leg, format_of(answer->audio)), stack.answer(now, leg, print(answer->sdp));
//
//   Result<BrowserOffer> wish = read_browser_offer(*offer);                // its ICE names and fingerprint open the leg ..
//   Result<BrowserAnswer> answer = answer_browser(*offer, {.ufrag = ..});  // .. whose own go into the answer
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "voice/sdp/sdp.h"

namespace carillon::voice::sdp {

// In the order of media::Codec.
enum class Voice : std::uint8_t { kPcmu, kPcma, kOpus };

// Master key and salt behind one another, and the suite as RFC 4568 or RFC 7714 names it: AES_CM_128_HMAC_SHA1_80 and _32
// (30 bytes), AEAD_AES_128_GCM (28).
struct SdesKey {
  std::string suite;
  std::vector<std::uint8_t> bytes;
  bool operator==(const SdesKey&) const = default;
};

enum class Encryption : std::uint8_t {
  kNever,     // offers with keys are refused
  kAllowed,   // answers as is offered; offers plain
  kRequired,  // refuses plain offers; offers SDES
};

// What this side of a telephone's leg can do now.
struct OurAudio {
  Endpoint rtp;                  // what the peer can reach: the public address where there is one
  std::uint64_t session_id = 0;  // a random number, the same for all descriptions of a leg
  std::vector<Voice> prefer = {Voice::kPcmu, Voice::kPcma};  // the first that is offered is taken; others are refused
  Direction direction = Direction::kSendRecv;                // kSendOnly puts the peer on hold with music
  bool rtcp_mux = true;
  Encryption encryption = Encryption::kAllowed;
  std::vector<SdesKey> keys;  // of this leg alone, best suite first; empty: SDES is refused
};

// What both sides agreed on, as media takes it.
struct AgreedAudio {
  Voice codec = Voice::kPcmu;
  std::uint8_t send_payload = 0;  // what the peer wants to get; in an answer of ours both are the same
  std::uint8_t receive_payload = 0;
  int send_event = -1;  // telephone-event; -1: digits go in band or by INFO
  int receive_event = -1;
  std::uint32_t event_clock = 8000;
  bool send = true, receive = true;  // as media::Format says it
  bool held_by_peer = false;         // the peer sends nothing: music of ours is not wanted either, unless `send`
  bool several = false;            // the peer may change to another common codec: offer this one alone, if that matters
  std::optional<Endpoint> remote;  // nothing: unknown (a host name, hold as RFC 2543 had it, ICE)
  std::optional<Endpoint> remote_rtcp;
  bool rtcp_mux = false;
  std::uint16_t ptime = 20;                   // what the peer wants, ms
  std::optional<SdesKey> our_key, their_key;  // both or none
  bool operator==(const AgreedAudio&) const = default;
};

struct SipAnswer {
  Session sdp;
  AgreedAudio audio;
};

// Which family of address to answer with; kNone where the offer does not say (a host name, no audio).
IpFamily family_of_audio(const Session& offer);

// `before` is what this side sent last on this leg, nullptr at first: the version grows only with a change (RFC 3264 section 8).
Result<SipAnswer> answer_sip(const Session& offer, const OurAudio& ours, const Session* before = nullptr);
// With `encryption` kRequired and no keys there is nothing to offer.
Result<Session> offer_sip(const OurAudio& ours, const Session* before = nullptr);
// `offer` is what offer_sip() gave with the same `ours`.
Result<AgreedAudio> read_sip_answer(const Session& offer, const Session& answer, const OurAudio& ours);

// -- browsers (RFC 8829; ICE-lite, RFC 8445 section 2.5)

struct BrowserOffer {
  AgreedAudio audio;
  std::string ufrag, password;  // of the browser; others than before: an ICE restart
  std::string fingerprint;      // "sha-256 AB:CD:.."
};

struct HostCandidate {
  std::string foundation;
  std::uint32_t priority = 0;
  Endpoint at;
};

// Ours, as webrtc::LocalTransport has them.
struct OurBrowser {
  std::string ufrag, password;
  std::string fingerprint;                // "sha-256 AB:CD:.."
  std::vector<HostCandidate> candidates;  // one for each family, at least one
  std::uint64_t session_id = 0;
  std::vector<Voice> prefer = {Voice::kPcmu, Voice::kPcma,
                               Voice::kOpus};  // G.711 first: a call to a telephone is a relay
  Direction direction = Direction::kSendRecv;
};

struct BrowserAnswer {
  Session sdp;
  BrowserOffer peer;
};

// Before anything is opened: the codec that will be chosen, and what transport must know of the browser.
Result<BrowserOffer> read_browser_offer(const Session& offer, const std::vector<Voice>& prefer = OurBrowser().prefer,
                                        Direction direction = Direction::kSendRecv);
Result<BrowserAnswer> answer_browser(const Session& offer, const OurBrowser& ours, const Session* before = nullptr);

// -- SDES keys in their text form (RFC 4568 section 6.1)

Crypto crypto_of(const SdesKey& key, std::uint32_t tag);
// Nothing for a suite that is not known here, a key of the wrong length, more than one key, an MKI, or session parameters
// that change what packets look like.
std::optional<SdesKey> key_of(const Crypto& crypto);

}  // namespace carillon::voice::sdp
