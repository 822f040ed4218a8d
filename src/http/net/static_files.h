// StaticFiles: one folder in memory, answered with validators, compression and strict security headers.
//
// Why:    a web console is a few megabytes; from memory no request touches the disk, and no address can leave the folder, because
//         only names that were found at start exist.
// Thread: load() once; answer() from any thread afterwards.
// Limits: StaticOptions::max_total_bytes, 20,000 files. Symbolic links and names that begin with a dot are left out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "http/router.h"

namespace carillon::http {

class StaticFiles {
 public:
  static Result<std::unique_ptr<StaticFiles>> load(std::string prefix, const std::string& directory,
                                                   StaticOptions options);

  // For GET and HEAD.
  Response answer(const Request& request) const;
  const std::string& prefix() const { return prefix_; }
  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::shared_ptr<const std::string> body;
    std::shared_ptr<const std::string> gzip;  // null when there is none
    std::string etag;                         // without quotes
    std::string_view type;
    bool immutable = false;
  };

  StaticFiles(std::string prefix, StaticOptions options);
  const File* find(std::string_view name) const;
  Response serve(const File& file, const Request& request) const;
  void add_security(Response& response, bool html) const;

  std::string prefix_;  // "/console", or "" for "/"
  StaticOptions options_;
  std::string policy_;
  std::map<std::string, File, std::less<>> files_;
};

// The content type of a file name, "application/octet-stream" when unknown.
std::string_view content_type_of(std::string_view name);

}  // namespace carillon::http
