// The rows of conversations that decide: conversations and contacts. Message bodies never come here.
//
// Owns:   nothing but its values. Thread: any.
// Limits: a contact has at most 50 tasks at once; a conversation at most 20 open contacts; channel names 64 bytes,
//         channel identities 256.
#pragma once

#include <string>
#include <vector>

#include "base/codec.h"
#include "base/ids.h"
#include "base/time.h"
#include "events/core/event.h"

namespace carillon::conversations {

using events::Reason;

enum class ConversationStatus : std::uint8_t { open, closed };
BOOST_DESCRIBE_ENUM(ConversationStatus, open, closed)

enum class ContactStatus : std::uint8_t { open, ended };
BOOST_DESCRIBE_ENUM(ContactStatus, open, ended)

enum class Direction : std::uint8_t { inbound, outbound, internal };
BOOST_DESCRIBE_ENUM(Direction, inbound, outbound, internal)

struct ConversationRecord {
  ConversationId sid;
  ConversationStatus status = ConversationStatus::open;
  CustomerId customer_sid;
  std::string channel;           // transport of the first contact: "chat", later "sms", "email", ...
  std::string channel_identity;  // visitor or address on that transport; joins text of the same identity
  bool identity_verified = false;
  WorkerId last_worker_sid;  // who spoke last to this customer
  Instant created_at;
  Instant closed_at;
  std::int64_t contacts = 0;  // so far
  std::int64_t messages = 0;  // so far, notes included: the last one's index
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const ConversationRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(ConversationRecord, (),
                      (sid, status, customer_sid, channel, channel_identity, identity_verified, last_worker_sid,
                       created_at, closed_at, contacts, messages, seq, version))

// A live task of a contact. Its worker may write to the customer while it is assigned and not wrapping.
struct ContactTask {
  TaskId task_sid;
  WorkerId worker_sid;    // empty: nobody has it
  bool answered = false;  // routing was told of this worker's first word to the customer
  bool wrapping = false;
  bool operator==(const ContactTask&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContactTask, (), (task_sid, worker_sid, answered, wrapping))

struct ContactRecord {
  ContactId sid;
  ConversationId conversation_sid;
  CustomerId customer_sid;
  std::string channel;
  std::string channel_identity;    // whose contact it is on that transport
  std::string session;             // which of several at once: a call's sid; empty where there is one thread
  TaskChannelId task_channel_sid;  // what it counts as
  bool live = true;                // the customer is there in person: idle and gone count
  Direction direction = Direction::inbound;
  ContactStatus status = ContactStatus::open;
  Reason reason = Reason::none;  // why its customer side ended
  Instant created_at;
  Instant customer_ended_at;       // us = 0: the customer side is open
  Instant ended_at;                // customer side and all tasks ended
  Instant answered_at;             // first human reply; us = 0: none yet
  std::vector<ContactTask> tasks;  // live ones, oldest first
  std::vector<WorkerId> workers;   // who has an assigned, suspended or wrapping task of it: they see it
  std::int64_t tasks_so_far = 0;
  bool customer_connected = true;
  bool waiting_for_customer = false;   // the last word was a worker's
  Instant idle_at = Instant::never();  // ends then, only while waiting for the customer
  Instant gone_at = Instant::never();  // counts as ended by the customer then
  std::int64_t messages = 0;           // internal notes left out
  Instant last_message_at;
  std::int64_t seq = 0;
  std::int64_t version = 1;
  bool operator==(const ContactRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(ContactRecord, (),
                      (sid, conversation_sid, customer_sid, channel, channel_identity, session, task_channel_sid, live,
                       direction, status, reason, created_at, customer_ended_at, ended_at, answered_at, tasks, workers,
                       tasks_so_far, customer_connected, waiting_for_customer, idle_at, gone_at, messages,
                       last_message_at, seq, version))

}  // namespace carillon::conversations
