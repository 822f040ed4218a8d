#include "door/name_page.h"

#include "base/ids.h"
#include "store/params_check.h"

namespace carillon::door {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kMostNameBytes = 512;  // 128 characters of four bytes
constexpr std::size_t kSid = 34;

}  // namespace

std::string encode_cursor(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out += kAlphabet[(bits << (6 - held)) & 63];
  return out;
}

std::optional<std::string> decode_cursor(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto at = kAlphabet.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(at);
    held += 6;
    if (held >= 8) out += static_cast<char>((bits >> (held - 8)) & 255), held -= 8;
  }
  return out;
}

Result<void> NamePage::read(http::QueryFields& query) {
  size_ = static_cast<std::size_t>(query.optional_int("page_size", 1, 200).value_or(50));
  const auto cursor = query.optional_string("cursor", 1, kLongestCursor);
  if (!cursor) return {};
  // "n", the sid, the name: a sid has a fixed length.
  const std::string text = decode_cursor(*cursor).value_or("");
  const bool whole = text.size() >= 1 + kSid && text.size() <= 1 + kSid + kMostNameBytes && text.front() == 'n';
  if (!whole || !is_sid(std::string_view(text).substr(1, kSid)) || !store::is_storable_text(text)) {
    return Error(ErrorCode::kCursorInvalid, "found a cursor that is not one of ours; use next_cursor as it came")
        .at("cursor");
  }
  begun_ = true;
  sid_ = text.substr(1, kSid);
  name_ = text.substr(1 + kSid);
  return {};
}

bool NamePage::is_after(std::string_view name, std::string_view sid) const {
  if (!begun_) return true;
  return name != name_ ? name > name_ : sid > sid_;
}

std::string NamePage::next(std::string_view name, std::string_view sid) const {
  return encode_cursor("n" + std::string(sid) + std::string(name));
}

http::Response NamePage::finish(std::string text, std::string_view next_cursor) {
  text += "],\"next_cursor\":";
  if (next_cursor.empty()) {
    text += "null";
  } else {
    text += '"', text += next_cursor, text += '"';
  }
  text += '}';
  return http::Response::json_text(200, std::move(text));
}

}  // namespace carillon::door
