// The sound of a recording: read for who may listen, removed for good.
//
// Thread: any; waits for the disk (pool). Errors: kUnavailable without the key it needs, kStore.
// Limits: a recording is decrypted as a whole, at most 1 GiB of WAV.
// Example:
//   auto wav = wav_of("var/files", key, row);
#pragma once

#include <memory>
#include <string>

#include "recordings/key.h"
#include "recordings/recordings.h"

namespace carillon::recordings {

// What is broken or missing at the end does not take away what is good before it.
Result<std::shared_ptr<const std::string>> wav_of(const std::string& files, const std::shared_ptr<const Key>& key,
                                                  const RecordingRow& row);
// Once its row says that it is deleted. A file that is gone already is no error.
Result<void> erase_file(const std::string& files, const RecordingRow& row);

}  // namespace carillon::recordings
