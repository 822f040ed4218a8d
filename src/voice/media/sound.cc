#include "voice/media/sound.h"

#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace carillon::media {
namespace {

std::vector<std::int16_t> resampled(Samples in, int from, int to) {
  if (from == to) return {in.begin(), in.end()};
  Resampler resampler(from, to);
  std::vector<std::int16_t> out;
  out.reserve(in.size() * static_cast<std::size_t>(to) / static_cast<std::size_t>(from) + 2);
  std::vector<std::int16_t> piece(static_cast<std::size_t>(to) / 5 + 16);
  const std::size_t step = static_cast<std::size_t>(from) / 10;
  for (; !in.empty(); in = in.subspan(std::min(step, in.size()))) {
    const std::size_t made = resampler.run(in.first(std::min(step, in.size())), piece);
    out.insert(out.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(made));
  }
  return out;
}

struct CloseFile {
  void operator()(SNDFILE* f) const { sf_close(f); }
};

// Two channels become one, as loud as each.
std::vector<std::int16_t> mono_of(const std::vector<std::int16_t>& interleaved, std::size_t channels) {
  if (channels == 1) return interleaved;
  std::vector<std::int16_t> out(interleaved.size() / channels);
  for (std::size_t i = 0; i < out.size(); ++i) {
    int sum = 0;
    for (std::size_t c = 0; c < channels; ++c) sum += interleaved[i * channels + c];
    out[i] = static_cast<std::int16_t>(sum / static_cast<int>(channels));
  }
  return out;
}

void append_tone(std::vector<std::int16_t>& out, const Tone& tone, int rate) {
  const double amplitude = 32767 * std::pow(10, (tone.level_dbm0 - 3.17) / 20);
  const auto count = [&](Duration d) { return static_cast<std::size_t>(d.us * rate / 1'000'000); };
  const std::size_t on = count(tone.on), ramp = static_cast<std::size_t>(rate) / 400;  // 2.5 ms: no clicks
  for (std::size_t i = 0; i < on; ++i) {
    const double t = static_cast<double>(i) / rate;
    double v = std::sin(2 * std::numbers::pi * tone.first_hz * t);
    if (tone.second_hz) v += std::sin(2 * std::numbers::pi * tone.second_hz * t);
    const std::size_t edge = std::min(i, on - 1 - i);
    if (edge < ramp) v *= static_cast<double>(edge) / static_cast<double>(ramp);
    out.push_back(static_cast<std::int16_t>(std::clamp(v * amplitude, -32767.0, 32767.0)));
  }
  out.resize(out.size() + count(tone.off));
}

}  // namespace

SoundPtr Sound::from_samples(Samples samples, int rate) {
  CARILLON_CHECK(rate >= 4000 && rate <= 192000);
  auto out = std::make_shared<Sound>();
  out->wide_ = resampled(samples, rate, 16000);
  out->narrow_ = resampled(samples, rate, 8000);
  return out;
}

Result<SoundPtr> load_sound(const std::filesystem::path& file) {
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, CloseFile> in(sf_open(file.c_str(), SFM_READ, &info));
  if (!in) {
    const bool there = std::filesystem::exists(file);
    return Error(there ? ErrorCode::kInvalidValue : ErrorCode::kNotFound,
                 file.string() + (there ? " is no sound file: " + std::string(sf_strerror(nullptr)) : " is not there"));
  }
  if (info.channels < 1 || info.channels > 8 || info.samplerate < 4000 || info.samplerate > 192000) {
    return Error(ErrorCode::kInvalidValue, file.string() + " has " + std::to_string(info.channels) + " channels at " +
                                               std::to_string(info.samplerate) +
                                               " Hz; up to 8 at 4 to 192 kHz are read");
  }
  const auto channels = static_cast<std::size_t>(info.channels);
  const std::size_t most = static_cast<std::size_t>(info.samplerate) * kMaxSoundSeconds;
  std::vector<std::int16_t> samples;
  std::vector<float> piece(8192 * channels);
  for (sf_count_t n; (n = sf_readf_float(in.get(), piece.data(), 8192)) > 0;) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(n) * channels; ++i) {
      samples.push_back(static_cast<std::int16_t>(std::clamp(piece[i], -1.0f, 1.0f) * 32767));
    }
    if (samples.size() / channels > most) {
      return Error(ErrorCode::kTooLong, file.string() + " is longer than " + std::to_string(kMaxSoundSeconds) + " s");
    }
  }
  if (samples.empty()) return Error(ErrorCode::kInvalidValue, file.string() + " holds no sound");
  return Sound::from_samples(mono_of(samples, channels), info.samplerate);
}

