// Taping: what the rows say is recorded, told to the engine: the customer left, the agent right.
#include "switchboard/board.h"

namespace carillon::switchboard {

namespace {

constexpr std::uint8_t kLeft = 0, kRight = 1;
constexpr media::RecordingId kNoRecording = 0;

}  // namespace

// Called whenever a call is brought about; what has ended is not wanted.
void Board::bring_recording(Talk& talk, const calls::CallPlan& plan) {
  Tape& tape = talk.tape;
  const auto& wanted = plan.recording;
  if (tape.sid && (!wanted.wanted || tape.sid != wanted.recording)) stop_recording(talk);
  if (!wanted.wanted) return;
  if (tape.sid.empty()) return begin_recording(talk, wanted);
  if (tape.id == 0) return;
  const auto line = lines_by_leg_.find(talk.row.legs.front().sid);
  const auto before = std::pair(tape.left, tape.right);
  put_on_tape(talk, tape.left, line == lines_by_leg_.end() ? 0 : line->second->sound, kLeft);
  if (!tape.message) put_on_tape(talk, tape.right, agent_sound(talk, plan), kRight);
  // Whoever comes on the tape comes unpaused.
  if (tape.paused == wanted.paused && before == std::pair(tape.left, tape.right)) return;
  tape.paused = wanted.paused;
  (void)world_.engine.pause_recording(tape.id, tape.paused);
}

// Making a file waits for the disk, so it is made elsewhere; the call may have gone on by then.
void Board::begin_recording(Talk& talk, const calls::RecordingPlan& plan) {
  const RecordingId sid = plan.recording;
  talk.tape = {.sid = sid, .message = plan.message};
  const Recorded about{talk.workspace, talk.row.sid, sid};
  const RecordingWish wish{talk.workspace, sid, talk.row.sid, talk.row.contact_sid, plan.message};
  world_.record(wish, [this, about](Turn, Result<media::RecordingId> made) {
    if (!made) {
      world_.log("a call is not recorded: " + made.error().message);
      return tell(about.workspace, calls::RecordingFailed{about.call, about.sid});
    }
    recorded_[*made] = about;
    const auto found = talks_.find(about.call);
    if (found == talks_.end() || found->second.tape.sid != about.sid) {
      return (void)world_.engine.stop_recording(*made);
    }
    found->second.tape.id = *made;
    bring_recording(found->second, calls::plan_of(found->second.row));
    // What is said before the tone has ended is in the message already.
    const auto line = lines_by_leg_.find(found->second.row.legs.front().sid);
    if (found->second.tape.message && line != lines_by_leg_.end()) hear_tone(line->second);
  });
}

void Board::stop_recording(Talk& talk) {
  if (talk.tape.id != 0) (void)world_.engine.stop_recording(talk.tape.id);
  talk.tape = {};
}

void Board::put_on_tape(Talk& talk, media::LegId& channel, media::LegId sound, std::uint8_t number) {
  if (channel == sound) return;
  if (channel != 0) (void)world_.engine.record_leg(kNoRecording, channel, 0);
  channel = sound;
  if (sound != 0) (void)world_.engine.record_leg(talk.tape.id, sound, number);
}

// The first agent whose phone is in the call.
media::LegId Board::agent_sound(const Talk& talk, const calls::CallPlan& plan) {
  for (const calls::LegPlan& leg : plan.legs) {
    if (leg.role != calls::LegRole::agent || !leg.wanted) continue;
    const Phone* phone = phone_of(talk.workspace, leg.worker);
    if (phone && phone->in == plan.call) return phone->sound;
  }
  return 0;
}

// What is said in another call is no part of this one's recording.
void Board::take_off_tape(const Phone& phone) {
  const auto talk = talks_.find(phone.in);
  if (talk == talks_.end() || talk->second.tape.right != phone.sound) return;
  put_on_tape(talk->second, talk->second.tape.right, 0, kRight);
}

void Board::on_silence(const media::RecordingSilent& silent) {
  const auto found = recorded_.find(silent.recording);
  if (found == recorded_.end()) return;
  tell(found->second.workspace, calls::MessageSilent{found->second.call, found->second.sid, silent.heard});
}

void Board::on_recorded(const media::RecordingDone& done) {
  const auto found = recorded_.find(done.recording);
  if (found == recorded_.end()) return;
  const Recorded about = found->second;
  recorded_.erase(found);
  world_.recorded(about.workspace, about.sid, done);
  if (done.whole) return;
  world_.log("a recording is not whole: " + done.fault);
  tell(about.workspace, calls::RecordingFailed{about.call, about.sid});
}

}  // namespace carillon::switchboard
