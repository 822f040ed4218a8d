// Keys of customers' telephones, and what asking to be called back needs of them: silence to type in, and a look at the list of those
// who must not be called.
#include "calls/do_not_call.h"
#include "switchboard/switchboard.h"

namespace carillon::switchboard {

namespace {
constexpr std::size_t kMaxKeysWaiting = 32;
}  // namespace

// What a key means depends on what the one before has done: one after another.
void Board::on_key(const media::DigitPressed& pressed) {
  const auto found = lines_by_sound_.find(pressed.leg);
  if (found == lines_by_sound_.end() || found->second->gone) return;
  const LinePtr line = found->second;
  if (line->pressed.size() < kMaxKeysWaiting) line->pressed += pressed.digit;
  next_key(line);
}

// Only keys that mean something are told: any other digit may be a card's.
void Board::next_key(const LinePtr& line) {
  while (!line->key_told && !line->pressed.empty() && !line->gone) {
    const char key = line->pressed.front();
    line->pressed.erase(0, 1);
    const auto talk = talks_.find(line->call);
    if (talk == talks_.end()) continue;
    const calls::CallRecord& call = talk->second.row;
    const calls::KeyMeaning meaning = calls::meaning_of(call, key);
    if (meaning == calls::KeyMeaning::nothing) continue;
    calls::PressKey pressed{line->call, line->leg, std::string(1, key), {}, false};
    line->key_told = true;
    if (meaning != calls::KeyMeaning::this_number) return tell_key(line, std::move(pressed));
    // The list has millions of rows and no place in the state: it is looked up as late as can be.
    pressed.looked_up = call.asking.to;
    return world_.listed(line->workspace, call.asking.to, [this, line, pressed](Turn, bool listed) mutable {
      pressed.do_not_call = listed;
      tell_key(line, std::move(pressed));
    });
  }
}

// The row has changed by the time that the answer is here: commits are told before.
void Board::tell_key(const LinePtr& line, calls::PressKey pressed) {
  world_.tell(line->workspace, std::move(pressed), [this, line](Turn, const Result<std::string>&) {
    line->key_told = false;
    next_key(line);
  });
}

// Who types hears nothing else.
void Board::stop_words(Line& line) {
  if (line.hearing != Hearing::words && line.hearing != Hearing::music) return;
  begin_hearing(line, Hearing::nothing);
  (void)world_.engine.stop_script(line.sound);
}

// Whoever cannot be looked up is not called: somebody may have asked never to be.
void Switchboard::listed(WorkspaceId workspace, const std::string& address, std::function<void(Turn, bool)> done) {
  const bool taken = world_.pool.post([this, workspace, address, done] {
    bool found = true;
    if (auto reader = world_.store.readers().lease()) {
      auto listed = calls::is_listed(**reader, workspace, address);
      if (listed) {
        found = *listed;
      } else {
        world_.log("the do-not-call list could not be read: " + listed.error().message);
      }
    }
    post([done, found](Turn turn) { done(turn, found); });
  });
  if (!taken) post([done](Turn turn) { done(turn, true); });
}

}  // namespace carillon::switchboard
