// Which addresses a URI leads to, in the order to try them (RFC 3263, weights of RFC 2782), as a procedure without DNS.
//
// What:   next() gives the next address; when there is none at hand, question() says what to look up, and answer() goes on.
//         Nothing is looked up before it is needed: the second server only when the first failed.
// Errors: no address and no question: not reachable.
// Limits: 16 lookups, 16 records of an answer.
// Thread: one at a time.
// Example:
//   Resolution way(uri, rules, entropy);
//   while (!(target = way.next()) && way.question()) way.answer(look_up(*way.question()));
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "voice/sip/entropy.h"
#include "voice/sip/events.h"
#include "voice/sip/uri.h"

namespace carillon::voice::sip {

struct Naptr {
  std::uint16_t order = 0, preference = 0;
  std::string flags, service, replacement;
};
struct Srv {
  std::uint16_t priority = 0, weight = 0, port = 0;
  std::string target;
};
// The answer to one Lookup; all empty when there is nothing or the lookup failed.
struct Records {
  std::vector<Naptr> naptr;
  std::vector<Srv> srv;
  std::vector<IpAddress> addresses;
};

struct ResolveRules {
  bool v4 = true, v6 = true;
  bool udp = true, tcp = true, tls = true;
  bool naptr = true;
};

struct Target {
  Transport transport = Transport::kUdp;
  Endpoint to;
  std::string name;  // what a certificate must be for
  bool operator==(const Target&) const = default;
};

class Resolution {
 public:
  struct Question {
    LookupKind kind;
    std::string name;
  };
  Resolution() = default;
  Resolution(const Uri& uri, const ResolveRules& rules, Entropy& entropy);

  std::optional<Target> next();
  std::optional<Question> question() const;
  void answer(const Records& records, Entropy& entropy);

 private:
  struct Step {
    LookupKind kind;
    std::string name;
    Transport transport = Transport::kUdp;
    std::uint16_t port = 0;
  };
  void add_services(bool secure, std::optional<Transport> only);
  void add_host(std::deque<Step>& steps, const std::string& host, Transport transport, std::uint16_t port) const;
  void take_naptr(const Records& records);
  void take_srv(const Records& records, const Step& step, Entropy& entropy);
  bool can(Transport transport) const;

  ResolveRules rules_;
  std::string host_;
  bool secure_ = false;
  std::deque<Step> steps_;
  std::deque<Target> ready_;
  bool found_service_ = false;
  int lookups_ = 0;
};

}  // namespace carillon::voice::sip
