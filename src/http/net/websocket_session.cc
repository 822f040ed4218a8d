#include "http/net/websocket_session.h"

#include "http/net/accept_key.h"
#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

constexpr std::size_t kReadBytes = 4 << 10;
constexpr std::size_t kBatchBytes = 64 << 10;  // what one write takes at most, plus one message
constexpr std::uint16_t kNoCode = 1005;

}  // namespace

WebSocketSession::WebSocketSession(std::shared_ptr<Loop> loop, Opening opening)
    : loop_(std::move(loop)),
      shared_(loop_->shared()),
      opening_(std::move(opening)),
      decoder_({.max_message_bytes = opening_.options.max_message_bytes}),
      bucket_(opening_.options.messages, shared_.clock.now()) {}

WebSocketSession::~WebSocketSession() = default;

void WebSocketSession::start() {
  heard_at_ = pinged_at_ = std::chrono::steady_clock::now();
  loop_->add(shared_from_this());
  loop_->counters().websockets_open.add();
  opening_.transport->attach(weak_from_this());
  out_ = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         websocket_accept_key(opening_.key) + "\r\n";
  if (!opening_.subprotocol.empty()) out_ += "Sec-WebSocket-Protocol: " + opening_.subprotocol + "\r\n";
  out_ += "Request-Id: " + opening_.request_id + "\r\n\r\n";
  writing_ = true;
  opening_.transport->write(out_);
  try {
    // What the handler sends now is queued behind the handshake.
    opening_.handler->on_open(shared_from_this());
  } catch (const std::exception& e) {
    shared_.log({.level = LogLevel::kError, .event = "handler_threw", .message = e.what(), .path = opening_.path});
    begin_close(kCloseInternal, "something broke on our side", true);
  }
  if (!opening_.early_bytes.empty()) take_bytes(std::exchange(opening_.early_bytes, {}));
  want_read();
}

// --- from any thread -----------------------------------------------------------------------------------------------------------

void WebSocketSession::wake_locked() {
  if (std::exchange(awake_, true)) return;
  loop_->post([self = shared_from_this()] {
    std::optional<std::pair<std::uint16_t, std::string>> asked;
    bool overflowed = false;
    {
      const std::lock_guard lock(self->mutex_);
      self->awake_ = false;
      if (self->close_asked_) asked.emplace(self->asked_code_, self->asked_reason_);
      overflowed = std::exchange(self->overflowed_, false);
    }
    if (overflowed) self->loop_->counters().websocket_overflows.add();
    if (asked && !self->closing_) self->begin_close(asked->first, asked->second, false);
    self->flush();
  });
}

bool WebSocketSession::send(std::shared_ptr<const std::string> text) {
  CARILLON_CHECK(text != nullptr);
  const std::lock_guard lock(mutex_);
  if (refusing_) return false;
  const std::size_t size = text->size();
  if (queue_.size() >= opening_.options.max_queued_messages ||
      queued_bytes_ + size > opening_.options.max_queued_bytes) {
    refusing_ = overflowed_ = close_asked_ = true;
    asked_code_ = kCloseSlowConsumer;
    asked_reason_ = "too slow: " + std::to_string(queue_.size()) + " messages, " + std::to_string(queued_bytes_) +
                    " bytes were waiting; connect again and resume";
    clear_queue_locked();
    wake_locked();
    return false;
  }
  queue_.push_back(std::move(text));
  queued_bytes_ += size;
  shared_.queued_messages.fetch_add(1, std::memory_order_relaxed);
  shared_.queued_bytes.fetch_add(static_cast<std::int64_t>(size), std::memory_order_relaxed);
  wake_locked();
  return true;
}

void WebSocketSession::close(std::uint16_t code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  refusing_ = true;
  if (std::exchange(close_asked_, true)) return;
  asked_code_ = code;
  asked_reason_ = utf8_cut(reason, 123);
  wake_locked();
}

std::size_t WebSocketSession::queued_messages() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::size_t WebSocketSession::queued_bytes() const {
  const std::lock_guard lock(mutex_);
  return queued_bytes_;
}

void WebSocketSession::clear_queue_locked() {
  shared_.queued_messages.fetch_sub(static_cast<std::int64_t>(queue_.size()), std::memory_order_relaxed);
  shared_.queued_bytes.fetch_sub(static_cast<std::int64_t>(queued_bytes_), std::memory_order_relaxed);
  queue_.clear();
  queued_bytes_ = 0;
}

// --- writing -------------------------------------------------------------------------------------------------------------------

