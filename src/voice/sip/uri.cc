#include "voice/sip/uri.h"

#include "voice/sip/syntax.h"
#include "voice/wire/address.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::size_t kMostBytes = 1024, kMostParams = 32;

// A text of a URI: no blanks, controls or delimiters, and every '%' followed by two hex digits.
bool is_plain(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '<' || c == '>' || c == '"') return false;
    if (c == '%' && (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)) return false;
  }
  return true;
}

bool read_host_port(std::string_view text, Uri& uri) {
  std::string_view host = text, port;
  bool has_port = false;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !IpAddress::parse(text.substr(0, end + 1))) return false;
    host = text.substr(0, end + 1);
    if (end + 1 < text.size()) {
      if (text[end + 1] != ':') return false;
      port = text.substr(end + 2), has_port = true;
    }
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon), port = text.substr(colon + 1), has_port = true;
  }
  if (has_port) {
    const auto number = parse_number(port, 65535);
    if (!number) return false;
    uri.port = static_cast<std::uint16_t>(*number);
  }
  if (host.empty()) return false;
  if (host.front() != '[') {
    for (const char c : host) {
      if (!is_alnum(c) && c != '-' && c != '.' && c != '_') return false;
    }
  }
  uri.host = to_lower(host);
  return true;
}

bool read_params(std::string_view text, Uri& uri) {
  while (!text.empty()) {
    std::string_view piece = take_until(text, ';');
    if (piece.empty() || uri.params.size() == kMostParams) return false;
    const std::string_view name = take_until(piece, '=');
    // A name stands once (section 19.1.1); with two values nobody knows which is meant.
    if (name.empty() || uri.param(name)) return false;
    uri.params.push_back({std::string(name), std::string(piece)});
  }
  return true;
}

bool read_sip(std::string_view rest, Uri& uri) {
  // '@' may not stand in host, parameters or headers, so the last one ends the user, which may hold ';' and '?'.
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    std::string_view user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
    const std::size_t colon = user.find(':');
    if (colon != std::string_view::npos) uri.password = user.substr(colon + 1), user = user.substr(0, colon);
    if (user.empty()) return false;
    uri.user = user;
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    uri.headers = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const std::size_t end = rest.find(';');
  if (!read_host_port(rest.substr(0, end), uri)) return false;
  return end == std::string_view::npos || read_params(rest.substr(end + 1), uri);
}

bool read_tel(std::string_view rest, Uri& uri) {
  const std::size_t end = rest.find(';');
  const std::string_view number = rest.substr(0, end);
  bool digits = false;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const char c = number[i];
    if (hex_value(c) >= 0 || c == '*' || c == '#') {
      digits = true;
    } else if (!(c == '+' && i == 0) && c != '-' && c != '.' && c != '(' && c != ')') {
      return false;
    }
  }
  if (!digits) return false;
  uri.user = number;
  return end == std::string_view::npos || read_params(rest.substr(end + 1), uri);
}

bool same_user(std::string_view a, std::string_view b) { return percent_decoded(a) == percent_decoded(b); }

// Parameters that must be on both sides or on neither; others count only when both have them (19.1.4).
bool must_match(std::string_view name) {
  return iequals(name, "user") || iequals(name, "ttl") || iequals(name, "method") || iequals(name, "maddr") ||
         iequals(name, "transport");
}

bool params_agree(const Uri& a, const Uri& b) {
  for (const UriParam& p : a.params) {
    const auto other = b.param(p.name);
    if (!other) {
      if (must_match(p.name)) return false;
    } else if (!iequals(percent_decoded(p.value), percent_decoded(*other))) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Uri> Uri::parse(std::string_view text) {
  if (text.size() > kMostBytes || !is_plain(text)) return std::nullopt;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_letter(text[0])) return std::nullopt;
  const std::string_view scheme = text.substr(0, colon), rest = text.substr(colon + 1);
  for (const char c : scheme) {
    if (!is_alnum(c) && c != '+' && c != '-' && c != '.') return std::nullopt;
  }
  Uri uri;
  bool fine = true;
  if (iequals(scheme, "sip") || iequals(scheme, "sips")) {
    uri.scheme = scheme.size() == 4 ? Scheme::kSips : Scheme::kSip;
    fine = read_sip(rest, uri);
  } else if (iequals(scheme, "tel")) {
    uri.scheme = Scheme::kTel;
    fine = read_tel(rest, uri);
  } else {
    uri.scheme = Scheme::kOther;
    uri.opaque = text;
    fine = !rest.empty();
  }
  return fine ? std::optional(std::move(uri)) : std::nullopt;
}

std::string Uri::text() const {
  if (scheme == Scheme::kOther) return opaque;
  std::string out = scheme == Scheme::kSip ? "sip:" : scheme == Scheme::kSips ? "sips:" : "tel:";
  out += user;
  if (!password.empty()) (out += ':') += password;
  if (!user.empty() && scheme != Scheme::kTel) out += '@';
  out += host;
  if (port != 0) out += ':', append_number(out, port);
  for (const UriParam& p : params) {
    (out += ';') += p.name;
    if (!p.value.empty()) (out += '=') += p.value;
  }
  if (!headers.empty()) (out += '?') += headers;
  return out;
}

std::optional<std::string_view> Uri::param(std::string_view name) const {
  for (const UriParam& p : params) {
    if (iequals(p.name, name)) return p.value;
  }
  return std::nullopt;
}

void Uri::set_param(std::string_view name, std::string_view value) {
  for (UriParam& p : params) {
    if (iequals(p.name, name)) {
      p.value = value;
      return;
    }
  }
  params.push_back({std::string(name), std::string(value)});
}

std::string Uri::user_text() const { return percent_decoded(user); }

std::string Uri::number() const {
  std::string out;
  const std::string plain = scheme == Scheme::kTel ? user : user_text();
  // A user may carry telephone parameters of its own: "+4930;ext=7".
  for (const char c : std::string_view(plain).substr(0, plain.find(';'))) {
    if (is_digit(c) || c == '*' || c == '#' || (c == '+' && out.empty())) {
      out += c;
    } else if (c != '-' && c != '.' && c != '(' && c != ')') {
      return {};
    }
  }
  return out == "+" ? std::string() : out;
}

std::optional<std::string> Uri::header(std::string_view name) const {
  std::string_view rest = headers;
  while (!rest.empty()) {
    std::string_view value = take_until(rest, '&');
    const std::string_view key = take_until(value, '=');
    if (iequals(percent_decoded(key), name)) return percent_decoded(value);
  }
  return std::nullopt;
}

bool Uri::same_as(const Uri& other) const {
  if (scheme != other.scheme) return false;
  if (scheme == Scheme::kOther) return opaque == other.opaque;
  if (scheme == Scheme::kTel)
    return number() == other.number() && params_agree(*this, other) && params_agree(other, *this);
  if (!same_user(user, other.user) || !same_user(password, other.password) || host != other.host ||
      port != other.port) {
    return false;
  }
  return params_agree(*this, other) && params_agree(other, *this) && headers == other.headers;
}

std::string Uri::address_of_record() const {
  if (scheme == Scheme::kTel) return number();
  if (scheme == Scheme::kOther) return opaque;
  return user_text() + '@' + host;
}

}  // namespace carillon::voice::sip
