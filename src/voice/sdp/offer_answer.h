// Offer and answer for an audio call (RFC 3264, 8829 for browsers), with hold, SDES and DTLS keys.
//
// What:   LocalAudio is what this side can do at this moment; make_offer() and make_answer() turn it into a description,
//         and what both agreed on comes out as AudioPath, the one thing media needs. Other media in an offer are declined
//         with port 0, in their place (section 6).
// Why:    one definition of what two sides agree on, for telephones, trunks and browsers alike.
// Errors: kInvalidValue with what could not be agreed (answer 488): no audio, no common codec, no acceptable keys.
// Thread: any; plain values and functions.
// Example:
//   Result<Agreed> agreed = make_answer(*parse(offer_text), local);
//   if (!agreed) stack.reject(now, leg, 488); else stack.answer(now, leg, print(agreed->local)), media.start(agreed->path);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "voice/sdp/sdp.h"

namespace carillon::voice::sdp {

enum class Keys : std::uint8_t { kNone, kSdes, kDtls };

struct LocalAudio {
  Endpoint rtp;  // where we receive: what the peer can reach
  std::uint64_t session_id = 0;
  std::uint64_t version = 0;  // grows by one with each description that differs (section 8)
  std::vector<Codec> codecs;  // in order of preference; see codec_pcmu() and others
  Direction direction = Direction::kSendRecv;
  std::uint16_t ptime = 20;
  bool rtcp_mux = true;
  Keys keys = Keys::kNone;       // of an offer; an answer follows the offer
  bool allow_plain = true;       // answer offers without keys
  bool allow_sdes = true;        // answer offers with SDES; needs sdes
  std::vector<Crypto> sdes;      // ours, best first
  std::optional<Security> dtls;  // ICE and DTLS of ours; none: DTLS offers are declined
  std::vector<Candidate> candidates;
  bool ice_lite = true;
};

// What both sides agreed on.
struct AudioPath {
  Codec codec;                            // to send with, with the payload number the peer wants
  std::uint8_t receive_payload = 0;       // of the same codec, towards us
  std::optional<std::uint8_t> dtmf_send;  // telephone-event
  std::optional<std::uint8_t> dtmf_receive;
  std::uint32_t dtmf_clock = 8000;
  std::optional<std::uint8_t> comfort_noise;
  std::vector<Codec> also;                     // further common codecs the peer may send, with our payload numbers
  Direction direction = Direction::kSendRecv;  // from here: does this side send, does it receive
  std::optional<Endpoint> remote;              // nothing when only ICE can tell
  std::uint16_t remote_rtcp_port = 0;
  bool rtcp_mux = false;
  std::uint16_t ptime = 20;
  Keys keys = Keys::kNone;
  std::optional<Crypto> sdes_send, sdes_receive;  // our key, the peer's key
  std::optional<Security> remote_dtls;
  std::vector<Candidate> remote_candidates;
  bool dtls_client = false;  // this side begins the handshake
  bool held_by_peer() const { return !receives_from_peer; }
  bool receives_from_peer = true;  // the peer sends
  bool operator==(const AudioPath&) const = default;
};

struct Agreed {
  Session local;  // to send
  AudioPath path;
};

Codec codec_pcmu();
Codec codec_pcma();
Codec codec_opus(std::uint8_t payload = 111);
Codec codec_telephone_event(std::uint8_t payload = 101, std::uint32_t clock = 8000);

// A first offer, or, when `before` is the description we sent last, the next one: media stay in their places.
Session make_offer(const LocalAudio& local, const Session* before = nullptr);

// The answer to `offer`: its codecs in our order of preference with its payload numbers.
Result<Agreed> make_answer(const Session& offer, const LocalAudio& local);

// What `answer` makes of our `offer`.
Result<AudioPath> read_answer(const Session& offer, const Session& answer, const LocalAudio& local);

}  // namespace carillon::voice::sdp
