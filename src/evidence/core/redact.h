// Takes secrets out of a SIP message and leaves its shape: each is written over with 'x', so lengths, and with them
// Content-Length, stay true.
//
// What:   the values of Authorization and Proxy-Authorization, the body of INFO (digits), keys of SRTP (a=crypto) and of ICE
//         (a=ice-pwd). Bytes that are no UTF-8 become '?': what is kept is text.
// Thread: any. Pure. Limits: linear in the message.
#pragma once

#include <string>

namespace carillon::evidence {

std::string without_secrets(std::string message);

// "INVITE", "200", from the first line; "" where it has none.
std::string method_of(std::string_view message);
int status_of(std::string_view message);
// A field's value, "" when it is not there. `compact` is its short name, 0 for none.
std::string_view field_of(std::string_view message, std::string_view name, char compact = 0);

}  // namespace carillon::evidence
