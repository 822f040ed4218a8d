// Goal: no bytes make the readers of messages misbehave; what is read points into the message; a URI prints as itself; a
// stream gives the same messages in whatever pieces it comes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "voice/sip/check.h"
#include "voice/sip/digest.h"
#include "voice/sip/fields.h"
#include "voice/sip/framer.h"
#include "voice/sip/response.h"
#include "voice/sip/uri.h"

using namespace carillon::voice::sip;

namespace {

int pieces(std::string_view text, std::size_t size) {
  StreamFramer framer;
  int n = 0;
  for (std::size_t at = 0; at < text.size(); at += size) {
    framer.feed(text.substr(at, size));
    while (framer.take()) ++n;
  }
  return n;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  CARILLON_CHECK(pieces(text, text.size() + 1) == pieces(text, 7));
  (void)read_digest(text);
  (void)read_challenge(text);
  if (const auto uri = Uri::parse(text)) {
    const auto again = Uri::parse(uri->text());
    CARILLON_CHECK(again && again->text() == uri->text() && uri->same_as(*again));
  }
  Message message;
  if (message.read(text, Framing::kDatagram) == Fault::kNotSip) return 0;
  const std::string_view whole = message.text();
  message.each_field([&](Header, std::string_view name, std::string_view value) {
    CARILLON_CHECK(name.data() >= whole.data() && name.data() + name.size() <= whole.data() + whole.size());
    CARILLON_CHECK(value.data() >= whole.data() && value.data() + value.size() <= whole.data() + whole.size());
    while (const auto one = next_value(value)) {
      if (const auto address = read_name_addr(*one)) (void)party_of(*address);
      (void)read_via(*one);
    }
  });
  (void)body_of_type(message, "application/sdp");
  (void)read_dtmf(message);
  (void)traceable(message);
  if (message.is_request()) {
    const bool fine = check_request(message).fine();
    // An answer of ours is a message that we would read.
    const std::string answer =
        ResponseHead(message, Flow::datagram(0, {carillon::voice::IpAddress::v4(192, 0, 2, 1), 5060}))
            .compose({200, {}, "tag", {}, {}, {}});
    Message response;
    CARILLON_CHECK(response.read(answer, Framing::kDatagram) == Fault::kNone || !fine);
    if (fine) CARILLON_CHECK(check_response(response) && response.call_id() == message.call_id());
  } else {
    (void)check_response(message);
  }
  return 0;
}
