// The pieces that header values are made of: lists, parameters, name-addr, Via, CSeq (RFC 3261 section 25).
//
// What:   views into the message's text; nothing is copied or decoded until somebody asks.
// Errors: readers give nothing for what does not follow the grammar, so that a bad value is seen and not guessed at.
// Thread: any.
// Example:
//   std::string_view rest = message.first(Header::kContact);
//   while (auto value = next_value(rest)) { auto contact = read_name_addr(*value); ... }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "voice/sip/names.h"

namespace carillon::voice::sip {

bool is_token_char(char c);
bool is_token(std::string_view text);  // one or more token characters

// The next value of a comma separated list, trimmed; commas in quotes and in <> do not separate. Nothing at the end.
// An empty value ("a,,b") is given as "", for the caller to refuse or to skip.
std::optional<std::string_view> next_value(std::string_view& rest);

// Is `token` in a comma separated list of tokens, in any letter case?
bool list_has(std::string_view list, std::string_view token);

// ";name=value;flag" as written. Values keep their quotes; see unquote().
struct Params {
  std::string_view text;

  // The value of a parameter: "" for a flag, nothing when it is not there. Names in any letter case.
  std::optional<std::string_view> get(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  // Takes the first off `rest`; false at the end or where the grammar is broken.
  static bool next(std::string_view& rest, std::string_view& name, std::string_view& value);
  bool well_formed() const;
};

// Without quotes and backslashes; what is not quoted is given as it is.
std::string unquote(std::string_view text);
std::string quote(std::string_view text);

// `"Display" <sip:user@host>;tag=x` or `sip:user@host;tag=x`.
struct NameAddr {
  std::string_view display;  // as written, with its quotes
  std::string_view uri;      // between < and >
  Params params;

  std::string_view tag() const { return params.get("tag").value_or(std::string_view()); }
};
std::optional<NameAddr> read_name_addr(std::string_view value);

// One Via value.
struct Via {
  std::string_view transport;  // "UDP", as written
  std::string_view host;
  std::uint16_t port = 0;  // 0 when none is written
  std::string_view sent_by;
  Params params;

  std::string_view branch() const { return params.get("branch").value_or(std::string_view()); }
};
std::optional<Via> read_via(std::string_view value);

// "4711 INVITE"; the number is below 2^31.
struct Cseq {
  std::uint32_t number = 0;
  std::string_view method;
};
std::optional<Cseq> read_cseq(std::string_view value);

// "type/subtype;parameters": is it this type, whatever the parameters?
bool is_media_type(std::string_view value, std::string_view type);

// The number a value begins with ("1800;refresher=uac", "120 (busy)"), at most `most`. Nothing without digits.
std::optional<std::uint64_t> leading_number(std::string_view value, std::uint64_t most = 0xffffffff);

// %41 becomes A; what is no escape is given as it is.
std::string percent_decoded(std::string_view text);
// Escapes all but unreserved characters and those in `also`.
std::string percent_encoded(std::string_view text, std::string_view also);

}  // namespace carillon::voice::sip
