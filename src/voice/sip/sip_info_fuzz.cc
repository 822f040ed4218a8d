// Goal: a body of INFO gives a digit or nothing, whatever it is, and never reaches a trace.
// Input: one byte for the content type, then the body.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "voice/sip/fields.h"

using namespace carillon;
using namespace carillon::voice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static constexpr const char* kTypes[] = {"application/dtmf-relay", "application/dtmf", "Application/DTMF-Relay;x=y",
                                           "text/plain"};
  const char* type = kTypes[data[0] % std::size(kTypes)];
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string head =
      std::string("INFO sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\r\n") +
      "From: <sip:b@127.0.0.1>;tag=1\r\nTo: <sip:a@127.0.0.1>;tag=2\r\nCall-ID: 1\r\n" +
      "CSeq: 2 INFO\r\nContent-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  sip::Message message;
  if (message.read(head + body, sip::Framing::kDatagram) != sip::Fault::kNone) return 0;
  CARILLON_CHECK(message.body() == body);
  if (const auto dtmf = sip::read_dtmf(message)) {
    CARILLON_CHECK(std::string("0123456789*#ABCD").find(dtmf->first) != std::string::npos);
    CARILLON_CHECK(dtmf->second >= 0 && dtmf->second <= 10000);
    CARILLON_CHECK(data[0] % std::size(kTypes) != 3);
  }
  const std::string trace = sip::traceable(message);
  CARILLON_CHECK(trace == head + std::string(body.size(), 'x'));
  return 0;
}
