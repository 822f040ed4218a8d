#include "voice/media/recording_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/check.h"

namespace carillon::media {
namespace {

constexpr char kMagic[] = "CARILREC";
constexpr std::uint32_t kLast = 0x80000000;
constexpr std::size_t kTag = 16, kSaltAt = 24, kSalt = 16;

void put32(std::uint8_t* p, std::uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<std::uint8_t>(v >> (8 * i));
}
void put64(std::uint8_t* p, std::uint64_t v) {
  for (int i = 0; i < 8; ++i) p[i] = static_cast<std::uint8_t>(v >> (8 * i));
}
std::uint32_t get32(const std::uint8_t* p) {
  return p[0] | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16 | std::uint32_t{p[3]} << 24;
}
std::uint64_t get64(const std::uint8_t* p) { return get32(p) | std::uint64_t{get32(p + 4)} << 32; }

std::array<std::uint8_t, 64> header_of(const RecordingShape& shape) {
  std::array<std::uint8_t, 64> h{};
  std::memcpy(h.data(), kMagic, 8);
  h[8] = 1;
  h[9] = static_cast<std::uint8_t>(shape.encoding);
  h[10] = shape.channels;
  put32(&h[12], shape.rate);
  put64(&h[16], static_cast<std::uint64_t>(shape.begin.us));
  CARILLON_CHECK(RAND_bytes(&h[kSaltAt], kSalt) == 1);
  return h;
}

Result<RecordingShape> shape_of(const std::array<std::uint8_t, 64>& h) {
  RecordingShape shape;
  shape.encoding = static_cast<RecordingEncoding>(h[9]);
  shape.channels = h[10];
  shape.rate = get32(&h[12]);
  shape.begin = Instant{static_cast<std::int64_t>(get64(&h[16]))};
  const bool known = shape.encoding == RecordingEncoding::kMuLaw || shape.encoding == RecordingEncoding::kPcm16;
  if (std::memcmp(h.data(), kMagic, 8) != 0 || h[8] != 1 || !known || shape.channels == 0 || shape.channels > 64 ||
      shape.rate < 8000 || shape.rate > 48000) {
    return Error(ErrorCode::kInvalidValue, "the file is no recording of this version");
  }
  return shape;
}

RecordingKey key_of(const RecordingKey& master, const std::array<std::uint8_t, 64>& header) {
  RecordingKey key;
  unsigned size = 0;
  CARILLON_CHECK(HMAC(EVP_sha256(), master.data(), static_cast<int>(master.size()), header.data() + kSaltAt, kSalt,
                      key.data(), &size) &&
                 size == key.size());
  return key;
}

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* p) const { EVP_CIPHER_CTX_free(p); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

// The header, the chunk's number and its length word are authenticated with each chunk.
Cipher begin_chunk(const RecordingKey& key, const std::array<std::uint8_t, 64>& header, std::uint64_t number,
                   std::uint32_t word, bool encrypt) {
  std::array<std::uint8_t, 12> nonce{};
  put64(&nonce[4], number);
  std::array<std::uint8_t, 4> length;
  put32(length.data(), word);
  Cipher c(EVP_CIPHER_CTX_new());
  int n = 0;
  const bool good = c &&
                    EVP_CipherInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data(), encrypt) == 1 &&
                    EVP_CipherUpdate(c.get(), nullptr, &n, header.data(), static_cast<int>(header.size())) == 1 &&
                    EVP_CipherUpdate(c.get(), nullptr, &n, length.data(), 4) == 1;
  CARILLON_CHECK(good);
  return c;
}

class FileDisk final : public RecordingDisk {
 public:
  explicit FileDisk(int fd) : fd_(fd) {}
  ~FileDisk() override { ::close(fd_); }
  FileDisk(const FileDisk&) = delete;
  FileDisk& operator=(const FileDisk&) = delete;
  Result<void> write(std::span<const std::uint8_t> bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0)
        return Error(ErrorCode::kStore, std::string("the disk does not take the recording: ") + std::strerror(errno));
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return {};
  }
  Result<void> sync() override {
    if (::fdatasync(fd_) == 0) return {};
    return Error(ErrorCode::kStore, std::string("the disk does not keep the recording: ") + std::strerror(errno));
  }

