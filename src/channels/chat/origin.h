// The origin of a site, as browsers write it in the header Origin (RFC 6454 section 6.2).
//
// Thread: any; no state.
// Example:
//   normalized_origin("https://Shop.Example:443/");   // "https://shop.example"
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace carillon::chat {

// "https://shop.example" as browsers send it: small letters, no path, no default port. Nothing when it is no origin.
std::optional<std::string> normalized_origin(std::string_view text);

}  // namespace carillon::chat
