// Calls' machine: what happens at a number, who is connected to whom, when a call is answered and ends.
//
// Rules:   ../README.md and docs/lifecycles.md. Routing decides who takes a call, conversations whose contact it is; this
//          machine turns their words into legs, and what happens to legs into words to them.
// Owns:    the numbers and live calls of one workspace; ended calls leave at the end of the entry.
// Thread:  one at a time (the workspace's strand).
// Errors:  a refused command changes nothing. A broken invariant throws BrokenInvariant inside InvariantScope.
// Limits:  10,000 timers an entry, the rest is due at once in the next; 10,000 numbers; see records.h.
// Example:
//   state.begin(entry);
//   auto outcome = state.apply(entry, Arrive{...});   // sid of the call
//   for (const Request& r : state.take_requests()) pass_on(r);
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "calls/core/commands.h"
#include "calls/core/records.h"
#include "events/core/event.h"

namespace carillon::calls {

inline constexpr Duration kConnectWithin = Duration::seconds(10);   // an agent's media, after accepting
inline constexpr Duration kComeBackWithin = Duration::seconds(30);  // an agent whose connection was lost in the call
inline constexpr Duration kAnswerWithin = Duration::seconds(60);    // whom we call, and a colleague who is invited
inline constexpr Duration kFarewellWithin = Duration::seconds(60);
inline constexpr Duration kReturnWithin = Duration::seconds(60);  // a caller whom our restart cut off
inline constexpr Duration kStepWithin =
    Duration::seconds(40);  // who asks to be called back, until a key or the next one
inline constexpr Duration kKeyWithin = Duration::seconds(15);
inline constexpr Duration kUnknownWait = Duration::minutes(30);  // where nobody is there by whom to estimate it
inline constexpr std::size_t kMaxNumbers = 10'000;
inline constexpr std::int64_t kSeqsAnEntry = 1'000'000;

struct Context {
  Instant now;
  IdMaker& ids;
  events::Events& events;
  std::int64_t entry = 0;
};

// What it asks of the other machines within the same entry.
struct Request {
  enum class Kind : std::uint8_t {
    open_contact,      // for the call: contact_opened() or contact_refused() must follow
    end_side,          // the customer has hung up, or was hung up on
    answered,          // media connects the task's worker
    connect_failed,    // the task's worker could not be connected
    wrap_up,           // the task's worker has left the call
    hold,              // the contact's tasks keep their place, but are not offered
    go_on,             // they are offered again; the contact is this call's now
    open_outbound,     // as open_contact, with the task for the worker, theirs at once
    claim_task,        // a task of an internal call for the worker who makes it: task_made() must follow
    offer_task,        // a task for the invited worker: task_made() must follow
    withdraw_task,     // nobody took it, or nobody needs it any more
    give_back,         // the task's worker is gone: to its queue, before others
    message_left,      // a voicemail for whoever would have taken the call; reason: how their wait ended
    callback_taken,    // the call's task becomes one to call them back: callback_filed() must follow
    open_callback,     // a contact and a task for somebody who is to be called back: callback_filed() must follow
    pause_callback,    // its task keeps its place and is not offered until `until`
    release_callback,  // it is offered again; to_the_end: its place is lost
    callback_joined,   // they called themselves: their call takes the task's place
    callback_over,     // nobody could be reached: its task is over
  };
  Kind kind = Kind::open_contact;
  Reason reason = Reason::none;
  CallId call;
  ContactId contact;
  TaskId task;
  WorkerId worker;  // open_contact: who talked with them until our restart; `contact` is that talk's
  Arrive arrive;    // open_contact
  LegId leg;        // claim_task, offer_task
  CallbackId callback;
  Instant until = Instant::never();  // pause_callback
  bool to_the_end = false;           // release_callback
};

// What Arrive needs to know of the others.
struct Floor {
  bool staffed = true;  // somebody who may serve this number is signed in
  bool full = false;    // the number's queue takes no more
  // What who asks to be called back would wait; nothing where that is not known.
  std::optional<Duration> expected_wait = {};
};

// Who may be called where, besides the list of numbers that are not called. Nothing: anybody anywhere.
const DestinationRule* rule_of(const DiallingRecord& dialling, std::string_view address);
const EmergencyNumber* emergency_of(const DiallingRecord& dialling, std::string_view address);
// "+49 (30) 1234-5" is "+493012345"; an address with '@' is a SIP URI. kInvalidValue for what cannot be called, at `to`.
Result<std::string> callable(std::string_view text);

// Rows touched in this entry, each once, ended ones included; pointers into the state, valid until the next begin().
struct Changes {
  std::vector<const NumberRecord*> numbers;
  std::vector<NumberId> deleted_numbers;
  std::vector<const CallRecord*> calls;
  std::vector<const CallbackRecord*> callbacks;
  const DiallingRecord* dialling = nullptr;
  bool empty() const {
    return numbers.empty() && deleted_numbers.empty() && calls.empty() && callbacks.empty() && !dialling;
  }
};

// What came of asking for a callback's task.
struct CallbackFiled {
  ContactId contact;
  ConversationId conversation;
  CustomerId customer;
  TaskId task;  // empty: refused
  QueueId queue;
};

// All live rows, by seq.
struct Rows {
  std::vector<NumberRecord> numbers;
  std::vector<CallRecord> calls;
  std::vector<CallbackRecord> callbacks;  // open ones
  DiallingRecord dialling;
  bool operator==(const Rows&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rows, (), (numbers, calls, callbacks, dialling))

class State {
 public:
  State() = default;
  State(State&&) noexcept = default;
  State& operator=(State&&) noexcept = default;

