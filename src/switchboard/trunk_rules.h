// What calls out by a trunk show and how their sound travels: the settings of one carrier.
//
// Thread: any; plain values and functions.
// Limits: nothing here asks the carrier: it may put another number in place of what it is told.
// Example:
//   const Shown shown = shown_by(rules, "+4930123", emergency);
//   invite.from_user = shown.user, invite.hide_caller = shown.hidden;
#pragma once

#include <string>
#include <vector>

namespace carillon::switchboard {

// SDES (RFC 4568). optional: offered; who refuses it is called once more without. required: calls out and in have it or fail, but for
// emergency calls.
enum class TrunkSrtp { none, optional, required };

inline constexpr const char* kAnonymousCaller = "anonymous";

struct TrunkRules {
  TrunkSrtp srtp = TrunkSrtp::none;
  std::string caller_id;  // a number that all calls show, or "anonymous"; "": that of the number called from
  std::vector<std::string> caller_ids;  // the only ones that may be shown, "+4930123*" all that begin so; empty: any
};

struct Shown {
  std::string user;     // of From
  bool hidden = false;  // an anonymous From, and Privacy: id (RFC 3325): `user` is for the carrier alone
};

// `own`: of the number called from, or what an emergency number says, which is shown as it is.
Shown shown_by(const TrunkRules& rules, const std::string& own, bool emergency);

// "+4930123" or "+4930123*", or user parts of SIP addresses.
bool is_caller_id(const std::string& text, bool pattern);

}  // namespace carillon::switchboard
