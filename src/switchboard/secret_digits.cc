// Secret digits: the customer types a card's number, and only whoever asked for it learns it.
//
// The media keeps it: while a script is secret nobody hears the customer and nothing of them is recorded. Here it is begun and ended,
// and the recording is told to pause, so that everybody sees that it does.
#include "switchboard/board.h"

namespace carillon::switchboard {

namespace {

constexpr Duration kBetweenDigits = Duration::seconds(10);

using End = calls::SecretDigits::End;

End end_of(const media::ScriptOutcome& outcome, bool late) {
  switch (outcome.end) {
    case media::ScriptEnd::kDigits:
      return outcome.terminator != 0 ? End::finish_key : End::length;
    case media::ScriptEnd::kTimeout:
      return End::timeout;
    case media::ScriptEnd::kLegClosed:
      return End::hung_up;
    default:
      return late ? End::timeout : End::stopped;
  }
}

}  // namespace

Board::LinePtr Board::customer_line(WorkspaceId workspace, CallId call) const {
  const auto talk = talks_.find(call);
  if (talk == talks_.end() || talk->second.workspace != workspace || talk->second.row.legs.empty()) return nullptr;
  const auto line = lines_by_leg_.find(talk->second.row.legs.front().sid);
  return line == lines_by_leg_.end() ? nullptr : line->second;
}

void Board::gather_secret(Turn, WorkspaceId workspace, CallId call, const calls::SecretWish& wish,
                          const Gathered& done) {
  const LinePtr line = customer_line(workspace, call);
  if (!line || line->gone || line->hearing != Hearing::room) {
    return done(Error(ErrorCode::kStateForbids, "no customer talks in this call; take them off hold first"));
  }
  if (line->gathering) return done(Error(ErrorCode::kStateForbids, "the customer is typing already"));
  const std::uint64_t script = world_.engine.next_id();
  media::Script secret{.id = script,
                       .collect_max = wish.most,
                       .first_digit = wish.within,
                       .next_digit = kBetweenDigits,
                       .secret = true,
                       .over_room = true};
  if (auto played = world_.engine.play(line->sound, std::move(secret)); !played) return done(played.error());
  const bool paused = talks_.at(call).row.recording == calls::Recording::on || line->resuming;
  line->gathering = {script, done, paused};
  if (paused) tell(workspace, calls::PauseRecording{call, {}});
  // Ends it for certain, whatever becomes of the sound.
  world_.after(wish.within, [this, line, script](Turn) {
    if (!line->gathering || line->gathering->script != script) return;
    line->gathering->late = true;
    if (!lines_by_sound_.contains(line->sound)) return gathered(line, {script, media::ScriptEnd::kTimeout, {}, 0});
    (void)world_.engine.stop_script(line->sound);
  });
}

Result<void> Board::stop_secret(WorkspaceId workspace, CallId call) {
  const LinePtr line = customer_line(workspace, call);
  if (!line || !line->gathering) return Error(ErrorCode::kStateForbids, "nobody types in this call");
  (void)world_.engine.stop_script(line->sound);
  return {};
}

void Board::gathered(const LinePtr& line, const media::ScriptOutcome& outcome) {
  if (outcome.script != line->gathering->script) return;
  const Line::Gathering was = *std::exchange(line->gathering, std::nullopt);
  if (was.paused) {
    line->resuming = true;
    world_.tell(line->workspace, calls::ResumeRecording{line->call, {}},
                [line](Turn, const Result<std::string>&) { line->resuming = false; });
  }
  was.done(calls::SecretDigits{outcome.digits, end_of(outcome, was.late)});
}

}  // namespace carillon::switchboard
