// Live conversations and contacts with their indexes. Private to src/conversations/core.
//
// What:   a row plus what is derived from it. Nodes are stable, so rows may be pointed to until the next begin().
// Why:    the hash tables are for lookups only; every index that a decision reads is ordered by values.
// Thread: the workspace's strand.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

#include "conversations/core/state.h"

namespace carillon::conversations {

struct LiveContact {
  ContactRecord row;
  bool touched = false;
  Instant armed = Instant::never();  // its place in timers
};

struct LiveConversation {
  ConversationRecord row;
  std::vector<ContactId> open_contacts;  // at most kMaxOpenContacts
  bool touched = false;
};

struct Timer {
  Instant at;
  std::int64_t seq = 0;
  ContactId contact;
  auto operator<=>(const Timer&) const = default;
};

struct State::Impl {
  using Identity = std::tuple<std::string, std::string, std::string>;  // channel, channel identity, session

  // ---- rows ----
  Settings settings;
  std::unordered_map<ConversationId, LiveConversation> conversations;
  std::unordered_map<ContactId, LiveContact> contacts;
  // ---- derived ----
  std::map<Identity, ContactId> open_side;  // contacts whose customer side is open
  std::set<std::tuple<std::string, std::string, std::int64_t, ConversationId>> by_identity;
  std::set<std::tuple<CustomerId, std::int64_t, ConversationId>> by_customer;
  std::set<Timer> timers;  // one a contact: the earlier of idle and gone
  // ---- of the entry ----
  Changes changes;
  std::vector<LiveConversation*> touched_conversations;
  std::vector<LiveContact*> touched_contacts;
  std::vector<Request> requests;
  std::int64_t made_in_entry = 0;
  int timers_run = 0;

  // state.cc
  void begin();
  void expire(Context& entry);
  void restarted(Context& entry, Duration down_for);
  void touch(LiveConversation& live);
  void touch(LiveContact& live);
  void arm(LiveContact& live);
  void index(const LiveConversation& live);
  void unindex(const LiveConversation& live);
  Result<void> load(Rows rows);
  Result<void> add(ConversationRecord row);
  Result<void> add(ContactRecord row);
  LiveContact* find(ContactId contact);
  LiveContact& get(ContactId contact);
  std::int64_t draw_seq(const Context& entry) { return (entry.entry << 20) + ++made_in_entry; }

  // opening.cc
  Result<std::string> on(Context&, const Configure&);
  Result<std::string> on(Context&, const OpenContact&);
  Result<std::string> on(Context&, const SetCustomer&);
  Result<std::string> greeted(Context&, const OpenContact& c, ContactId contact);
  LiveConversation* joined_by(const OpenContact& c);
  LiveConversation& conversation_for(Context&, const OpenContact& c);
  LiveContact& make_contact(Context&, const OpenContact& c, LiveConversation& conversation);

  // talking.cc
  Result<std::string> on(Context&, const PostMessage&);
  Result<std::string> on(Context&, const SetCustomerConnected&);
  Result<std::string> on(Context&, const EndContact&);
  void worker_spoke(Context&, LiveContact& live, WorkerId worker);
  void wait_for_us(LiveContact& live);
  void task_created(LiveContact& live, TaskId task);
  void task_assigned(LiveContact& live, TaskId task, WorkerId worker);
  void task_requeued(LiveContact& live, TaskId task);
  void task_wrapping(Context&, LiveContact& live, TaskId task, Reason reason);
  void task_ended(Context&, LiveContact& live, TaskId task, Reason reason);
  void finish_if_done(Context&, LiveContact& live, Reason reason);
  void end_customer_side(Context&, LiveContact& live, Reason reason);
  void end_contact(Context&, LiveContact& live);
};

// The event of a contact, with what every such event carries.
events::Event contact_event(events::EventType type, const ContactRecord& row);
events::Event conversation_event(events::EventType type, const ConversationRecord& row);

}  // namespace carillon::conversations
