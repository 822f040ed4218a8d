#include "voice/prompts/spoken_files.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <vector>

namespace carillon::prompts {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "spoken-", kSuffix = ".wav", kHalf = ".half";
constexpr std::size_t kNameBytes = 7 + 32 + 4;
constexpr int kRate = 16000;
constexpr std::size_t kMostFileBytes = 64 << 20;

std::string key_of(std::string_view language, std::string_view text) {
  return std::string(language) + '\n' + std::string(text);
}

// Two FNV-1a hashes with different beginnings. They only name the file: the key in it decides.
std::string name_of(std::string_view key) {
  std::string out(kPrefix);
  for (std::uint64_t hash : {0xcbf29ce484222325u, 0x9ae16a3b2f90404fu}) {
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[hash >> shift & 15];
  }
  return out += kSuffix;
}

bool is_ours(const std::string& name) {
  return name.size() == kNameBytes && name.starts_with(kPrefix) && name.ends_with(kSuffix);
}

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << 8 * i;
  return value;
}

void put_chunk(std::string& out, std::string_view name, std::string_view bytes) {
  out += name;
  put(out, bytes.size(), 4);
  out += bytes;
  if (bytes.size() % 2 != 0) out += '\0';
}

std::string wav_of(std::string_view key, const media::Sound& sound) {
  const media::Samples samples = sound.at(kRate);
  std::string format;
  put(format, 1, 2), put(format, 1, 2), put(format, kRate, 4), put(format, kRate * 2, 4), put(format, 2, 2);
  put(format, 16, 2);
  std::string body = "WAVE", data;
  data.reserve(samples.size() * 2);
  for (const std::int16_t sample : samples) put(data, static_cast<std::uint16_t>(sample), 2);
  put_chunk(body, "fmt ", format);
  put_chunk(body, "text", key);
  put_chunk(body, "data", data);
  std::string out;
  put_chunk(out, "RIFF", body);
  return out;
}

// nullptr when this is not such a file for this key.
media::SoundPtr sound_of(std::string_view wav, std::string_view key) {
  if (wav.size() < 12 || wav.substr(0, 4) != "RIFF" || wav.substr(8, 4) != "WAVE") return nullptr;
  bool right = false;
  for (std::size_t at = 12; at + 8 <= wav.size();) {
    const std::string_view name = wav.substr(at, 4);
    const std::size_t size = number_at(wav, at + 4);
    if (size > wav.size() - at - 8) return nullptr;
    const std::string_view bytes = wav.substr(at + 8, size);
    if (name == "text") right = bytes == key;
    if (name == "data" && right && size >= 2) {
      std::vector<std::int16_t> samples(size / 2);
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<std::int16_t>(static_cast<unsigned char>(bytes[2 * i]) |
                                               static_cast<unsigned char>(bytes[2 * i + 1]) << 8);
      }
      return media::Sound::from_samples(samples, kRate);
    }
    at += 8 + size + size % 2;
  }
  return nullptr;
}

std::string read_file(const fs::path& path, std::size_t size) {
  std::string out(std::min(size, kMostFileBytes), '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return out;
}

}  // namespace

SpokenFiles::SpokenFiles(fs::path folder, std::size_t max_bytes) : folder_(std::move(folder)), max_bytes_(max_bytes) {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  struct Found {
    fs::file_time_type at;
    std::string name;
    std::size_t bytes;
  };
  std::vector<Found> found;
  fs::directory_iterator it(folder_, failed);
  for (; !failed && it != fs::directory_iterator(); it.increment(failed)) {
    const std::string name = it->path().filename().string();
    std::error_code ignored;
    if (name.starts_with(kPrefix) && name.ends_with(kHalf)) fs::remove(it->path(), ignored);
    if (!is_ours(name) || !it->is_regular_file(ignored)) continue;
    const auto bytes = it->file_size(ignored);
    if (!ignored) found.push_back({it->last_write_time(ignored), name, static_cast<std::size_t>(bytes)});
  }
  if (failed) {
    error_ = "spoken texts cannot be kept in " + folder_.string() + ": " + failed.message();
    return;
  }
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.at != b.at ? a.at < b.at : a.name < b.name; });
  for (Found& file : found) {
    bytes_ += file.bytes;
    files_[file.name] = {file.bytes, ++uses_};
  }
  make_room(0);
}

media::SoundPtr SpokenFiles::find(std::string_view language, std::string_view text) {
  const std::string key = key_of(language, text), name = name_of(key);
  const auto file = files_.find(name);
  if (file == files_.end()) return nullptr;
  if (media::SoundPtr sound = sound_of(read_file(folder_ / name, file->second.bytes), key)) {
    file->second.used = ++uses_;
    std::error_code ignored;
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now(), ignored);  // the order outlives a restart
    return sound;
  }
  forget(name);
  return nullptr;
}

Result<void> SpokenFiles::keep(std::string_view language, std::string_view text, const media::Sound& sound) {
  if (!error_.empty()) return Error(ErrorCode::kUnavailable, error_);
  const std::string key = key_of(language, text), name = name_of(key), wav = wav_of(key, sound);
  if (wav.size() > max_bytes_ || wav.size() > kMostFileBytes) return {};  // would push all others out
  if (files_.contains(name)) forget(name);
  make_room(wav.size());
  const fs::path whole = folder_ / name, half = folder_ / (name + std::string(kHalf));
  std::ofstream out(half, std::ios::binary | std::ios::trunc);
  out.write(wav.data(), static_cast<std::streamsize>(wav.size()));
  out.close();
  std::error_code failed;
  if (out) fs::rename(half, whole, failed);
  if (!out || failed) {
    std::error_code ignored;
    fs::remove(half, ignored);
    return Error(ErrorCode::kUnavailable, whole.string() + " cannot be written; is the disk full?");
  }
  files_[name] = {wav.size(), ++uses_};
  bytes_ += wav.size();
  return {};
}

void SpokenFiles::forget(const std::string& name) {
  const auto file = files_.find(name);
  std::error_code ignored;
  fs::remove(folder_ / name, ignored);
  bytes_ -= file->second.bytes;
  files_.erase(file);
}

void SpokenFiles::make_room(std::size_t wanted) {
  while (!files_.empty() && bytes_ + wanted > max_bytes_) {
    forget(std::min_element(files_.begin(), files_.end(), [](const auto& a, const auto& b) {
             return a.second.used < b.second.used;
           })->first);
  }
}

}  // namespace carillon::prompts
