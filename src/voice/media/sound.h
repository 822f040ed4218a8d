// Sounds that are played: prompts, music, tones, spoken text; decoded once, ready at both rates.
//
// What:   a Sound is immutable and shared; load_sound() reads a file of any format libsndfile knows (WAV, Ogg Opus, Ogg Vorbis,
//         FLAC) at any rate and channel count; make_tone() computes one.
// Why:    the media thread never reads a file or converts a rate.
// Owns:   samples at 8 and 16 kHz: 48 KB a second together.
// Thread: a Sound is read from any; load_sound() blocks and belongs on a pool thread. SoundStore has a lock.
// Errors: kNotFound when there is no such file, kInvalidValue when it is no sound, kTooLong beyond kMaxSoundSeconds.
// Example:
//   SoundStore store(200 << 20);
//   Result<SoundPtr> music = store.load("/usr/share/asterisk/moh/..wav");
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "voice/media/codec.h"

namespace carillon::media {

inline constexpr int kMaxSoundSeconds = 30 * 60;

class Sound {
 public:
  // Mono samples at any rate from 4000 to 192000.
  static std::shared_ptr<const Sound> from_samples(Samples samples, int rate);

  // `rate` is 8000 or 16000.
  Samples at(int rate) const { return rate == 8000 ? narrow_ : wide_; }
  Duration length() const { return Duration::micros(static_cast<std::int64_t>(narrow_.size()) * 125); }
  std::size_t bytes() const { return (narrow_.size() + wide_.size()) * sizeof(std::int16_t); }

 private:
  std::vector<std::int16_t> narrow_, wide_;
};
using SoundPtr = std::shared_ptr<const Sound>;

Result<SoundPtr> load_sound(const std::filesystem::path& file);

// One or two sine waves. Level in dBm0 as telephony counts: 0 is 3 dB under full scale; each wave has it.
struct Tone {
  int first_hz = 425;
  int second_hz = 0;  // 0: one wave
  int level_dbm0 = -13;
  Duration on = Duration::seconds(1);
  Duration off;  // silence after it
};
SoundPtr make_tone(const std::vector<Tone>& cadence);
SoundPtr make_silence(Duration length);
// Digits as DTMF in band, 100 ms each and 60 ms apart; what is no digit is skipped.
SoundPtr make_dtmf(std::string_view digits);

namespace tones {
SoundPtr ringback();  // one period; play it in a loop
SoundPtr busy();
SoundPtr zip();   // tells an agent that a call is there
SoundPtr beep();  // voicemail may begin
}  // namespace tones

// Sounds kept by key while there is room; the one not used for longest goes first, the newest stays however large it is.
// Thread: any.
class SoundCache {
 public:
  explicit SoundCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}
  // What is kept under the key, else what `make` gives; nobody waits for another's making.
  Result<SoundPtr> get(const std::string& key, const std::function<Result<SoundPtr>()>& make);
  std::size_t bytes() const;

 private:
  struct Entry {
    std::string key;
    SoundPtr sound;
  };
  mutable std::mutex lock_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::list<Entry> used_;  // newest use first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

// Files decoded once and kept while there is room.
class SoundStore {
 public:
  explicit SoundStore(std::size_t max_bytes) : kept_(max_bytes) {}
  Result<SoundPtr> load(const std::filesystem::path& file);
  std::size_t bytes() const { return kept_.bytes(); }

 private:
  SoundCache kept_;
};

}  // namespace carillon::media
