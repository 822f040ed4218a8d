// Cuts a byte stream into SIP messages (RFC 3261 section 18.3): header, empty line, Content-Length bytes.
//
// What:   bytes in any pieces go in, whole messages come out; CRLF between messages is a sign of life (RFC 5626
//         section 4.4.1): two of them want one back.
// Errors: a stream that cannot be cut any more (no or bad Content-Length with the header complete, too large) is broken for
//         good: the connection has to be closed. take() gives what was read of that message, for a 400.
// Limits: as of Limits.
// Thread: one at a time.
// Example:
//   framer.feed(bytes);
//   while (auto message = framer.take()) handle(*message);
//   if (framer.broken()) close();
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "voice/sip/message.h"

namespace carillon::voice::sip {

class StreamFramer {
 public:
  StreamFramer() = default;
  explicit StreamFramer(const Limits& limits) : limits_(limits) {}

  void feed(std::string_view bytes);
  std::optional<std::string> take();
  bool broken() const { return broken_; }
  // Has a message begun that is not complete? Such a connection gets only so much time.
  bool in_message() const { return !buffer_.empty(); }
  // How many pings (CRLF CRLF) came since the last call.
  int take_pings();

 private:
  void skip_line_ends();

  Limits limits_;
  std::string buffer_;
  std::size_t looked_ = 0;  // the end of the header is not before this
  int line_ends_ = 0, pings_ = 0;
  bool broken_ = false;
};

}  // namespace carillon::voice::sip
