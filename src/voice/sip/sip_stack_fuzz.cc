// Goal: no stream of messages, whatever the host does meanwhile, breaks the stack or stays in it. Method: the input is cut at
// lines of "---"; what begins with '!' is a command of the host; tags, branches and Call-IDs of the stack are put in for
// @TAG, @BRANCH and @CALLID, so that mutated messages get into dialogs.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "voice/sip/stack.h"
#include "voice/sip/testing/real_hashes.h"
#include "voice/sip/testing/world.h"

using namespace carillon;
using namespace carillon::voice;
using namespace carillon::voice::sip;

namespace {

struct Host {
  RealHashes hashes;
  Stack stack;
  Instant now{1'000'000'000'000};
  Outputs out;
  std::vector<sip::LegId> legs;
  std::vector<ConnectionId> connections;
  std::string tag = "x", branch = "z9hG4bKx", call_id = "x";

  static Settings settings() {
    Settings s = World::accepting();
    s.listeners = {{Transport::kUdp, {IpAddress::v4(192, 0, 2, 1), 5060}, {}},
                   {Transport::kTcp, {IpAddress::v4(192, 0, 2, 1), 5060}, {}}};
    s.admission.legs = 50;
    s.trace = true;
    return s;
  }
  Host() : stack(settings(), {1, 2}, hashes) {
    stack.set_account({"AC", "alice", std::string(32, 'a'), std::string(64, 'a')});
    Trunk trunk;
    trunk.id = "T";
    trunk.next_hops = {"sip:192.0.2.9"};
    trunk.user = "u", trunk.password = "p";
    trunk.sources = {{IpAddress::v4(192, 0, 2, 9), 32}};
    CARILLON_CHECK(stack.set_trunk(now, trunk).ok());
    connections.push_back(stack.connection_accepted(now, Transport::kTcp, {IpAddress::v4(192, 0, 2, 9), 7}));
  }

  static void learn(const std::string& text, const std::string& before, const char* end, std::string& into) {
    const std::size_t at = text.find(before);
    if (at != std::string::npos)
      into = text.substr(at + before.size(), text.find_first_of(end, at + before.size()) - at - before.size());
  }

  void take() {
    for (stack.drain(out); !out.empty(); stack.drain(out)) {
      Outputs seen;
      std::swap(seen, out);
      for (const Send& send : seen.sends) {
        CARILLON_CHECK(!send.bytes.empty());
        const bool request = send.bytes.rfind("SIP/2.0", 0) != 0;
        learn(send.bytes, request ? "\r\nFrom: " : "\r\nTo: ", "\r", tag);
        const std::size_t at = tag.find(";tag=");
        if (at != std::string::npos) tag = tag.substr(at + 5);
        if (request) learn(send.bytes, "branch=", ";\r", branch), learn(send.bytes, "Call-ID: ", "\r", call_id);
      }
      for (const OpenConnection& open : seen.opens)
        connections.push_back(open.id), stack.connection_opened(now, open.id);
      for (const CloseConnection& close : seen.closes) stack.connection_closed(now, close.id);
      for (const Lookup& lookup : seen.lookups) stack.resolved(now, lookup.id, {});
      for (const Event& event : seen.events) {
        if (const auto* call = std::get_if<IncomingCall>(&event)) legs.push_back(call->leg), call_id = call->call_id;
      }
    }
  }

  void command(std::string_view text) {
    const sip::LegId leg = legs.empty() ? sip::LegId() : legs.back();
    switch (text.empty() ? ' ' : text[0]) {
      case 'r':
        (void)stack.ring(now, leg, 183, text.size() > 1 ? "v=0\r\n" : "", text.size() > 2);
        break;
      case 'a':
        (void)stack.answer(now, leg, "v=0\r\n");
        break;
      case 'j':
        (void)stack.reject(now, leg, 486);
        break;
      case 'h':
        (void)stack.hang_up(now, leg);
        break;
      case 'o':
        (void)stack.offer(now, leg, "v=0\r\ns=x\r\n");
        break;
      case 'u':
        (void)stack.offer(now, leg, "v=0\r\ns=y\r\n", OfferBy::kUpdate);
        break;
      case 'n':
        (void)stack.answer_offer(now, leg, "v=0\r\n");
        break;
      case 'x':
        (void)stack.accept_refer(now, leg);
        break;
      case 't':
        now = now + Duration::millis(300);
        break;
      case 'T':
        now = now + Duration::minutes(1);
        break;
      case 'c':
        if (!connections.empty()) stack.connection_closed(now, connections.back()), connections.pop_back();
        break;
      case 'i': {
        Invite invite;
        invite.trunk = "T";
        invite.target = "+4930";
        invite.sdp = text.size() > 1 ? "" : "v=0\r\n";
        if (const auto made = stack.invite(now, invite)) legs.push_back(*made);
        break;
      }
      default:
        break;
    }
  }

  std::string filled(std::string text) const {
    const std::pair<const char*, const std::string*> words[] = {
        {"@TAG", &tag}, {"@BRANCH", &branch}, {"@CALLID", &call_id}};
    for (const auto& [word, value] : words) {
      std::size_t at = 0;
      for (int i = 0; i < 4 && (at = text.find(word, at)) != std::string::npos; ++i)
        text.replace(at, std::string_view(word).size(), *value);
    }
    return text;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Host host;
  for (int i = 0; i < 64 && !rest.empty(); ++i) {
    const std::size_t end = rest.find("\n---\n");
    const std::string_view piece = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 5);
    if (!piece.empty() && piece[0] == '!') {
      host.command(piece.substr(1));
    } else if (!piece.empty() && piece[0] == '>' && !host.connections.empty()) {
      Flow flow{Transport::kTcp, 0, host.connections.back(), {}};
      host.stack.receive(host.now, flow, host.filled(std::string(piece.substr(1))));
    } else {
      host.stack.receive(host.now, Flow::datagram(0, {IpAddress::v4(192, 0, 2, 9), 5060}),
                         host.filled(std::string(piece)));
    }
    host.take();
    host.stack.tick(host.now);
    host.take();
  }
  for (const sip::LegId leg : host.legs) (void)host.stack.hang_up(host.now, leg);
  for (int i = 0; i < 2000 && !host.stack.next_deadline().is_never() && host.stack.size() != StackSize(); ++i) {
    host.take();
    host.now = std::max(host.now, std::min(host.stack.next_deadline(), host.now + Duration::minutes(1)));
    host.stack.tick(host.now);
  }
  host.take();
  const StackSize left = host.stack.size();
  CARILLON_CHECK(left.legs == 0 && left.client_transactions == 0 && left.server_transactions == 0 &&
                 left.requests == 0);
  return 0;
}
