// Goal: no file that somebody calls a backup makes restoring misbehave, and nothing of it but plain names reaches the text of SQL.
// Input: '!' and the bytes of a file as they are; else lines that become one with the right last line, so that its content is reached.
// Checks: what is read is within the limits and, written anew, reads the same.
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "store/postgres/archive_format.h"
#include "store/sql.h"

namespace carillon::store::postgres {
namespace {

// A file in memory, known by a path for as long as this lives.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("archive", MFD_CLOEXEC)) { CARILLON_CHECK(fd_ >= 0); }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path_of(std::string_view content) const {
    CARILLON_CHECK(ftruncate(fd_, 0) == 0 &&
                   pwrite(fd_, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
    return "/proc/self/fd/" + std::to_string(fd_);
  }

 private:
  int fd_;
};

std::string closed(std::string_view content) {
  std::string out = "carillon-archive 1\n" + std::string(content);
  if (!out.ends_with('\n')) out += '\n';
  std::size_t tables = 0;
  for (std::size_t at = out.find("\ntable "); at != std::string::npos; at = out.find("\ntable ", at + 1)) ++tables;
  return out + "end " + std::to_string(tables) + " " + std::to_string(fnv1a(out)) + "\n";
}

bool is_plain(const std::string& name) {
  return !name.empty() && name.size() < 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// The same content as ArchiveWriter lays it out, frame by frame.
std::string written_anew(ArchiveReader& reader) {
  std::string out = "carillon-archive 1\n";
  for (const AppliedStep& step : reader.steps())
    out += "step " + std::to_string(step.version) + " " + std::to_string(step.checksum) + " " + step.name + "\n";
  std::size_t tables = 0;
  for (;;) {
    const auto piece = reader.next();
    CARILLON_CHECK(piece.ok());  // open() has read it whole
    if (*piece == ArchiveReader::Piece::kEnd)
      return out + "end " + std::to_string(tables) + " " + std::to_string(fnv1a(out)) + "\n";
    if (*piece == ArchiveReader::Piece::kData) {
      out += "data " + std::to_string(reader.data().size()) + "\n" + reader.data() + "\n";
      continue;
    }
    ++tables;
    CARILLON_CHECK(is_plain(reader.table().name) && !reader.table().columns.empty());
    out += "table " + reader.table().name;
    for (const std::string& column : reader.table().columns) {
      CARILLON_CHECK(is_plain(column));
      out += " " + column;
    }
    out += "\n";
  }
}

void check(std::string_view content) {
  static const MemoryFile file;
  auto reader = ArchiveReader::open(file.path_of(content));
  if (!reader) {
    CARILLON_CHECK(reader.error().code == ErrorCode::kConfig && !reader.error().message.empty());
    return;
  }
  const std::string once = written_anew(*reader);
  auto again = ArchiveReader::open(file.path_of(once));
  CARILLON_CHECK(again.ok() && again->steps().size() == reader->steps().size() && written_anew(*again) == once);
}

}  // namespace
}  // namespace carillon::store::postgres

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  carillon::store::postgres::check(text.starts_with('!') ? std::string(text.substr(1))
                                                         : carillon::store::postgres::closed(text));
  return 0;
}
