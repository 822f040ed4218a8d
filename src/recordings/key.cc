#include "recordings/key.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "secrets/secrets.h"

namespace carillon::recordings {
namespace {

constexpr std::size_t kKeyBytes = 32;

Error fault(const std::string& path, const std::string& what) {
  return Error(ErrorCode::kConfig, "recording key " + path + ": " + what).at("recording_key");
}

// Whole or not at all: what was made halfway is left as a name of its own.
Result<void> make(const std::string& path) {
  const std::string half = path + ".new", bytes = secrets::random_bytes(kKeyBytes);
  const int file = ::open(half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fault(path, std::string("cannot be made: ") + std::strerror(errno));
  const bool written =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written || ::rename(half.c_str(), path.c_str()) != 0) {
    return fault(path, std::string("cannot be written: ") + std::strerror(errno));
  }
  return {};
}

}  // namespace

Result<Key> open_key(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) {
    if (auto made = make(path); !made) return made.error();
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.good() && !in.eof()) return fault(path, "cannot be read");
  if (bytes.size() != kKeyBytes) {
    return fault(path,
                 "found " + std::to_string(bytes.size()) + " bytes, expected 32: recordings need the same key again");
  }
  Key out;
  std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  out.id = secrets::hmac_sha256_hex(bytes, "carillon recording key").substr(0, 16);
  return out;
}

}  // namespace carillon::recordings
