// Board: brings telephones, browsers' phones and sound to where the rows of calls say they should be.
//
// What:   three sides meet here. SIP tells of calls that come and go, the media engine of digits and ends of prompts, the
//         workspaces of changed rows. What happened is told to the workspace as a command; what the row says then is brought
//         about: plan_of(call) against what runs now, and only the difference is done.
// Why:    write ahead, then act: nobody is answered, connected or cut off before the row says so and is durable.
// Owns:   lines (a SIP leg, or a guest's browser, with its sound), desks (browsers' phones), talks (live calls with their rooms), the number book.
// Thread: one, that of the SIP host; Turn carries its stack.
// Errors: a command that is refused is a race that was lost: the row says what holds.
// Limits: those of the stack and the engine; kMaxDesks phones, kMaxGuests guests.
// Example: see switchboard.h
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "calls/core/commands.h"
#include "calls/core/plan.h"
#include "calls/guests.h"
#include "calls/phones.h"
#include "conversations/core/commands.h"
#include "runtime/seeds.h"
#include "switchboard/number_book.h"
#include "switchboard/trunk_rules.h"
#include "switchboard/witness.h"
#include "voice/media/engine.h"
#include "voice/prompts/prompts.h"
#include "voice/sdp/negotiation.h"
#include "voice/sip/stack.h"

namespace carillon::switchboard {

inline constexpr std::size_t kMaxDesks = 5000;
inline constexpr std::size_t kMaxGuests = 2000;
inline constexpr Duration kGuestConnectsWithin = Duration::seconds(30);
inline constexpr Duration kSilentLineEnds = Duration::seconds(60);  // no packet at all: the peer is gone

// What everything on this thread may use.
struct Turn {
  voice::sip::Stack& stack;
  Instant now;
};

// What rows know about somebody who calls.
struct CallerFacts {
  CustomerId customer;
  std::string name;
  WorkerId last_worker;
};

// What an agent hears who takes a call.
struct AgentWords {
  bool beep = false;
  std::string text;
};

// A recording to be made.
struct RecordingWish {
  WorkspaceId workspace;
  RecordingId recording;
  CallId call;
  ContactId contact;
  bool message = false;  // the caller alone; its end is told when they fall silent
};

class Board {
 public:
  // What the board asks of the rest of the server. Each continuation is called once, on the board's thread.
  struct World {
    media::Engine& engine;
    prompts::Prompts& prompts;
    runtime::SeedSource& seeds;
    voice::IpAddress public_v4;  // what telephones are told; "0.0.0.0" is never told
    Duration silent_line_ends = kSilentLineEnds;
    std::function<void(WorkspaceId, calls::Command, std::function<void(Turn, Result<std::string>)>)> tell;
    // Tells it, in the conversation of the open contact that the caller has on this channel, if they have one.
    std::function<void(WorkspaceId, calls::Arrive, std::string channel, std::function<void(Turn, Result<std::string>)>)>
        tell_arrival;
    std::function<void(WorkspaceId, std::string identity, std::function<void(Turn, CallerFacts)>)> look_up;
    std::function<void(WorkspaceId, CallId, std::function<void(Turn, prompts::Standing)>)> standing;
    // Whether the address is on the do-not-call list; true where that cannot be read.
    std::function<void(WorkspaceId, std::string address, std::function<void(Turn, bool)>)> listed;
    // The customer with this number, made if there is none; empty when that failed.
    std::function<void(WorkspaceId, std::string number, std::string name, std::function<void(Turn, CustomerId)>)>
        remember;
    std::function<void(WorkspaceId, conversations::SetCustomer)> link;
    // Makes the file and the row. Stopped by engine.stop_recording(); what became of it is the engine's RecordingDone.
    std::function<void(const RecordingWish&, std::function<void(Turn, Result<media::RecordingId>)>)> record;
    std::function<void(WorkspaceId, RecordingId, const media::RecordingDone&)> recorded;
    std::function<void(WorkspaceId, CallId, WorkerId, std::function<void(Turn, const AgentWords&)>)> agent_words;
    std::function<void(std::function<void(Turn)>)> post;
    std::function<void(Duration, std::function<void(Turn)>)> after;
    // Why a task of the contact is where it is, as the contract's Why; empty where that is not known, or asked too often.
    std::function<void(WorkspaceId, ContactId, TaskId, std::function<void(Turn, const std::string&)>)> why;
    Witness::World witness;
    std::function<void(std::string)> log;
    std::vector<std::string> trunks = {};  // by which calls go out, best first
    std::map<std::string, TrunkRules> trunk_rules = {};
    bool direct_calls = false;  // SIP addresses may be called, wherever they lead
  };
  struct Size {
    std::size_t lines = 0, talks = 0, desks = 0;
    std::uint64_t silent_ends = 0;  // lines ended because the peer sent nothing
  };

