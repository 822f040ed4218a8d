#include "voice/sip/check.h"

#include "voice/sip/uri.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

// Fields that a message has at most once.
constexpr Header kOnce[] = {Header::kCallId,      Header::kCseq,        Header::kFrom,          Header::kTo,
                            Header::kMaxForwards, Header::kContentType, Header::kContentLength, Header::kExpires,
                            Header::kReplaces,    Header::kReferTo,     Header::kReferredBy,    Header::kSessionExpires,
                            Header::kRack,        Header::kEvent,       Header::kMinSe};

constexpr Verdict bad(std::string_view why) { return {400, why}; }

Verdict check_vias(const Message& message, const Limits& limits) {
  std::size_t vias = 0;
  bool broken = false;
  message.each(Header::kVia, [&](std::string_view line) {
    while (const auto value = next_value(line)) {
      if (++vias > limits.vias || !read_via(*value)) broken = true;
    }
  });
  if (vias == 0) return bad("Via is missing");
  return broken ? bad("Bad Via") : Verdict();
}

Verdict check_contacts(const Message& message) {
  bool broken = false;
  message.each(Header::kContact, [&](std::string_view line) {
    if (line == "*") return;
    while (const auto value = next_value(line)) {
      const auto contact = read_name_addr(*value);
      if (!contact || !Uri::parse(contact->uri)) broken = true;
      if (!contact) continue;
      // An interval nobody can mean is a fault of the sender, not a very long registration.
      const auto expires = contact->params.get("expires");
      if (expires && !parse_number(*expires, 0xffffffff)) broken = true;
    }
  });
  return broken ? bad("Bad Contact") : Verdict();
}

// From and To: the URI may have a scheme that is not known here, but must be one.
bool party_fine(const std::optional<NameAddr>& party) { return party && Uri::parse(party->uri).has_value(); }

}  // namespace

Verdict check_request(const Message& message, const Limits& limits) {
  for (const Header header : kOnce) {
    if (message.count(header) > 1) return bad("A header field is repeated");
  }
  if (const Verdict vias = check_vias(message, limits); !vias.fine()) return vias;
  if (message.call_id().empty()) return bad("Call-ID is missing");
  if (!party_fine(message.from())) return bad("Bad or missing From");
  if (!party_fine(message.to())) return bad("Bad or missing To");
  if (!message.cseq()) return bad("Bad or missing CSeq");
  if (message.cseq()->method != message.method_name()) return bad("CSeq and request line differ");
  if (message.has(Header::kMaxForwards) && !parse_number(message.first(Header::kMaxForwards), 255)) {
    return bad("Bad Max-Forwards");
  }
  if (message.has(Header::kExpires) && !leading_number(message.first(Header::kExpires))) return bad("Bad Expires");
  if (const Verdict contacts = check_contacts(message); !contacts.fine()) return contacts;
  const auto uri = Uri::parse(message.request_uri());
  if (!uri) return bad("Bad Request-URI");
  if (uri->scheme == Scheme::kOther) return {416, "Unsupported URI Scheme"};
  return {};
}

bool check_response(const Message& message) {
  return message.status() >= 100 && message.via() && message.cseq() && !message.call_id().empty() &&
         message.from().has_value() && message.to().has_value() && message.count(Header::kCseq) == 1 &&
         message.count(Header::kCallId) == 1;
}

}  // namespace carillon::voice::sip
