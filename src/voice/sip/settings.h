// What the host tells the stack before and while it runs: where it listens, whom it knows, how much it takes.
//
// Owns:   plain values.
// Thread: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "voice/sip/flow.h"
#include "voice/sip/message.h"

namespace carillon::voice::sip {

// One socket of ours. Requests of ours name it in Via and Contact.
struct Listener {
  Transport transport = Transport::kUdp;
  Endpoint bound;           // for peers in private networks
  std::string public_host;  // for all others, "" when the bound address serves them too
  IpAddress own;            // bound to all addresses: the one that peers in private networks are told
};

// RFC 3261 section 17 and appendix A.
struct Timing {
  Duration t1 = Duration::millis(500);
  Duration t2 = Duration::seconds(4);
  Duration t4 = Duration::seconds(5);
  Duration give_up() const { return t1 * 64; }  // timers B, F, H, J, L, M
};

enum class UnknownCalls : std::uint8_t {
  kSilence,       // no answer at all
  kRefuse,        // 403, whatever was asked
  kAuthenticate,  // 401, whatever was asked; then as the account that it proves to be
  kAccept,        // calls from anybody; still throttled
};

struct Admission {
  std::size_t legs = 20000;
  std::size_t server_transactions = 200000;
  std::uint32_t calls_per_second = 2000;  // new calls; emergency users are exempt
  std::uint32_t unknown_per_second = 20;  // messages of one unknown address (v6: /64), in bursts of ten times that
  std::uint32_t failures = 10;            // failed authentications of one address before it is not heard any more
  Duration deaf = Duration::minutes(5);   // doubled each time, up to 24 h
  // What strangers call themselves who look for holes, at the beginning of User-Agent: no answer. A blunt sieve; the rules
  // above hold for those who lie.
  std::vector<std::string> scanners{"friendly-scanner", "friendly-request", "sipvicious", "sip-scan", "sipcli",
                                    "sundayddr",        "VaxSIPUserAgent",  "pplsip",     "smap",     "iWar"};
  int retry_after = 10;  // seconds in a 503; up to as much again is added, so that not all come back at once
};

struct SessionTimer {
  int expires = 1800;  // seconds; 0: we ask for none
  int least = 90;
};

struct RegistrarRules {
  std::uint32_t least = 60, usual = 600, most = 7200;  // seconds
  std::size_t contacts = 10;                           // of one account
};

struct Settings {
  std::vector<Listener> listeners;
  std::vector<std::string> domains;  // names that are us; addresses of listeners always are
  std::string realm = "carillon";
  // Challenges offer SHA-256 and MD5 (RFC 8760), or MD5 alone: baresip 1.0 and others give up when they see what they do
  // not know, whatever else is offered. Registering in the clear wants TLS more than another hash.
  bool digest_sha256 = false;
  std::string user_agent = "Carillon";
  std::string contact_user = "carillon";
  Timing timing;
  Limits limits;
  Admission admission;
  SessionTimer session;
  RegistrarRules registrar;
  UnknownCalls unknown = UnknownCalls::kRefuse;
  std::vector<std::string> emergency_users;  // called numbers that no limit refuses
  std::vector<std::string> pass_fields;      // header names whose values come with IncomingCall
  bool ipv6 = true;
  bool naptr = true;
  bool tls = true;     // may connect by TLS
  bool trace = false;  // each message of a leg as a Trace event, both ways and each time
};

// A person or device that may register and call. Hashes of "user:realm:password" in lower-case hex (RFC 8760).
struct Account {
  std::string id;                   // the host's name for it; comes back in events
  std::string user;                 // in the address of record and in credentials
  std::string ha1_md5, ha1_sha256;  // "" where the host has none
};

// A carrier, or another telephone system.
struct Trunk {
  std::string id;                      // the host's name for it
  std::vector<std::string> next_hops;  // URIs in order of priority: "sip:carrier.example;transport=tls"
  std::string domain;                  // in From and To; "" : host of the next hop
  std::string user, password;          // for its challenges; "" : none
  bool registers = false;
  int expires = 3600;
  Duration ping;                   // OPTIONS each so often; 0: none
  std::vector<IpNetwork> sources;  // its calls come from here
  bool trusted = true;             // its P-Asserted-Identity is believed, and ours is sent
};

}  // namespace carillon::voice::sip
