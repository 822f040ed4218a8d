// Finds or makes the sounds: what Prompts does, on one thread and at once.
//
// Owns:   sounds in memory, playlists of music, the spoken texts on disk.
// Thread: one; functions read files and synthesize. memory_bytes() and cache_bytes() only between calls.
// Errors: what fails is replaced by the next best and noted once.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "voice/prompts/prompts.h"
#include "voice/prompts/spoken_files.h"

namespace carillon::prompts {

// What is played when all else fails; computed once, read from any thread.
media::SoundPtr chime();
// Quiet chords for those who wait where no music is installed; to be played in a loop.
media::SoundPtr hold_tone();

class Shelf {
 public:
  explicit Shelf(Config config);
  ~Shelf();

  Heard words(const Words& words);
  Heard standing(const Standing& standing);
  Heard music(const std::string& name);

  std::size_t memory_bytes() const { return recordings_.bytes() + texts_.bytes() + playlist_bytes_; }
  std::size_t cache_bytes() const { return files_ ? files_->bytes() : 0; }
  std::uint64_t read_from_cache() const { return read_from_cache_; }

 private:
  class KeptSpeech;

  void look_around();
  void note(const std::string& line);
  media::SoundPtr recorded(const std::string& name);
  Heard spoken(const std::string& text, const std::string& language);
  std::vector<std::filesystem::path> tracks_of(const std::string& name);
  Heard playlist(const std::string& name);

  Config config_;
  std::unique_ptr<SpokenFiles> files_;
  std::uint64_t read_from_cache_ = 0;
  media::SoundStore recordings_;
  media::SpokenTexts texts_;
  std::map<std::string, Heard> playlists_;
  std::size_t playlist_bytes_ = 0;
  std::set<std::string> noted_;
};

// Letters, digits, '-', '_', '.', '/'; no empty or dotted part: it stays below the folder it is looked for in.
bool is_name(std::string_view name);

}  // namespace carillon::prompts
