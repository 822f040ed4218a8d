#include "files/file_store.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "files/files.h"
#include "secrets/secrets.h"

namespace carillon::files {
namespace {

namespace fs = std::filesystem;

Error disk_error(const std::string& what) {
  return Error(ErrorCode::kStore, "the file could not be kept: " + what + ": " + std::strerror(errno));
}

std::string hex_of(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += kDigits[bytes[i] >> 4], out += kDigits[bytes[i] & 15];
  return out;
}

// A rename is durable once its folder is.
void sync_folder(const std::string& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  (void)::fsync(opened);
  ::close(opened);
}

}  // namespace

struct Upload::Hash {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Hash() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  ~Hash() { EVP_MD_CTX_free(context); }
};

Upload::Upload(std::string folder, std::string path)
    : folder_(std::move(folder)), path_(std::move(path)), hash_(std::make_unique<Hash>()) {}

Result<void> Upload::open() {
  if (file_ >= 0) return {};
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0) return disk_error("making it");
  return {};
}

Upload::~Upload() {
  if (file_ < 0) return;
  ::close(file_);
  (void)::unlink(path_.c_str());
}

Result<void> Upload::write(std::span<const char> piece) {
  if (auto opened = open(); !opened) return opened;
  size_ += static_cast<std::int64_t>(piece.size());
  if (size_ > static_cast<std::int64_t>(kMaxFileBytes)) {
    return Error(ErrorCode::kBodyTooLarge,
                 "found a file of more than " + std::to_string(kMaxFileBytes) + " bytes, the most one may have");
  }
  EVP_DigestUpdate(hash_->context, piece.data(), piece.size());
  while (!piece.empty()) {
    const ssize_t written = ::write(file_, piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return disk_error("writing");
    piece = piece.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> Upload::finish() {
  if (auto opened = open(); !opened) return opened;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_DigestFinal_ex(hash_->context, digest, &length);
  sha256_ = hex_of(digest, length);
  if (::fsync(file_) != 0) return disk_error("syncing");
  const std::string folder = folder_ + "/" + sha256_.substr(0, 2);
  std::error_code failed;
  if (fs::create_directories(folder, failed)) sync_folder(folder_);
  const std::string place = folder + "/" + sha256_;
  // Over one that is there already: the bytes are the same.
  if (::rename(path_.c_str(), place.c_str()) != 0) return disk_error("moving it into its place");
  ::close(file_);
  file_ = -1;
  sync_folder(folder);
  return {};
}

Result<std::unique_ptr<FileStore>> FileStore::open(std::string folder) {
  std::error_code failed;
  fs::remove_all(folder + "/incoming", failed);  // what was under way when we last stopped
  fs::create_directories(folder + "/incoming", failed);
  if (failed) {
    return Error(ErrorCode::kConfig,
                 "the folder " + folder + " cannot be made: " + failed.message() + "; make it writable for this user");
  }
  return std::unique_ptr<FileStore>(new FileStore(std::move(folder)));
}

std::unique_ptr<Upload> FileStore::begin() const {
  return std::unique_ptr<Upload>(new Upload(folder_, folder_ + "/incoming/" + secrets::random_token()));
}

std::string FileStore::path(std::string_view sha256) const {
  return folder_ + "/" + std::string(sha256.substr(0, 2)) + "/" + std::string(sha256);
}

}  // namespace carillon::files