  explicit Board(World world);
  ~Board();

  void on(Turn turn, voice::sip::Event& event);
  void on(Turn turn, const media::Event& event);

  NumberBook& numbers() { return numbers_; }
  // A committed row of a call, in order of commits.
  void call_changed(Turn turn, WorkspaceId workspace, const calls::CallRecord& call, Instant at);
  // The rows were read anew: calls that are not among `live` are over.
  void calls_are(Turn turn, WorkspaceId workspace, const std::vector<calls::CallRecord>& live, Instant at);

  void connect(Turn turn, const calls::Desk& desk, const std::string& offer, const calls::Phones::Answered& answered);
  void disconnect(Turn turn, const calls::Desk& desk);
  // What is held in memory of a call that goes on or has just ended.
  std::optional<evidence::Record> evidence_of(Turn turn, WorkspaceId workspace, CallId call) const;
  void keep_evidence(Turn turn);  // of all calls: the server stops
  Result<void> press(WorkspaceId workspace, CallId call, WorkerId worker, const std::string& digits);
  using Gathered = std::function<void(Result<calls::SecretDigits>)>;
  void gather_secret(Turn turn, WorkspaceId workspace, CallId call, const calls::SecretWish& wish,
                     const Gathered& done);
  Result<void> stop_secret(WorkspaceId workspace, CallId call);

  void guest_calls(Turn turn, const calls::GuestLine& from, const calls::GuestCall& call, const std::string& offer,
                   const calls::Guests::Answered& answered);
  void guest_resumes(Turn turn, const calls::GuestLine& from, const std::string& offer,
                     const calls::Guests::Answered& answered);
  void guest_left(Turn turn, const calls::GuestLine& from);
  void guest_hangs_up(Turn turn, const calls::Guest& guest);

  // Any thread.
  Size size() const;

