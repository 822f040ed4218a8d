// RequestReader: the bytes of a connection become requests (RFC 9112), one after the other.
//
// Why:    the one place where Beast's HTTP parser is used; nobody else pays for its headers. No socket: it is fuzzed and unit-tested.
// What:   head and body with our limits on top of Beast's checks: total header bytes, field count, Host, Transfer-Encoding,
//         Content-Length, chunk lines, trailers (dropped).
// Owns:   the head and the body bytes until they are taken.
// Thread: one at a time. Pure.
// Errors: kMalformedRequest, kHeaderTooLarge, kBodyTooLarge. After an error the connection cannot go on.
// Example:
//   RequestReader reader(16 << 10);
//   auto step = reader.feed(bytes, used);       // kHeader: look at head(), set_body_limit(), go on feeding the rest
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/parse/headers.h"

namespace carillon::http {

struct RequestHead {
  std::string method;
  std::string target;
  Headers headers;
  bool http_1_1 = true;
  bool keep_alive = true;
  bool upgrade = false;  // Connection: upgrade
  bool chunked = false;
  bool expect_continue = false;
  std::optional<std::uint64_t> content_length;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

class RequestReader {
 public:
  enum class Step { kNeedMore, kHeader, kDone };

  explicit RequestReader(std::size_t max_header_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Begins the next request of the connection.
  void reset();
  // Reads from the front of `in`; `used` bytes of it are done with. What was not used must be given again with more behind it.
  // kHeader comes once; then the body goes on until kDone.
  Result<Step> feed(std::string_view in, std::size_t& used);
  // Fails when Content-Length says more; chunked bodies fail when they grow beyond it.
  Result<void> set_body_limit(std::uint64_t bytes);

  bool started() const;  // some of the request has come
  RequestHead& head();
  // The body bytes read since the last call that took them; clear or move it away.
  std::string& body();
  std::uint64_t body_bytes() const;  // in all

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace carillon::http
