// Guests: customers who call from a web page. Their browser's sound is their line; what they hear the rows say, as for a telephone.
#include "switchboard/board.h"

namespace carillon::switchboard {

Board::LinePtr Board::guest_of(const calls::Guest& guest) const {
  const auto found = guests_.find(guest);
  return found == guests_.end() ? nullptr : found->second;
}

void Board::guest_calls(Turn, const calls::GuestLine& from, const calls::GuestCall& call, const std::string& offer,
                        const calls::Guests::Answered& answered) {
  const WorkspaceId workspace = from.guest.workspace;
  if (guest_of(from.guest)) {
    return answered(Error(ErrorCode::kStateForbids, "you are in a call already; go on with it by call.resume"));
  }
  const std::string to = numbers_.address_of(workspace, call.number);
  if (to.empty()) return answered(Error(ErrorCode::kNotFound, "the number that is to be called is not there any more"));
  if (guests_.size() >= kMaxGuests) {
    return answered(Error(ErrorCode::kLimit, "too many callers at once; try again in a moment"));
  }
  auto sound = open_browser(offer);
  if (!sound) return answered(sound.error());
  auto line = std::make_shared<Line>();
  line->browser = Browser{.from = from, .answer = std::move(sound->answer), .answered = answered};
  line->sound = sound->id;
  line->workspace = workspace;
  line->leg = ids_.next<LegId>();
  guests_[from.guest] = line;
  lines_by_leg_[line->leg] = line;
  count();
  lines_by_sound_[line->sound] = line;
  const std::string identity = from.guest.visitor.str();
  calls::Arrive arrival{.leg_sid = line->leg,
                        .number_sid = call.number,
                        .from = identity,
                        .from_name = call.name,
                        .to = to,
                        .identity = identity,
                        .identity_verified = call.verified,
                        .customer_sid = call.customer,
                        .attributes = call.attributes,
                        .connect_within = kGuestConnectsWithin};
  world_.tell_arrival(workspace, std::move(arrival), call.thread_channel,
                      [this, line](Turn, Result<std::string> call_sid) {
                        if (call_sid) line->call = *CallId::parse(*call_sid);
                        if (call_sid && line->gone) {
                          tell(line->workspace, calls::LegEnded{line->call, line->leg, calls::Reason::customer_left});
                        }
                        if (call_sid || line->gone) return;
                        world_.log("a call from a page was refused: " + call_sid.error().message);
                        auto refused = std::exchange(line->browser->answered, nullptr);
                        drop_guest(line);
                        if (refused) refused(call_sid.error());
                      });
}

// The call goes on; only the sound is another.
void Board::guest_resumes(Turn turn, const calls::GuestLine& from, const std::string& offer,
                          const calls::Guests::Answered& answered) {
  const LinePtr line = guest_of(from.guest);
  if (!line) return answered(Error(ErrorCode::kNotFound, "there is no call of yours to go on with; begin one"));
  auto sound = open_browser(offer);
  if (!sound) return answered(sound.error());
  guest_lost(line);
  if (auto before = std::exchange(line->browser->answered, nullptr)) {
    before(Error(ErrorCode::kStateForbids, "the call goes on elsewhere"));
  }
  line->sound = sound->id;
  lines_by_sound_[line->sound] = line;
  line->browser->from = from;
  line->browser->answer = std::move(sound->answer);
  line->browser->answered = answered;
  const auto talk = talks_.find(line->call);
  if (talk != talks_.end()) bring_about(turn, talk->second);
}

void Board::guest_left(Turn, const calls::GuestLine& from) {
  const LinePtr line = guest_of(from.guest);
  if (line && line->browser->from.stream == from.stream) guest_lost(line);
}

void Board::guest_hangs_up(Turn, const calls::Guest& guest) {
  if (const LinePtr line = guest_of(guest)) end_guest(line, calls::Reason::customer_left);
}

void Board::guest_transport(Turn turn, const LinePtr& line, media::Transport state) {
  if (state == media::Transport::kMoved) return;
  if (state != media::Transport::kConnected) return guest_lost(line);
  line->browser->connected = true;
  if (line->call.empty()) return;  // its row brings the rest about
  tell(line->workspace, calls::LegConnected{line->call, line->leg});
  const auto talk = talks_.find(line->call);
  if (talk != talks_.end()) bring_about(turn, talk->second);
}

// Its sound is gone; the call knows how long it waits.
void Board::guest_lost(const LinePtr& line) {
  if (line->sound == 0) return;
  (void)world_.engine.close(line->sound);
  lines_by_sound_.erase(line->sound);
  line->sound = 0;
  line->script = 0;
  line->hearing = Hearing::nothing;
  line->browser->from.stream = 0;
  line->browser->connected = false;
  if (!line->call.empty()) tell(line->workspace, calls::GuestLost{line->call, line->leg});
}

// Not before the call is committed.
void Board::answer_guest(const LinePtr& line) {
  line->answered = true;
  if (auto answered = std::exchange(line->browser->answered, nullptr)) answered(std::move(line->browser->answer));
}

void Board::end_guest(const LinePtr& line, calls::Reason reason) {
  if (!line->call.empty()) tell(line->workspace, calls::LegEnded{line->call, line->leg, reason});
  drop_guest(line);
}

void Board::drop_guest(const LinePtr& line) {
  if (line->gathering) gathered(line, {line->gathering->script, media::ScriptEnd::kLegClosed, {}, 0});
  line->gone = true;
  guests_.erase(line->browser->from.guest);
  lines_by_leg_.erase(line->leg);
  count();
  if (line->sound != 0) {
    lines_by_sound_.erase(line->sound);
    (void)world_.engine.close(line->sound);
  }
  if (auto answered = std::exchange(line->browser->answered, nullptr)) {
    answered(Error(ErrorCode::kUnavailable, "nobody takes calls just now"));
  }
}

}  // namespace carillon::switchboard
