#include "voice/media/testing/telephone.h"

#include <cmath>
#include <numbers>

namespace carillon::media::testing {

double strength(Samples sound, int rate, int hz) {
  const double w = 2 * std::numbers::pi * hz / rate, c = 2 * std::cos(w);
  double a = 0, b = 0;
  for (const std::int16_t s : sound) {
    const double next = s / 32768.0 + c * a - b;
    b = a;
    a = next;
  }
  const double power = a * a + b * b - c * a * b;
  return sound.empty() ? 0 : 2 * std::sqrt(std::max(power, 0.0)) / static_cast<double>(sound.size());
}

Telephone::Telephone(const Format& f, int hz)
    : format(f),
      tone_hz(hz),
      ssrc(1000u + static_cast<std::uint32_t>(hz)),
      rate_(sound_rate_of(f.codec)),
      decoder_(make_decoder(f.codec, rate_)),
      encoder_(make_encoder(f.codec, rate_)) {}

std::size_t Telephone::speak(std::vector<std::uint8_t>& buffer) {
  buffer.assign(12 + 1275 + kPacketSpare, 0);
  std::vector<std::int16_t> frame(static_cast<std::size_t>(rate_) / 50);
  if (!dtmf_sound.empty() && !dtmf_) dtmf_ = make_dtmf(dtmf_sound), phase_ = 0;
  for (auto& s : frame) {
    if (dtmf_) {
      s = phase_ < dtmf_->at(rate_).size() ? dtmf_->at(rate_)[phase_] : std::int16_t{0};
    } else {
      s = static_cast<std::int16_t>(6000 *
                                    std::sin(2 * std::numbers::pi * tone_hz * static_cast<double>(phase_) / rate_));
    }
    ++phase_;
  }
  rtp::write_header(buffer, {false, format.payload_type, sequence++, timestamp, ssrc});
  timestamp += clock_rate_of(format.codec) / 50;
  return 12 + encoder_->encode(frame, std::span(buffer).subspan(12, 1275));
}

void Telephone::hear(rtp::Bytes bytes) {
  const auto packet = rtp::parse(bytes);
  if (!packet) return;
  headers.push_back({packet->marker, packet->payload_type, packet->sequence, packet->timestamp, packet->ssrc});
  if (packet->payload_type == format.event_payload_type) {
    const auto event = rtp::parse_event(packet->payload);
    if (const auto digit = event ? events_.on_event(packet->timestamp, *event) : std::nullopt) digits += *digit;
    return;
  }
  std::vector<std::int16_t> out(kMaxPacketSamples);
  out.resize(decoder_->decode(packet->payload, out));
  heard.insert(heard.end(), out.begin(), out.end());
}

Telephone& Line::add(LegId id, int tone_hz, Format format, bool inband_digits) {
  phones_[id] = std::make_unique<Telephone>(format, tone_hz);
  LegConfig config{.id = id, .format = format, .inband_digits = inband_digits};
  config.ssrc = static_cast<std::uint32_t>(id) * 11;
  config.first_sequence = 65530;
  stage.add_leg(config, nullptr, now);
  stage.set_sendable(id, true);
  return *phones_[id];
}

void Line::run(Duration d, int lose) {
  std::vector<std::uint8_t> buffer;
  for (const Instant end = now + d; now < end; now = now + kStep) {
    for (auto& [id, phone] : phones_) {
      Leg* leg = stage.find(id);
      if (!leg || phone->tone_hz == 0) continue;
      const std::size_t size = phone->speak(buffer);
      if (lose && ++sent_ % lose == 0) continue;
      stage.on_rtp(*leg, buffer, size, now);
    }
    stage.tick(now + Duration::millis(7));
  }
}

void Line::forget_heard() {
  for (auto& [id, phone] : phones_) phone->heard.clear();
}

std::set<int> Line::tones(LegId id, Duration d) const {
  const Telephone& phone = *phones_.at(id);
  const int rate = sound_rate_of(phone.format.codec);
  const auto samples = std::min(phone.heard.size(), static_cast<std::size_t>(d.us * rate / 1'000'000));
  const Samples last = Samples(phone.heard).last(samples);
  std::set<int> out;
  for (int hz = 300; hz <= 3000; hz += 100) {
    if (strength(last, rate, hz) > 0.06) out.insert(hz);
  }
  return out;
}

void Line::send_rtp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) {
  const auto phone = phones_.find(leg.config.id);
  if (phone != phones_.end()) phone->second->hear(buffer.first(size));
}

}  // namespace carillon::media::testing
