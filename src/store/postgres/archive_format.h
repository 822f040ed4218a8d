// The file of a PostgreSQL backup: our own, so that taking and restoring one needs no tools beside this program.
//
// What:   lines and frames, in this order:
//           carillon-archive 1
//           step VERSION CHECKSUM NAME            (a line a row of schema_migrations)
//           table NAME COLUMN COLUMN ...          (for each table, those it refers to first)
//           data SIZE                             (SIZE bytes of COPY's text format follow, whole rows, then a newline)
//           end TABLES CHECKSUM                   (FNV-1a of every byte before this line)
// Why:    COPY's text is the same for every version of PostgreSQL; one file is easy to move; the last line tells
// whether
//         the file is whole.
// Thread: one.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/durable_file.h"
#include "store/migration_plan.h"
#include "store/postgres/schema.h"

namespace carillon::store::postgres {

class ArchiveWriter {
 public:
  explicit ArchiveWriter(NewFile& file) : file_(file) {}
  Result<void> head(const std::vector<AppliedStep>& steps);
  Result<void> table(const Table& table);
  // Gathers rows into frames.
  Result<void> rows(std::string_view copied);
  Result<void> end();

 private:
  Result<void> put(std::string_view bytes);
  Result<void> flush();

  NewFile& file_;
  std::string frame_;
  std::uint64_t checksum_ = 0xcbf29ce484222325ULL;
  std::size_t tables_ = 0;
};

class ArchiveReader {
 public:
  // Reads the file once from end to end: kConfig when it is no archive or not whole.
  static Result<ArchiveReader> open(const std::string& path);

  const std::vector<AppliedStep>& steps() const { return steps_; }
  // The next piece of content: a table's head or a frame of its rows; kEnd once all was read.
  enum class Piece { kTable, kData, kEnd };
  Result<Piece> next();
  const Table& table() const { return table_; }
  const std::string& data() const { return data_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit ArchiveReader(std::FILE* file) : file_(file) {}
  // Without its newline; counted into the checksum unless it is the last.
  Result<std::string> line();
  Result<Piece> read_table(const std::vector<std::string>& words);
  Result<Piece> read_data(const std::vector<std::string>& words);
  Result<Piece> read_end(const std::vector<std::string>& words, std::uint64_t before);
  Result<void> head();

  std::unique_ptr<std::FILE, Close> file_;
  std::vector<AppliedStep> steps_;
  Table table_;
  std::string data_;
  std::string pending_;  // the line that ended the head
  std::uint64_t checksum_ = 0xcbf29ce484222325ULL;
  std::size_t tables_ = 0;
};

}  // namespace carillon::store::postgres