 private:
  int fd_;
};

// RFC 2361 / Microsoft's WAVEFORMATEX: 7 is mu-law, 1 is PCM.
std::vector<std::uint8_t> wav_header(const RecordingShape& shape, std::uint64_t sound_bytes) {
  std::vector<std::uint8_t> h(44);
  const auto size = static_cast<std::uint32_t>(std::min<std::uint64_t>(sound_bytes, 0xffffffff - 36));
  const bool mu = shape.encoding == RecordingEncoding::kMuLaw;
  std::memcpy(&h[0], "RIFF", 4);
  put32(&h[4], size + 36);
  std::memcpy(&h[8], "WAVEfmt ", 8);
  put32(&h[16], 16);
  put32(&h[20], (mu ? 7u : 1u) | std::uint32_t{shape.channels} << 16);
  put32(&h[24], shape.rate);
  put32(&h[28], static_cast<std::uint32_t>(shape.rate * shape.frame_bytes()));
  put32(&h[32], static_cast<std::uint32_t>(shape.frame_bytes()) | (mu ? 8u : 16u) << 16);
  std::memcpy(&h[36], "data", 4);
  put32(&h[40], size);
  return h;
}

// What is left of a file of this size when heads and tags are taken away.
std::uint64_t sound_bytes_of(std::uint64_t file_bytes) {
  constexpr std::uint64_t kWhole = 4 + RecordingFile::kChunk + kTag;
  const std::uint64_t rest = file_bytes < 64 ? 0 : file_bytes - 64;
  const std::uint64_t last = rest % kWhole;
  return rest / kWhole * RecordingFile::kChunk + (last > 4 + kTag ? last - 4 - kTag : 0);
}

Error broken() {
  return Error(ErrorCode::kInvalidValue, "the recording is not as it was written, or another key made it");
}

}  // namespace

Result<std::unique_ptr<RecordingDisk>> create_recording_disk(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return Error(ErrorCode::kStore, "cannot make " + path.string() + ": " + std::strerror(errno));
  return std::unique_ptr<RecordingDisk>(std::make_unique<FileDisk>(fd));
}