// Writes all that waits, as one piece, when no write is running; else the end of that write comes here again.
void WebSocketSession::flush() {
  if (ended_ || writing_) return;
  out_.clear();
  if (!close_sent_) {
    if (std::exchange(pong_due_, false)) append_ws_frame(out_, WsOpcode::kPong, pong_);
    if (std::exchange(ping_due_, false)) append_ws_frame(out_, WsOpcode::kPing, "");
    std::size_t taken = 0;
    std::size_t bytes = 0;
    const std::lock_guard lock(mutex_);
    while (!queue_.empty() && out_.size() < kBatchBytes) {
      append_ws_frame(out_, WsOpcode::kText, *queue_.front());
      bytes += queue_.front()->size();
      ++taken;
      queue_.pop_front();
    }
    queued_bytes_ -= bytes;
    shared_.queued_messages.fetch_sub(static_cast<std::int64_t>(taken), std::memory_order_relaxed);
    shared_.queued_bytes.fetch_sub(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
    loop_->counters().websocket_messages_out.add(taken);
    if (closing_ && queue_.empty()) {
      append_ws_frame(out_, WsOpcode::kClose, ws_close_payload(asked_code_, asked_reason_));
      close_sent_ = true;
    }
  }
  if (out_.empty()) return;
  writing_ = true;
  loop_->counters().bytes_out.add(out_.size());
  opening_.transport->write(out_);
}

void WebSocketSession::on_written() {
  writing_ = false;
  if (out_.capacity() > 2 * kReadBytes) out_ = std::string();
  if (close_sent_) {
    if (close_received_) return end(final_code_, final_reason_);
    // After a broken frame nothing of the peer is understood any more: only its end of stream is waited for.
    if (decoder_faulted_) opening_.transport->shutdown_send();
    return;
  }
  flush();
}

// `code` goes on the wire. The first who closes decides what on_close is told.
void WebSocketSession::begin_close(std::uint16_t code, std::string_view reason, bool drop_queue) {
  if (closing_ || ended_) return;
  closing_ = true;
  // Of 4400 and above: what we have against this client. Faults of its frames have a line already.
  if (code >= 4400) {
    const std::string message = std::to_string(code) + " " + std::string(reason);
    shared_.log({.level = LogLevel::kInfo,
                 .event = "websocket_closed",
                 .message = message,
                 .request_id = opening_.request_id,
                 .remote = opening_.remote,
                 .path = opening_.path});
  }
  close_until_ = std::chrono::steady_clock::now() + opening_.options.close_timeout;
  if (!close_received_) final_code_ = code, final_reason_ = reason;
  {
    const std::lock_guard lock(mutex_);
    refusing_ = close_asked_ = true;
    asked_code_ = code;
    asked_reason_ = utf8_cut(reason, 123);
    if (drop_queue) clear_queue_locked();
  }
  flush();
}

// --- reading -------------------------------------------------------------------------------------------------------------------

void WebSocketSession::want_read() {
  if (ended_) return;
  buffer_.resize(kReadBytes);
  opening_.transport->read(buffer_);
}

void WebSocketSession::on_read(std::size_t bytes) {
  heard_at_ = std::chrono::steady_clock::now();
  loop_->counters().bytes_in.add(bytes);
  take_bytes(std::string_view(buffer_).substr(0, bytes));
  want_read();
}

void WebSocketSession::take_bytes(std::string_view bytes) {
  const auto keep = shared_from_this();
  while (!ended_) {
    const WsEvent event = decoder_.next(bytes);
    if (event.kind == WsEvent::kNeedMore || !take_event(event)) break;
  }
  flush();
}

// False when nothing more is to be read.
bool WebSocketSession::take_event(const WsEvent& event) {
  if (event.kind == WsEvent::kFault) {
    decoder_faulted_ = true;
    shared_.log({.level = LogLevel::kInfo,
                 .event = "websocket_fault",
                 .message = event.payload,
                 .request_id = opening_.request_id,
                 .remote = opening_.remote,
                 .path = opening_.path});
    begin_close(event.code, event.payload, true);
    return false;
  }
  if (event.kind == WsEvent::kClose) {
    close_received_ = true;
    if (!closing_) {
      final_code_ = event.code, final_reason_ = event.payload;
      begin_close(event.code == kNoCode ? kCloseNormal : event.code, "", true);
    } else if (close_sent_ && !writing_) {
      end(final_code_, final_reason_);
    }
    return false;
  }
  if (closing_) return true;
  if (!bucket_.take(shared_.clock.now())) {
    begin_close(kCloseRateLimited, "too many messages; slow down", true);
    return true;
  }
  if (event.kind == WsEvent::kPing) {
    pong_ = event.payload, pong_due_ = true;
  } else if (event.kind == WsEvent::kText) {
    loop_->counters().websocket_messages_in.add();
    deliver(event.payload);
  }
  return true;
}

void WebSocketSession::deliver(std::string_view text) {
  try {
    opening_.handler->on_message(*this, text);
  } catch (const std::exception& e) {
    shared_.log({.level = LogLevel::kError,
                 .event = "handler_threw",
                 .message = e.what(),
                 .request_id = opening_.request_id,
                 .remote = opening_.remote,
                 .path = opening_.path});
    begin_close(kCloseInternal, "something broke on our side", true);
  }
}

// --- the end -------------------------------------------------------------------------------------------------------------------

void WebSocketSession::on_end(bool) {
  if (closing_) return end(final_code_, final_reason_);
  end(kCloseAbnormal, "the connection broke");
}

void WebSocketSession::on_tick(SteadyTime now) {
  if (ended_) return;
  if (closing_) {
    if (now >= close_until_) end(final_code_, final_reason_);
    return;
  }
  const WebSocketOptions& options = opening_.options;
  if (now >= heard_at_ + options.dead_after) {
    loop_->counters().timeouts.add();
    return end(kCloseAbnormal, "nothing was heard, not even an answer to pings");
  }
  if (now >= pinged_at_ + options.ping_every) {
    pinged_at_ = now;
    ping_due_ = true;
    flush();
  }
}

void WebSocketSession::end(std::uint16_t code, std::string_view reason) {
  if (std::exchange(ended_, true)) return;
  const auto keep = shared_from_this();
  const std::string why(reason);
  opening_.transport->close();
  {
    const std::lock_guard lock(mutex_);
    refusing_ = true;
    clear_queue_locked();
  }
  loop_->remove(this);
  loop_->counters().websockets_open.sub();
  try {
    opening_.handler->on_close(*this, code, why);
  } catch (const std::exception& e) {
    shared_.log({.level = LogLevel::kError, .event = "handler_threw", .message = e.what(), .path = opening_.path});
  }
  opening_.handler.reset();
  shared_.left();
}

}  // namespace carillon::http
