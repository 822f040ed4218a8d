// What calls can be told. Journal entry contents: a field once written is read for ever.
//
// Errors: kNotFound for what is not live, kStateForbids where docs/lifecycles.md has no such edge, kNameTaken, kInvalidValue,
//         kMissingField, kTooLong, kLimit.
// Thread: plain values; applied on the brain.
#pragma once

#include <optional>
#include <variant>

#include "calls/core/records.h"

namespace carillon::calls {

#define CARILLON_COMMAND(Name)                    \
  static constexpr char kName[] = "calls." #Name; \
  bool operator==(const Name&) const = default

// Creates (empty sid) or replaces (sid given; version must match unless 0).
struct PutNumber {
  NumberRecord number;
  CARILLON_COMMAND(PutNumber);
};
BOOST_DESCRIBE_STRUCT(PutNumber, (), (number))

struct DeleteNumber {
  NumberId sid;
  std::int64_t version = 0;
  CARILLON_COMMAND(DeleteNumber);
};
BOOST_DESCRIBE_STRUCT(DeleteNumber, (), (sid, version))

// Somebody calls a number. The leg's sid is the caller's (whoever holds the SIP or WebRTC side), so that answers find it.
// The rest is what was looked up outside about who calls.
struct Arrive {
  LegId leg_sid;
  NumberId number_sid;
  std::string from;  // empty: anonymous
  std::string from_name;
  std::string to;
  std::string identity;  // of the caller on this transport: the number in E.164, or the SIP address
  bool identity_verified = false;
  CustomerId customer_sid;
  WorkerId last_worker_sid;
  ConversationId
      conversation_sid;     // a running conversation whose call this is (a chat that goes on by voice), or empty
  JsonText attributes;      // of the task, beside what the call itself says
  Duration connect_within;  // a browser's: ends where no sound comes within; 0: SIP has its own timers
  CARILLON_COMMAND(Arrive);
};
BOOST_DESCRIBE_STRUCT(Arrive, (),
                      (leg_sid, number_sid, from, from_name, to, identity, identity_verified, customer_sid,
                       last_worker_sid, conversation_sid, attributes, connect_within))

// Media flows.
struct LegConnected {
  CallId call_sid;
  LegId leg_sid;
  CARILLON_COMMAND(LegConnected);
};
BOOST_DESCRIBE_STRUCT(LegConnected, (), (call_sid, leg_sid))

// The party hung up (customer_left, by_worker), could not be reached (busy, declined, no_answer, unreachable), or its connection
// is lost (worker_lost: an agent's may come back).
struct LegEnded {
  CallId call_sid;
  LegId leg_sid;
  Reason reason = Reason::customer_left;
  CARILLON_COMMAND(LegEnded);
};
BOOST_DESCRIBE_STRUCT(LegEnded, (), (call_sid, leg_sid, reason))

// The page of a customer who calls by browser is gone, or its network is: the call waits a while for it to come back.
struct GuestLost {
  CallId call_sid;
  LegId leg_sid;
  CARILLON_COMMAND(GuestLost);
};
BOOST_DESCRIBE_STRUCT(GuestLost, (), (call_sid, leg_sid))

// The words of that count are said.
struct WordsEnded {
  CallId call_sid;
  std::int64_t count = 0;
  CARILLON_COMMAND(WordsEnded);
};
BOOST_DESCRIBE_STRUCT(WordsEnded, (), (call_sid, count))

// The agent puts the customer on hold, or takes them back.
struct SetHold {
  CallId call_sid;
  WorkerId worker_sid;
  bool on_hold = false;
  CARILLON_COMMAND(SetHold);
};
BOOST_DESCRIBE_STRUCT(SetHold, (), (call_sid, worker_sid, on_hold))

struct SetMuted {
  CallId call_sid;
  WorkerId worker_sid;
  bool muted = false;
  CARILLON_COMMAND(SetMuted);
};
BOOST_DESCRIBE_STRUCT(SetMuted, (), (call_sid, worker_sid, muted))

// A supervisor comes into a call to listen, whisper or barge, does another of these, or leaves (off).
struct Monitor {
  CallId call_sid;
  WorkerId worker_sid;  // whose phone it is: ears_of(user_sid) for who is no worker
  UserId user_sid;      // empty: a program asked
  Monitoring mode = Monitoring::listen;
  bool unseen = false;  // while they only listen, and no agent of the call has asked for help
  CARILLON_COMMAND(Monitor);
};
BOOST_DESCRIBE_STRUCT(Monitor, (), (call_sid, worker_sid, user_sid, mode, unseen))

// An agent in the call asks for a supervisor, or does not need one any more. It ends when one comes, too.
struct SetHelp {
  CallId call_sid;
  WorkerId worker_sid;
  bool needs_help = false;
  CARILLON_COMMAND(SetHelp);
};
BOOST_DESCRIBE_STRUCT(SetHelp, (), (call_sid, worker_sid, needs_help))

// What is said is recorded from now on, the customer on one channel, the agents on the other. kStateForbids where the number's
// policy does not leave it to agents, and while nobody talks.
struct StartRecording {
  CallId call_sid;
  WorkerId worker_sid;
  CARILLON_COMMAND(StartRecording);
};
BOOST_DESCRIBE_STRUCT(StartRecording, (), (call_sid, worker_sid))

// What is said meanwhile (a card's number) is silence in the recording; whatever the policy. Without a worker it is by itself,
// because the customer types what nobody may learn; so is the end of that.
struct PauseRecording {
  CallId call_sid;
  WorkerId worker_sid;
  CARILLON_COMMAND(PauseRecording);
};
BOOST_DESCRIBE_STRUCT(PauseRecording, (), (call_sid, worker_sid))

struct ResumeRecording {
  CallId call_sid;
  WorkerId worker_sid;
  CARILLON_COMMAND(ResumeRecording);
};
BOOST_DESCRIBE_STRUCT(ResumeRecording, (), (call_sid, worker_sid))

// kStateForbids where all calls are recorded.
struct StopRecording {
  CallId call_sid;
  WorkerId worker_sid;
  CARILLON_COMMAND(StopRecording);
};
BOOST_DESCRIBE_STRUCT(StopRecording, (), (call_sid, worker_sid))

// The disk took no more of it. The call goes on.
struct RecordingFailed {
  CallId call_sid;
  RecordingId recording_sid;
  CARILLON_COMMAND(RecordingFailed);
};
BOOST_DESCRIBE_STRUCT(RecordingFailed, (), (call_sid, recording_sid))

// A key of the customer's telephone, told only where keys_of() has it: no other digit is ever kept.
struct PressKey {
  CallId call_sid;
  LegId leg_sid;
  std::string key;
  std::string
      looked_up;  // the number that the key confirms, after a look at the do-not-call list; without it nothing is
  bool do_not_call = false;  // that number is on the list
  CARILLON_COMMAND(PressKey);
};
BOOST_DESCRIBE_STRUCT(PressKey, (), (call_sid, leg_sid, key, looked_up, do_not_call))

// Whoever leaves a message has been silent for so long that it is over. heard: something was said before.
struct MessageSilent {
  CallId call_sid;
  RecordingId recording_sid;
  bool heard = false;
  CARILLON_COMMAND(MessageSilent);
};
BOOST_DESCRIBE_STRUCT(MessageSilent, (), (call_sid, recording_sid, heard))

// The customer does not want to be recorded any more, and tells the agent: whatever the policy.
struct WithdrawConsent {
  CallId call_sid;
  WorkerId worker_sid;
  CARILLON_COMMAND(WithdrawConsent);
};
BOOST_DESCRIBE_STRUCT(WithdrawConsent, (), (call_sid, worker_sid))

// The whole call ends for everybody. Reason: by_worker, by_supervisor, by_api.
struct HangUp {
  CallId call_sid;
  Reason reason = Reason::by_worker;
  CARILLON_COMMAND(HangUp);
};
BOOST_DESCRIBE_STRUCT(HangUp, (), (call_sid, reason))

// What may be called. The counts are the machine's own; version must match unless 0.
struct PutDialling {
  DiallingRecord dialling;
  CARILLON_COMMAND(PutDialling);
};
BOOST_DESCRIBE_STRUCT(PutDialling, (), (dialling))

// A worker calls somebody: a number, a SIP address, or a colleague. The outcome is the call's sid.
// Errors beside the usual: kDoNotCall, kDestinationForbidden, kDestinationLimit.
struct Dial {
  WorkerId worker_sid;
  std::string to;          // "+4930123456", "112", "sip:eva@example.org"
  WorkerId to_worker_sid;  // or a colleague
  NumberId number_sid;     // whose address they see
  CustomerId customer_sid;
  std::string to_name;
  DiallingRight right = DiallingRight::agent;  // of who asks
  bool do_not_call = false;                    // it is on the workspace's list: looked up outside
  CARILLON_COMMAND(Dial);
};
BOOST_DESCRIBE_STRUCT(Dial, (), (worker_sid, to, to_worker_sid, number_sid, customer_sid, to_name, right, do_not_call))

// consult: the customer waits with music until they are taken back; join: all together as soon as they come; transfer: they get
// the call when they answer, else it comes back (outside parties: for workers and queues it is routing's TransferTask).
enum class Purpose : std::uint8_t { consult, join, transfer };
BOOST_DESCRIBE_ENUM(Purpose, consult, join, transfer)

// An agent in a call invites a colleague or somebody outside. The outcome is the new leg's sid. Errors as Dial.
struct Invite {
  CallId call_sid;
  WorkerId worker_sid;
  WorkerId to_worker_sid;  // one of these two
  std::string to;
  NumberId number_sid;  // whose address they see; empty: that of the call
  Purpose purpose = Purpose::consult;
  DiallingRight right = DiallingRight::agent;
  bool do_not_call = false;
  CARILLON_COMMAND(Invite);
};
BOOST_DESCRIBE_STRUCT(Invite, (), (call_sid, worker_sid, to_worker_sid, to, number_sid, purpose, right, do_not_call))

// An agent goes, the others go on. kStateForbids where nobody would be left for the customer.
struct Leave {
  CallId call_sid;
  WorkerId worker_sid;
  CARILLON_COMMAND(Leave);
};
BOOST_DESCRIBE_STRUCT(Leave, (), (call_sid, worker_sid))

// An invited party is let go of, there or not yet there. Whoever was only consulted: the customer is back with the agent.
struct Remove {
  CallId call_sid;
  WorkerId worker_sid;
  LegId leg_sid;
  CARILLON_COMMAND(Remove);
};
BOOST_DESCRIBE_STRUCT(Remove, (), (call_sid, worker_sid, leg_sid))

// Somebody is to be called back who does not wait on a line. The outcome is the callback's sid. Errors beside the usual: as Dial;
// kStateForbids where one to that number is open, or the number is never open again.
struct RequestCallback {
  std::string to;
  std::string name;
  CustomerId customer_sid;
  NumberId number_sid;               // whose settings, hours and address hold
  QueueId task_queue_sid;            // empty: where the number's calls go
  std::optional<CallbackMode> mode;  // else the number's
  Instant not_before;                // us = 0: as soon as somebody is free
  Instant not_after;                 // us = 0: any time
  DiallingRight right = DiallingRight::agent;
  bool do_not_call = false;
  CARILLON_COMMAND(RequestCallback);
};
BOOST_DESCRIBE_STRUCT(RequestCallback, (),
                      (to, name, customer_sid, number_sid, task_queue_sid, mode, not_before, not_after, right,
                       do_not_call))

// It is not wanted any more; whoever is just being called is hung up on. Reason: by_supervisor, by_api.
struct CancelCallback {
  CallbackId callback_sid;
  Reason reason = Reason::by_supervisor;
  CARILLON_COMMAND(CancelCallback);
};
BOOST_DESCRIBE_STRUCT(CancelCallback, (), (callback_sid, reason))

#undef CARILLON_COMMAND

using Command = std::variant<PutNumber, DeleteNumber, Arrive, LegConnected, LegEnded, WordsEnded, SetHold, SetMuted,
                             HangUp, Monitor, StartRecording, PauseRecording, ResumeRecording, StopRecording,
                             RecordingFailed, PutDialling, Dial, Invite, Leave, Remove, PressKey, MessageSilent,
                             WithdrawConsent, GuestLost, SetHelp, RequestCallback, CancelCallback>;

}  // namespace carillon::calls
