// Methods and header fields by number instead of by text.
//
// Why:    a message is looked through many times; comparing numbers is quick, and compact forms (RFC 3261 section 7.3.3)
//         and letter case are settled once.
// Thread: any; constant tables.
#pragma once

#include <cstdint>
#include <string_view>

namespace carillon::voice::sip {

enum class Method : std::uint8_t {
  kOther,
  kInvite,
  kAck,
  kBye,
  kCancel,
  kOptions,
  kRegister,
  kPrack,
  kUpdate,
  kRefer,
  kNotify,
  kSubscribe,
  kInfo,
  kMessage,
  kPublish
};

// Methods are case-sensitive (RFC 3261 section 7.1). kOther for what is not known here.
Method method_from(std::string_view text);
std::string_view method_text(Method method);  // "" for kOther

enum class Header : std::uint8_t {
  kOther,
  kAccept,
  kAllow,
  kAuthorization,
  kCallId,
  kContact,
  kContentDisposition,
  kContentEncoding,
  kContentLength,
  kContentType,
  kCseq,
  kDiversion,
  kEvent,
  kExpires,
  kFrom,
  kMaxForwards,
  kMinExpires,
  kMinSe,
  kPAssertedIdentity,
  kPreferredIdentity,
  kPath,
  kPrivacy,
  kProxyAuthenticate,
  kProxyAuthorization,
  kProxyRequire,
  kRack,
  kReason,
  kRecordRoute,
  kReferTo,
  kReferredBy,
  kReplaces,
  kRequire,
  kRetryAfter,
  kRoute,
  kRseq,
  kServer,
  kSessionExpires,
  kSubscriptionState,
  kSupported,
  kTo,
  kUnsupported,
  kUserAgent,
  kUserToUser,
  kVia,
  kWarning,
  kWwwAuthenticate
};

// Long and compact names, in any letter case. kOther for what is not known here.
Header header_from(std::string_view name);

// The phrase that goes with a status code, "" when it has none here.
std::string_view status_phrase(int status);

}  // namespace carillon::voice::sip
