// Spoken texts kept on disk, so that a restart need not speak them again; bounded in size, the one not used for longest goes first.
//
// What:   WAV files (16 kHz, 16 bit, mono) named by a hash of language and text; a chunk before the sound holds both, and a file
//         whose chunk says something else is not taken. Other files in the folder are left alone.
// Owns:   the files it made. A half-written one has another name and is removed at the next start.
// Thread: one at a time; it reads and writes files.
// Errors: a full disk or a foreign file is an answer, never an exception; what is broken is removed.
// Limits: max_bytes of all files; a text of media::kMaxSpokenBytes.
// Example:
//   SpokenFiles files(folder, 64 << 20);
//   if (auto kept = files.find("en", text)) return *kept;
//   files.keep("en", text, *sound);
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "voice/media/sound.h"

namespace carillon::prompts {

class SpokenFiles {
 public:
  // Makes the folder; error() says why it cannot be used, and then nothing is kept.
  SpokenFiles(std::filesystem::path folder, std::size_t max_bytes);

  // nullptr when it is not there.
  media::SoundPtr find(std::string_view language, std::string_view text);
  Result<void> keep(std::string_view language, std::string_view text, const media::Sound& sound);

  const std::string& error() const { return error_; }
  std::size_t bytes() const { return bytes_; }
  std::size_t count() const { return files_.size(); }

 private:
  struct File {
    std::size_t bytes = 0;
    std::uint64_t used = 0;  // grows with each use
  };
  void forget(const std::string& name);
  void make_room(std::size_t wanted);

  std::filesystem::path folder_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::uint64_t uses_ = 0;
  std::string error_;
  std::map<std::string, File> files_;  // by name
};

}  // namespace carillon::prompts
