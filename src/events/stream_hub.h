// StreamHub: the WebSocket of events, with resume and filters, for agents, supervisors and programs.
//
// What:    hands committed entries to the streams that want them; knows which worker has an open stream and tells presence.
//          The contract (spec/paths/events.yaml, stream_events) says what a client sees.
// Why:     one thread owns all streams, so resuming without gaps or doubles is a matter of comparing positions.
// Owns:    its thread and the streams. Runtime, store, pool, authenticator and clock outlive stop().
// Thread:  committed() and ready() on the committer, socket callbacks on net threads: both post. Everything else is the hub's.
// Limits:  an own stream follows at most 500 things at once; 10 offers of a phone a minute on a stream; 100,000 posted works, then streams are closed to resume (4503).
// Example:
//   StreamHub hub({store, pool, auth, clock});
//   Runtime runtime({..., hub_or_fan_out, ...});
//   hub.start(runtime);
//   hub.add_routes(router, contract);
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "door/api.h"
#include "door/hub_thread.h"
#include "events/stream_filter.h"
#include "http/websocket.h"
#include "runtime/runtime.h"

namespace carillon::events {

// Who types, as the contract's MessageAuthor says it.
struct Typist {
  std::string type;  // customer, worker, system
  std::string sid;
  std::string display_name;
};

// What a worker's browser says of its phone. `sdp` is its offer; empty: the phone is put down, or its stream is gone.
struct PhoneFrame {
  WorkspaceId workspace;
  WorkerId worker;           // or the ears of a supervisor who is no worker
  std::uint64_t stream = 0;  // never used twice while the server runs
  std::string sdp;
  std::function<void(Result<std::string> sdp)> answer;  // to the offer; once, from any thread, while the hub exists
};

// Members of a numbers frame ("workspace":{..},"task_queues":[..],"worker":{..}), made elsewhere. Runs on the hub's thread and
// must not block; `done` from any thread. `worker` is empty for who sees everything.
using NumbersSource = std::function<void(WorkspaceId workspace, WorkerId worker, bool everything,
                                         std::function<void(std::string members, std::int64_t position)> done)>;

class StreamHub final : public runtime::EventSink {
 public:
  struct World {
    store::Store& store;
    door::Pool& pool;
    door::Authenticator& authenticator;
    const Clock& clock;
  };
  explicit StreamHub(World world);
  ~StreamHub() override;

  void start(runtime::Runtime& runtime);
  void stop();  // before the runtime
  void add_routes(door::Api& api);
  void set_numbers(NumbersSource numbers) { numbers_ = std::move(numbers); }

  // A client said it types: handed to the other streams of the conversation, and to `elsewhere` (the visitor's side).
  void typing(WorkspaceId workspace, const std::string& conversation_sid, const Typist& who, bool typing,
              const void* except = nullptr);
  void on_typing(std::function<void(WorkspaceId, const std::string& conversation_sid, const Typist&, bool)> elsewhere) {
    typing_elsewhere_ = std::move(elsewhere);
  }
  // A worker's phone is offered or put down: on the hub's thread, must not block. Offers come in order; what is answered to
  // an offer that has been followed by another is dropped. Set before the first stream opens.
  void on_phone(std::function<void(PhoneFrame)> phone) { phone_elsewhere_ = std::move(phone); }
  // What Caller::key() names has ended, or may do other things than before: its streams are looked at again, now.
  void credentials_changed(const std::string& key);
  std::size_t streams() const { return open_; }

  void committed(const runtime::PublishedEntryPtr& entry) override;
  void ready(WorkspaceId workspace, std::int64_t position, bool restarted) override;

  struct Stream;
  using StreamPtr = std::shared_ptr<Stream>;

 private:
  struct Tenant {
    std::unordered_set<Stream*> everything;
    std::unordered_map<std::string, std::unordered_set<Stream*>> by_ref;  // own streams by what they follow
    std::unordered_set<Stream*> own;
    std::map<WorkerId, int> connected;
    std::int64_t handed_out = 0;
  };
  friend class Session;

  void post(std::function<void()> work);
  void close_all(std::uint16_t code, std::string_view why);
  void opened(const StreamPtr& stream);
  void closed(const StreamPtr& stream);
  void message(const StreamPtr& stream, std::string text);
  void phone(const StreamPtr& stream, std::string offer);
  void phone_answered(const StreamPtr& stream, std::uint64_t attempt, const Result<std::string>& sdp);
  void put_phone_down(Stream& stream);
  void subscribe(const StreamPtr& stream, Subscription wish);
  bool still_counts(Stream& stream);  // else it was closed
  void begun(const StreamPtr& stream, std::uint64_t attempt, std::int64_t position);
  void catch_up(const StreamPtr& stream);
  void catch_up_from_rows(const StreamPtr& stream);
  void leave(Stream& stream);
  void hand_out(const runtime::PublishedEntry& entry);
  void give(Stream& stream, const runtime::PublishedEntry& entry);
  void follow(Stream& stream, const runtime::PublishedEvent& event);
  void follow_ref(Stream& stream, const std::string& ref);
  void unfollow_ref(Stream& stream, const std::string& ref);
  void follow_reservation(Stream& stream, const std::string& sid, std::vector<std::string> refs);
  bool concerns(const Stream& stream, const runtime::PublishedEvent& event) const;
  void beat();
  void send_numbers();
  void tell_presence(WorkspaceId workspace, WorkerId worker, bool connected);

  World world_;
  runtime::Runtime* runtime_ = nullptr;
  const door::Operation* operation_ = nullptr;
  NumbersSource numbers_;
  std::function<void(WorkspaceId, const std::string&, const Typist&, bool)> typing_elsewhere_;
  std::function<void(PhoneFrame)> phone_elsewhere_;

  // Below: the hub's thread.
  std::unordered_map<WorkspaceId, Tenant> tenants_;
  std::unordered_map<const Stream*, StreamPtr> streams_;
  std::uint64_t streams_opened_ = 0, phone_attempts_ = 0;
  Instant next_beat_, next_look_;
  std::atomic<std::size_t> open_{0};
  door::HubThread thread_;  // last: it ends before what it uses
};

}  // namespace carillon::events
