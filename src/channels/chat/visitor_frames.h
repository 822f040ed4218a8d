// Frames of the visitor's stream (spec/schemas/stream.yaml), and what one tab and one visitor are to the hub. Private to chat.
//
// Thread: the hub's, but Stream::send and close, which are the socket's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "channels/chat/visitor_hub.h"

namespace carillon::chat {

inline constexpr Duration kHeartbeat = Duration::seconds(20);
inline constexpr Duration kWaitEvery = Duration::seconds(10);  // an interval that only drifts is not news every time
// Of rate limits.
inline constexpr const char* kCallsOfVisitor = "calls of a visitor";
inline constexpr const char* kCallsOfAddress = "calls of an address";

struct VisitorHub::Stream {
  http::Request request;  // to look at its credentials again
  Viewer who;
  std::shared_ptr<http::WebSocket> socket;
  bool is_greeted = false;
  bool gone = false;
  std::int64_t shown = 0;                                   // index of the last message it was given
  std::vector<std::shared_ptr<const std::string>> pending;  // until it is greeted
  Instant heard_at;
  std::uint64_t number = 0;        // never used twice while the server runs
  std::uint64_t call_attempt = 0;  // its newest offer; 0: none
  std::uint64_t hung_up = 0;       // what it offered before this is not wanted any more

  void give(const std::shared_ptr<const std::string>& frame) {
    if (is_greeted) {
      socket->send(frame);
    } else if (pending.size() < 1000) {
      pending.push_back(frame);
    }
  }
  void close(std::uint16_t code, std::string_view reason) { socket->close(code, reason); }
};

// A visitor with at least one tab.
struct VisitorHub::Party {
  Viewer who;
  std::vector<StreamPtr> streams;
  bool is_known = false;    // looked at once
  bool is_looking = false;  // a look at rows is under way
  bool look_again = false;
  std::int64_t position = 0;  // rows were read at or after it
  ConversationId conversation;
  ContactId contact;
  VisitorState state = VisitorState::none;
  std::string worker_name;
  conversations::Reason reason = conversations::Reason::none;
  std::string display_name;
  Place place;  // as it was last told
  Instant place_at;
  CallSight call;  // as it was last told; no sid: none
  Instant call_place_at;
  std::uint64_t call_stream = 0;  // the number of the stream that has its sound

  void give(std::string frame) {
    const auto shared = std::make_shared<const std::string>(std::move(frame));
    for (const StreamPtr& stream : streams) stream->give(shared);
  }
};

std::string hello_frame(Instant at, const Thread& thread, const Place& place, const CallSight& call, bool here,
                        std::int64_t position);
std::string call_frame(const CallSight& call, bool here);
std::string call_answered_frame(const std::string& sdp);
std::string call_failed_frame(const Error& error);
std::string message_frame(std::string_view message, std::int64_t position);
std::string state_frame(VisitorState state, const std::string& worker_name, conversations::Reason reason,
                        std::int64_t position);
std::string place_frame(const Place& place);
std::string visitor_typing_frame(const std::string& display_name, bool typing);
std::string read_frame(std::int64_t index);
std::string ping_frame(Instant at, std::int64_t position);
std::string refusal_frame(const Error& error);

// The contract's Message as its VisitorMessage. Nothing for notes and for what is no message.
struct ShownMessage {
  std::string json;
  std::int64_t index = 0;
  bool is_customers = false;
};
std::optional<ShownMessage> shown_message(const std::string& message_json);

}  // namespace carillon::chat
