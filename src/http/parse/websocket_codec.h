// WebSocket frames (RFC 6455 section 5) as bytes in, events out: no socket, no clock.
//
// Why:    many small messages of one socket are written with one system call, every fault has its close code, and the whole can be
//         fuzzed; a library's stream gives neither the first nor the last.
// What:   checks masking, reserved bits, opcodes, shortest length form, control frames, fragments, size, UTF-8, close codes.
// Owns:   the message that is being put together; it grows with the bytes that came, never by a length that was only claimed.
// Thread: one at a time. Pure.
// Limits: max_message_bytes, kMaxFragments a message.
// Example:
//   std::string_view in = bytes;
//   for (WsEvent e = decoder.next(in); e.kind != WsEvent::kNeedMore; e = decoder.next(in)) ...
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carillon::http {

enum class WsOpcode : std::uint8_t { kContinuation = 0, kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

struct WsEvent {
  enum Kind : std::uint8_t { kNeedMore, kText, kBinary, kPing, kPong, kClose, kFault };
  Kind kind = kNeedMore;
  std::string_view payload;  // valid until the next call; for kClose the reason, for kFault what was wrong
  std::uint16_t code = 0;    // kClose: the peer's (1005 when it gave none); kFault: ours for the close frame
};

struct WsDecoderOptions {
  bool from_client = true;  // frames must be masked; false: must not
  bool take_binary = false;
  std::size_t max_message_bytes = 64 << 10;
};

class WsDecoder {
 public:
  static constexpr std::size_t kMaxFragments = 1024;

  explicit WsDecoder(WsDecoderOptions options = {}) : options_(options) {}

  // Takes bytes from the front of `in`. After kClose or kFault nothing more is read.
  WsEvent next(std::string_view& in);

 private:
  WsEvent fault(std::uint16_t code, std::string_view what);
  bool take_header(std::string_view& in);
  std::optional<WsEvent> check_header();
  WsEvent finish_frame();
  WsEvent finish_close();

  WsDecoderOptions options_;

  std::array<unsigned char, 14> header_{};
  std::size_t header_used_ = 0;
  bool in_payload_ = false;
  bool over_ = false;
  bool hand_out_ = false;  // message_ was handed out and is cleared at the next call

  bool fin_ = false;
  WsOpcode opcode_ = WsOpcode::kContinuation;
  std::array<unsigned char, 4> mask_{};
  std::uint64_t length_ = 0;
  std::uint64_t got_ = 0;

  std::optional<WsOpcode> message_opcode_;  // of the message in progress
  std::size_t fragments_ = 0;
  std::string message_;
  std::string control_;
};

// Appends one whole frame. `mask` for what a client sends.
void append_ws_frame(std::string& out, WsOpcode opcode, std::string_view payload,
                     std::optional<std::uint32_t> mask = std::nullopt);
// The payload of a close frame; the reason is cut to 123 bytes. 1005 and 1006 give an empty payload.
std::string ws_close_payload(std::uint16_t code, std::string_view reason);
// Whether a peer may send this code (RFC 6455 section 7.4).
bool is_sendable_ws_code(std::uint16_t code);

}  // namespace carillon::http