 private:
  enum class Hearing : std::uint8_t { nothing, words, music, room };
  // What a line has where the customer calls from a web page, in place of a SIP leg.
  struct Browser {
    calls::GuestLine from;             // stream 0: it is gone
    std::string answer;                // to its offer, until the call is committed
    calls::Guests::Answered answered;  // takes it
    bool connected = false;            // sound flows
  };
  // A customer's end: a telephone with its SIP leg, or a browser; and its sound.
  struct Line {
    std::optional<Browser> browser;
    voice::sip::LegId sip;
    media::LegId sound = 0;
    LegId leg;
    WorkspaceId workspace;
    CallId call;  // empty until the workspace has taken it
    voice::sdp::OurAudio audio;
    std::optional<voice::sdp::Session> ours;                                       // what we sent last
    std::optional<std::pair<voice::sdp::SdesKey, voice::sdp::SdesKey>> keys = {};  // in use: ours, theirs
    bool offered = false;  // that was an offer: the answer comes with the ACK
    bool answered = false;
    bool gone = false;  // hung up; its row may not know yet
    Hearing hearing = Hearing::nothing;
    std::uint64_t script = 0;  // what it hears, when no room
    std::int64_t words_said = 0;
    std::string music;
    // Of a call of ours.
    struct Dialled {
      std::string to, caller_id, location;
      std::vector<std::string> routes;  // trunks; "": straight to the address
      std::size_t next = 0;
      bool emergency = false;
      bool reached = false;  // something but "trying" came back
      bool early = false;    // its sound is heard before it is answered
      bool plain = false;    // this trunk has refused encrypted sound
      bool up = false;
    };
    std::optional<Dialled> dialled = {};
    // The customer types what nobody may learn.
    struct Gathering {
      std::uint64_t script = 0;
      Gathered done;
      bool paused = false;  // the recording, by this
      bool late = false;    // its time is over
    };
    std::optional<Gathering> gathering = {};
    bool resuming = false;     // the recording, after that; not committed yet
    bool key_told = false;     // what became of it is not known yet
    std::string pressed = {};  // meanwhile, and not told yet
  };
  using LinePtr = std::shared_ptr<Line>;
  // A browser's phone.
  struct Phone {
    calls::Desk desk;
    media::LegId sound = 0;
    bool connected = false;
    CallId in;  // the call whose room it is in
    media::Role role = media::Role::kAgent;
    bool muted = false;
    bool rings = false;  // hears that somebody is being called
  };
  // What is recorded of a call now.
  struct Tape {
    RecordingId sid;            // empty: nothing
    media::RecordingId id = 0;  // 0: its file is being made
    bool paused = false;
    media::LegId left = 0, right = 0;  // whose sound goes on which channel
    bool message = false;              // one channel, after a tone
  };
  // A recording from its beginning until the engine has finished the file.
  struct Recorded {
    WorkspaceId workspace;
    CallId call;
    RecordingId sid;
  };
  struct Talk {
    WorkspaceId workspace;
    calls::CallRecord row;
    media::RoomId room = 0;
    bool remembered = false;  // that somebody new calls
    Tape tape = {};
    std::set<LegId> dialled = {};
    bool why_queued = false;
    std::vector<TaskId> whys_asked = {};
  };
  struct WorkerKey {
    WorkspaceId workspace;
    WorkerId worker;
    auto operator<=>(const WorkerKey&) const = default;
  };

  // lines.cc
  void on_call(Turn turn, voice::sip::IncomingCall& call);
  void arrive(Turn turn, const LinePtr& line, const voice::sip::IncomingCall& call, const Listed& number);
  void on_offer(Turn turn, const voice::sip::OfferReceived& offer);
  void on_ended(Turn turn, const voice::sip::CallEnded& ended);
  void on_established(Turn turn, const voice::sip::Established& established);
  Result<void> take_offer(Line& line, const std::string& offer);
  Result<void> agree(Line& line, const voice::sdp::AgreedAudio& audio);
  void drop_line(const LinePtr& line);
  LinePtr line_of(voice::sip::LegId leg) const;

  // dialling.cc
  std::vector<std::string> routes_of(const calls::LegRecord& leg) const;
  void dial(Turn turn, Talk& talk, LegId sid);
  void try_route(Turn turn, const LinePtr& line);
  void give_up(const LinePtr& line, calls::Reason reason);
  const TrunkRules& rules_of(const std::string& trunk) const;
  Result<void> fit_offer(Line& line, const TrunkRules& rules);
  bool refuses_encryption(const Line& line, const voice::sip::CallEnded& ended) const;
  Result<void> take_answer(Line& line, const std::string& text);
  void on_progress(Turn turn, const voice::sip::Progress& progress);
  void on_answered(Turn turn, const voice::sip::Answered& answered);
  void not_answered(Turn turn, const LinePtr& line, const voice::sip::CallEnded& ended);
  void bring_ringing(const Talk& talk, const calls::LegPlan& leg, Phone& phone);

