// What the host can ask for, as values.
//
// Owns:   plain values.
// Thread: any.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "voice/sip/flow.h"

namespace carillon::voice::sip {

// A call of ours.
struct Invite {
  std::string target;        // URI; with a trunk also just a number
  std::string trunk;         // goes over this trunk, with its credentials; "" : where the target leads
  std::optional<Flow> flow;  // of a registration: straight over it
  std::string from_display;
  std::string from_user;       // "" : Settings::contact_user
  std::string from_host;       // "" : the trunk's domain, or our address
  std::string asserted;        // URI for P-Asserted-Identity; sent to trusted trunks and own accounts only
  bool hide_caller = false;    // anonymous From and Privacy: id
  bool emergency = false;      // made whatever there is to do
  std::string sdp;             // offer; "" : the peer makes one, see Answered::wants_answer
  LegId replaces;              // takes the place of this leg at the peer (RFC 3891)
  std::string replaces_field;  // the same for a call that is not ours
  std::string referred_by;
  std::vector<std::pair<std::string, std::string>> fields;  // further header fields
};

// Why a call ends, for the peer (RFC 3326).
struct Why {
  int q850 = 0;  // ISDN cause, 0: none
  int sip = 0;   // status code for a Reason field, 0: none
  std::string text;
  static Why elsewhere() { return {0, 200, "Call completed elsewhere"}; }
};

enum class OfferBy : std::uint8_t { kInvite, kUpdate };

}  // namespace carillon::voice::sip
