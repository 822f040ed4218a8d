// Channel: the contract of a transport on which customers write: web chat now, mail, SMS and messengers each in a folder.
//
// What:    what a channel can do is data (Capabilities), so that screens and rules ask it instead of knowing names. What a worker
//          says to a customer is handed to deliver() once it is committed. What a customer says comes in through the channel's own
//          door (a web hook, a WebSocket, a mailbox) and joins by conversations' use cases (arrival.h, post_message.h): the
//          channel says who on it speaks and whether that is proved, the core decides which conversation that is.
// Effects: law 4 of the architecture. Where the transport is ours (`recomputed`), delivering again costs nothing: what is missed is
//          read from rows when the customer returns. Else it is a vendor's and goes through the outbox, at least once.
// Thread:  deliver() is called on the committer and must not block: it posts. `done` from any thread, at most once.
// Errors:  an outcome, never an exception: a transport that fails is a state of the message that people see.
// Example: see chat/chat_channel.h
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace carillon::channels {

struct Capabilities {
  std::string_view name;          // "chat": of contacts, conversations and messages
  std::string_view task_channel;  // unique name of what its contacts count as
  bool live = false;              // the customer is there in person: idle and gone count
  bool can_begin = false;         // we may write first
  bool shows_typing = false;
  bool shows_read_marks = false;
  bool proves_identity = false;  // the transport itself proves who writes
  bool recomputed = false;       // delivery is ours and can be made up from rows at any time
  std::size_t max_text = 0;      // characters
  std::size_t max_attachments = 0;
  std::size_t max_attachment_bytes = 0;
};

// A message of ours on its way out.
struct Outgoing {
  WorkspaceId workspace;
  std::int64_t position = 0;  // of the commit
  ConversationId conversation;
  ContactId contact;
  MessageId message;  // also the key by which a vendor tells repetitions
  std::int64_t index = 0;
  std::string json;  // the contract's Message
};

enum class Delivery : std::uint8_t {
  sent,       // handed over; nobody says more
  delivered,  // the other end has it
  failed,     // it will not arrive
  unknown,    // a crash or time-out in flight: it may have arrived, and is never sent again by itself
};

class Channel {
 public:
  using Done = std::function<void(Delivery outcome, std::string detail)>;

  virtual ~Channel() = default;
  virtual const Capabilities& capabilities() const = 0;
  virtual void deliver(const Outgoing& message, Done done) = 0;
};

}  // namespace carillon::channels