  // Replaces everything by rows. Errors: kInternal when they contradict one another; the state is then empty.
  Result<void> load(Rows rows);
  Rows rows() const;

  void begin(const Context& entry);
  void expire(Context& entry);
  // PutNumber, DeleteNumber: the number's sid; Arrive: the call's; else the call's or leg's.
  Result<std::string> apply(Context& entry, const Command& command, const Floor& floor = {});

  // Answers to open_contact.
  void contact_opened(Context& entry, CallId call, ContactId contact, ConversationId conversation, CustomerId customer);
  void contact_refused(Context& entry, CallId call, Reason reason);
  // From the others, through the workspace. Contacts that are no calls are passed over.
  // Tasks of internal calls have no contact.
  void task_assigned(Context& entry, ContactId contact, TaskId task, WorkerId worker);
  // Requeued, wrapping or ended: its worker is out.
  void task_left(Context& entry, ContactId contact, TaskId task, Reason reason = Reason::by_system);
  void task_made(Context& entry, CallId call, LegId leg, TaskId task);
  void invitation_refused(Context& entry, CallId call, LegId leg);
  // It is one worker's part in a call among colleagues.
  bool is_internal(TaskId task) const { return by_task_.contains(task); }
  // Somebody else than this task's worker is there for the customer.
  bool others_there(ContactId contact, TaskId task) const;
  void side_ended(Context& entry, ContactId contact, Reason reason);
  void customer_linked(Context& entry, ContactId contact, CustomerId customer);
  // Answer to message_left of a call that had no contact: the one it is.
  void message_filed(CallId call, ContactId contact, ConversationId conversation, CustomerId customer);
  // Answer to callback_taken and open_callback: the task by which they are called back; without one it is over.
  void callback_filed(Context& entry, CallbackId callback, const CallbackFiled& filed);
  // Its task was given away: the new one is the callback's.
  void callback_moved(ContactId contact, TaskId from, TaskId to);
  // No media has survived: every line is cut. Whoever calls the same number again in time goes on where they were.
  void restarted(Context& entry);

  Instant next_deadline() const;
  const Changes& changes() const { return changes_; }
  std::vector<Request> take_requests() { return std::exchange(requests_, {}); }

  const NumberRecord* number(NumberId sid) const;
  const NumberRecord* number_at(std::string_view address) const;
  std::vector<const NumberRecord*> numbers() const;  // by seq
  const CallRecord* call(CallId sid) const;
  const CallRecord* call_of(ContactId contact) const;
  std::vector<const CallRecord*> calls() const;  // by seq
  const DiallingRecord& dialling() const { return dialling_; }
  const CallbackRecord* callback(CallbackId sid) const;  // open, or ended in this entry
  std::vector<const CallbackRecord*> callbacks() const;  // open ones, by seq
  // The newest live call of who has this identity; looks at all.
  const CallRecord* call_from(std::string_view identity) const;

 private:
  struct Live {
    CallRecord row;
    Instant armed = Instant::never();
    bool touched = false;
  };
  struct LiveCallback {
    CallbackRecord row;
    Instant armed = Instant::never();
    bool touched = false;
  };
  struct CallbackTimer {
    Instant at;
    std::int64_t seq = 0;
    CallbackId callback;
    auto operator<=>(const CallbackTimer&) const = default;
  };
  struct Timer {
    Instant at;
    std::int64_t seq = 0;
    CallId call;
    auto operator<=>(const Timer&) const = default;
  };

