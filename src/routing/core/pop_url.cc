#include "routing/core/pop_url.h"

#include <algorithm>
#include <array>
#include <string>

namespace carillon::routing {

namespace {

constexpr std::size_t kMostCharacters = 2'000;
constexpr std::size_t kMostOfName = 64;
constexpr std::array<std::string_view, 14> kFields = {
    "customer.sid",     "customer.name", "customer.phone", "customer.email", "contact.sid",
    "contact.channel",  "call.sid",      "call.from",      "call.from_name", "call.to",
    "conversation.sid", "task.sid",      "queue.name",     "agent.name"};
constexpr std::array<std::string_view, 2> kAttributes = {"customer.attributes.", "contact.attributes."};

Error wrong(std::string found) { return Error(ErrorCode::kInvalidValue, std::move(found)).at("pop_url"); }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_attribute(std::string_view name) {
  return !name.empty() && name.size() <= kMostOfName &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-'; });
}

bool is_field(std::string_view name) {
  if (std::find(kFields.begin(), kFields.end(), name) != kFields.end()) return true;
  return std::any_of(kAttributes.begin(), kAttributes.end(), [&](std::string_view begin) {
    return name.starts_with(begin) && is_attribute(name.substr(begin.size()));
  });
}

Result<void> check_host(std::string_view host, bool secure) {
  const bool fine = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view(".-:[]").find(c) != std::string_view::npos;
  });
  if (!fine) return wrong("found the host '" + std::string(host) + "'; expected its name, without fields or passwords");
  if (secure) return {};
  const std::string_view name =
      host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  if (name == "localhost" || name == "127.0.0.1" || name == "[::1]") return {};
  return wrong("found http://, by which everybody on the way reads along; expected https://");
}

// From here on fields may stand.
Result<void> check_rest(std::string_view rest) {
  while (!rest.empty()) {
    const auto brace = rest.find_first_of("{}");
    if (brace == std::string_view::npos) return {};
    const auto end = rest[brace] == '{' ? rest.find('}', brace) : std::string_view::npos;
    if (end == std::string_view::npos)
      return wrong("found a brace without the other one; write fields like {call.from}");
    const std::string_view name = rest.substr(brace + 1, end - brace - 1);
    if (!is_field(name)) {
      return wrong("found the field {" + std::string(name) +
                   "}, which is none; such are {customer.name}, {call.from}, {contact.attributes.order}");
    }
    rest.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

Result<void> check_pop_url(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > kMostCharacters) {
    return Error(ErrorCode::kTooLong, "found " + std::to_string(text.size()) + " characters; expected at most 2000")
        .at("pop_url");
  }
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && std::string_view("\"<>\\^`|").find(c) == std::string_view::npos;
  });
  if (!plain) return wrong("found blanks, quotes or letters that an address cannot have; encode them, as %20");
  const bool secure = text.starts_with("https://");
  if (!secure && !text.starts_with("http://"))
    return wrong("found no https:// at its beginning; expected a whole address");
  text.remove_prefix(secure ? 8 : 7);
  const std::string_view host = text.substr(0, text.find_first_of("/?#"));
  if (auto fine = check_host(host, secure); !fine) return fine;
  return check_rest(text.substr(host.size()));
}

}  // namespace carillon::routing
