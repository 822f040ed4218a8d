// One open event stream, and the frames it sends. Private to src/events.
//
// Owns:   its socket until it closes. Thread: the hub's, but send() and close(), which are the socket's.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "events/stream_hub.h"
#include "http/parse/token_bucket.h"

namespace carillon::events {

std::string typing_frame(const std::string& conversation_sid, const std::string& type, const std::string& sid,
                         const std::string& display_name, bool typing);
std::string numbers_frame(Instant at, std::int64_t position, const std::string& members);
std::string error_frame(const Error& error);
std::string phone_connected_frame(const std::string& sdp);
std::string phone_failed_frame(const Error& error);

struct StreamHub::Stream {
  http::Request request;  // to look at its credentials again
  door::CallerPtr who;
  std::optional<Subscription> first;  // of the query
  std::shared_ptr<http::WebSocket> socket;

  StreamFilter filter;
  bool subscribed = false;
  bool live = false;  // gets what is committed
  bool gone = false;
  std::optional<std::int64_t> after;              // nothing: a snapshot
  std::int64_t position = 0;                      // has everything up to it
  std::uint64_t attempt = 0;                      // of subscribing: answers to older ones are ignored
  std::unordered_map<std::string, int> followed;  // own streams: sids, counted
  std::map<std::string, std::vector<std::string>> by_reservation;
  Instant heard_at, checked_at, subscribe_by;
  bool numbers_sent = false, numbers_asked = false;
  std::string numbers;  // last sent

  std::uint64_t number = 0;         // never used twice while the server runs
  bool has_phone = false;           // told of an offer, not yet of its end
  std::uint64_t phone_attempt = 0;  // its newest offer; 0: none, or another stream has the phone now
  std::optional<http::TokenBucket> phone_connects;

  void send(std::string text) { socket->send(std::move(text)); }
  void send(const std::shared_ptr<const std::string>& text) { socket->send(text); }
  void close(std::uint16_t code, std::string_view reason) { socket->close(code, reason); }
  void refuse(const Error& error) { send(error_frame(error)); }
  void send_hello(Instant now, std::int64_t newest, Duration heartbeat);
  void send_ping(Instant now);
};

}  // namespace carillon::events
