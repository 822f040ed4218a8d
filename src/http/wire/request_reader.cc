#include "http/wire/request_reader.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace carillon::http {
namespace {

namespace bh = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

std::string_view view(string_view s) { return {s.data(), s.size()}; }

class Parser final : public bh::basic_parser<true> {
 public:
  explicit Parser(std::size_t max_header_bytes) {
    header_limit(static_cast<std::uint32_t>(max_header_bytes));
    body_limit(boost::none);
    eager(false);  // stops after the header: the route's limit comes before the body
  }

  RequestHead head;
  std::string body;
  std::uint64_t body_bytes = 0;
  std::uint64_t body_limit_bytes = UINT64_MAX;
  std::optional<Error> fault;

 private:
  // Any error code stops Beast; `fault` says what it was.
  void stop(error_code& ec, Error error) {
    fault = std::move(error);
    ec = bh::error::bad_value;
  }

  void on_request_impl(bh::verb, string_view method, string_view target, int version, error_code&) override {
    head.method = view(method);
    head.target = view(target);
    head.http_1_1 = version >= 11;
  }

  void on_field_impl(bh::field, string_view name, string_view value, error_code& ec) override {
    if (is_header_done()) return;  // a trailer: nothing of ours reads it
    if (head.headers.size() == Headers::kMaxFields) {
      return stop(ec, Error(ErrorCode::kHeaderTooLarge,
                            "the header has more than " + std::to_string(Headers::kMaxFields) + " fields"));
    }
    if (!Headers::is_token(view(name)) || !Headers::is_safe_value(view(value))) {
      return stop(ec, Error(ErrorCode::kMalformedRequest, "a header field holds a control character"));
    }
    head.headers.add(view(name), view(value));
  }

  void on_header_impl(error_code& ec) override {
    const auto transfer = head.headers.get("Transfer-Encoding");
    // Anything but exactly "chunked" is read differently by different servers: request smuggling begins there.
    if (transfer && (!equals_ignoring_case(*transfer, "chunked") || !head.http_1_1)) {
      return stop(ec, Error(ErrorCode::kMalformedRequest, "Transfer-Encoding may only be 'chunked', and in HTTP/1.1"));
    }
    const std::size_t hosts = head.headers.count("Host");
    if (hosts > 1 || (hosts == 0 && head.http_1_1)) {
      return stop(ec, Error(ErrorCode::kMalformedRequest, "the request must have one Host field"));
    }
    if (head.headers.count("Content-Length") > 1) {
      return stop(ec, Error(ErrorCode::kMalformedRequest, "the request has Content-Length twice"));
    }
    head.chunked = chunked();
    if (const auto length = content_length()) head.content_length = *length;
    head.keep_alive = keep_alive();
    head.upgrade = upgrade();
    head.expect_continue = head.http_1_1 && equals_ignoring_case(head.headers.value("Expect"), "100-continue");
  }

  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}

  std::size_t take(string_view piece, error_code& ec) {
    body_bytes += piece.size();
    if (body_bytes > body_limit_bytes) {
      stop(ec, Error(ErrorCode::kBodyTooLarge, "the body has more than " + std::to_string(body_limit_bytes) +
                                                   " bytes, which is what this address takes"));
      return 0;
    }
    body.append(piece.data(), piece.size());
    return piece.size();
  }
  std::size_t on_body_impl(string_view piece, error_code& ec) override { return take(piece, ec); }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code& ec) override { return take(piece, ec); }
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code& ec) override {
    // A claimed size over the limit is refused before its bytes come.
    if (size > body_limit_bytes - std::min(body_bytes, body_limit_bytes)) {
      stop(ec, Error(ErrorCode::kBodyTooLarge,
                     "a chunk makes the body larger than " + std::to_string(body_limit_bytes) + " bytes"));
    }
  }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}
};

std::string describe(const error_code& ec) {
  if (ec == bh::error::bad_method) return "the method is not a token";
  if (ec == bh::error::bad_target) return "the address in the request line has a character it may not have";
  if (ec == bh::error::bad_version) return "the request line does not end with HTTP/1.1 or HTTP/1.0 and CRLF";
  if (ec == bh::error::bad_field) return "a header name has a character it may not have";
  if (ec == bh::error::bad_value) return "a header value is not valid";
  if (ec == bh::error::bad_content_length) return "Content-Length is not a number, or stands beside Transfer-Encoding";
  if (ec == bh::error::multiple_content_length) return "the request has several Content-Length";
  if (ec == bh::error::bad_transfer_encoding) return "Transfer-Encoding is not valid, or stands beside Content-Length";
  if (ec == bh::error::bad_chunk) return "a chunk's size line is not valid";
  if (ec == bh::error::bad_chunk_extension) return "a chunk's extension is not valid";
  if (ec == bh::error::bad_line_ending) return "a line does not end with CRLF";
  return "the request cannot be read (" + ec.message() + ")";
}

}  // namespace

struct RequestReader::State {
  std::size_t max_header_bytes;
  std::size_t header_bytes = 0;
  bool header_given = false;
  std::optional<Parser> parser;
};

RequestReader::RequestReader(std::size_t max_header_bytes) : state_(std::make_unique<State>()) {
  state_->max_header_bytes = max_header_bytes;
  reset();
}
RequestReader::~RequestReader() = default;

void RequestReader::reset() {
  state_->header_bytes = 0;
  state_->header_given = false;
  state_->parser.emplace(state_->max_header_bytes);
}

bool RequestReader::started() const { return state_->parser->got_some(); }
RequestHead& RequestReader::head() { return state_->parser->head; }
std::string& RequestReader::body() { return state_->parser->body; }
std::uint64_t RequestReader::body_bytes() const { return state_->parser->body_bytes; }

Result<void> RequestReader::set_body_limit(std::uint64_t bytes) {
  Parser& parser = *state_->parser;
  parser.body_limit_bytes = bytes;
  if (parser.head.content_length.value_or(0) <= bytes) return {};
  return Error(ErrorCode::kBodyTooLarge, "the body has " + std::to_string(*parser.head.content_length) +
                                             " bytes; this address takes at most " + std::to_string(bytes));
}

Result<RequestReader::Step> RequestReader::feed(std::string_view in, std::size_t& used) {
  State& s = *state_;
  Parser& parser = *s.parser;
  used = 0;
  while (true) {
    if (parser.is_header_done() && !s.header_given) {
      s.header_given = true;
      parser.eager(true);
      return Step::kHeader;
    }
    if (parser.is_done()) return Step::kDone;
    if (in.empty()) return Step::kNeedMore;
    error_code ec;
    const std::size_t n = parser.put(boost::asio::const_buffer(in.data(), in.size()), ec);
    used += n;
    in.remove_prefix(n);
    if (!s.header_given) s.header_bytes += n;
    if (parser.fault) return *std::exchange(parser.fault, std::nullopt);
    // Beast applies its limit to what is unread; a header that trickles in is counted here.
    if (ec == bh::error::header_limit ||
        (!s.header_given && s.header_bytes + in.size() > s.max_header_bytes && !parser.is_header_done())) {
      return Error(ErrorCode::kHeaderTooLarge,
                   "the header is larger than " + std::to_string(s.max_header_bytes) + " bytes");
    }
    if (ec == bh::error::need_more) {
      if (in.size() > s.max_header_bytes) {
        return Error(ErrorCode::kMalformedRequest, "a chunk's size line or the trailers are too long");
      }
      return Step::kNeedMore;
    }
    if (ec) return Error(ErrorCode::kMalformedRequest, describe(ec));
  }
}

}  // namespace carillon::http
