// Header fields that calls write and read: Reason, identities, and what may be traced.
//
// Thread: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "voice/sip/commands.h"
#include "voice/sip/events.h"
#include "voice/sip/message.h"

namespace carillon::voice::sip {

inline constexpr std::string_view kAllow = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, UPDATE, REFER, NOTIFY";
inline constexpr std::string_view kSupported = "100rel, timer, replaces";

// "Reason: ..." lines (RFC 3326); "" when there is nothing to say.
std::string reason_field(const Why& why);
void read_reason(const Message& message, CallEnded& into);

Party party_of(const NameAddr& address);
std::optional<Party> party_of(std::string_view value);
bool is_anonymous(const Message& request, const Party& from);

// The message as it may be shown: without the body of INFO, which holds digits.
std::string traceable(const Message& message);

// The digit and length of an INFO body (application/dtmf-relay or application/dtmf).
std::optional<std::pair<char, int>> read_dtmf(const Message& info);

// Extensions asked for by Require that are not ours, joined with commas; "" when all are known.
std::string unknown_extensions(const Message& request);

}  // namespace carillon::voice::sip
