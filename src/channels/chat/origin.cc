#include "channels/chat/origin.h"

#include <algorithm>
#include <charconv>

namespace carillon::chat {
namespace {

bool consists_of(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
  });
}

// How much of the text is the host: a name, an IPv4 address, or an IPv6 address in brackets. 0 when it is none.
std::size_t host_length(std::string_view text) {
  const bool bracketed = text.starts_with('[');
  const std::size_t end = std::min(text.find(bracketed ? ']' : ':'), text.size());
  if (!bracketed) return consists_of(text.substr(0, end), ".-_") ? end : 0;
  return end < text.size() && consists_of(text.substr(1, end - 1), ":.") ? end + 1 : 0;
}

std::optional<int> port_of(std::string_view text) {
  int out = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool fine = failed == std::errc() && stop == text.data() + text.size() && out > 0 && out <= 65535;
  return fine ? std::optional(out) : std::nullopt;
}

}  // namespace

std::optional<std::string> normalized_origin(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (out.ends_with('/')) out.pop_back();
  const bool tls = out.starts_with("https://");
  if (!tls && !out.starts_with("http://")) return std::nullopt;
  const std::size_t begin = tls ? 8 : 7;
  const std::size_t host = host_length(std::string_view(out).substr(begin));
  if (host == 0) return std::nullopt;
  const std::string_view after = std::string_view(out).substr(begin + host);
  if (after.empty()) return out;
  const auto port = after.front() == ':' ? port_of(after.substr(1)) : std::nullopt;
  if (!port) return std::nullopt;
  out.resize(begin + host);
  if (*port != (tls ? 443 : 80)) out += ":" + std::to_string(*port);
  return out;
}

}  // namespace carillon::chat
