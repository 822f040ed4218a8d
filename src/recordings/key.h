// The instance's recording key: 32 random bytes in a file of its own.
//
// Owns:   the file, made once, readable by its owner only. Thread: any; waits for the disk.
// Errors: kConfig: cannot be made or read, or has another size.
// Example:
//   auto key = recordings::open_key("var/recording.key");
#pragma once

#include <string>

#include "voice/media/recording_file.h"

namespace carillon::recordings {

struct Key {
  media::RecordingKey bytes{};
  std::string id;  // of the key: says which one a recording needs, and nothing of it
};

Result<Key> open_key(const std::string& path);

}  // namespace carillon::recordings
