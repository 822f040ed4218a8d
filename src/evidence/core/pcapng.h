// The SIP messages of a call as a packet capture that Wireshark and tshark read (pcapng, draft-ietf-opsawg-pcapng).
//
// What:   one IP packet with UDP a message, with the addresses, ports and time at which it came or went, oldest first. What went by
//         TCP, TLS or WebSocket is framed as UDP too, and a comment at its packet says by what it went. No sound, no secrets: the
//         messages are those of a Record, which redact.h has seen.
// Thread: any. Pure. Limits: a message longer than an IP packet takes is cut, and its packet says how long it was.
// Example:
//   http::Response::text(200, pcapng_of(record), "application/x-pcapng");
#pragma once

#include <string>

#include "evidence/core/record.h"

namespace carillon::evidence {

std::string pcapng_of(const Record& record);

}  // namespace carillon::evidence
