#include "voice/media/script.h"

#include <algorithm>

#include "base/check.h"

namespace carillon::media {

Player::Player(Script script, Instant now) : script_(std::move(script)) {
  CARILLON_CHECK(script_.items.size() <= kMaxItems && script_.collect_max <= static_cast<int>(kMaxDigits));
  std::erase_if(script_.items, [](const SoundPtr& s) { return !s || s->at(8000).empty(); });
  digits_.reserve(kMaxDigits);
  if (script_.items.empty()) after_items(now);
}

void Player::finish(ScriptEnd why, char terminator) {
  playing_ = false;
  deadline_ = Instant::never();
  if (!outcome_) outcome_ = ScriptOutcome{script_.id, why, digits_, terminator};
}

void Player::after_items(Instant now) {
  playing_ = false;
  if (script_.collect_max == 0) return finish(ScriptEnd::kPlayed);
  if (deadline_.is_never()) deadline_ = now + script_.first_digit;
}

bool Player::frame(MutableSamples out, int rate, Instant now) {
  std::size_t filled = 0;
  while (playing_ && filled < out.size()) {
    const Samples sound = script_.items[item_]->at(rate);
    const std::size_t from = std::min(position_ * static_cast<std::size_t>(rate) / 8000, sound.size());
    const std::size_t n = std::min(out.size() - filled, sound.size() - from);
    std::copy_n(sound.begin() + static_cast<std::ptrdiff_t>(from), n,
                out.begin() + static_cast<std::ptrdiff_t>(filled));
    filled += n;
    position_ += n * 8000 / static_cast<std::size_t>(rate);
    if (from + n < sound.size()) break;
    position_ = 0;
    if (++item_ < script_.items.size()) continue;
    item_ = 0;
    if (!script_.loop) after_items(now);
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(filled), out.end(), std::int16_t{0});
  if (now >= deadline_) finish(ScriptEnd::kTimeout);
  return filled > 0;
}

void Player::on_digit(char digit, Instant now) {
  if (outcome_) return;
  const bool stops = script_.stop_digits.empty() || script_.stop_digits.find(digit) != std::string::npos;
  if (script_.collect_max == 0) {
    if (script_.stop_on_digit && stops) {
      digits_ = digit;
      finish(ScriptEnd::kInterrupted);
    }
    return;
  }
  if (playing_ && !(script_.stop_on_digit && stops)) return;  // the prompt must be heard first
  playing_ = false;
  if (script_.terminators.find(digit) != std::string::npos) return finish(ScriptEnd::kDigits, digit);
  digits_ += digit;
  if (static_cast<int>(digits_.size()) >= script_.collect_max) return finish(ScriptEnd::kDigits);
  deadline_ = now + script_.next_digit;
}

}  // namespace carillon::media
