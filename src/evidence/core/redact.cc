#include "evidence/core/redact.h"

#include <algorithm>

#include "voice/wire/text.h"

namespace carillon::evidence {
namespace {

using voice::iequals;
using voice::istarts_with;
using voice::trim;

// Where the body begins; the message's size when it has none. Whoever ends lines by LF alone is read, too.
std::size_t body_at(std::string_view m) {
  const std::size_t crlf = m.find("\r\n\r\n"), lf = m.find("\n\n");
  if (crlf == std::string_view::npos && lf == std::string_view::npos) return m.size();
  return lf < crlf ? lf + 2 : crlf + 4;
}

void hide(std::string& m, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (m[i] != '\r' && m[i] != '\n') m[i] = 'x';
  }
}

bool is_secret_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = trim(line.substr(0, colon));
  return iequals(name, "Authorization") || iequals(name, "Proxy-Authorization");
}

// The length of the sequence that begins here when it is one of UTF-8 (no overlong ones, no surrogates), else 0.
std::size_t sequence_at(std::string_view t, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(t[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (first < 0xc2 || size == 0 || at + size > t.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(at + 1);
  const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                     (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  return wrong ? 0 : size;
}

void make_text(std::string& t) {
  for (std::size_t at = 0; at < t.size();) {
    const std::size_t size = t[at] == '\0' ? 0 : sequence_at(t, at);
    if (size == 0) t[at] = '?';
    at += std::max<std::size_t>(size, 1);
  }
}

// Calls `look` with the begin and end of each line between two places.
template <class Look>
void each_line(const std::string& m, std::size_t from, std::size_t to, Look look) {
  while (from < to) {
    const std::size_t end = std::min(m.find('\n', from), to);
    look(from, end);
    from = end + 1;
  }
}

// What stands behind the names: the field can still be read as one of its kind. Anything but Digest is hidden as a whole.
void hide_credentials(std::string& m, std::size_t from, std::size_t to) {
  const std::size_t scheme = m.find_first_not_of(" \t\r\n", from);
  if (scheme >= to || !istarts_with(std::string_view(m).substr(scheme, to - scheme), "Digest "))
    return hide(m, from, to);
  std::size_t name = scheme + 7;
  bool in_value = false, in_quotes = false;
  for (std::size_t i = name; i < to; ++i) {
    const char c = m[i];
    if (in_quotes) {
      hide(m, i, i + (c != '"'));
      if (c == '\\' && i + 1 < to) hide(m, i + 1, i + 2), ++i;
      in_quotes = c != '"';
    } else if (c == ',') {
      if (!in_value) hide(m, name, i);  // no name at all
      in_value = false, name = i + 1;
    } else if (in_value) {
      in_quotes = c == '"';
      if (!in_quotes && c != ' ' && c != '\t') hide(m, i, i + 1);
    } else if (c == '=') {
      in_value = true;
    }
  }
  if (!in_value) hide(m, name, to);
}

// A field goes on in lines that begin with a blank.
void hide_fields(std::string& m, std::size_t end) {
  std::size_t value = std::string::npos;
  const auto finish = [&](std::size_t at) {
    if (value != std::string::npos) hide_credentials(m, value, at);
    value = std::string::npos;
  };
  each_line(m, 0, end, [&](std::size_t from, std::size_t to) {
    const std::string_view line = std::string_view(m).substr(from, to - from);
    if (!line.empty() && (line[0] == ' ' || line[0] == '\t')) return;
    finish(from);
    if (is_secret_field(line)) value = from + line.find(':') + 1;
  });
  finish(end);
}

void hide_keys(std::string& m, std::size_t body) {
  each_line(m, body, m.size(), [&](std::size_t from, std::size_t to) {
    const std::string_view line = std::string_view(m).substr(from, to - from);
    if (istarts_with(line, "a=ice-pwd:")) return hide(m, from + 10, to);
    if (!istarts_with(line, "a=crypto:") && !istarts_with(line, "k=")) return;
    const std::size_t key = line.find("inline:");
    hide(m, key == std::string_view::npos ? from + line.find_first_of(":=") + 1 : from + key + 7, to);
  });
}

}  // namespace

std::string without_secrets(std::string m) {
  const std::size_t body = body_at(m);
  hide_fields(m, body);
  if (iequals(method_of(m), "INFO")) {
    hide(m, body, m.size());
  } else {
    hide_keys(m, body);
  }
  make_text(m);
  return m;
}

std::string method_of(std::string_view m) {
  if (istarts_with(m, "SIP/")) {
    // Of a response: what it answers.
    const std::string_view cseq = field_of(m, "CSeq");
    const std::size_t space = cseq.find_last_of(" \t");
    return std::string(space == std::string_view::npos ? std::string_view() : cseq.substr(space + 1));
  }
  return std::string(m.substr(0, std::min(m.find(' '), m.size())));
}

int status_of(std::string_view m) {
  if (!istarts_with(m, "SIP/") || m.size() < 12) return 0;
  int out = 0;
  for (std::size_t i = 8; i < 11; ++i) {
    if (m[i] < '0' || m[i] > '9') return 0;
    out = out * 10 + (m[i] - '0');
  }
  return out;
}

std::string_view field_of(std::string_view m, std::string_view name, char compact) {
  const std::size_t end = body_at(m);
  for (std::size_t at = m.find('\n'); at < end; at = m.find('\n', at)) {
    ++at;
    const std::string_view line = m.substr(at, std::min(m.find('\n', at), end) - at);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view found = trim(line.substr(0, colon));
    const bool is_short = compact != 0 && found.size() == 1 && (found[0] | 0x20) == compact;
    if (iequals(found, name) || is_short) return trim(line.substr(colon + 1));
  }
  return {};
}

}  // namespace carillon::evidence