struct RecordingFile::Hash {
  Hash() : context(EVP_MD_CTX_new()) {
    CARILLON_CHECK(context && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  }
  ~Hash() { EVP_MD_CTX_free(context); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
  EVP_MD_CTX* context;
};

RecordingFile::RecordingFile() : hash_(std::make_unique<Hash>()) { waiting_.reserve(2 * kChunk); }
RecordingFile::RecordingFile(RecordingFile&&) noexcept = default;
RecordingFile& RecordingFile::operator=(RecordingFile&&) noexcept = default;
RecordingFile::~RecordingFile() { OPENSSL_cleanse(key_.data(), key_.size()); }

Result<RecordingFile> RecordingFile::create(std::unique_ptr<RecordingDisk> disk, const RecordingKey& master,
                                            const RecordingShape& shape) {
  CARILLON_CHECK(disk && shape.channels > 0 && shape.channels <= 64);
  RecordingFile file;
  file.disk_ = std::move(disk);
  file.shape_ = shape;
  file.header_ = header_of(shape);
  file.key_ = key_of(master, file.header_);
  if (auto ok = file.put(file.header_); !ok) return ok.error();
  return file;
}

Result<void> RecordingFile::put(std::span<const std::uint8_t> bytes) {
  if (auto ok = disk_->write(bytes); !ok) return ok;
  CARILLON_CHECK(EVP_DigestUpdate(hash_->context, bytes.data(), bytes.size()) == 1);
  bytes_ += bytes.size();
  return {};
}

Result<void> RecordingFile::put_chunk(std::span<const std::uint8_t> plain, bool last) {
  const std::uint32_t word = static_cast<std::uint32_t>(plain.size()) | (last ? kLast : 0);
  const Cipher c = begin_chunk(key_, header_, chunks_++, word, true);
  std::array<std::uint8_t, 4 + kChunk + kTag> out;
  put32(out.data(), word);
  int n = 0, rest = 0;
  const bool good =
      (plain.empty() || EVP_EncryptUpdate(c.get(), &out[4], &n, plain.data(), static_cast<int>(plain.size())) == 1) &&
      EVP_EncryptFinal_ex(c.get(), &out[4] + n, &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, kTag, &out[4 + plain.size()]) == 1;
  CARILLON_CHECK(good);
  return put(std::span(out).first(4 + plain.size() + kTag));
}

Result<void> RecordingFile::append(std::span<const std::uint8_t> sound) {
  sound_bytes_ += sound.size();
  while (!sound.empty()) {
    const std::size_t n = std::min(sound.size(), kChunk - waiting_.size());
    waiting_.insert(waiting_.end(), sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(n));
    sound = sound.subspan(n);
    if (waiting_.size() < kChunk) break;
    if (auto ok = put_chunk(waiting_, false); !ok) return ok;
    waiting_.clear();
  }
  return {};
}

Result<RecordingSeal> RecordingFile::finish() {
  if (auto ok = put_chunk(waiting_, true); !ok) return ok.error();
  if (auto ok = disk_->sync(); !ok) return ok.error();
  std::array<std::uint8_t, 32> digest;
  CARILLON_CHECK(EVP_DigestFinal_ex(hash_->context, digest.data(), nullptr) == 1);
  RecordingSeal seal;
  seal.bytes = bytes_;
  static constexpr char kHex[] = "0123456789abcdef";
  for (const std::uint8_t b : digest) {
    seal.sha256 += kHex[b >> 4];
    seal.sha256 += kHex[b & 15];
  }
  const std::uint64_t frames = sound_bytes_ / shape_.frame_bytes();
  seal.length = Duration::micros(static_cast<std::int64_t>(frames * 1'000'000 / shape_.rate));
  return seal;
}

Result<RecordingShape> read_recording(const std::filesystem::path& path, const RecordingKey& master,
                                      const std::function<bool(std::span<const std::uint8_t>)>& out) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error(ErrorCode::kNotFound, path.string() + " is not there");
  std::array<std::uint8_t, 64> header{};
  if (!in.read(reinterpret_cast<char*>(header.data()), header.size())) return broken();
  auto shape = shape_of(header);
  if (!shape) return shape;
  std::error_code ignored;
  if (!out(wav_header(*shape, sound_bytes_of(std::filesystem::file_size(path, ignored))))) return shape;
  const RecordingKey key = key_of(master, header);
  std::vector<std::uint8_t> cipher(RecordingFile::kChunk + kTag), plain(RecordingFile::kChunk);
  for (std::uint64_t number = 0;; ++number) {
    std::array<std::uint8_t, 4> length;
    if (!in.read(reinterpret_cast<char*>(length.data()), 4)) return broken();
    const std::uint32_t word = get32(length.data());
    const std::size_t size = word & ~kLast;
    if (size > RecordingFile::kChunk ||
        !in.read(reinterpret_cast<char*>(cipher.data()), static_cast<std::streamsize>(size + kTag))) {
      return broken();
    }
    const Cipher c = begin_chunk(key, header, number, word, false);
    int n = 0, rest = 0;
    const bool good =
        (size == 0 || EVP_DecryptUpdate(c.get(), plain.data(), &n, cipher.data(), static_cast<int>(size)) == 1) &&
        EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, kTag, &cipher[size]) == 1 &&
        EVP_DecryptFinal_ex(c.get(), plain.data() + n, &rest) == 1;
    if (!good) return broken();
    if (size > 0 && !out(std::span(plain).first(size))) return shape;
    if (word & kLast) return in.peek() == std::ifstream::traits_type::eof() ? shape : broken();
  }
}

}  // namespace carillon::media
