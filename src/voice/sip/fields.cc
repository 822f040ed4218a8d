#include "voice/sip/fields.h"

#include "voice/sip/response.h"
#include "voice/sip/uri.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {

std::string reason_field(const Why& why) {
  std::string out;
  const auto add = [&](std::string_view protocol, int cause) {
    if (cause == 0) return;
    std::string value = std::string(protocol) + ";cause=" + std::to_string(cause);
    if (!why.text.empty()) value += ";text=" + quote(why.text);
    append_field(out, "Reason", value);
  };
  add("SIP", why.sip);
  add("Q.850", why.q850);
  return out;
}

void read_reason(const Message& message, CallEnded& into) {
  message.each(Header::kReason, [&](std::string_view line) {
    while (const auto value = next_value(line)) {
      const std::size_t end = std::min(value->find(';'), value->size());
      const std::string_view protocol = trim(value->substr(0, end));
      const Params params{value->substr(end)};
      const int cause = static_cast<int>(parse_number(params.get("cause").value_or(""), 999).value_or(0));
      if (iequals(protocol, "Q.850")) into.q850 = cause;
      const std::string text = unquote(params.get("text").value_or(""));
      if (into.reason.empty()) into.reason = text.substr(0, 128);
      if (iequals(protocol, "SIP") && cause == 200) into.elsewhere = true;
    }
  });
}

Party party_of(const NameAddr& address) {
  Party out;
  out.display = unquote(address.display);
  if (!is_utf8(out.display) || out.display.size() > 256) out.display.clear();
  out.uri = address.uri;
  if (const auto uri = Uri::parse(address.uri)) {
    out.user = uri->user_text();
    if (!is_utf8(out.user)) out.user = uri->user;
    out.number = uri->number();
    out.host = uri->host;
  }
  return out;
}

std::optional<Party> party_of(std::string_view value) {
  const auto first = next_value(value);
  const auto address = first ? read_name_addr(*first) : std::nullopt;
  return address ? std::optional(party_of(*address)) : std::nullopt;
}

bool is_anonymous(const Message& request, const Party& from) {
  bool hidden = istarts_with(from.user, "anonymous") || iequals(from.host, "anonymous.invalid");
  std::string_view privacy = request.first(Header::kPrivacy);
  while (!privacy.empty()) {
    const std::string_view value = trim(take_until(privacy, ';'));
    hidden =
        hidden || iequals(value, "id") || iequals(value, "user") || iequals(value, "full") || iequals(value, "header");
  }
  return hidden;
}

std::string traceable(const Message& message) {
  std::string out(message.text());
  // Of the length it had, so that the rest stays true.
  if (message.method() == Method::kInfo)
    std::fill(out.end() - static_cast<std::ptrdiff_t>(message.body().size()), out.end(), 'x');
  return out;
}

std::optional<std::pair<char, int>> read_dtmf(const Message& info) {
  const std::string_view type = info.first(Header::kContentType);
  const bool relay = is_media_type(type, "application/dtmf-relay");
  if (!relay && !is_media_type(type, "application/dtmf")) return std::nullopt;
  std::string_view body = info.body(), signal = trim(body);
  int duration = 160;
  if (relay) {
    signal = {};
    while (!body.empty()) {
      std::string_view value = take_until(body, '\n');
      const std::string_view name = trim(take_until(value, '='));
      if (iequals(name, "Signal")) signal = trim(value);
      if (iequals(name, "Duration")) duration = static_cast<int>(parse_number(trim(value), 10000).value_or(160));
    }
  }
  char digit = signal.size() == 1 ? signal[0] : '\0';
  if (signal == "10") digit = '*';
  if (signal == "11") digit = '#';
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  if (digit == '\0' || std::string_view("0123456789*#ABCD").find(digit) == std::string_view::npos) return std::nullopt;
  return std::pair(digit, duration);
}

std::string unknown_extensions(const Message& request) {
  std::string unknown;
  for (const Header header : {Header::kRequire, Header::kProxyRequire}) {
    request.each(header, [&](std::string_view line) {
      while (const auto value = next_value(line)) {
        if (list_has(kSupported, *value) || value->empty()) continue;
        if (!unknown.empty()) unknown += ", ";
        unknown += *value;
      }
    });
  }
  return unknown;
}

}  // namespace carillon::voice::sip
