// Where to listen, as people write it.
#include <charconv>

#include "http/server.h"

namespace carillon::http {

Result<Listener> Listener::parse(std::string_view text) {
  const Error malformed = Error(ErrorCode::kConfig, "\"" + std::string(text) + "\" is no address to listen on")
                              .expecting("HOST:PORT such as 127.0.0.1:8080 or [::1]:8080");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return malformed;
  const std::string_view digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (ec != std::errc{} || end != digits.data() + digits.size() || port > 65535) return malformed;
  std::string_view host = text.substr(0, colon);
  if (host.front() == '[') {
    if (host.back() != ']') return malformed;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return malformed;  // an IPv6 address needs its brackets
  }
  Listener out;
  out.address = host == "localhost" ? "127.0.0.1" : host == "*" ? "0.0.0.0" : std::string(host);
  out.port = static_cast<std::uint16_t>(port);
  return out;
}

}  // namespace carillon::http