  Result<std::string> on(Context& entry, const PutNumber& c);
  Result<std::string> on(Context& entry, const DeleteNumber& c);
  Result<std::string> arrive(Context& entry, const Arrive& c, const Floor& floor);
  Result<std::string> press(Context& entry, const PressKey& c, const Floor& floor);
  Result<std::string> on(Context& entry, const LegConnected& c);
  Result<std::string> on(Context& entry, const LegEnded& c);
  Result<std::string> on(Context& entry, const WordsEnded& c);
  Result<std::string> on(Context& entry, const SetHold& c);
  Result<std::string> on(Context& entry, const SetMuted& c);
  Result<std::string> on(Context& entry, const HangUp& c);
  Result<std::string> on(Context& entry, const Monitor& c);
  // recording.cc
  Result<std::string> on(Context& entry, const StartRecording& c);
  Result<std::string> on(Context& entry, const PauseRecording& c);
  Result<std::string> on(Context& entry, const ResumeRecording& c);
  Result<std::string> on(Context& entry, const StopRecording& c);
  Result<std::string> on(Context& entry, const RecordingFailed& c);
  Result<Live*> recorded_call(CallId call, WorkerId worker, Recording wanted);
  void set_recording(Context& entry, Live& live, Recording to, WorkerId by);
  void agent_arrived(Context& entry, Live& live, WorkerId worker);
  // dialling.cc
  Result<std::string> on(Context& entry, const PutDialling& c);
  Result<std::string> on(Context& entry, const Dial& c);
  Result<LegRecord> called_leg(Context& entry, const std::string& to, NumberId from, DiallingRight right,
                               bool do_not_call);
  Result<void> may_call(Context& entry, const std::string& address, DiallingRight right, bool do_not_call);
  Result<std::string> dial_colleague(Context& entry, const Dial& c);
  Live& make_call(Context& entry, CallRecord row);
  void customer_answered(Context& entry, Live& live);
  // parties.cc
  Result<std::string> on(Context& entry, const Invite& c);
  Result<std::string> on(Context& entry, const Leave& c);
  Result<std::string> on(Context& entry, const Remove& c);
  void agent_leaves(Context& entry, Live& live, LegRecord& leg, Reason reason);
  void party_left(Context& entry, Live& live, LegRecord& leg, Reason reason);
  void take_customer_back(Context& entry, Live& live);
  void begin_transfer(Context& entry, Live& live, LegId to, const LegRecord& from);
  void hand_over(Context& entry, Live& live);
  void transfer_failed(Context& entry, Live& live);
  void go_onward(Context& entry, Live& live);
  void end_if_alone(Context& entry, Live& live, Reason reason);
  void let_go_of_task(const CallRecord& row, const LegRecord& leg, Reason reason);
  // consent.cc
  Result<std::string> on(Context& entry, const WithdrawConsent& c);
  void set_consent(Context& entry, Live& live, Consent to, WorkerId by);
  // voicemail.cc
  Result<std::string> on(Context& entry, const MessageSilent& c);
  void turn_away(Context& entry, Live& live, Bucket bucket);
  void begin_voicemail(Context& entry, Live& live, Reason why, const Words& first);
  void words_ended(Context& entry, Live& live);
  void record_message(Context& entry, Live& live);
  void message_due(Context& entry, Live& live);
  void message_failed(Context& entry, Live& live);
  void waited_long_enough(Context& entry, Live& live);
  Reason end_message(Context& entry, Live& live, Reason reason, bool& tell);
  // help.cc
  Result<std::string> on(Context& entry, const SetHelp& c);
  void end_help(Context& entry, Live& live, LegRecord& leg, Reason reason);
  void supervisor_came(Context& entry, Live& live);
  // guests.cc
  Result<std::string> on(Context& entry, const GuestLost& c);
  // asking.cc: whoever waits asks to be called back
  void begin_asking(Context& entry, Live& live, const Floor& floor);
  void ask_step(Context& entry, Live& live, CallbackStep step, std::vector<Words> first = {});
  void add_digit(Context& entry, Live& live, char digit);
  void number_entered(Context& entry, Live& live);
  void number_confirmed(Context& entry, Live& live, bool do_not_call, const Floor& floor);
  void step_silent(Context& entry, Live& live);
  void wait_on(Context& entry, Live& live, const Words& words);
  void take_callback(Context& entry, Live& live, const NumberRecord& number);
  bool in_time(const NumberRecord& number, Instant now, const Floor& floor) const;
  // calling_back.cc
  Result<std::string> on(Context& entry, const RequestCallback& c);
  Result<std::string> on(Context& entry, const CancelCallback& c);
  Result<void> may_call_back(const std::string& address, DiallingRight right) const;
  bool call_back(Context& entry, ContactId contact, TaskId task, WorkerId worker);
  void make_try(Context& entry, LiveCallback& live, WorkerId worker, LegRecord leg);
  void customer_joined(Context& entry, Live& live);
  void callback_reached(Context& entry, LiveCallback& live);
  void try_failed(Context& entry, LiveCallback& live, const CallRecord& call, Reason reason);
  void try_again(Context& entry, LiveCallback& live, Reason reason);
  void callback_due(Context& entry, LiveCallback& live);
  LiveCallback* callback_of_caller(const NumberRecord& number, const Arrive& c);
  void join_callback(Context& entry, Live& live, LiveCallback& callback);
  LiveCallback& add_callback(Context& entry, CallbackRecord row);
  void end_callback(Context& entry, LiveCallback& live, CallbackStatus status, Reason reason);
  void drop_callback_of(Context& entry, ContactId contact, Reason reason);
  LiveCallback* open_callback(CallbackId sid);
  LiveCallback* callback_of_try(const CallRecord& call);
  void touch(LiveCallback& live);
  void arm(LiveCallback& live);
  void tell(Context& entry, events::EventType type, const CallbackRecord& row) const;
  bool in_a_call(WorkerId worker) const;

