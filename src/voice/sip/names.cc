#include "voice/sip/names.h"

#include <array>
#include <utility>

#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::string_view kMethods[] = {"",        "INVITE",    "ACK",   "BYE",     "CANCEL",
                                         "OPTIONS", "REGISTER",  "PRACK", "UPDATE",  "REFER",
                                         "NOTIFY",  "SUBSCRIBE", "INFO",  "MESSAGE", "PUBLISH"};

struct HeaderName {
  std::string_view name;
  Header id;
};

constexpr HeaderName kHeaders[] = {
    {"Accept", Header::kAccept},
    {"Allow", Header::kAllow},
    {"Authorization", Header::kAuthorization},
    {"Call-ID", Header::kCallId},
    {"Contact", Header::kContact},
    {"Content-Disposition", Header::kContentDisposition},
    {"Content-Encoding", Header::kContentEncoding},
    {"Content-Length", Header::kContentLength},
    {"Content-Type", Header::kContentType},
    {"CSeq", Header::kCseq},
    {"Diversion", Header::kDiversion},
    {"Event", Header::kEvent},
    {"Expires", Header::kExpires},
    {"From", Header::kFrom},
    {"Max-Forwards", Header::kMaxForwards},
    {"Min-Expires", Header::kMinExpires},
    {"Min-SE", Header::kMinSe},
    {"P-Asserted-Identity", Header::kPAssertedIdentity},
    {"P-Preferred-Identity", Header::kPreferredIdentity},
    {"Path", Header::kPath},
    {"Privacy", Header::kPrivacy},
    {"Proxy-Authenticate", Header::kProxyAuthenticate},
    {"Proxy-Authorization", Header::kProxyAuthorization},
    {"Proxy-Require", Header::kProxyRequire},
    {"RAck", Header::kRack},
    {"Reason", Header::kReason},
    {"Record-Route", Header::kRecordRoute},
    {"Refer-To", Header::kReferTo},
    {"Referred-By", Header::kReferredBy},
    {"Replaces", Header::kReplaces},
    {"Require", Header::kRequire},
    {"Retry-After", Header::kRetryAfter},
    {"Route", Header::kRoute},
    {"RSeq", Header::kRseq},
    {"Server", Header::kServer},
    {"Session-Expires", Header::kSessionExpires},
    {"Subscription-State", Header::kSubscriptionState},
    {"Supported", Header::kSupported},
    {"To", Header::kTo},
    {"Unsupported", Header::kUnsupported},
    {"User-Agent", Header::kUserAgent},
    {"User-to-User", Header::kUserToUser},
    {"Via", Header::kVia},
    {"Warning", Header::kWarning},
    {"WWW-Authenticate", Header::kWwwAuthenticate},
};

Header compact(char letter) {
  switch (lower(letter)) {
    case 'b':
      return Header::kReferredBy;
    case 'c':
      return Header::kContentType;
    case 'e':
      return Header::kContentEncoding;
    case 'f':
      return Header::kFrom;
    case 'i':
      return Header::kCallId;
    case 'k':
      return Header::kSupported;
    case 'l':
      return Header::kContentLength;
    case 'm':
      return Header::kContact;
    case 'o':
      return Header::kEvent;
    case 'r':
      return Header::kReferTo;
    case 't':
      return Header::kTo;
    case 'v':
      return Header::kVia;
    case 'x':
      return Header::kSessionExpires;
    default:
      return Header::kOther;
  }
}

// Where the names of each first letter begin; the table above is in the order of the letters.
constexpr std::array<std::uint8_t, 27> letter_starts() {
  std::array<std::uint8_t, 27> starts{};
  std::size_t at = 0;
  for (std::size_t letter = 0; letter < 26; ++letter) {
    starts[letter] = static_cast<std::uint8_t>(at);
    while (at < std::size(kHeaders) && lower(kHeaders[at].name[0]) == static_cast<char>('a' + letter)) ++at;
  }
  starts[26] = static_cast<std::uint8_t>(at);
  return starts;
}
constexpr auto kStarts = letter_starts();
static_assert(kStarts[26] == std::size(kHeaders));

struct Phrase {
  int status;
  std::string_view text;
};
constexpr Phrase kPhrases[] = {
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {200, "OK"},
    {202, "Accepted"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {413, "Request Entity Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},
    {423, "Interval Too Brief"},
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},
    {491, "Request Pending"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
};

}  // namespace

Method method_from(std::string_view text) {
  for (std::size_t i = 1; i < std::size(kMethods); ++i) {
    if (kMethods[i] == text) return static_cast<Method>(i);
  }
  return Method::kOther;
}

std::string_view method_text(Method method) { return kMethods[static_cast<std::size_t>(method)]; }

Header header_from(std::string_view name) {
  if (name.size() == 1) return compact(name[0]);
  if (name.empty() || !is_letter(name[0])) return Header::kOther;
  const auto letter = static_cast<std::size_t>(lower(name[0]) - 'a');
  for (std::size_t i = kStarts[letter]; i < kStarts[letter + 1]; ++i) {
    if (iequals(kHeaders[i].name, name)) return kHeaders[i].id;
  }
  return Header::kOther;
}

std::string_view status_phrase(int status) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.text;
  }
  return {};
}

}  // namespace carillon::voice::sip
