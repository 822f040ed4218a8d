#include "http/parse/websocket_codec.h"

#include <algorithm>

#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

constexpr std::uint16_t kProtocol = 1002;
constexpr std::uint16_t kBinaryRefused = 1003;
constexpr std::uint16_t kNoCode = 1005;
constexpr std::uint16_t kBadText = 1007;
constexpr std::uint16_t kPolicy = 1008;
constexpr std::uint16_t kTooBig = 1009;

bool is_control(WsOpcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

// Bytes of the header, known after its first two.
std::size_t header_size(const std::array<unsigned char, 14>& header) {
  const unsigned length = header[1] & 0x7F;
  return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + ((header[1] & 0x80) ? 4 : 0);
}

}  // namespace

bool is_sendable_ws_code(std::uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

WsEvent WsDecoder::fault(std::uint16_t code, std::string_view what) {
  over_ = true;
  return {WsEvent::kFault, what, code};
}

bool WsDecoder::take_header(std::string_view& in) {
  while (!in.empty()) {
    if (header_used_ >= 2 && header_used_ == header_size(header_)) break;
    header_[header_used_++] = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
  }
  return header_used_ >= 2 && header_used_ == header_size(header_);
}

// Reads the complete header; an event when it is at fault.
std::optional<WsEvent> WsDecoder::check_header() {
  fin_ = (header_[0] & 0x80) != 0;
  if (header_[0] & 0x70) return fault(kProtocol, "a reserved bit is set and no extension was agreed");
  const unsigned opcode = header_[0] & 0x0F;
  if ((opcode > 2 && opcode < 8) || opcode > 10) return fault(kProtocol, "unknown opcode");
  opcode_ = static_cast<WsOpcode>(opcode);
  const bool masked = (header_[1] & 0x80) != 0;
  if (masked != options_.from_client)
    return fault(kProtocol, masked ? "the frame is masked" : "the frame is not masked");
  length_ = header_[1] & 0x7F;
  std::size_t at = 2;
  if (const std::size_t wide = length_ == 126 ? 2 : length_ == 127 ? 8 : 0; wide != 0) {
    length_ = 0;
    for (std::size_t i = 0; i < wide; ++i) length_ = length_ << 8 | header_[at++];
    if (length_ < (wide == 2 ? 126U : 65536U)) return fault(kProtocol, "the length is not in its shortest form");
    if (length_ >> 63) return fault(kProtocol, "the length has its highest bit set");
  }
  if (masked) std::copy_n(header_.begin() + static_cast<std::ptrdiff_t>(at), 4, mask_.begin());
  got_ = 0;
  if (is_control(opcode_)) {
    if (!fin_ || length_ > 125) return fault(kProtocol, "a control frame is fragmented or too long");
    control_.clear();
    return std::nullopt;
  }
  if ((opcode_ == WsOpcode::kContinuation) != message_opcode_.has_value()) {
    return fault(kProtocol, message_opcode_ ? "a new message begins inside another" : "a continuation of no message");
  }
  if (opcode_ == WsOpcode::kBinary && !options_.take_binary)
    return fault(kBinaryRefused, "binary messages are not taken");
  if (opcode_ != WsOpcode::kContinuation) message_opcode_ = opcode_, fragments_ = 0;
  if (++fragments_ > kMaxFragments) return fault(kPolicy, "the message has too many fragments");
  if (length_ > options_.max_message_bytes - std::min(message_.size(), options_.max_message_bytes)) {
    return fault(kTooBig, "the message is too long");
  }
  return std::nullopt;
}

WsEvent WsDecoder::finish_close() {
  over_ = true;
  if (control_.empty()) return {WsEvent::kClose, {}, kNoCode};
  if (control_.size() == 1) return fault(kProtocol, "the close frame has half a code");
  const auto code = static_cast<std::uint16_t>(static_cast<unsigned char>(control_[0]) << 8 |
                                               static_cast<unsigned char>(control_[1]));
  if (!is_sendable_ws_code(code)) return fault(kProtocol, "the close code may not be sent");
  const std::string_view reason = std::string_view(control_).substr(2);
  if (!is_utf8(reason)) return fault(kBadText, "the close reason is not UTF-8");
  return {WsEvent::kClose, reason, code};
}

WsEvent WsDecoder::finish_frame() {
  in_payload_ = false;
  header_used_ = 0;
  switch (opcode_) {
    case WsOpcode::kPing:
      return {WsEvent::kPing, control_, 0};
    case WsOpcode::kPong:
      return {WsEvent::kPong, control_, 0};
    case WsOpcode::kClose:
      return finish_close();
    default:
      break;
  }
  if (!fin_) return {};
  const bool text = message_opcode_ == WsOpcode::kText;
  message_opcode_.reset();
  if (text && !is_utf8(message_)) return fault(kBadText, "the text is not UTF-8");
  hand_out_ = true;
  return {text ? WsEvent::kText : WsEvent::kBinary, message_, 0};
}

WsEvent WsDecoder::next(std::string_view& in) {
  if (hand_out_) {
    hand_out_ = false;
    // A socket that once sent a long message does not keep its memory.
    if (message_.capacity() > 4096) message_ = std::string();
    message_.clear();
  }
  while (!over_) {
    if (!in_payload_) {
      if (!take_header(in)) return {};
      if (auto wrong = check_header()) return *wrong;
      in_payload_ = true;
    }
    std::string& into = is_control(opcode_) ? control_ : message_;
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(length_ - got_, in.size()));
    const std::size_t begin = into.size();
    into.append(in.substr(0, n));
    in.remove_prefix(n);
    if (options_.from_client) {
      for (std::size_t i = 0; i < n; ++i) into[begin + i] = static_cast<char>(into[begin + i] ^ mask_[(got_ + i) & 3]);
    }
    got_ += n;
    if (got_ < length_) return {};
    const WsEvent event = finish_frame();
    if (event.kind != WsEvent::kNeedMore) return event;
  }
  return {};
}

void append_ws_frame(std::string& out, WsOpcode opcode, std::string_view payload, std::optional<std::uint32_t> mask) {
  const std::size_t n = payload.size();
  const char mask_bit = mask ? static_cast<char>(0x80) : '\0';
  out.push_back(static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode)));
  if (n < 126) {
    out.push_back(static_cast<char>(mask_bit | static_cast<char>(n)));
  } else {
    const int wide = n < 65536 ? 2 : 8;
    out.push_back(static_cast<char>(mask_bit | (wide == 2 ? 126 : 127)));
    for (int i = wide - 1; i >= 0; --i) out.push_back(static_cast<char>(n >> (8 * i) & 0xFF));
  }
  if (!mask) {
    out.append(payload);
    return;
  }
  const std::array<char, 4> key{static_cast<char>(*mask >> 24), static_cast<char>(*mask >> 16),
                                static_cast<char>(*mask >> 8), static_cast<char>(*mask)};
  out.append(key.data(), key.size());
  for (std::size_t i = 0; i < n; ++i) out.push_back(static_cast<char>(payload[i] ^ key[i & 3]));
}

std::string ws_close_payload(std::uint16_t code, std::string_view reason) {
  if (!is_sendable_ws_code(code)) return {};
  std::string out{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
  out.append(utf8_cut(reason, 123));
  return out;
}

}  // namespace carillon::http
