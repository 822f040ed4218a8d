// Telephones for tests: each says a tone and keeps what it hears; a Line carries packets between them and a Stage.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "voice/media/codec.h"
#include "voice/media/stage.h"

namespace carillon::media::testing {

// How strong a tone is in a piece of sound, 0 to about 1 (Goertzel's algorithm).
double strength(Samples sound, int rate, int hz);

class Telephone {
 public:
  Telephone(const Format& format, int tone_hz);

  // 20 ms of its tone as a packet, in a buffer with room behind; gives its size.
  std::size_t speak(std::vector<std::uint8_t>& buffer);
  void hear(rtp::Bytes packet);

  Format format;
  int tone_hz;             // 0: says nothing at all
  std::string dtmf_sound;  // said instead of the tone
  std::vector<std::int16_t> heard;
  std::vector<rtp::Header> headers;
  std::string digits;
  std::uint16_t sequence = 65000;
  std::uint32_t timestamp = 0xfffff000;
  std::uint32_t ssrc;

 private:
  int rate_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<Encoder> encoder_;
  rtp::EventReceiver events_;
  SoundPtr dtmf_;
  std::size_t phase_ = 0;
};

class Line : public StageHost {
 public:
  explicit Line(Instant start = Instant{1'800'000'000'000'000}) : now(start) {}

  Telephone& add(LegId id, int tone_hz, Format format = {.event_payload_type = 101}, bool inband_digits = false);
  // Time passes; everybody speaks and hears. `lose` drops every n-th packet on its way in.
  void run(Duration d, int lose = 0);
  Telephone& phone(LegId id) { return *phones_.at(id); }
  void forget_heard();
  // The tones a telephone heard in the last `d`.
  std::set<int> tones(LegId id, Duration d = Duration::millis(400)) const;
  template <class T>
  std::vector<T> events() const {
    std::vector<T> out;
    for (const Event& e : all_events)
      if (const auto* t = std::get_if<T>(&e)) out.push_back(*t);
    return out;
  }

  void send_rtp(Leg& leg, rtp::MutableBytes buffer, std::size_t size) override;
  void send_rtcp(Leg&, rtp::MutableBytes buffer, std::size_t size) override {
    reports.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
  }
  void on_event(Event event) override { all_events.push_back(std::move(event)); }

  Instant now;
  Stage stage{*this};
  std::vector<Event> all_events;
  std::vector<std::vector<std::uint8_t>> reports;

 private:
  std::map<LegId, std::unique_ptr<Telephone>> phones_;
  int sent_ = 0;
};

}  // namespace carillon::media::testing
