// Visitors: what a customer on a web page said about themselves, and what their site signed for them.
//
// What:    rows of visitors, kept apart from the token, which only says who they are and that it was proved.
// Thread:  any; what takes a Reader blocks (pool). Errors: kStore.
// Example:
//   if (!signature_fits(*widget, external_id, signature)) refuse;
//   change.statements.push_back(put_visitor(visitor, now));
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "channels/chat/widgets.h"
#include "store/reader.h"
#include "store/writer.h"

namespace carillon::chat {

inline constexpr std::string_view kChannel = "chat";

struct Visitor {
  VisitorId sid;
  WorkspaceId workspace;
  WidgetId widget;
  std::string display_name;
  std::string email;
  std::string page_url;
  std::string locale;
  std::string external_id;  // signed by the site, or ""

  bool says_something() const {
    return !display_name.empty() || !email.empty() || !page_url.empty() || !locale.empty() || !external_id.empty();
  }
  bool operator==(const Visitor&) const = default;
};

// As they are known; a visitor without a row is one who said nothing.
Result<Visitor> find_visitor(store::Reader& reader, WorkspaceId workspace, WidgetId widget, VisitorId sid);
store::Statement put_visitor(const Visitor& visitor, Instant now);
// What is newly said replaces what was known.
void take_over(Visitor& known, const Visitor& said);

// HMAC-SHA-256 of the external id with the widget's identity secret, in hex.
bool signature_fits(const Widget& widget, std::string_view external_id, std::string_view signature);

// The customer that a visitor is known to be: proved by the site, or linked by a worker. Nothing: nobody we know.
Result<std::optional<CustomerId>> customer_of(store::Reader& reader, const Visitor& visitor, bool verified);

}  // namespace carillon::chat
