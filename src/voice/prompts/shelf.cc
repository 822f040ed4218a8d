#include "voice/prompts/shelf.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "voice/media/script.h"
#include "voice/prompts/announcement.h"

namespace carillon::prompts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEndings[] = {".wav", ".ogg", ".opus", ".flac", ""};
constexpr std::size_t kMostTracks = media::kMaxItems;
constexpr std::size_t kMostFolderEntries = 2000;
constexpr std::size_t kMostPlaylists = 4;

std::string primary_of(std::string_view language) {
  return std::string(language.substr(0, language.find_first_of("-_")));
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// Sorted, so that the order does not depend on the disk.
std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failed;
  fs::directory_iterator it(folder, failed);
  for (std::size_t seen = 0; !failed && it != fs::directory_iterator() && seen < kMostFolderEntries; ++seen) {
    const std::string ending = it->path().extension().string();
    const bool sound =
        !ending.empty() && std::find(std::begin(kEndings), std::end(kEndings), ending) != std::end(kEndings);
    if (sound && is_file(it->path())) out.push_back(it->path());
    it.increment(failed);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// A chord that swells and fades over four seconds, 26 dB under full scale.
void append_chord(std::vector<std::int16_t>& out, std::initializer_list<double> notes) {
  constexpr int kRate = 16000, kLength = 4 * kRate;
  const double amplitude = 1640.0 / static_cast<double>(notes.size());
  for (int i = 0; i < kLength; ++i) {
    const double t = static_cast<double>(i) / kRate, swell = std::sin(std::numbers::pi * i / kLength);
    double sum = 0;
    for (const double hz : notes) sum += std::sin(2 * std::numbers::pi * hz * t);
    out.push_back(static_cast<std::int16_t>(sum * amplitude * swell * swell));
  }
}

}  // namespace

media::SoundPtr chime() {
  static const media::SoundPtr one = media::make_tone({{880, 0, -22, Duration::millis(160), Duration::millis(60)},
                                                       {660, 0, -22, Duration::millis(320), Duration::millis(300)}});
  return one;
}

media::SoundPtr hold_tone() {
  static const media::SoundPtr one = [] {
    std::vector<std::int16_t> samples;
    append_chord(samples, {261.63, 329.63, 392.00});
    append_chord(samples, {220.00, 329.63, 440.00});
    append_chord(samples, {174.61, 261.63, 349.23});
    append_chord(samples, {196.00, 293.66, 392.00});
    return media::Sound::from_samples(samples, 16000);
  }();
  return one;
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName) return false;
  char before = '/';
  for (const char c : name) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!letter && (before == '/' || (c != '/' && c != '.'))) return false;
    before = c;
  }
  return before != '/';
}

// Looks on disk before it speaks, and keeps what was spoken.
class Shelf::KeptSpeech final : public media::Speech {
 public:
  KeptSpeech(Shelf& shelf, std::vector<std::unique_ptr<media::Speech>> speakers)
      : shelf_(shelf), speakers_(std::move(speakers)) {
    if (!speakers_.empty()) return;
    speakers_.push_back(media::make_flite_speech());
    speakers_.push_back(media::make_espeak_speech());
  }

  bool speaks(std::string_view language) const override { return speaker_of(language) != nullptr; }
  Result<media::SoundPtr> say(const std::string& text, std::string_view language) override {
    if (shelf_.files_) {
      if (media::SoundPtr kept = shelf_.files_->find(language, text)) return ++shelf_.read_from_cache_, kept;
    }
    auto sound = speaker_of(language)->say(text, language);
    if (!sound || !shelf_.files_) return sound;
    if (auto ok = shelf_.files_->keep(language, text, **sound); !ok) shelf_.note(ok.error().message);
    return sound;
  }

 private:
  media::Speech* speaker_of(std::string_view language) const {
    for (const auto& speaker : speakers_) {
      if (speaker->speaks(language)) return speaker.get();
    }
    return nullptr;
  }

  Shelf& shelf_;
  std::vector<std::unique_ptr<media::Speech>> speakers_;
};

namespace {
std::vector<std::unique_ptr<media::Speech>> one_of(std::unique_ptr<media::Speech> speech) {
  std::vector<std::unique_ptr<media::Speech>> out;
  out.push_back(std::move(speech));
  return out;
}
}  // namespace

Shelf::Shelf(Config config)
    : config_(std::move(config)),
      recordings_(config_.memory_bytes / 2),
      texts_(config_.memory_bytes / 2, one_of(std::make_unique<KeptSpeech>(*this, std::move(config_.speakers)))) {
  if (!config_.cache.empty()) {
    files_ = std::make_unique<SpokenFiles>(config_.cache, config_.cache_bytes);
    if (!files_->error().empty()) note(files_->error());
  }
  if (!is_name(config_.language)) {
    note("the language of prompts is a BCP 47 tag such as en or pt-BR; en is taken");
    config_.language = "en";
  }
  look_around();
}

