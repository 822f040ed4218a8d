// Is this message as RFC 3261 wants it? Asked once for each new request and response, before anything acts on it.
//
// What:   check_request says 0, or the status to answer with and why. check_response says whether to look at it at all.
// Why:    what passes here can be relied on further in: the mandatory fields are there, once, and follow the grammar.
// Thread: any.
// Example:
//   if (const Verdict verdict = check_request(message); !verdict.fine()) return answer(verdict.status, verdict.why);
#pragma once

#include <string_view>

#include "voice/sip/message.h"

namespace carillon::voice::sip {

struct Verdict {
  int status = 0;        // 0: nothing is wrong
  std::string_view why;  // reason phrase
  bool fine() const { return status == 0; }
};

// Sections 8.1.1, 8.2 and 20; `limits` bounds the number of Via values.
Verdict check_request(const Message& message, const Limits& limits = {});
bool check_response(const Message& message);

}  // namespace carillon::voice::sip
