// Goal: the decoder accepts what RFC 6455 allows and refuses the rest with the right close code, however the bytes are cut.
// Method: frames made by hand, each fed whole and byte by byte.
#include "http/parse/websocket_codec.h"

#include <gtest/gtest.h>

#include <vector>

namespace carillon::http {
namespace {

struct Seen {
  WsEvent::Kind kind;
  std::string text;
  std::uint16_t code;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> decode(std::string_view bytes, std::size_t step, WsDecoderOptions options) {
  WsDecoder decoder(options);
  std::vector<Seen> out;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, step);
    bytes.remove_prefix(piece.size());
    for (WsEvent e = decoder.next(piece); e.kind != WsEvent::kNeedMore; e = decoder.next(piece)) {
      out.push_back({e.kind, std::string(e.payload), e.code});
    }
  }
  return out;
}

std::vector<Seen> decode(std::string_view bytes, WsDecoderOptions options = {}) {
  const auto whole = decode(bytes, bytes.size(), options);
  EXPECT_EQ(whole, decode(bytes, 1, options));
  EXPECT_EQ(whole, decode(bytes, 3, options));
  return whole;
}

// A masked frame with any first byte and any way to write the length.
std::string frame(unsigned first, std::string_view payload, int length_bytes = 0, bool masked = true) {
  std::string out(1, static_cast<char>(first));
  const std::size_t n = payload.size();
  const char bit = masked ? '\x80' : '\0';
  if (length_bytes == 0) {
    out.push_back(static_cast<char>(bit | static_cast<char>(n)));
  } else {
    out.push_back(static_cast<char>(bit | (length_bytes == 2 ? 126 : 127)));
    for (int i = length_bytes - 1; i >= 0; --i)
      out.push_back(static_cast<char>(static_cast<std::uint64_t>(n) >> (8 * i)));
  }
  const char mask[4] = {1, 2, 3, 4};
  if (masked) out.append(mask, 4);
  for (std::size_t i = 0; i < n; ++i) out.push_back(static_cast<char>(payload[i] ^ (masked ? mask[i % 4] : 0)));
  return out;
}

void expect_fault(const std::string& bytes, std::uint16_t code, WsDecoderOptions options = {}) {
  const auto seen = decode(bytes, options);
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back().kind, WsEvent::kFault);
  EXPECT_EQ(seen.back().code, code) << seen.back().text;
}

TEST(WebSocketCodec, ReadsTextInOneAndInManyFrames) {
  const auto seen = decode(frame(0x81, "hello") + frame(0x01, "a") + frame(0x89, "ping") + frame(0x00, "b") +
                           frame(0x80, "é") + frame(0x81, ""));
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_EQ(seen[0], (Seen{WsEvent::kText, "hello", 0}));
  EXPECT_EQ(seen[1], (Seen{WsEvent::kPing, "ping", 0}));
  EXPECT_EQ(seen[2], (Seen{WsEvent::kText, "abé", 0}));
  EXPECT_EQ(seen[3], (Seen{WsEvent::kText, "", 0}));
}

TEST(WebSocketCodec, WritesWhatItReads) {
  for (const std::size_t n : {0u, 1u, 125u, 126u, 65535u, 65536u}) {
    const std::string text(n, 'x');
    std::string masked, plain;
    append_ws_frame(masked, WsOpcode::kText, text, 0x01020304);
    append_ws_frame(plain, WsOpcode::kText, text);
    EXPECT_EQ(decode(masked, masked.size(), {.max_message_bytes = 1 << 20}).at(0).text, text);
    EXPECT_EQ(decode(plain, plain.size(), {.from_client = false, .max_message_bytes = 1 << 20}).at(0).text, text);
  }
}

TEST(WebSocketCodec, RefusesBrokenFrames) {
  expect_fault(frame(0xC1, "x"), 1002);            // reserved bit
  expect_fault(frame(0x83, "x"), 1002);            // unknown opcode
  expect_fault(frame(0x8B, "x"), 1002);            // unknown control opcode
  expect_fault(frame(0x81, "x", 0, false), 1002);  // not masked
  expect_fault(frame(0x81, "x", 2), 1002);         // length not in its shortest form
  expect_fault(frame(0x81, std::string(200, 'x'), 8), 1002);
  expect_fault(std::string("\x81\xFF\x80\0\0\0\0\0\0\1abcd", 14), 1002);  // highest bit of the length
  expect_fault(frame(0x80, "x"), 1002);                                   // continuation of nothing
  expect_fault(frame(0x01, "a") + frame(0x81, "b"), 1002);                // a message inside a message
  expect_fault(frame(0x09, "x"), 1002);                                   // fragmented ping
  expect_fault(frame(0x89, std::string(126, 'x'), 2), 1002);              // long ping
}

TEST(WebSocketCodec, RefusesBinaryAtItsHeader) {
  const std::string header = frame(0x82, "0123456789").substr(0, 6);
  expect_fault(header, 1003);
  EXPECT_EQ(decode(frame(0x82, "ab"), {.take_binary = true}).at(0).kind, WsEvent::kBinary);
}

TEST(WebSocketCodec, RefusesTextThatIsNotUtf8) {
  expect_fault(frame(0x81, "a\xFF"), 1007);
  expect_fault(frame(0x01, "\xC3") + frame(0x80, "("), 1007);
  EXPECT_EQ(decode(frame(0x01, "\xC3") + frame(0x80, "\xA9")).at(0).text, "é");
}

TEST(WebSocketCodec, RefusesWhatIsTooLongBeforeItCame) {
  const WsDecoderOptions small{.max_message_bytes = 10};
  expect_fault(frame(0x81, std::string(11, 'x')).substr(0, 6), 1009, small);
  expect_fault(frame(0x01, std::string(6, 'x')) + frame(0x80, std::string(5, 'x')).substr(0, 6), 1009, small);
  expect_fault(std::string("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
                           "abcd",
                           14),
               1009, small);
  EXPECT_EQ(decode(frame(0x81, std::string(10, 'x')), small).at(0).kind, WsEvent::kText);
}

TEST(WebSocketCodec, BoundsFragments) {
  std::string many = frame(0x01, "");
  for (int i = 0; i < 1100; ++i) many += frame(0x00, "");
  expect_fault(many, 1008);
}

TEST(WebSocketCodec, ReadsCloseFrames) {
  EXPECT_EQ(decode(frame(0x88, "")).at(0), (Seen{WsEvent::kClose, "", 1005}));
  EXPECT_EQ(decode(frame(0x88,
                         "\x03\xE8"
                         "bye"))
                .at(0),
            (Seen{WsEvent::kClose, "bye", 1000}));
  EXPECT_EQ(decode(frame(0x88, ws_close_payload(4001, "é"))).at(0).code, 4001);
  expect_fault(frame(0x88, "\x03"), 1002);
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 2999u, 5000u}) {
    expect_fault(frame(0x88, std::string{static_cast<char>(code >> 8), static_cast<char>(code)}), 1002);
  }
  expect_fault(frame(0x88, "\x03\xE8\xFF"), 1007);
  EXPECT_EQ(decode(frame(0x88, "") + frame(0x81, "late")).size(), 1u);  // nothing is read behind it
}

TEST(WebSocketCodec, CutsCloseReasonsBetweenCodePoints) {
  const std::string reason = std::string(122, 'a') + "é";
  EXPECT_EQ(ws_close_payload(1000, reason).size(), 2u + 122u);
  EXPECT_EQ(ws_close_payload(1006, "x"), "");
}

}  // namespace
}  // namespace carillon::http
