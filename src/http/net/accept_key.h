// Sec-WebSocket-Accept from Sec-WebSocket-Key (RFC 6455 section 4.2.2). SHA-1 comes from OpenSSL, so it lives in tls.cc.
#pragma once

#include <string>
#include <string_view>

namespace carillon::http {

std::string websocket_accept_key(std::string_view client_key);

}  // namespace carillon::http
