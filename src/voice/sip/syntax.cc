#include "voice/sip/syntax.h"

#include <array>

#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < 128; ++i) table[i] = is_alnum(static_cast<char>(i));
  for (const char c : std::string_view("-.!%*_+`'~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kToken = token_table();

// Where a quoted string that begins at `at` ends (after its closing quote); npos when it never does.
std::size_t quoted_end(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

std::string_view take_token(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_token_char(text[end])) ++end;
  const std::string_view token = text.substr(0, end);
  text.remove_prefix(end);
  return token;
}

bool is_host_char(char c) {
  return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == ':' || c == '[' || c == ']';
}

// A value of a parameter: token, host, or quoted string. Wider than the grammar (many send '/', '@' and '='), but
// nothing that could end the parameter.
std::optional<std::string_view> take_param_value(std::string_view& text) {
  if (!text.empty() && text.front() == '"') {
    const std::size_t end = quoted_end(text, 0);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view value = text.substr(0, end);
    text.remove_prefix(end);
    return value;
  }
  std::size_t end = 0;
  while (end < text.size() && !is_space(text[end]) && text[end] != ';' && text[end] != ',' && text[end] != '"' &&
         text[end] != '<' && text[end] != '>') {
    ++end;
  }
  if (end == 0) return std::nullopt;
  const std::string_view value = text.substr(0, end);
  text.remove_prefix(end);
  return value;
}

}  // namespace

bool is_token_char(char c) { return kToken[static_cast<unsigned char>(c)]; }

bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_token_char(c)) return false;
  }
  return !text.empty();
}

std::optional<std::string_view> next_value(std::string_view& rest) {
  if (rest.data() == nullptr || rest.empty()) return std::nullopt;
  bool in_angle = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"') {
      const std::size_t end = quoted_end(rest, i);
      if (end == std::string_view::npos) break;
      i = end - 1;
    } else if (c == '<') {
      in_angle = true;
    } else if (c == '>') {
      in_angle = false;
    } else if (c == ',' && !in_angle) {
      const std::string_view value = trim(rest.substr(0, i));
      rest.remove_prefix(i + 1);
      // "a," has an empty second value.
      if (rest.empty()) rest = " ";
      return value;
    }
  }
  const std::string_view value = trim(rest);
  rest = {};
  return value;
}

bool list_has(std::string_view list, std::string_view token) {
  while (const auto value = next_value(list)) {
    if (iequals(*value, token)) return true;
  }
  return false;
}

bool Params::next(std::string_view& rest, std::string_view& name, std::string_view& value) {
  skip_blanks(rest);
  if (rest.empty() || rest.front() != ';') return false;
  rest.remove_prefix(1);
  skip_blanks(rest);
  name = take_token(rest);
  value = {};
  if (name.empty()) return false;
  skip_blanks(rest);
  if (rest.empty() || rest.front() != '=') return true;
  rest.remove_prefix(1);
  skip_blanks(rest);
  const auto taken = take_param_value(rest);
  if (!taken) return false;
  value = *taken;
  return true;
}

std::optional<std::string_view> Params::get(std::string_view wanted) const {
  std::string_view rest = text, name, value;
  while (next(rest, name, value)) {
    if (iequals(name, wanted)) return value.data() == nullptr ? std::string_view("", 0) : value;
  }
  return std::nullopt;
}

bool Params::well_formed() const {
  std::string_view rest = text, name, value;
  while (next(rest, name, value)) {
  }
  return trim(rest).empty() && (text.empty() || trim(text).back() != ';');
}

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    // A line end would begin a new header field.
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
  }
  return out += '"';
}

