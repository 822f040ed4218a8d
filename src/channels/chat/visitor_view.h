// What a visitor sees of their conversation: state, messages, place in the queue. Never a note, never another visitor's.
//
// What:    the thread as rows tell it, and from live state only what no row knows: the place in the queue and the expected wait.
// Words:   none (nothing yet), waiting (for a worker), talking, ended (docs/lifecycles.md).
// Thread:  read_thread blocks (pool); place_of runs on the brain. Errors: kStore.
// Limits:  the last 100 messages.
// Example:
//   auto thread = read_thread(reader, who);
//   render(out, *thread, place, position);
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conversations/core/records.h"
#include "conversations/message.h"
#include "runtime/submission.h"
#include "store/reader.h"

namespace carillon::chat {

inline constexpr int kShownMessages = 100;

// Who looks.
struct Viewer {
  WorkspaceId workspace;
  WidgetId widget;
  VisitorId visitor;
  bool verified = false;
};

enum class VisitorState : std::uint8_t { none, waiting, talking, ended };
BOOST_DESCRIBE_ENUM(VisitorState, none, waiting, talking, ended)

struct Place {
  std::int64_t position = 0;  // 1 is next; 0: not waiting in a queue
  bool is_known = false;      // the wait
  Duration low, high;
  bool operator==(const Place&) const = default;
};

// How a visitor's call is to them. `connecting`: we have it, and their sound is not there yet.
enum class CallState : std::uint8_t { connecting, waiting, talking, held, farewell, lost, ended };
BOOST_DESCRIBE_ENUM(CallState, connecting, waiting, talking, held, farewell, lost, ended)

struct CallSight {
  CallId call;  // empty: none
  CallState state = CallState::ended;
  std::string worker_name;  // who they talk with
  Place place;              // while waiting
  conversations::Reason reason = conversations::Reason::none;
  bool operator==(const CallSight&) const = default;
};

struct Thread {
  VisitorState state = VisitorState::none;
  ConversationId conversation;
  ContactId contact;
  CustomerId customer;
  std::string worker_name;  // while talking
  conversations::Reason reason = conversations::Reason::none;
  Instant ended_at;
  conversations::ReadMarks marks;
  std::string display_name;                         // what the visitor calls themselves
  std::vector<conversations::MessageRow> messages;  // oldest first
};

// The visitor's newest contact, else (verified) their customer's newest thread. Messages only when asked for.
Result<Thread> read_thread(store::Reader& reader, const Viewer& who, bool with_messages = true);
// Whether the conversation is this visitor's to see.
Result<bool> is_theirs(store::Reader& reader, const Viewer& who, ConversationId conversation);

Place place_of(const workspace::State& state, VisitorId visitor);
// Their live call; looks at all calls.
CallSight call_of(const workspace::State& state, VisitorId visitor);
// Nothing when it is not live.
CallSight call_at(const workspace::State& state, CallId call);

// The contract's VisitorCall, or null. `here`: this stream has its sound.
void render_call(std::string& out, const CallSight& call, bool here);

// The contract's VisitorConversation, VisitorMessage, and the members expected_wait and position_in_queue.
void render(std::string& out, const Thread& thread, const Place& place, std::int64_t position);
void render_message(std::string& out, const conversations::MessageRow& message, const conversations::ReadMarks& marks);
void render_place(std::string& members, const Place& place);

}  // namespace carillon::chat