  // bringing_about.cc
  void bring_about(Turn turn, Talk& talk);
  void bring_line(Turn turn, Talk& talk, const calls::CallPlan& plan, const calls::LegPlan& leg);
  void bring_desk(Turn turn, Talk& talk, const calls::CallPlan& plan, const calls::LegPlan& leg);
  void hear_words(const calls::CallPlan& plan, const LinePtr& line);
  void hear_music(const LinePtr& line, const std::string& music);
  void hear(const LinePtr& line, std::uint64_t script, prompts::Heard heard);  // any thread
  void hear_tone(const LinePtr& line);
  void begin_hearing(Line& line, Hearing hearing);
  void words_over(Turn turn, const LinePtr& line);
  void announce(Turn turn, Talk& talk);
  void end_line(Turn turn, const LinePtr& line, const calls::CallRecord& call, calls::Reason reason);
  void end_talk(Turn turn, CallId call);
  void remember_caller(Talk& talk);

  // taping.cc
  void bring_recording(Talk& talk, const calls::CallPlan& plan);
  void begin_recording(Talk& talk, const calls::RecordingPlan& plan);
  void stop_recording(Talk& talk);
  void put_on_tape(Talk& talk, media::LegId& channel, media::LegId sound, std::uint8_t number);
  media::LegId agent_sound(const Talk& talk, const calls::CallPlan& plan);
  void take_off_tape(const Phone& phone);
  void on_recorded(const media::RecordingDone& done);
  void on_silence(const media::RecordingSilent& silent);
  // callbacks.cc
  void on_key(const media::DigitPressed& pressed);
  void next_key(const LinePtr& line);
  void tell_key(const LinePtr& line, calls::PressKey pressed);
  void stop_words(Line& line);

  // secret_digits.cc
  LinePtr customer_line(WorkspaceId workspace, CallId call) const;
  void gathered(const LinePtr& line, const media::ScriptOutcome& outcome);

  // guests.cc
  LinePtr guest_of(const calls::Guest& guest) const;
  void guest_transport(Turn turn, const LinePtr& line, media::Transport state);
  void guest_lost(const LinePtr& line);
  void answer_guest(const LinePtr& line);
  void end_guest(const LinePtr& line, calls::Reason reason);
  void drop_guest(const LinePtr& line);

  // agent_words.cc
  void tell_agent(const Talk& talk, const calls::LegPlan& leg, const Phone& phone);

  // desks.cc
  struct BrowserSound {
    media::LegId id = 0;
    std::string answer;
  };
  Result<BrowserSound> open_browser(const std::string& offer);
  Phone* phone_of(WorkspaceId workspace, WorkerId worker);
  void put_down(Turn turn, Phone& phone);
  void leave(Phone& phone);
  void phone_lost(Turn turn, Phone& phone);
  void phone_ready(Turn turn, Phone& phone);

  void tell(WorkspaceId workspace, calls::Command command);

  // testimony.cc
  void testify(Turn turn, voice::sip::Trace& trace);
  void testify(Turn turn, const media::Event& event);
  void testify(Turn turn, Talk& talk);
  void ask_why(Turn turn, const Talk& talk, TaskId task, const char* moment);
  void watch_witness(Turn turn);

  void count();

  World world_;
  std::atomic<std::size_t> lines_now_{0}, talks_now_{0}, phones_now_{0};
  std::atomic<std::uint64_t> silent_ends_{0};
  IdMaker ids_;
  NumberBook numbers_;
  Witness witness_;
  bool witness_looks_ = false;
  std::map<voice::sip::LegId, LinePtr> lines_;
  std::unordered_map<LegId, LinePtr> lines_by_leg_;
  std::unordered_map<media::LegId, LinePtr> lines_by_sound_;
  std::set<std::string> trunks_down_;
  std::map<calls::Guest, LinePtr> guests_;
  std::map<WorkerKey, Phone> phones_;
  std::unordered_map<media::LegId, WorkerKey> phones_by_sound_;
  std::unordered_map<CallId, Talk> talks_;
  std::unordered_map<media::RecordingId, Recorded> recorded_;
  // Of strangers whose customer is being made: the conversations that are to be theirs. By workspace and number.
  std::map<std::pair<WorkspaceId, std::string>, std::vector<ConversationId>> strangers_;
};

}  // namespace carillon::switchboard
