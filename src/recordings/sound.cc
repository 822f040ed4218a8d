#include "recordings/sound.h"

#include <filesystem>

namespace carillon::recordings {
namespace {

constexpr std::size_t kMaxWavBytes = std::size_t{1} << 30;

}  // namespace

Result<std::shared_ptr<const std::string>> wav_of(const std::string& files, const std::shared_ptr<const Key>& key,
                                                  const RecordingRow& row) {
  if (!key) return Error(ErrorCode::kUnavailable, "this server has no recording key; recordings cannot be read");
  if (key->id != row.key_id) {
    return Error(ErrorCode::kUnavailable,
                 "this recording needs the key " + row.key_id + ", and this server has " + key->id);
  }
  auto wav = std::make_shared<std::string>();
  const auto read = media::read_recording(files + "/" + row.path, key->bytes, [&](std::span<const std::uint8_t> piece) {
    if (wav->size() + piece.size() > kMaxWavBytes) return false;
    wav->append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return true;
  });
  if (!read && wav->empty()) return read.error();
  return std::shared_ptr<const std::string>(std::move(wav));
}

Result<void> erase_file(const std::string& files, const RecordingRow& row) {
  std::error_code failed;
  std::filesystem::remove(std::filesystem::path(files) / row.path, failed);
  if (!failed) return {};
  return Error(ErrorCode::kStore, "the file of the recording could not be removed: " + failed.message());
}

}  // namespace carillon::recordings
