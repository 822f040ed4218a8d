// What conversations can be told. Journal entry contents: a field once written is read for ever.
//
// Facts about finished things (which closed conversation to reopen, who served this customer last) are looked up outside
// and travel in the command; the core's own live index by customer and channel identity wins over them.
// Errors: kNotFound for what is not live, kStateForbids (a message to a customer who has left, a second end), kForbidden (a
//         worker without an assigned task of the contact), kLimit, kMissingField, kInvalidValue, kTooLong.
// Thread: plain values; applied on the brain.
#pragma once

#include <variant>

#include "conversations/core/records.h"

namespace carillon::conversations {

#define CARILLON_COMMAND(Name)                            \
  static constexpr char kName[] = "conversations." #Name; \
  bool operator==(const Name&) const = default

struct Settings {
  Duration idle_after = Duration::minutes(10);
  Duration gone_after = Duration::minutes(3);
  bool operator==(const Settings&) const = default;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (idle_after, gone_after))

struct Configure {
  Settings settings;
  CARILLON_COMMAND(Configure);
};
BOOST_DESCRIBE_STRUCT(Configure, (), (settings))

// A customer arrives with text: joins or opens a conversation, opens a contact in it, makes a task.
// If the identity already has a contact on this channel whose customer side is open, that contact is the outcome and nothing
// is made. Joins: `join_sid`, else the customer's newest open conversation when the identity is verified, else the newest of the same channel
// identity (never one of another customer), else `reopen`, else a new one.
struct OpenContact {
  std::string channel;           // "chat"
  std::string channel_identity;  // the visitor's sid for the widget
  std::string session;  // which of several at once of this identity: a call's sid; empty where there is one thread
  bool identity_verified = false;
  CustomerId customer_sid;
  ConversationId reopen_sid;  // the newest within the reopening time as the rows tell (open or closed), or empty
  ConversationRecord reopen;  // its row, when reopen_sid is given; used when it is not live here
  WorkerId last_worker_sid;
  TaskChannelId task_channel_sid;  // empty: the one named as `channel`, else "default"; filled in by the workspace
  bool live = true;                // the customer is there in person: idle and gone count. Not for mail or SMS
  WorkflowId workflow_sid;         // exactly one of workflow, queue and worker
  QueueId task_queue_sid;
  WorkerId worker_sid;
  JsonText attributes;  // of the task
  std::int64_t priority = 0;
  MessageId message_sid;     // the words they come with, posted in the same entry; empty: none
  Duration time_to_live;     // of the task; 0: the task channel's
  Duration boost;            // of the task
  Duration last_worker_for;  // so long only last_worker_sid is offered the task, if available
  Direction direction = Direction::inbound;
  bool claimed = false;     // worker_sid begins it: the task is theirs at once
  ConversationId join_sid;  // where it is known to belong, while that is open: before anything else
  CARILLON_COMMAND(OpenContact);
};
BOOST_DESCRIBE_STRUCT(OpenContact, (),
                      (channel, channel_identity, session, identity_verified, customer_sid, reopen_sid, reopen,
                       last_worker_sid, task_channel_sid, live, workflow_sid, task_queue_sid, worker_sid, attributes,
                       priority, message_sid, time_to_live, boost, last_worker_for, direction, claimed, join_sid))

enum class Author : std::uint8_t { customer, worker, system };
BOOST_DESCRIBE_ENUM(Author, customer, worker, system)

// The body travels beside the command as a row of the same commit.
struct PostMessage {
  ConversationId conversation_sid;
  ContactId contact_sid;
  MessageId message_sid;
  Author author = Author::customer;
  WorkerId worker_sid;    // author worker
  bool internal = false;  // a note among workers; the customer never sees it and it answers nothing
  CARILLON_COMMAND(PostMessage);
};
BOOST_DESCRIBE_STRUCT(PostMessage, (), (conversation_sid, contact_sid, message_sid, author, worker_sid, internal))

// The customer's first tab came, or the last one went.
struct SetCustomerConnected {
  ContactId contact_sid;
  bool connected = false;
  CARILLON_COMMAND(SetCustomerConnected);
};
BOOST_DESCRIBE_STRUCT(SetCustomerConnected, (), (contact_sid, connected))

// Ends the customer's side; the contact ends with its last task. Reason: who ended it, never none.
struct EndContact {
  ContactId contact_sid;
  Reason reason = Reason::customer_left;
  CARILLON_COMMAND(EndContact);
};
BOOST_DESCRIBE_STRUCT(EndContact, (), (contact_sid, reason))

// The visitor said who they are, or a worker linked them: conversation and live contacts follow.
struct SetCustomer {
  ConversationId conversation_sid;
  CustomerId customer_sid;
  CARILLON_COMMAND(SetCustomer);
};
BOOST_DESCRIBE_STRUCT(SetCustomer, (), (conversation_sid, customer_sid))

#undef CARILLON_COMMAND

using Command = std::variant<Configure, OpenContact, PostMessage, SetCustomerConnected, EndContact, SetCustomer>;

}  // namespace carillon::conversations