  Result<Live*> live_call(CallId sid);
  Live* live_of(ContactId contact);
  Live* live_of(ContactId contact, TaskId task);
  void touch(Live& live);
  void arm(Live& live);
  void due(Context& entry, Live& live);
  void say(Live& live, const std::vector<Words>& words);
  void part(Context& entry, Live& live, Bucket turned_away, const Words& words);
  void end_leg(Context& entry, Live& live, LegRecord& leg, Reason reason);
  void agent_lost(Context& entry, Live& live, LegRecord& leg);
  void agent_connected(Context& entry, Live& live, const LegRecord& leg);
  void nobody_came(Context& entry, Live& live, LegRecord& leg);
  void not_connected(Context& entry, Live& live, LegRecord& leg);
  void after_agent_left(Context& entry, Live& live);
  void end_call(Context& entry, Live& live, Reason reason, bool tell);
  void stop_coaching(Context& entry, WorkerId worker);
  void lose(Context& entry, Live& live);
  Live* lost_call_of(const Arrive& c);
  void take_up(Context& entry, Live& live, Live& lost, const Arrive& c);
  void begin_waiting(Context& entry, CallRecord& row);
  void await_announcement(Context& entry, CallRecord& row);
  void ask(Request request) { requests_.push_back(std::move(request)); }
  events::Event event(events::EventType type, const CallRecord& row) const;

  // ---- rows ----
  std::unordered_map<NumberId, NumberRecord> numbers_;
  std::unordered_map<CallId, Live> calls_;
  std::unordered_map<CallbackId, LiveCallback> callbacks_;
  DiallingRecord dialling_;
  // ---- derived ----
  std::map<std::string, NumberId, std::less<>> by_address_;
  std::unordered_map<ContactId, CallId> by_contact_;
  std::unordered_map<TaskId, CallId> by_task_;                              // of internal calls
  std::set<std::tuple<NumberId, std::string, std::int64_t, CallId>> lost_;  // by number, identity, seq
  std::map<WorkerId, CallId> coaching_;
  std::set<Timer> timers_;
  std::map<std::string, CallbackId, std::less<>> callbacks_to_;  // open ones, by whom to call
  std::unordered_map<ContactId, CallbackId> callbacks_of_contact_;
  std::set<CallbackTimer> callback_timers_;
  // ---- of the entry ----
  Changes changes_;
  std::vector<Live*> touched_;
  std::vector<LiveCallback*> touched_callbacks_;
  std::vector<Request> requests_;
  std::int64_t made_in_entry_ = 0;
  int timers_run_ = 0;
};

// What a number's policy says of one call: sample becomes always or never, by the call's id and nothing else.
RecordingPolicy policy_of(const NumberRecord& number, CallId call);

// Whether a number is open at that instant.
bool is_open(const NumberRecord& number, Instant at);

}  // namespace carillon::calls
