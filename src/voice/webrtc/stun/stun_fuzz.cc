// Goal: no bytes make the STUN reader misbehave; views stay within the datagram; what Writer makes of it is read back the same.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "voice/webrtc/stun/stun.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon::stun;
  const auto message = parse({data, size});
  if (!message) return 0;
  CARILLON_CHECK(message->integrity.empty() || message->integrity_covers + 24 <= size);
  CARILLON_CHECK(message->unknown_count <= message->unknown.size());
  Writer out(message->method, message->cls, message->transaction);
  if (message->username.size() <= 256) out.text(kUsername, message->username);
  if (message->priority) out.number32(kPriority, *message->priority);
  if (message->controlling) out.number64(kIceControlling, *message->controlling);
  if (message->mapped) out.xor_address(kXorMappedAddress, *message->mapped);
  if (message->error) out.error(message->error, "again");
  if (message->use_candidate) out.flag(kUseCandidate);
  out.integrity();
  out.fingerprint();
  const auto again = parse(out.bytes());
  CARILLON_CHECK(again && again->method == message->method && again->cls == message->cls);
  CARILLON_CHECK(again->priority == message->priority && again->controlling == message->controlling);
  CARILLON_CHECK(again->mapped == message->mapped && again->error == message->error && again->has_fingerprint);
  CARILLON_CHECK(message->username.size() > 256 || again->username == message->username);
  return 0;
}
