// Switchboard: the voice of the server: SIP, browsers' phones and sound, tied to the workspaces' calls.
//
// What:   open() binds the ports; start() begins to answer; committed rows come in as an EventSink, desktops' phones through
//         calls::Phones.
// Owns:   the SIP host (its thread is the board's), the media engine, the board.
// Thread: open, start and stop from one; everything else from any, and none waits.
// Errors: kConfig where a port cannot be bound or no address is known that telephones could reach.
// Limits: those of Board, Engine and Stack.
// Example:
//   auto board = Switchboard::open({runtime, store, pool, clock, seeds, prompts, log}, config);
//   listeners.add(**board);  ...  (*board)->start();  ...  (*board)->stop();
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "calls/guests.h"
#include "calls/phones.h"
#include "desk_phones/rest.h"
#include "door/pool.h"
#include "evidence/keeper.h"
#include "recordings/key.h"
#include "runtime/runtime.h"
#include "store/store.h"
#include "switchboard/board.h"
#include "switchboard/counts.h"
#include "switchboard/load.h"
#include "switchboard/trunk_rules.h"
#include "voice/media/engine.h"
#include "voice/net/sip_host.h"

namespace carillon::switchboard {

struct Config {
  voice::net::SipHost::Config sip;
  media::Engine::Config media;
  voice::IpAddress public_v4;                            // what telephones are told to send their sound to
  std::vector<voice::sip::Trunk> trunks;                 // calls go out by those with next hops, in this order
  std::map<std::string, TrunkRules> trunk_rules;         // by the trunk's id
  bool direct_calls = false;                             // agents may call any SIP address
  std::string files;                                     // DATA/files, for recordings
  std::shared_ptr<const recordings::Key> recording_key;  // null: nothing can be recorded
  // From here on new calls are refused with 503; emergency calls are not.
  Load most{.commands = 2000, .calls = 2000, .works = 20'000, .sound = 3000};
  Duration silent_line_ends = kSilentLineEnds;
  std::shared_ptr<evidence::Keeper> evidence;  // null: none is kept
};

class Switchboard final : public runtime::EventSink,
                          public calls::Phones,
                          public calls::Guests,
                          public desk_phones::Registrar {
 public:
  struct World {
    runtime::Runtime& runtime;
    store::Store& store;
    door::Pool& pool;
    const Clock& clock;
    runtime::SeedSource& seeds;
    prompts::Prompts& prompts;
    std::function<void(std::string)> log;
  };

  static Result<std::unique_ptr<Switchboard>> open(World world, Config config);
  ~Switchboard() override;

  void start();
  // Hangs up nobody by itself: what the rows say is what holds. Blocks until both threads are gone.
  void stop();
  std::vector<voice::sip::Listener> listeners() const;
  media::Engine::Counts sound() const;
  Counts counts() const;
  // Of a call that goes on or has just ended; nothing of others. `done` on the board's thread, or at once when it has stopped.
  void evidence_of(WorkspaceId workspace, CallId call, std::function<void(std::optional<evidence::Record>)> done);

  void committed(const runtime::PublishedEntryPtr& entry) override;
  void ready(WorkspaceId workspace, std::int64_t position, bool restarted) override;

  void connect(const calls::Desk& desk, std::string offer, calls::Phones::Answered answered) override;
  void disconnect(const calls::Desk& desk) override;
  void press(WorkspaceId workspace, CallId call, WorkerId worker, std::string digits,
             std::function<void(Result<void>)> done) override;
  void gather_secret(WorkspaceId workspace, CallId call, calls::SecretWish wish,
                     std::function<void(Result<calls::SecretDigits>)> done) override;
  void stop_secret(WorkspaceId workspace, CallId call, std::function<void(Result<void>)> done) override;

  void call(const calls::GuestLine& line, calls::GuestCall call, std::string offer,
            calls::Guests::Answered answered) override;
  void resume(const calls::GuestLine& line, std::string offer, calls::Guests::Answered answered) override;
  void left(const calls::GuestLine& line) override;
  void hang_up(const calls::Guest& guest) override;
  void set_account(const desk_phones::Account& account) override;
  void remove_account(WorkspaceId workspace, WorkerId worker) override;
  void registrations(WorkspaceId workspace, WorkerId worker,
                     std::function<void(std::vector<desk_phones::Registration>)> done) override;
  std::vector<std::string> servers() const override;

 private:
  Switchboard(World world, const Config& config);
  Board::World board_world(const Config& config);
  bool post(std::function<void(Turn)> work);  // false: too much waits
  using Told = std::function<void(Turn, Result<std::string>)>;
  void tell(WorkspaceId workspace, calls::Command command, Told done);
  void tell_arrival(WorkspaceId workspace, calls::Arrive arrival, const std::string& channel, Told done);
  void submit(runtime::Submission submission, Told done);
  void look_up(WorkspaceId workspace, std::string identity, std::function<void(Turn, CallerFacts)> done);
  void remember(WorkspaceId workspace, std::string number, std::string name,
                std::function<void(Turn, CustomerId)> done);
  void standing(WorkspaceId workspace, CallId call, std::function<void(Turn, prompts::Standing)> done);
  void listed(WorkspaceId workspace, const std::string& address, std::function<void(Turn, bool)> done);
  void agent_words(WorkspaceId workspace, CallId call, WorkerId worker,
                   std::function<void(Turn, const AgentWords&)> done);
  void take_sound(Turn turn);
  void weigh(Turn turn);
  void why(WorkspaceId workspace, ContactId contact, TaskId task, std::function<void(Turn, const std::string&)> done);
  // recording.cc
  void record(const RecordingWish& wish, std::function<void(Turn, Result<media::RecordingId>)> done);
  Result<media::RecordingId> make_recording(const RecordingWish& wish);  // on the pool
  void recorded(WorkspaceId workspace, RecordingId sid, const media::RecordingDone& done);
  void commit(std::optional<WorkspaceId> workspace, store::Change change, const char* what);

  World world_;
  std::string files_;
  std::shared_ptr<const recordings::Key> recording_key_;
  std::shared_ptr<evidence::Keeper> evidence_;
  Instant whys_from_;  // the second in which so many were asked
  int whys_asked_ = 0;
  std::unique_ptr<media::Engine> engine_;
  std::unique_ptr<voice::net::SipHost> host_;
  // The host's thread.
  std::unique_ptr<Board> board_;
  std::unordered_map<WorkspaceId, std::int64_t> seen_;  // position of the last entry that changed a number or call
  Strain strain_;
  bool weighs_again_ = false;  // while overloaded, before long
  std::atomic<std::size_t> commands_waiting_{0};
  std::atomic<std::uint64_t> overloads_{0};
  std::atomic<bool> overloaded_{false};
  std::atomic<bool> sound_waits_{false};
  std::mutex making_;  // the engine stays while a recording is begun on the pool
  std::atomic<bool> stopped_{false};
};

}  // namespace carillon::switchboard
