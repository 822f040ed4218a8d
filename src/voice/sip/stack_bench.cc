// What a call costs the answering side: SIPp's uac scenario (INVITE, 180, 200, ACK, BYE, 200), and other small costs.
#include <benchmark/benchmark.h>

#include "voice/sip/stack.h"
#include "voice/sip/testing/real_hashes.h"
#include "voice/sip/testing/world.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

const std::string kSdp =
    "v=0\r\no=user1 53655765 2353687637 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP "
    "0\r\n"
    "a=rtpmap:0 PCMU/8000\r\n";

std::string request(const char* method, std::uint64_t call, const std::string& to_tag, int cseq,
                    const std::string& body) {
  const std::string id = std::to_string(call);
  std::string out =
      std::string(method) + " sip:service@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bK-" +
      id + "-" + std::to_string(cseq) + method + "\r\nFrom: sipp <sip:sipp@127.0.0.1:5061>;tag=" + id +
      "SIPpTag001\r\nTo: service <sip:service@127.0.0.1:5060>" + (to_tag.empty() ? "" : ";tag=" + to_tag) +
      "\r\nCall-ID: " + id + "-12345@127.0.0.1\r\nCSeq: " + std::to_string(cseq) + " " +
      (std::string(method) == "ACK" ? "ACK" : method) +
      "\r\nContact: sip:sipp@127.0.0.1:5061\r\nMax-Forwards: 70\r\nSubject: Performance Test\r\n";
  if (!body.empty()) out += "Content-Type: application/sdp\r\n";
  return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The messages are made beforehand for many calls, so that only the stack is measured. `live` calls stay up meanwhile.
void uac_scenario(benchmark::State& state) {
  Settings settings = World::accepting();
  const Endpoint us{IpAddress::v4(127, 0, 0, 1), 5060}, peer{IpAddress::v4(127, 0, 0, 1), 5061};
  settings.listeners.push_back({Transport::kUdp, us, {}});
  RealHashes hashes;
  Stack stack(settings, {1, 2}, hashes);
  const Flow flow = Flow::datagram(0, peer);
  Instant now{1'000'000'000'000};
  Outputs out;
  std::uint64_t call = 0, bytes = 0;
  const auto begin = [&](std::uint64_t n) {
    stack.receive(now, flow, request("INVITE", n, "", 1, kSdp));
    stack.drain(out);
    const LegId leg = std::get<IncomingCall>(out.events.at(0)).leg;
    (void)stack.ring(now, leg);
    (void)stack.answer(now, leg, kSdp);
    stack.drain(out);
    const std::string& ok = out.sends.at(1).bytes;
    const std::size_t tag = ok.find(";tag=", ok.find("\r\nTo:")) + 5;
    return ok.substr(tag, 24);
  };
  for (int i = 0; i < state.range(0); ++i) {
    const std::string tag = begin(++call);
    stack.receive(now, flow, request("ACK", call, tag, 1, ""));
    stack.drain(out);
  }
  for (auto _ : state) {
    state.PauseTiming();
    ++call;
    now = now + Duration::micros(1250);  // 800 calls a second
    const std::string invite = request("INVITE", call, "", 1, kSdp);
    state.ResumeTiming();
    stack.receive(now, flow, invite);
    stack.drain(out);
    const LegId leg = std::get<IncomingCall>(out.events.at(0)).leg;
    (void)stack.ring(now, leg);
    (void)stack.answer(now, leg, kSdp);
    stack.drain(out);
    state.PauseTiming();
    const std::string& ok = out.sends.at(1).bytes;
    const std::string tag = ok.substr(ok.find(";tag=", ok.find("\r\nTo:")) + 5, 24);
    const std::string ack = request("ACK", call, tag, 1, ""), bye = request("BYE", call, tag, 2, "");
    state.ResumeTiming();
    stack.receive(now, flow, ack);
    stack.drain(out);
    stack.receive(now, flow, bye);
    stack.drain(out);
    bytes += out.sends.at(0).bytes.size();
    stack.tick(now);
  }
  benchmark::DoNotOptimize(bytes);
}
BENCHMARK(uac_scenario)->Arg(0)->Arg(10000);

// Steady 800 calls a second for a minute of simulated time, making the requests included: an upper bound without the
// clock being stopped in between.
void uac_scenario_whole(benchmark::State& state) {
  Settings settings = World::accepting();
  const Endpoint us{IpAddress::v4(127, 0, 0, 1), 5060}, peer{IpAddress::v4(127, 0, 0, 1), 5061};
  settings.listeners.push_back({Transport::kUdp, us, {}});
  RealHashes hashes;
  Stack stack(settings, {1, 2}, hashes);
  const Flow flow = Flow::datagram(0, peer);
  Instant now{1'000'000'000'000};
  Outputs out;
  std::uint64_t call = 0;
  for (auto _ : state) {
    ++call;
    now = now + Duration::micros(1250);
    stack.receive(now, flow, request("INVITE", call, "", 1, kSdp));
    stack.drain(out);
    const LegId leg = std::get<IncomingCall>(out.events.at(0)).leg;
    (void)stack.ring(now, leg);
    (void)stack.answer(now, leg, kSdp);
    stack.drain(out);
    const std::string& ok = out.sends.at(1).bytes;
    const std::string tag = ok.substr(ok.find(";tag=", ok.find("\r\nTo:")) + 5, 24);
    stack.receive(now, flow, request("ACK", call, tag, 1, ""));
    stack.receive(now, flow, request("BYE", call, tag, 2, ""));
    stack.drain(out);
    stack.tick(now);
  }
}
BENCHMARK(uac_scenario_whole);

void parse_invite(benchmark::State& state) {
  const std::string text = request("INVITE", 1, "", 1, kSdp);
  for (auto _ : state) {
    Message message;
    benchmark::DoNotOptimize(message.read(text, Framing::kDatagram));
  }
}
BENCHMARK(parse_invite);

// A stranger's message that is dropped.
void drop_stranger(benchmark::State& state) {
  Settings settings;
  settings.unknown = UnknownCalls::kSilence;
  settings.listeners.push_back({Transport::kUdp, {IpAddress::v4(127, 0, 0, 1), 5060}, {}});
  RealHashes hashes;
  Stack stack(settings, {1, 2}, hashes);
  const std::string text = request("OPTIONS", 1, "", 1, "");
  const Flow flow = Flow::datagram(0, {IpAddress::v4(203, 0, 113, 5), 5061});
  for (auto _ : state) stack.receive(Instant{1'000'000'000'000}, flow, text);
}
BENCHMARK(drop_stranger);

}  // namespace
}  // namespace carillon::voice::sip