SoundPtr make_tone(const std::vector<Tone>& cadence) {
  std::vector<std::int16_t> wide;
  for (const Tone& tone : cadence) append_tone(wide, tone, 16000);
  return Sound::from_samples(wide, 16000);
}

SoundPtr make_silence(Duration length) {
  return Sound::from_samples(std::vector<std::int16_t>(static_cast<std::size_t>(length.us * 16 / 1000)), 16000);
}

SoundPtr make_dtmf(std::string_view digits) {
  static constexpr std::string_view kKeys = "123A456B789C*0#D";
  static constexpr int kRows[] = {697, 770, 852, 941}, kColumns[] = {1209, 1336, 1477, 1633};
  std::vector<Tone> cadence;
  for (const char c : digits) {
    const std::size_t at = kKeys.find(c);
    if (at == std::string_view::npos) continue;
    cadence.push_back({kRows[at / 4], kColumns[at % 4], -9, Duration::millis(100), Duration::millis(60)});
  }
  return make_tone(cadence);
}

namespace tones {
SoundPtr ringback() {
  static const SoundPtr one = make_tone({{425, 0, -13, Duration::seconds(1), Duration::seconds(4)}});
  return one;
}
SoundPtr busy() {
  static const SoundPtr one = make_tone({{425, 0, -13, Duration::millis(480), Duration::millis(480)}});
  return one;
}
SoundPtr zip() {
  static const SoundPtr one = make_tone({{1000, 0, -15, Duration::millis(120), Duration::millis(60)},
                                         {1400, 0, -15, Duration::millis(120), Duration::millis(100)}});
  return one;
}
SoundPtr beep() {
  static const SoundPtr one = make_tone({{1000, 0, -13, Duration::millis(400), {}}});
  return one;
}
}  // namespace tones

Result<SoundPtr> SoundCache::get(const std::string& key, const std::function<Result<SoundPtr>()>& make) {
  {
    const std::lock_guard held(lock_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      used_.splice(used_.begin(), used_, found->second);
      return found->second->sound;
    }
  }
  auto sound = make();
  if (!sound) return sound;
  const std::lock_guard held(lock_);
  if (by_key_.contains(key)) return sound;
  used_.push_front({key, *sound});
  by_key_[key] = used_.begin();
  bytes_ += (*sound)->bytes();
  while (bytes_ > max_bytes_ && used_.size() > 1) {
    bytes_ -= used_.back().sound->bytes();
    by_key_.erase(used_.back().key);
    used_.pop_back();
  }
  return sound;
}

std::size_t SoundCache::bytes() const {
  const std::lock_guard held(lock_);
  return bytes_;
}

Result<SoundPtr> SoundStore::load(const std::filesystem::path& file) {
  std::error_code failed;
  const auto changed = std::filesystem::last_write_time(file, failed);
  if (failed) return Error(ErrorCode::kNotFound, file.string() + " is not there");
  // A file that is replaced is read anew.
  const std::string key = file.string() + '\n' + std::to_string(changed.time_since_epoch().count());
  return kept_.get(key, [&] { return load_sound(file); });
}

}  // namespace carillon::media
