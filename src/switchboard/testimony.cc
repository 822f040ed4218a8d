// Testimony: what the board sees of a call, told to the witness. Nothing here decides.
#include <algorithm>

#include "switchboard/board.h"

namespace carillon::switchboard {

namespace {

constexpr Duration kLookAgain = Duration::seconds(1);

const char* word_of(media::Transport state) {
  switch (state) {
    case media::Transport::kConnected:
      return "connected";
    case media::Transport::kMoved:
      return "moved";
    case media::Transport::kClosed:
      return "closed";
    case media::Transport::kSilent:
      return "silent";
    case media::Transport::kFailed:
      return "failed";
  }
  return "closed";
}

}  // namespace

void Board::watch_witness(Turn turn) {
  if (witness_looks_ || !witness_.tick(turn.now)) return;
  witness_looks_ = true;
  world_.after(kLookAgain, [this](Turn then) {
    witness_looks_ = false;
    watch_witness(then);
  });
}

void Board::testify(Turn turn, voice::sip::Trace& trace) {
  witness_.message(trace, turn.now);
  watch_witness(turn);
}

void Board::testify(Turn turn, const media::Event& event) {
  if (const auto* quality = std::get_if<media::Quality>(&event)) {
    if (const auto found = lines_by_sound_.find(quality->leg); found != lines_by_sound_.end()) {
      const Line& line = *found->second;
      if (!line.browser) return witness_.quality(line.sip, turn.now, *quality);
      if (!line.call.empty()) witness_.quality(line.call, WorkerId{}, turn.now, *quality);
      return;
    }
    const auto key = phones_by_sound_.find(quality->leg);
    if (key == phones_by_sound_.end()) return;
    const Phone& phone = phones_.at(key->second);
    if (!phone.in.empty()) witness_.quality(phone.in, phone.desk.worker, turn.now, *quality);
    return;
  }
  const auto line_says = [&](media::LegId sound, const char* what) {
    const auto found = lines_by_sound_.find(sound);
    if (found == lines_by_sound_.end()) return;
    const Line& line = *found->second;
    if (!line.browser) return witness_.change(line.sip, turn.now, what, "");
    if (!line.call.empty()) witness_.change(line.call, WorkerId{}, turn.now, what, "");
  };
  if (const auto* silent = std::get_if<media::PeerSilent>(&event)) return line_says(silent->leg, "silent");
  if (const auto* heard = std::get_if<media::PeerHeard>(&event)) return line_says(heard->leg, "heard");
  const auto* changed = std::get_if<media::TransportChanged>(&event);
  const auto key = changed ? phones_by_sound_.find(changed->leg) : phones_by_sound_.end();
  if (key == phones_by_sound_.end()) return;
  const Phone& phone = phones_.at(key->second);
  if (phone.in.empty()) return;
  witness_.change(phone.in, phone.desk.worker, turn.now, word_of(changed->state), changed->reason);
}

// Which telephones are this call's, and why it went where it went, whenever that is decided anew.
void Board::testify(Turn turn, Talk& talk) {
  const calls::CallRecord& row = talk.row;
  const bool goes_on = row.status != calls::CallStatus::ended && row.status != calls::CallStatus::lost;
  if (goes_on) witness_.begins(talk.workspace, row.sid, row.created_at);
  for (const calls::LegRecord& leg : row.legs) {
    const auto found = lines_by_leg_.find(leg.sid);
    if (found == lines_by_leg_.end() || found->second->browser || found->second->sip == voice::sip::LegId{}) continue;
    witness_.belongs(found->second->sip, talk.workspace, row.sid, leg.sid, row.created_at);
  }
  if (row.status == calls::CallStatus::ended) {
    witness_.over(row.sid, turn.now);
    return watch_witness(turn);
  }
  if (row.contact_sid.empty()) return;
  if (row.status == calls::CallStatus::queued && !talk.why_queued) {
    talk.why_queued = true;
    ask_why(turn, talk, {}, "queued");
  }
  for (const calls::LegRecord& leg : row.legs) {
    const auto& asked = talk.whys_asked;
    if (leg.task_sid.empty() || std::find(asked.begin(), asked.end(), leg.task_sid) != asked.end()) continue;
    talk.whys_asked.push_back(leg.task_sid);
    ask_why(turn, talk, leg.task_sid, "accepted");
  }
}

void Board::ask_why(Turn, const Talk& talk, TaskId task, const char* moment) {
  world_.why(talk.workspace, talk.row.contact_sid, task,
             [this, call = talk.row.sid, moment](Turn turn, const std::string& json) {
               if (!json.empty()) witness_.why(call, {turn.now, moment, json});
             });
}

std::optional<evidence::Record> Board::evidence_of(Turn turn, WorkspaceId workspace, CallId call) const {
  return witness_.evidence_of(workspace, call, turn.now);
}

void Board::keep_evidence(Turn turn) { witness_.keep_all(turn.now); }

}  // namespace carillon::switchboard
