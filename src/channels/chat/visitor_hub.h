// VisitorHub: the WebSockets of visitors: their messages, their state, their place in the queue, who types and how far was read.
//
// What:    every open tab of a visitor gets the whole state as hello and then what changes (spec/paths/visitor.yaml,
//          stream_visitor). Tells conversations whether a customer is there.
// Why:     hello is the resume: after a reload or a lost line nothing has to be asked for again. One thread owns all tabs.
// Owns:    its thread, the streams and parties (a party is a visitor with at least one tab). What it is given outlives stop().
// Thread:  committed(), deliver(), typing(), touched() from any thread: they post. Everything else is the hub's.
// Limits:  places in queues are looked at every 2 s; 100,000 posted works, then streams are closed to come back (4503).
// Example:
//   VisitorHub hub(chat, authentication);
//   hub.on_typing([&](...) { streams.typing(...); });
//   hub.start(); hub.add_routes(api); ... hub.stop();
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "calls/guests.h"
#include "channels/channel.h"
#include "channels/chat/tab_frame.h"
#include "channels/chat/visit.h"
#include "channels/chat/visitor_view.h"
#include "conversations/rest.h"
#include "door/api.h"
#include "door/hub_thread.h"
#include "http/rate_limit.h"
#include "http/websocket.h"

namespace carillon::chat {

class VisitorHub final : public runtime::EventSink {
 public:
  using TypingElsewhere =
      std::function<void(WorkspaceId, const std::string& conversation_sid, const conversations::Speaker&, bool typing)>;

  VisitorHub(ChatWorld& chat, door::Authenticator& authenticator);
  ~VisitorHub() override;

  void start();
  void stop();  // before the runtime
  void add_routes(door::Api& api);
  // A visitor types: told to the workers' side. Set before start().
  void on_typing(TypingElsewhere elsewhere) { typing_elsewhere_ = std::move(elsewhere); }

  // Who takes the calls of visitors; null: this server has no telephony. Set before anybody comes.
  void on_calls(calls::Guests* guests) { guests_ = guests; }
  bool takes_calls() const { return guests_ != nullptr; }

  // A worker types.
  void typing(WorkspaceId workspace, const std::string& conversation_sid, const std::string& display_name, bool typing);
  // A visitor types, by REST.
  void visitor_typing(const Viewer& who, bool typing);
  // Something of this visitor's has been committed of which no event of a conversation they follow would tell.
  void touched(const Viewer& who);
  // A message of ours to the customer.
  void deliver(const channels::Outgoing& message);

  void committed(const runtime::PublishedEntryPtr& entry) override;
  void ready(WorkspaceId workspace, std::int64_t position, bool restarted) override;
  std::size_t streams() const { return open_; }

  struct Stream;
  struct Party;
  using StreamPtr = std::shared_ptr<Stream>;
  using PartyPtr = std::shared_ptr<Party>;

 private:
  friend class VisitorSession;

  void post(std::function<void()> work);
  void close_all(std::uint16_t code, std::string_view why);
  void opened(const StreamPtr& stream);
  void closed(const StreamPtr& stream);
  void message(const StreamPtr& stream, const std::string& text);
  void look(const PartyPtr& party);
  static void give_up(const Party& party);
  void seen(const PartyPtr& party, const Thread& thread, std::int64_t position);
  void follow(const PartyPtr& party, ConversationId conversation);
  void greet(const StreamPtr& stream, const PartyPtr& party);
  void greeted(const StreamPtr& stream, const PartyPtr& party, const Thread& thread, const Place& place,
               std::int64_t position, const CallSight& call);
  void hand_out(const runtime::PublishedEntry& entry);
  void hand_message(WorkspaceId workspace, const std::string& conversation_sid, const std::string& json,
                    std::int64_t position);
  void hand_read(const std::unordered_set<Party*>& parties, const runtime::PublishedEntry& entry,
                 const runtime::PublishedEvent& event);
  void mark_read(const PartyPtr& party, std::int64_t index);
  // visitor_calls.cc
  struct Wish;
  void begin_call(const StreamPtr& stream, TabCalls wish);
  std::optional<Error> refused_call(const Stream& stream);
  void hang_up(const StreamPtr& stream);
  void prepare_call(const std::shared_ptr<Wish>& wish);
  Result<void> look_who_calls(const std::shared_ptr<Wish>& wish);
  void call_answered(const StreamPtr& stream, std::uint64_t attempt, const Result<std::string>& sdp);
  void hand_calls(const runtime::PublishedEntry& entry);
  void look_at_calls(WorkspaceId workspace, std::vector<PartyPtr> parties, runtime::Release release);
  void give_call(Party& party, const CallSight& call);

  void beat();
  void look_at_places();
  void give_place(Party& party, const Place& place);
  void tell_presence(const Viewer& who, bool connected);
  const std::unordered_set<Party*>* parties_of(WorkspaceId workspace, const std::string& conversation_sid) const;

  ChatWorld& chat_;
  door::Authenticator& authenticator_;
  TypingElsewhere typing_elsewhere_;
  calls::Guests* guests_ = nullptr;

  // Below: the hub's thread.
  std::unordered_map<const Stream*, StreamPtr> streams_;
  std::map<std::pair<WorkspaceId, VisitorId>, PartyPtr> parties_;
  std::map<std::pair<WorkspaceId, std::string>, std::unordered_set<Party*>> by_conversation_;
  Instant next_beat_, next_places_;
  std::uint64_t last_number_ = 0;
  http::RateLimiter call_limits_;
  std::atomic<std::size_t> open_{0};
  door::HubThread thread_;  // last: it ends before what it uses
};

}  // namespace carillon::chat
