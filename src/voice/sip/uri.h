// SIP, SIPS and tel URIs (RFC 3261 section 19.1, RFC 3966).
//
// What:   a Uri is taken apart once and prints as it was; other schemes are kept whole in `opaque`.
// Errors: parse() gives nothing for what breaks the grammar; an unknown scheme is not broken, it is kOther (answer 416).
// Limits: 1024 bytes, 32 parameters.
// Thread: any.
// Example:
//   auto uri = Uri::parse("sip:+4930123456@example.com;user=phone");
//   uri->number();      // "+4930123456"
//   uri->same_as(*Uri::parse("SIP:%2B4930123456@EXAMPLE.com;user=phone"));   // true
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carillon::voice::sip {

enum class Scheme : std::uint8_t { kSip, kSips, kTel, kOther };

struct UriParam {
  std::string name;
  std::string value;  // "" for a flag
  bool operator==(const UriParam&) const = default;
};

struct Uri {
  Scheme scheme = Scheme::kSip;
  std::string user;      // as written, with its escapes; for tel: the number with its visual separators
  std::string password;  // as written; read and compared, never sent by us
  std::string host;      // lower case; v6 in brackets
  std::uint16_t port = 0;
  std::vector<UriParam> params;
  std::string headers;  // what follows '?', as written
  std::string opaque;   // kOther: the whole text

  static std::optional<Uri> parse(std::string_view text);
  std::string text() const;

  std::optional<std::string_view> param(std::string_view name) const;
  void set_param(std::string_view name, std::string_view value);
  std::string user_text() const;  // without escapes
  // The telephone number: the tel number or the user without visual separators; "" when it is none.
  std::string number() const;
  // The value of one of the headers, unescaped: what a Refer-To's Replaces is read with.
  std::optional<std::string> header(std::string_view name) const;
  // RFC 3261 section 19.1.4 (order of parameters, escapes and letter case do not matter).
  bool same_as(const Uri& other) const;
  // The text that names an address of record: "user@host", unescaped and lower case where case does not matter.
  std::string address_of_record() const;
};

}  // namespace carillon::voice::sip