Shelf::~Shelf() = default;

void Shelf::look_around() {
  if (std::none_of(config_.folders.begin(), config_.folders.end(), is_folder)) {
    note(
        "no recorded words are installed, announcements are spoken by a synthesizer; Debian has them in "
        "asterisk-core-sounds-en-wav");
  }
  if (std::none_of(config_.music_folders.begin(), config_.music_folders.end(), is_folder)) {
    note("no music is installed, waiting callers hear a tone; Debian has some in asterisk-moh-opsound-wav");
  }
}

void Shelf::note(const std::string& line) {
  if (!config_.on_note || noted_.size() >= static_cast<std::size_t>(kMaxNotes) || !noted_.insert(line).second) return;
  config_.on_note(line);
}

media::SoundPtr Shelf::recorded(const std::string& name) {
  for (const fs::path& folder : config_.folders) {
    for (const fs::path& place : {folder / config_.language, folder / primary_of(config_.language), folder}) {
      for (const std::string_view ending : kEndings) {
        const fs::path file = place / (name + std::string(ending));
        if (!is_file(file)) continue;
        auto sound = recordings_.load(file);
        if (sound) return *sound;
        note(sound.error().message);
      }
    }
  }
  return nullptr;
}

Heard Shelf::spoken(const std::string& text, const std::string& language) {
  auto sound = texts_.say(text, language);
  if (sound) return {{*sound}, Source::kSpoken};
  note(sound.error().message);
  return {{chime()}, Source::kTone};
}

Heard Shelf::words(const Words& words) {
  if (words.prompt.empty() && words.text.empty()) return {};
  if (!words.prompt.empty()) {
    const bool good = is_name(words.prompt);
    if (media::SoundPtr sound = good ? recorded(words.prompt) : nullptr) return {{sound}, Source::kRecorded};
    note(good ? "there are no recorded words named " + words.prompt
              : "recorded words have names of letters, digits, '-', '_', '.', '/'; one was asked for that has others");
  }
  if (!words.text.empty()) return spoken(words.text, config_.language);
  return {{chime()}, Source::kTone};
}

Heard Shelf::standing(const Standing& standing) {
  if (primary_of(config_.language) == primary_of(config_.pieces_language)) {
    Heard out{{}, Source::kRecorded};
    const std::vector<std::string> pieces = pieces_of(standing);
    for (const std::string& piece : pieces) {
      if (media::SoundPtr sound = recorded(piece)) out.items.push_back(std::move(sound));
    }
    // One voice from beginning to end: where a piece is missing, all is spoken.
    if (!pieces.empty() && out.items.size() == pieces.size()) return out;
  }
  const SpokenText said = text_of(standing, config_.language);
  return said.text.empty() ? Heard{} : spoken(said.text, said.language);
}

std::vector<fs::path> Shelf::tracks_of(const std::string& name) {
  std::vector<fs::path> out;
  for (const fs::path& folder : config_.music_folders) {
    if (name.empty() || is_folder(folder / name)) {
      out = files_in(name.empty() ? folder : folder / name);
    } else {
      for (const std::string_view ending : kEndings) {
        const fs::path file = folder / (name + std::string(ending));
        if (out.empty() && is_file(file)) out.push_back(file);
      }
    }
    if (!out.empty()) return out;
  }
  return out;
}

Heard Shelf::playlist(const std::string& name) {
  Heard out{{}, Source::kRecorded};
  std::size_t bytes = 0;
  for (const fs::path& file : tracks_of(name)) {
    std::error_code ignored;
    const std::uintmax_t at_least = fs::file_size(file, ignored);  // decoded it is never smaller
    const bool first = out.items.empty();
    if (out.items.size() == kMostTracks ||
        (!first && at_least > config_.music_bytes - std::min(bytes, config_.music_bytes))) {
      continue;
    }
    auto sound = media::load_sound(file);
    if (!sound) {
      note(sound.error().message);
    } else if (first || bytes + (*sound)->bytes() <= config_.music_bytes) {
      bytes += (*sound)->bytes();
      out.items.push_back(std::move(*sound));
    }
  }
  return out;
}

Heard Shelf::music(const std::string& name) {
  if (!name.empty() && !is_name(name)) {
    note("music has a name of letters, digits, '-', '_', '.', '/'; one was asked for that has others");
    return music("");
  }
  if (const auto known = playlists_.find(name); known != playlists_.end()) return known->second;
  Heard out = playlist(name);
  if (out.items.empty()) {
    if (!name.empty()) {
      note("there is no music named " + name);
      return music("");
    }
    out = {{hold_tone()}, Source::kTone};
  }
  if (playlists_.size() >= kMostPlaylists) playlists_.clear(), playlist_bytes_ = 0;
  for (const media::SoundPtr& track : out.items) playlist_bytes_ += track->bytes();
  playlists_[name] = out;
  return out;
}

}  // namespace carillon::prompts
