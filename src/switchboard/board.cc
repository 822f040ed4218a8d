#include "switchboard/board.h"

namespace carillon::switchboard {

Board::Board(World world) : world_(std::move(world)), ids_(world_.seeds.next()), witness_(world_.witness) {}
Board::~Board() = default;

Board::Size Board::size() const { return {lines_now_, talks_now_, phones_now_, silent_ends_}; }

// For other threads.
void Board::count() { lines_now_ = lines_by_leg_.size(), talks_now_ = talks_.size(), phones_now_ = phones_.size(); }

// Nobody waits for the answer: a refusal means that the row went on meanwhile, and a change of it comes anyway.
void Board::tell(WorkspaceId workspace, calls::Command command) {
  world_.tell(workspace, std::move(command), [](Turn, const Result<std::string>&) {});
}

void Board::on(Turn turn, const media::Event& event) {
  testify(turn, event);
  if (const auto* ended = std::get_if<media::ScriptEnded>(&event)) {
    const auto found = lines_by_sound_.find(ended->leg);
    if (found == lines_by_sound_.end()) return;
    if (found->second->gathering) gathered(LinePtr(found->second), ended->outcome);
    if (ended->outcome.script != found->second->script) return;
    if (ended->outcome.end != media::ScriptEnd::kPlayed) return;
    const LinePtr line = found->second;
    line->script = 0;
    if (line->hearing == Hearing::nothing) return;  // a tone
    return words_over(turn, line);
  }
  if (const auto* done = std::get_if<media::RecordingDone>(&event)) return on_recorded(*done);
  if (const auto* quiet = std::get_if<media::RecordingSilent>(&event)) return on_silence(*quiet);
  if (const auto* pressed = std::get_if<media::DigitPressed>(&event)) return on_key(*pressed);
  if (const auto* changed = std::get_if<media::TransportChanged>(&event)) {
    if (const auto line = lines_by_sound_.find(changed->leg); line != lines_by_sound_.end() && line->second->browser) {
      return guest_transport(turn, LinePtr(line->second), changed->state);
    }
    const auto key = phones_by_sound_.find(changed->leg);
    if (key == phones_by_sound_.end()) return;
    Phone& phone = phones_.at(key->second);
    if (changed->state == media::Transport::kConnected) return phone_ready(turn, phone);
    if (changed->state == media::Transport::kMoved) return;
    if (changed->state == media::Transport::kSilent) world_.log("a phone has fallen silent: " + changed->reason);
    return phone_lost(turn, phone);
  }
  if (const auto* silent = std::get_if<media::PeerSilent>(&event)) {
    const auto found = lines_by_sound_.find(silent->leg);
    if (found == lines_by_sound_.end()) return;
    const LinePtr line = found->second;
    if (line->browser) return end_guest(line, calls::Reason::customer_left);
    // Who only listens may say nothing for long; who is not there any more does not answer either (CallEnded).
    if (line->hearing != Hearing::room) return (void)turn.stack.probe(turn.now, line->sip);
    world_.log("a caller sends no sound any more: the call is ended");
    line->gone = true;
    ++silent_ends_;
    tell(line->workspace, calls::LegEnded{line->call, line->leg, calls::Reason::customer_left});
    (void)turn.stack.hang_up(turn.now, line->sip);
    drop_line(line);
  }
}

}  // namespace carillon::switchboard
