// Visitor tokens: who a visitor of the widget is, signed, so that nothing about them is stored until they speak.
//
// What:    "cv_<generation>.<visitor><widget><workspace><verified><expiry>.<HMAC-SHA-256>", ids without their prefixes, expiry in
//          seconds, hexadecimal. Letters, digits, '_' and '.' only, so that it may stand in a Sec-WebSocket-Protocol.
// Owns:    VisitorKeys its secrets. Thread: any; immutable.
// Errors:  verify: kNotSignedIn (none of ours), kSessionExpired.
// Limits:  at most 256 characters.
// Example:
//   std::string token = issue_visitor_token(keys, {visitor, widget, workspace, false, now + kVisitorTokenLife});
//   Result<VisitorClaim> claim = verify_visitor_token(keys, token, now);
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace carillon::users {

inline constexpr Duration kVisitorTokenLife = Duration::hours(24 * 30);

struct VisitorKey {
  std::int64_t generation = 0;
  std::string secret;
  Instant created_at;
};

// By ascending generation; the last one signs, all of them verify. Never empty once loaded.
struct VisitorKeys {
  std::vector<VisitorKey> keys;
};

struct VisitorClaim {
  VisitorId visitor;
  WidgetId widget;
  WorkspaceId workspace;
  bool verified = false;
  Instant expires_at;
  bool operator==(const VisitorClaim&) const = default;
};

bool looks_like_visitor_token(std::string_view token);
std::string issue_visitor_token(const VisitorKeys& keys, const VisitorClaim& claim);
Result<VisitorClaim> verify_visitor_token(const VisitorKeys& keys, std::string_view token, Instant now);

}  // namespace carillon::users