std::optional<NameAddr> read_name_addr(std::string_view value) {
  value = trim(value);
  NameAddr out;
  std::string_view rest = value;
  if (!rest.empty() && rest.front() == '"') {
    const std::size_t end = quoted_end(rest, 0);
    if (end == std::string_view::npos) return std::nullopt;
    out.display = rest.substr(0, end);
    rest.remove_prefix(end);
    skip_blanks(rest);
    if (rest.empty() || rest.front() != '<') return std::nullopt;
  } else if (const std::size_t angle = rest.find('<'); angle != std::string_view::npos) {
    out.display = trim(rest.substr(0, angle));
    for (const char c : out.display) {
      if (!is_token_char(c) && !is_space(c)) return std::nullopt;
    }
    rest.remove_prefix(angle);
  }
  if (!rest.empty() && rest.front() == '<') {
    const std::size_t end = rest.find('>');
    if (end == std::string_view::npos) return std::nullopt;
    out.uri = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    // Without <> all parameters belong to the header, and the URI can have neither '?' nor ','.
    const std::size_t end = rest.find(';');
    out.uri = trim(rest.substr(0, end));
    if (out.uri.find('?') != std::string_view::npos || out.uri.find(',') != std::string_view::npos) return std::nullopt;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  }
  for (const char c : out.uri) {
    if (is_space(c)) return std::nullopt;
  }
  out.params.text = rest;
  if (out.uri.empty() || !out.params.well_formed()) return std::nullopt;
  return out;
}

std::optional<Via> read_via(std::string_view value) {
  std::string_view rest = trim(value);
  const std::string_view name = take_token(rest);
  skip_blanks(rest);
  if (!iequals(name, "SIP") || rest.empty() || rest.front() != '/') return std::nullopt;
  rest.remove_prefix(1);
  skip_blanks(rest);
  const std::string_view version = take_token(rest);
  skip_blanks(rest);
  if (version != "2.0" || rest.empty() || rest.front() != '/') return std::nullopt;
  rest.remove_prefix(1);
  skip_blanks(rest);
  Via via;
  via.transport = take_token(rest);
  if (via.transport.empty() || rest.empty() || !is_space(rest.front())) return std::nullopt;
  skip_blanks(rest);
  const std::size_t end = rest.find(';');
  const std::string_view sent_by = trim(rest.substr(0, end));
  via.params.text = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  via.sent_by = sent_by;
  const std::size_t bracket = sent_by.find(']');
  const std::size_t colon = sent_by.find(':', bracket == std::string_view::npos ? 0 : bracket);
  via.host = trim(sent_by.substr(0, colon));
  if (colon != std::string_view::npos) {
    const auto port = parse_number(trim(sent_by.substr(colon + 1)), 65535);
    if (!port) return std::nullopt;
    via.port = static_cast<std::uint16_t>(*port);
  }
  for (const char c : via.host) {
    if (!is_host_char(c)) return std::nullopt;
  }
  if (via.host.empty() || !via.params.well_formed()) return std::nullopt;
  return via;
}

std::optional<Cseq> read_cseq(std::string_view value) {
  value = trim(value);
  std::size_t end = 0;
  while (end < value.size() && is_digit(value[end])) ++end;
  const auto number = parse_number(value.substr(0, end), 0x7fffffff);
  const std::string_view method = trim(value.substr(end));
  if (!number || end == value.size() || !is_space(value[end]) || !is_token(method)) return std::nullopt;
  return Cseq{static_cast<std::uint32_t>(*number), method};
}

bool is_media_type(std::string_view value, std::string_view type) {
  return iequals(trim(take_until(value, ';')), type);
}

std::optional<std::uint64_t> leading_number(std::string_view value, std::uint64_t most) {
  value = trim(value);
  std::size_t end = 0;
  while (end < value.size() && is_digit(value[end])) ++end;
  if (end < value.size() && value[end] != ';' && value[end] != '(' && !is_space(value[end])) return std::nullopt;
  return parse_number(value.substr(0, end), most);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string percent_encoded(std::string_view text, std::string_view also) {
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || std::string_view("-_.!~*'()").find(c) != std::string_view::npos ||
        also.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
      out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace carillon::voice::sip
