// Config: what the operator chose, from a TOML file and the command line.
//
// Errors: kConfig with file, line, key, what was found and what is expected; nothing starts.
// Thread: a plain value.
// Example:
//   Config config;
//   if (auto read = read_config("carillon.toml", config); !read) return print(read.error());
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace carillon::app {

// A carrier, or another telephone system: one [[trunks]] table of the configuration.
struct TrunkConfig {
  std::string name;                    // the operator's word for it, in the log
  std::vector<std::string> next_hops;  // "sip:carrier.example;transport=tls", best first
  std::string domain;                  // of our From; "": that of the next hop
  std::string user, password;          // for its challenges
  bool registers = false;
  int ping_s = 60;                   // OPTIONS each so often; 0, and without next_hops: never
  std::vector<std::string> sources;  // "198.51.100.0/24": its calls come from here
  bool trusted = true;               // who calls is believed as it says
  std::string srtp = "none";         // of calls out: "none", "optional", "required" (of calls in, too)
  std::string caller_id;  // what calls out show: a number, or "anonymous"; "": that of the number called from
  std::vector<std::string> caller_ids;  // the only ones that may be shown, "+4930123*" all that begin so; empty: any
};

// A relay for browsers' sound: one [[turn]] table of the configuration.
struct TurnConfig {
  std::vector<std::string> urls;  // "turn:turn.example:3478", "turns:..", "stun:.."
  std::string secret;             // shared with the relay (coturn's static-auth-secret)
  int valid_s = 12 * 3600;        // of a credential
};

struct Config {
  std::string data = "./var";
  std::string database;  // "": the embedded store in `data`; else postgres://...
  std::vector<std::string> listen{"127.0.0.1:8080"};
  std::string tls_cert, tls_key;  // both or none
  bool tls_self_signed = false;   // a certificate made at start, for demos
  std::vector<std::string> trusted_proxies;
  std::string web;  // folder of the built web; "": beside the binary, then the checkout
  int net_threads = 1;
  int pool_threads = 4;
  bool demo = false;
  bool demo_traffic = true;
  std::vector<std::string> sip;  // "udp:0.0.0.0:5060", "tcp:..", "tls:.."; empty: no voice
  std::string public_address;    // what telephones and browsers are told; "": the address of the first `sip`
  std::string media_address;     // where sound is bound; "": the address of the first `sip`
  int first_rtp_port = 20000, last_rtp_port = 29999;
  int browser_port = 3478;  // UDP, of all browsers' sound
  std::vector<TrunkConfig> trunks;
  std::vector<TurnConfig> turn;
  int evidence_days = 90;           // how long SIP messages and quality of calls are kept
  int max_calls = 2000;             // telephones at once; more are answered 503
  bool calls_from_anybody = false;  // else from trunks only
  bool calls_to_addresses = false;  // agents may call any SIP address; else numbers over trunks only
  std::string log_level = "info";   // debug, info, warning, error
};

// Overwrites in `config` what the file gives. parse_config: its text; `file` names it in faults.
Result<void> read_config(const std::string& file, Config& config);
Result<void> parse_config(std::string_view text_of_file, const std::string& file, Config& config);
// One entry of `sip`: transport ("udp", "tcp", "tls"), address and port.
struct SipAddress {
  std::string transport, host;
  int port = 0;
};
Result<SipAddress> parse_sip_address(const std::string& text);
// What the file and command line together must satisfy.
Result<void> check_config(const Config& config);

}  // namespace carillon::app
