// Reading: from bytes to a request that a handler gets.
#include "http/net/connection.h"

#include "http/net/fill_request.h"

namespace carillon::http {
namespace {

constexpr std::size_t kSmallBuffer = 4 << 10;
constexpr std::size_t kBodyBuffer = 64 << 10;
constexpr std::uint64_t kDiscardable = 64 << 10;  // a refused body this short is read, so that the connection can go on
constexpr std::size_t kMaxLinger = 4 << 20;
constexpr std::uint64_t kProgressBytes = 1 << 10;

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, std::unique_ptr<Transport> transport, std::string remote)
    : loop_(std::move(loop)),
      shared_(loop_->shared()),
      transport_(std::move(transport)),
      remote_(std::move(remote)),
      reader_(shared_.options.limits.max_header_bytes) {}

Connection::~Connection() = default;

void Connection::start() {
  loop_->add(shared_from_this());
  loop_->counters().connections_open.add();
  set_deadline(shared_.options.limits.header_timeout);
  transport_->attach(weak_from_this());
  transport_->start();
}

void Connection::start_refusing() {
  refusing_ = true;
  start();
}

void Connection::on_ready() {
  if (!refusing_) return next_request(true);
  close_after_ = true;
  now_.decision.metric = shared_.router->state().no_route();
  now_.began = std::chrono::steady_clock::now();
  send_answer(Response::problem(Error(ErrorCode::kOverloaded, "too many connections are open; try again"), {},
                                Duration::seconds(5)));
}

void Connection::next_request(bool fresh) {
  const ServerLimits& limits = shared_.options.limits;
  reader_.reset();
  now_ = Exchange{};
  now_.decision.metric = shared_.router->state().no_route();
  const bool has_bytes = begin_ != end_;
  phase_ = has_bytes ? Phase::kHeader : Phase::kIdle;
  set_deadline(fresh || has_bytes ? limits.header_timeout : limits.idle_timeout);
  if (has_bytes) return pump();
  if (shared_.draining.load(std::memory_order_relaxed) && !fresh) return close();
  if (buffer_.size() > kSmallBuffer && !reading_) {
    buffer_ = std::vector<char>();  // thousands of idle connections stay small
    begin_ = end_ = 0;
  }
  want_read();
}

void Connection::want_read() {
  if (reading_) return;
  if (begin_ == end_) begin_ = end_ = 0;
  const bool big = phase_ == Phase::kBody && reader_.head().content_length.value_or(kBodyBuffer) > kSmallBuffer;
  const std::size_t wish = big || phase_ == Phase::kLinger ? kBodyBuffer : kSmallBuffer;
  if (buffer_.size() - end_ < wish / 4 && begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_, begin_ = 0;
  }
  // The reader refuses what is longer than a header may be, so this stops growing.
  if (buffer_.size() - end_ < wish / 4) buffer_.resize(std::max(end_ + wish, wish));
  reading_ = true;
  transport_->read(std::span(buffer_).subspan(end_));
}

void Connection::on_read(std::size_t bytes) {
  reading_ = false;
  heard_ = true;
  loop_->counters().bytes_in.add(bytes);
  const ServerLimits& limits = shared_.options.limits;
  switch (phase_) {
    case Phase::kIdle:
      phase_ = Phase::kHeader;
      set_deadline(limits.header_timeout);
      break;
    case Phase::kHeader:
      break;
    case Phase::kBody:
      // A byte now and then is no progress: a slow client may not hold its place for ever.
      if (reader_.body_bytes() + bytes - now_.body_mark >= kProgressBytes) {
        now_.body_mark = reader_.body_bytes() + bytes;
        deadline_ = std::min(std::chrono::steady_clock::now() + limits.body_timeout, now_.body_until);
      }
      break;
    case Phase::kLinger:
      lingered_ += bytes;
      begin_ = end_ = 0;
      if (lingered_ > kMaxLinger) return close();
      return want_read();
    default:
      // Came while an answer to a timeout is written; nobody reads it.
      return;
  }
  end_ += bytes;
  pump();
}

void Connection::on_end(bool clean) {
  reading_ = false;
  // A client that sent all it had may still read the answer.
  if (clean && (phase_ == Phase::kWriting || phase_ == Phase::kHandling || phase_ == Phase::kDisk)) return;
  close();
}

// Parses until bytes are missing or somebody else has to act; whoever acts calls pump() or next_request() again.
void Connection::pump() {
  while (true) {
    std::size_t used = 0;
    const Result<RequestReader::Step> step = reader_.feed(unread(), used);
    begin_ += used;
    if (!step) {
      if (!now_.early) return refuse_request(step.error());
      close_after_ = true;
      return send_answer(*std::exchange(now_.early, std::nullopt));
    }
    switch (*step) {
      case RequestReader::Step::kNeedMore:
        if (sink_ && !reader_.body().empty()) return feed_sink(false);
        return want_read();
      case RequestReader::Step::kHeader:
        if (!on_header()) return;
        break;
      case RequestReader::Step::kDone:
        if (now_.early) return send_answer(*std::exchange(now_.early, std::nullopt));
        if (sink_) return feed_sink(true);
        return on_request();
    }
  }
}

// Fills now_.request; an error when the address cannot be read.
Result<void> Connection::build_request(RequestHead& head) {
  Request& request = now_.request.emplace();
  now_.began = std::chrono::steady_clock::now();
  now_.http_1_1 = head.http_1_1;
  now_.id = request.id = shared_.make_request_id();
  now_.known_method = method_from(head.method).has_value();
  auto readable =
      fill_request(request, head, {remote_, transport_->is_tls(), std::span(shared_.options.trusted_proxies)});
  now_.method = request.method;
  now_.path = request.path;
  if (!readable) return readable;
  if (now_.method == Method::kGet || now_.method == Method::kHead) {
    now_.if_none_match = request.headers.value("If-None-Match");
    now_.range = request.headers.value("Range");
    now_.if_range = request.headers.value("If-Range");
  }
  return {};
}

// True when the body comes next; false when the request was answered, or waits for something else.
bool Connection::on_header() {
  RequestHead& head = reader_.head();
  close_after_ = close_after_ || !head.keep_alive;
  if (auto readable = build_request(head); !readable) {
    loop_->counters().bad_requests.add();
    Error error = std::move(readable).error();
    if (error.http_status() != 400) error.code = ErrorCode::kMalformedRequest;
    return refuse_early(explained(error));
  }
  Request& request = *now_.request;
  try {
    now_.decision = decide(shared_.router->state(), request, head, shared_.options.limiter);
    const Router::Route* route = now_.decision.answer ? nullptr : now_.decision.route;
    if (route && route->options.sink && head.content_length.value_or(0) <= route->options.max_body_bytes) {
      auto sink = route->options.sink(request);
      if (sink) sink_ = std::move(*sink);
      if (!sink) now_.decision.answer = Response::problem(sink.error(), now_.path);
    }
  } catch (const std::exception& e) {
    log_request(LogLevel::kError, "hook_threw", e.what());
    now_.decision.answer =
        Response::problem(Error(ErrorCode::kInternal, "the request could not be checked"), now_.path);
  }
  if (now_.decision.answer) return refuse_early(*std::exchange(now_.decision.answer, std::nullopt));
  return begin_body();
}

bool Connection::begin_body() {
  RequestHead& head = reader_.head();
  const Router::Route& route = *now_.decision.route;
  const ServerLimits& limits = shared_.options.limits;
  const std::size_t max_body = route.on_open ? 0 : route.options.max_body_bytes;
  if (const auto ok = reader_.set_body_limit(max_body); !ok) {
    return refuse_early(Response::problem(ok.error(), now_.path));
  }
  if (route.on_open) websocket_key_ = now_.request->headers.value("Sec-WebSocket-Key");
  if (!head.has_body()) return true;
  phase_ = Phase::kBody;
  now_.body_until = std::chrono::steady_clock::now() + limits.body_total_timeout;
  deadline_ = std::min(std::chrono::steady_clock::now() + limits.body_timeout, now_.body_until);
  if (head.expect_continue && begin_ == end_) {
    writing_continue_ = true;  // reading goes on when it is written
    transport_->write("HTTP/1.1 100 Continue\r\n\r\n");
    return false;
  }
  return true;
}

// An answer that is known before the body has come. A short body is read and dropped first, so that the connection goes on; a long
// one ends it. True when the body is to be read.
bool Connection::refuse_early(Response response) {
  const RequestHead& head = reader_.head();
  if (!head.has_body()) return send_answer(std::move(response)), false;
  if (head.expect_continue || head.content_length.value_or(0) > kDiscardable) {
    close_after_ = true;
    send_answer(std::move(response));
    return false;
  }
  now_.early = std::move(response);
  (void)reader_.set_body_limit(kDiscardable);
  phase_ = Phase::kBody;
  now_.body_until = deadline_ = std::chrono::steady_clock::now() + shared_.options.limits.body_timeout;
  return true;
}

// The request cannot be read: nothing on this connection can be trusted any more.
void Connection::refuse_request(const Error& error) {
  close_after_ = true;
  if (error.code != ErrorCode::kRequestTimeout) loop_->counters().bad_requests.add();
  if (now_.id.empty()) now_.id = shared_.make_request_id();
  if (now_.began == SteadyTime{}) now_.began = std::chrono::steady_clock::now();
  send_answer(explained(error));
}

void Connection::on_request() {
  const Router::Route& route = *now_.decision.route;
  Request request = *std::exchange(now_.request, std::nullopt);
  request.body = std::move(reader_.body());
  request.sink = std::move(sink_);
  phase_ = Phase::kHandling;
  set_deadline(shared_.options.limits.handler_timeout);
  now_.running = true;
  loop_->counters().requests_running.add();
  const std::uint64_t ticket = ++ticket_;
  const auto keep = shared_from_this();
  try {
    if (route.on_open) {
      route.on_open(std::move(request), WebSocketDecision(keep, ticket, now_.decision.subprotocol));
    } else {
      route.handler(std::move(request), Reply(keep, ticket));
    }
  } catch (const std::exception& e) {
    // The Reply died on the way out, so the client has its 500.
    log_request(LogLevel::kError, "handler_threw", e.what());
  }
}

void Connection::on_tick(SteadyTime now) {
  if (now >= deadline_) time_out(now);
}

void Connection::time_out(SteadyTime) {
  switch (phase_) {
    case Phase::kHeader:
    case Phase::kBody:
      loop_->counters().timeouts.add();
      if (writing_continue_ || (phase_ == Phase::kHeader && !heard_)) return close();
      now_.early.reset();
      return refuse_request(Error(ErrorCode::kRequestTimeout, phase_ == Phase::kHeader
                                                                  ? "the header did not come in time"
                                                                  : "the body came too slowly"));
    case Phase::kHandling:
      loop_->counters().timeouts.add();
      log_request(LogLevel::kError, "handler_timeout", "no answer in time");
      return take_answer(ticket_,
                         Response::problem(Error(ErrorCode::kUnavailable, "the answer took too long"), now_.path));
    case Phase::kWriting:
    case Phase::kDisk:
      loop_->counters().timeouts.add();
      log_request(LogLevel::kInfo, "write_timeout", "the client does not read, or the disk does not answer");
      return close();
    case Phase::kHandshake:
    case Phase::kIdle:
    case Phase::kLinger:
      return close();
    case Phase::kClosed:
      return;
  }
}

void Connection::on_drain() {
  close_after_ = true;
  if (phase_ == Phase::kHandshake || phase_ == Phase::kIdle) close();
}

// No more part of the loop; the transport is somebody else's business.
void Connection::leave() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  const auto keep = shared_from_this();
  if (std::exchange(now_.running, false)) loop_->counters().requests_running.sub();
  if (sink_) discard_sink(std::move(sink_));
  file_.reset();
  loop_->remove(this);
  loop_->counters().connections_open.sub();
}

void Connection::close() {
  if (phase_ == Phase::kClosed) return;
  const auto keep = shared_from_this();
  transport_->close();
  leave();
  shared_.left();
}

}  // namespace carillon::http
