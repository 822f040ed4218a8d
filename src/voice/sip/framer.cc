#include "voice/sip/framer.h"

#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

// Content-Length of a complete header, or nothing when it has none or a bad one.
std::optional<std::size_t> content_length(std::string_view header) {
  std::optional<std::size_t> found;
  while (!header.empty()) {
    std::string_view line = take_until(header, '\n');
    const std::string_view name = trim(take_until(line, ':'));
    if (header_from(name) != Header::kContentLength) continue;
    // A folded value: the digits may stand on the next line.
    while (!header.empty() && is_blank(header.front()) && trim(line).empty()) line = take_until(header, '\n');
    const auto length = parse_number(trim(line), 0xffffffff);
    // Two lengths that differ would let a stream be cut in two ways.
    if (!length || (found && *found != *length)) return std::nullopt;
    found = static_cast<std::size_t>(*length);
  }
  return found;
}

}  // namespace

void StreamFramer::feed(std::string_view bytes) {
  if (!broken_) buffer_.append(bytes);
}

void StreamFramer::skip_line_ends() {
  std::size_t at = 0;
  while (at < buffer_.size() && (buffer_[at] == '\r' || buffer_[at] == '\n')) {
    if (buffer_[at] == '\n' && ++line_ends_ == 2) ++pings_, line_ends_ = 0;
    ++at;
  }
  if (at < buffer_.size()) line_ends_ = 0;
  if (at > 0) buffer_.erase(0, at), looked_ = 0;
}

int StreamFramer::take_pings() {
  const int pings = pings_;
  pings_ = 0;
  return pings;
}

std::optional<std::string> StreamFramer::take() {
  if (broken_) return std::nullopt;
  if (looked_ == 0) skip_line_ends();
  if (buffer_.empty()) return std::nullopt;
  const std::size_t blank = buffer_.find("\r\n\r\n", looked_ < 3 ? 0 : looked_ - 3);
  if (blank == std::string::npos) {
    looked_ = buffer_.size();
    if (looked_ > limits_.header_bytes) broken_ = true;
    return std::nullopt;
  }
  const std::size_t body = blank + 4;
  const auto length = content_length(std::string_view(buffer_).substr(0, blank + 2));
  if (!length || *length > limits_.message_bytes || body + *length > limits_.message_bytes) {
    broken_ = true;
    return buffer_.substr(0, body);
  }
  looked_ = blank;
  if (buffer_.size() < body + *length) return std::nullopt;
  std::string message = buffer_.substr(0, body + *length);
  buffer_.erase(0, body + *length);
  looked_ = 0;
  return message;
}

}  // namespace carillon::voice::sip
