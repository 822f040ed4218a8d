// A recording at rest: encrypted while it is written, sealed by a hash, read back as WAV.
//
// What:   RecordingFile appends sound in chunks of AES-256-GCM under a key of its own (derived from the master key and a salt);
//         read_recording() gives the WAV that ordinary players know. A chunk cannot be changed, moved or left out unseen, and
//         neither can the end.
// Format: 64 bytes of header: "CARILREC", version 1, encoding, channels, 0, rate (u32), begin (i64, microseconds), salt (16), zeros; then
//         chunks: length (u32, top bit: the last one), ciphertext, tag (16). Numbers are little-endian.
// Owns:   the file, made anew (never overwritten), readable by its owner only.
// Thread: one; it waits for the disk, so never the media thread.
// Errors: kStore with what the system said (a full disk); the file then ends where it ended.
// Limits: 64 channels; a WAV longer than 4 GB has no right length in its header.
// Example:
//   auto file = RecordingFile::create("call.rec", key, {.channels = 2});
//   file->append(interleaved);
//   RecordingSeal seal = *file->finish();
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace carillon::media {

using RecordingKey = std::array<std::uint8_t, 32>;

enum class RecordingEncoding : std::uint8_t { kMuLaw = 1, kPcm16 = 2 };

struct RecordingShape {
  RecordingEncoding encoding = RecordingEncoding::kMuLaw;
  std::uint8_t channels = 2;
  std::uint32_t rate = 8000;
  Instant begin;

  std::size_t frame_bytes() const { return channels * (encoding == RecordingEncoding::kMuLaw ? 1u : 2u); }
};

struct RecordingSeal {
  std::uint64_t bytes = 0;  // of the file
  std::string sha256;       // of the file, hex
  Duration length;          // of the sound
};

// Where bytes go: a file, or a test that runs out of space.
class RecordingDisk {
 public:
  virtual ~RecordingDisk() = default;
  virtual Result<void> write(std::span<const std::uint8_t> bytes) = 0;
  virtual Result<void> sync() = 0;
};
Result<std::unique_ptr<RecordingDisk>> create_recording_disk(const std::filesystem::path& path);

class RecordingFile {
 public:
  static constexpr std::size_t kChunk = 16 * 1024;

  static Result<RecordingFile> create(std::unique_ptr<RecordingDisk> disk, const RecordingKey& master,
                                      const RecordingShape& shape);
  RecordingFile(RecordingFile&&) noexcept;
  RecordingFile& operator=(RecordingFile&&) noexcept;
  ~RecordingFile();

  Result<void> append(std::span<const std::uint8_t> sound);
  // Writes the last chunk and waits until the disk has it all.
  Result<RecordingSeal> finish();
  const RecordingShape& shape() const { return shape_; }

 private:
  RecordingFile();
  Result<void> put(std::span<const std::uint8_t> bytes);
  Result<void> put_chunk(std::span<const std::uint8_t> plain, bool last);

  struct Hash;
  std::unique_ptr<RecordingDisk> disk_;
  std::unique_ptr<Hash> hash_;
  RecordingShape shape_;
  RecordingKey key_{};
  std::array<std::uint8_t, 64> header_{};
  std::vector<std::uint8_t> waiting_;
  std::uint64_t chunks_ = 0, bytes_ = 0, sound_bytes_ = 0;
};

// Decrypts and checks a recording, giving WAV in pieces to `out` (false from it ends the reading). kInvalidValue when a byte is not as
// it was written, or the end is missing: then `out` has what came before and is good. kNotFound when there is no file.
Result<RecordingShape> read_recording(const std::filesystem::path& path, const RecordingKey& master,
                                      const std::function<bool(std::span<const std::uint8_t>)>& out);

}  // namespace carillon::media
