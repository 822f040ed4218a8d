#include "voice/rtp/telephone_event.h"

#include <algorithm>
#include <string_view>

#include "base/check.h"

namespace carillon::rtp {
namespace {
constexpr std::string_view kDigits = "0123456789*#ABCD";
constexpr int kEndRepeats = 3;
constexpr int kPauseSteps = 3;  // 60 ms between two digits, so that slow listeners tell them apart
}  // namespace

std::optional<TelephoneEvent> parse_event(Bytes payload) {
  if (payload.size() < kEventBytes) return std::nullopt;
  TelephoneEvent event;
  event.event = payload[0];
  event.end = payload[1] & 0x80;
  event.volume = payload[1] & 0x3f;
  event.duration = read16(&payload[2]);
  return event;
}

void write_event(MutableBytes out, const TelephoneEvent& event) {
  CARILLON_CHECK(out.size() >= kEventBytes);
  out[0] = event.event;
  out[1] = static_cast<std::uint8_t>((event.end ? 0x80 : 0) | (event.volume & 0x3f));
  write16(&out[2], event.duration);
}

std::optional<char> digit_of(std::uint8_t event) {
  if (event >= kDigits.size()) return std::nullopt;
  return kDigits[event];
}

std::optional<std::uint8_t> event_of(char digit) {
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  const auto at = kDigits.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

std::optional<char> EventReceiver::on_event(std::uint32_t timestamp, const TelephoneEvent& event) {
  if (any_ && timestamp == timestamp_ && event.event == event_) {
    duration_ = std::max(duration_, event.duration);
    ended_ = ended_ || event.end;
    return std::nullopt;
  }
  // A late packet of an earlier press.
  if (any_ && timestamp_distance(timestamp, timestamp_) < 0 &&
      timestamp_distance(timestamp, timestamp_) > -4 * 0x10000) {
    return std::nullopt;
  }
  // A press longer than the duration field goes on in a new segment (section 2.5.1.3).
  const bool segment =
      any_ && !ended_ && event.event == event_ && timestamp == timestamp_ + duration_ && duration_ > 0xf000;
  any_ = true;
  timestamp_ = timestamp;
  event_ = event.event;
  duration_ = event.duration;
  ended_ = event.end;
  if (segment) return std::nullopt;
  return digit_of(event.event);
}

bool EventSender::push(char digit, int ms) {
  const auto event = event_of(digit);
  if (!event || count_ == waiting_.size()) return false;
  waiting_[(first_ + count_++) % waiting_.size()] = {*event, std::clamp(ms, 40, 6000)};
  return true;
}

std::optional<EventSender::Out> EventSender::step(std::uint32_t now_timestamp, std::uint32_t step) {
  if (pause_steps_ > 0) return --pause_steps_, std::nullopt;
  if (count_ == 0) return std::nullopt;
  const Waiting& current = waiting_[first_];
  Out out;
  out.marker = !started_;
  if (!started_) {
    started_ = true;
    began_ = now_timestamp;
  }
  const std::uint32_t full = std::min<std::uint32_t>(static_cast<std::uint32_t>(current.ms) * step / 20, 0xffff);
  const std::uint32_t played = now_timestamp - began_ + step;
  out.timestamp = began_;
  out.event.event = current.event;
  out.event.duration = static_cast<std::uint16_t>(std::min(played, full));
  out.event.end = played >= full;
  if (out.event.end && ++ends_sent_ == kEndRepeats) {
    first_ = (first_ + 1) % waiting_.size();
    --count_;
    started_ = false;
    ends_sent_ = 0;
    pause_steps_ = kPauseSteps;
  }
  return out;
}

}  // namespace carillon::rtp
