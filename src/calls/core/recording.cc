// Whether a call is recorded: by the number's policy, and by its agents.
#include <algorithm>

#include "calls/core/plan.h"
#include "calls/core/state.h"

namespace carillon::calls {

using events::EventType;

namespace {

Error forbids(std::string found) { return Error(ErrorCode::kStateForbids, std::move(found)).at("call_sid"); }

bool takes_part(const CallRecord& call, WorkerId worker) {
  return std::any_of(call.legs.begin(), call.legs.end(), [&](const LegRecord& leg) {
    return leg.role == LegRole::agent && leg.worker_sid == worker && leg.status != LegStatus::ended;
  });
}

EventType told_by(Recording before, Recording now) {
  if (now == Recording::off) return EventType::kCallRecordingStopped;
  if (now == Recording::paused) return EventType::kCallRecordingPaused;
  return before == Recording::off ? EventType::kCallRecordingStarted : EventType::kCallRecordingResumed;
}

}  // namespace

// Ids are drawn evenly, so a share of them is a share of the calls; the same journal gives the same choice.
RecordingPolicy policy_of(const NumberRecord& number, CallId call) {
  if (number.recording != RecordingPolicy::sample) return number.recording;
  const bool chosen = static_cast<std::int64_t>(call.lo % 100) < number.sample_percent;
  return chosen ? RecordingPolicy::always : RecordingPolicy::never;
}

Result<State::Live*> State::recorded_call(CallId call, WorkerId worker, Recording wanted) {
  auto live = live_call(call);
  if (!live) return live.error();
  const CallRecord& row = (*live)->row;
  if (worker && !takes_part(row, worker)) {
    return Error(ErrorCode::kNotFound, "found no live leg of " + worker.str() + " in this call").at("leg_sid");
  }
  if (wanted != Recording::off && row.recording == Recording::off) return forbids("this call is not being recorded");
  return live;
}

// From off to on it is another recording.
void State::set_recording(Context& entry, Live& live, Recording to, WorkerId by) {
  CallRecord& row = live.row;
  if (row.recording == to) return;
  touch(live);
  if (row.recording == Recording::off) row.recording_sid = entry.ids.next<RecordingId>();
  auto told = event(told_by(row.recording, to), row);
  told.worker = by;
  row.recording = to;
  entry.events.push_back(told);
}

void State::agent_arrived(Context& entry, Live& live, WorkerId worker) {
  const bool begins = live.row.recording_policy == RecordingPolicy::always && live.row.recording == Recording::off &&
                      live.row.status == CallStatus::talking && may_record(live.row);
  if (begins) set_recording(entry, live, Recording::on, worker);
}

Result<std::string> State::on(Context& entry, const StartRecording& c) {
  auto live = recorded_call(c.call_sid, c.worker_sid, Recording::off);
  if (!live) return live.error();
  const CallRecord& row = (*live)->row;
  if (row.recording == Recording::on) return row.sid.str();
  if (row.recording == Recording::paused) return forbids("this call's recording is paused; resume it");
  if (row.recording_policy == RecordingPolicy::never) return forbids("calls of this number are never recorded");
  if (row.status != CallStatus::talking) return forbids("nobody talks in this call yet");
  if (!may_record(row)) return forbids("the caller has not agreed to be recorded");
  set_recording(entry, **live, Recording::on, c.worker_sid);
  return row.sid.str();
}

Result<std::string> State::on(Context& entry, const PauseRecording& c) {
  auto live = recorded_call(c.call_sid, c.worker_sid, Recording::paused);
  if (!live) return live.error();
  set_recording(entry, **live, Recording::paused, c.worker_sid);
  return c.call_sid.str();
}

Result<std::string> State::on(Context& entry, const ResumeRecording& c) {
  auto live = recorded_call(c.call_sid, c.worker_sid, Recording::on);
  if (!live) return live.error();
  set_recording(entry, **live, Recording::on, c.worker_sid);
  return c.call_sid.str();
}

Result<std::string> State::on(Context& entry, const StopRecording& c) {
  auto live = recorded_call(c.call_sid, c.worker_sid, Recording::off);
  if (!live) return live.error();
  const CallRecord& row = (*live)->row;
  if (row.recording != Recording::off && row.recording_policy == RecordingPolicy::always) {
    return forbids("all calls of this number are recorded; pause it instead");
  }
  set_recording(entry, **live, Recording::off, c.worker_sid);
  return row.sid.str();
}

// The next agent who connects tries it again.
Result<std::string> State::on(Context& entry, const RecordingFailed& c) {
  auto live = live_call(c.call_sid);
  if (!live) return live.error();
  if ((*live)->row.recording_sid != c.recording_sid) return c.call_sid.str();
  set_recording(entry, **live, Recording::off, {});
  if ((*live)->row.status == CallStatus::voicemail) message_failed(entry, **live);
  return c.call_sid.str();
}

}  // namespace carillon::calls
