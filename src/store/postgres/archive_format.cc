#include "store/postgres/archive_format.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "store/sql.h"

namespace carillon::store::postgres {
namespace {

constexpr std::string_view kFirstLine = "carillon-archive 1";
constexpr std::size_t kFrame = 256 * 1024;
constexpr std::size_t kMostFrame = std::size_t{1} << 30;
constexpr std::size_t kMostLine = 64 * 1024;

Error not_whole(const std::string& what) {
  return Error(ErrorCode::kConfig, "the backup is not whole or not ours (" + what + "); take another one");
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

template <class T>
bool read_number(const std::string& word, T& out) {
  const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), out);
  return fault == std::errc{} && end == word.data() + word.size();
}

// Names go into SQL when the archive is restored, so nothing but plain names passes.
bool is_name(const std::string& word) {
  return !word.empty() && word.size() < 64 &&
         std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

Result<void> ArchiveWriter::put(std::string_view bytes) {
  checksum_ = fnv1a(bytes, checksum_);
  return file_.write(bytes);
}

Result<void> ArchiveWriter::head(const std::vector<AppliedStep>& steps) {
  std::string text = std::string(kFirstLine) + "\n";
  for (const AppliedStep& step : steps) {
    text += "step " + std::to_string(step.version) + " " + std::to_string(step.checksum) + " " + step.name + "\n";
  }
  return put(text);
}

Result<void> ArchiveWriter::table(const Table& table) {
  Result<void> flushed = flush();
  if (!flushed) return flushed;
  std::string text = "table " + table.name;
  bool plain = is_name(table.name);
  for (const std::string& column : table.columns) text += " " + column, plain = plain && is_name(column);
  if (!plain) return Error(ErrorCode::kStore, "a name in " + text + " is not of a-z, 0-9 and _; it cannot be copied");
  ++tables_;
  return put(text + "\n");
}

Result<void> ArchiveWriter::rows(std::string_view copied) {
  frame_ += copied;
  return frame_.size() < kFrame ? Result<void>() : flush();
}

Result<void> ArchiveWriter::flush() {
  if (frame_.empty()) return {};
  Result<void> done = put("data " + std::to_string(frame_.size()) + "\n");
  if (done) done = put(frame_);
  if (done) done = put("\n");
  frame_.clear();
  return done;
}

Result<void> ArchiveWriter::end() {
  Result<void> flushed = flush();
  if (!flushed) return flushed;
  return put("end " + std::to_string(tables_) + " " + std::to_string(checksum_) + "\n");
}

Result<ArchiveReader> ArchiveReader::open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (!file) return Error(ErrorCode::kConfig, "cannot read " + path + ": " + std::strerror(errno));
  ArchiveReader reader(file);
  Result<void> head = reader.head();
  if (!head) return std::move(head).error();
  while (true) {
    Result<Piece> piece = reader.next();
    if (!piece) return std::move(piece).error();
    if (*piece == Piece::kEnd) break;
  }
  std::rewind(file);
  reader.steps_.clear(), reader.checksum_ = fnv1a(""), reader.tables_ = 0;
  head = reader.head();
  if (!head) return std::move(head).error();
  return reader;
}

Result<std::string> ArchiveReader::line() {
  std::string text;
  for (int c = std::fgetc(file_.get()); c != '\n'; c = std::fgetc(file_.get())) {
    if (c == EOF || text.size() >= kMostLine) return not_whole("it ends early");
    text += static_cast<char>(c);
  }
  checksum_ = fnv1a("\n", fnv1a(text, checksum_));
  return text;
}

Result<void> ArchiveReader::head() {
  Result<std::string> first = line();
  if (!first) return std::move(first).error();
  if (*first != kFirstLine) return not_whole("it does not begin with '" + std::string(kFirstLine) + "'");
  while (true) {
    const std::uint64_t before = checksum_;
    Result<std::string> text = line();
    if (!text) return std::move(text).error();
    const std::vector<std::string> words = words_of(*text);
    if (words[0] != "step") {
      pending_ = *text;
      checksum_ = before;  // next() counts it
      return {};
    }
    AppliedStep step;
    if (words.size() != 4 || !read_number(words[1], step.version) || !read_number(words[2], step.checksum)) {
      return not_whole("a step is malformed");
    }
    step.name = words[3];
    steps_.push_back(std::move(step));
  }
}

Result<ArchiveReader::Piece> ArchiveReader::next() {
  const std::uint64_t before = checksum_;
  std::string text = std::move(pending_);
  pending_.clear();
  if (text.empty()) {
    Result<std::string> read = line();
    if (!read) return std::move(read).error();
    text = std::move(*read);
  } else {
    checksum_ = fnv1a("\n", fnv1a(text, checksum_));
  }
  const std::vector<std::string> words = words_of(text);
  if (words[0] == "table") return read_table(words);
  if (words[0] == "data") return read_data(words);
  if (words[0] == "end") return read_end(words, before);
  return not_whole("a line begins with an unknown word");
}

Result<ArchiveReader::Piece> ArchiveReader::read_table(const std::vector<std::string>& words) {
  if (words.size() < 3 || !std::all_of(words.begin() + 1, words.end(), is_name))
    return not_whole("a table is malformed");
  table_.name = words[1];
  table_.columns.assign(words.begin() + 2, words.end());
  ++tables_;
  return Piece::kTable;
}

Result<ArchiveReader::Piece> ArchiveReader::read_data(const std::vector<std::string>& words) {
  std::size_t size = 0;
  if (tables_ == 0 || words.size() != 2 || !read_number(words[1], size) || size > kMostFrame) {
    return not_whole("a frame is malformed");
  }
  data_.resize(size + 1);
  if (std::fread(data_.data(), 1, size + 1, file_.get()) != size + 1 || data_.back() != '\n') {
    return not_whole("it ends early");
  }
  checksum_ = fnv1a(data_, checksum_);
  data_.pop_back();
  return Piece::kData;
}

Result<ArchiveReader::Piece> ArchiveReader::read_end(const std::vector<std::string>& words, std::uint64_t before) {
  std::size_t tables = 0;
  std::uint64_t checksum = 0;
  const bool read = words.size() == 3 && read_number(words[1], tables) && read_number(words[2], checksum);
  if (!read || tables != tables_) return not_whole("the last line is malformed");
  if (checksum != before) return not_whole("its checksum is wrong: it was changed or damaged");
  if (std::fgetc(file_.get()) != EOF) return not_whole("something follows its end");
  return Piece::kEnd;
}

}  // namespace carillon::store::postgres
