#include "http/net/static_files.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "http/parse/target.h"

namespace carillon::http {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMaxFiles = 20'000;

struct TypeOf {
  std::string_view extension;
  std::string_view type;
};
constexpr TypeOf kTypes[] = {
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"webmanifest", "application/manifest+json"},
    {"yaml", "application/yaml"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/x-icon"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"otf", "font/otf"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"opus", "audio/ogg"},
    {"wav", "audio/wav"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"wasm", "application/wasm"},
    {"pdf", "application/pdf"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/plain; charset=utf-8"},
    {"xml", "application/xml"},
};

// FNV-1a: tells versions of our own files apart; nobody attacks it.
std::string content_tag(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  char out[40];
  std::snprintf(out, sizeof out, "%016llx-%zx", static_cast<unsigned long long>(hash), bytes.size());
  return out;
}

std::optional<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string out{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return in.bad() ? std::nullopt : std::optional(std::move(out));
}

bool is_hidden(const fs::path& relative) {
  for (const auto& part : relative) {
    if (part.string().starts_with('.')) return true;
  }
  return false;
}

}  // namespace

std::string_view content_type_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    for (const TypeOf& t : kTypes) {
      if (equals_ignoring_case(name.substr(dot + 1), t.extension)) return t.type;
    }
  }
  return "application/octet-stream";
}

StaticFiles::StaticFiles(std::string prefix, StaticOptions options)
    : prefix_(prefix == "/" ? "" : std::move(prefix)), options_(std::move(options)) {
  policy_ = options_.content_security_policy;
  if (!options_.frame_ancestors.empty()) {
    policy_ += (policy_.empty() ? "" : "; ") + ("frame-ancestors " + options_.frame_ancestors);
  }
}

Result<std::unique_ptr<StaticFiles>> StaticFiles::load(std::string prefix, const std::string& directory,
                                                       StaticOptions options) {
  std::unique_ptr<StaticFiles> out(new StaticFiles(std::move(prefix), std::move(options)));
  std::error_code ec;
  fs::recursive_directory_iterator walk(directory, ec);
  if (ec) return Error(ErrorCode::kConfig, "the folder " + directory + " cannot be read: " + ec.message());
  std::map<std::string, std::shared_ptr<const std::string>> contents;
  std::size_t total = 0;
  for (const fs::recursive_directory_iterator end; walk != end; walk.increment(ec)) {
    if (ec) return Error(ErrorCode::kConfig, "the folder " + directory + " cannot be read: " + ec.message());
    if (walk->is_symlink(ec) || !walk->is_regular_file(ec)) continue;
    const fs::path relative = walk->path().lexically_relative(directory);
    if (is_hidden(relative)) continue;
    auto bytes = read_file(walk->path());
    if (!bytes) return Error(ErrorCode::kConfig, "the file " + walk->path().string() + " cannot be read");
    total += bytes->size();
    if (total > out->options_.max_total_bytes || contents.size() == kMaxFiles) {
      return Error(ErrorCode::kConfig, "the folder " + directory + " is too large to be served from memory");
    }
    contents[relative.generic_string()] = std::make_shared<const std::string>(std::move(*bytes));
  }
  if (ec) return Error(ErrorCode::kConfig, "the folder " + directory + " cannot be read: " + ec.message());
  for (const auto& [name, body] : contents) {
    // x.js.gz is the compressed form of x.js, when both are there.
    if (name.ends_with(".gz") && contents.count(name.substr(0, name.size() - 3))) continue;
    const auto gzip = contents.find(name + ".gz");
    const std::string& hashed = out->options_.immutable_prefix;
    out->files_[name] = {body, gzip == contents.end() ? nullptr : gzip->second, content_tag(*body),
                         content_type_of(name), !hashed.empty() && name.starts_with(hashed)};
  }
  return out;
}

const StaticFiles::File* StaticFiles::find(std::string_view name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

void StaticFiles::add_security(Response& response, bool html) const {
  Headers& h = response.headers;
  if (html) h.add("Content-Security-Policy", policy_);
  h.add("Referrer-Policy", options_.referrer_policy);
  // frame-ancestors again, for browsers that do not know it.
  if (html && options_.frame_ancestors == "'none'") h.add("X-Frame-Options", "DENY");
  if (options_.allow_cross_origin) {
    h.add("Access-Control-Allow-Origin", "*");
    h.add("Cross-Origin-Resource-Policy", "cross-origin");
  } else {
    h.add("Cross-Origin-Resource-Policy", "same-origin");
  }
}

Response StaticFiles::serve(const File& file, const Request& request) const {
  Response out;
  const bool html = file.type.starts_with("text/html") || file.type.starts_with("image/svg");
  out.headers.add("Content-Type", file.type);
  out.headers.add("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  const bool gzip = file.gzip && accepts_gzip(request.header("Accept-Encoding")) && !request.headers.has("Range");
  if (file.gzip) out.headers.add("Vary", "Accept-Encoding");
  if (gzip) out.headers.add("Content-Encoding", "gzip");
  if (!gzip) out.headers.add("Accept-Ranges", "bytes");
  out.headers.add("ETag", "\"" + file.etag + (gzip ? "-gz\"" : "\""));
  out.body = gzip ? file.gzip : file.body;
  add_security(out, html);
  return out;
}

Response StaticFiles::answer(const Request& request) const {
  std::string_view rest = std::string_view(request.path).substr(prefix_.size());
  if (rest.empty()) {
    // Relative addresses in the page need the slash. The query goes along, for it may say which door to open.
    const std::size_t mark = request.target.find('?');
    std::string to = prefix_ + "/";
    if (mark != std::string::npos) to += std::string_view(request.target).substr(mark);
    return Response::redirect(302, to);
  }
  rest.remove_prefix(1);
  const File* file = find(rest.empty() || rest.ends_with('/') ? std::string(rest) + "index.html" : std::string(rest));
  const std::string_view last = rest.substr(rest.rfind('/') == std::string_view::npos ? 0 : rest.rfind('/') + 1);
  if (!file && options_.spa && last.find('.') == std::string_view::npos) file = find("index.html");
  if (file) return serve(*file, request);
  Response none = Response::problem(Error(ErrorCode::kNotFound, "there is no file of that name under " + prefix_ + "/"),
                                    request.path);
  add_security(none, false);
  return none;
}

}  // namespace carillon::http
