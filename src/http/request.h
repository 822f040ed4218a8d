// A request as a handler sees it, and the Response it answers with.
//
// Owns:   everything it shows; both are plain values and move between threads.
// Limits: set by the server before a handler sees it (16 KiB of header, body by route, 64 query and 8 path parameters).
// Thread: one at a time.
// Example:
//   void get_task(Request request, Reply reply) {
//     auto id = request.sid<TaskId>("sid");                        // kNotFound when it is no task id
//     if (!id) return reply(Response::problem(id.error(), request.path));
//     reply(Response::json(200, render(task)).etag(task.version));
//   }
#pragma once

#include <array>
#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "http/parse/headers.h"
#include "http/parse/json_body.h"
#include "http/parse/query.h"

namespace carillon::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
inline constexpr std::size_t kMethods = 7;
std::string_view method_name(Method method);
std::optional<Method> method_from(std::string_view name);

// Takes a request body piece by piece, so that a big file is never in memory (see RouteOptions::sink).
// Thread: write() and finish() run on the server's file thread, one at a time, and may block on a disk.
//         The destructor without finish() means that the upload did not complete: remove what was written.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // An error ends the request with that problem document.
  virtual Result<void> write(std::span<const char> piece) = 0;
  // All bytes have come; the handler is called next, with the sink in Request::sink.
  virtual Result<void> finish() = 0;
};

// What a middleware knows about the caller; the auth module derives from it (see Router::before).
class Principal {
 public:
  virtual ~Principal() = default;
};

struct Request {
  Method method = Method::kGet;
  std::string target;  // as sent: path and query, still encoded
  std::string path;    // decoded, begins with '/'
  QueryParams query;
  Headers headers;
  std::string body;  // empty when the route streams into a sink
  std::unique_ptr<BodySink> sink;
  std::string remote;  // address without port, "203.0.113.7"; of the client behind a trusted proxy
  std::string id;      // made by the server, at most 15 characters; also in the answer's Request-Id
  bool is_tls = false;
  std::shared_ptr<const Principal> principal;  // set by a middleware

  static constexpr std::size_t kMaxParams = 8;
  static constexpr std::size_t kMaxParamLength = 256;

  // A path parameter, decoded; "" when the route has none of that name.
  std::string_view param(std::string_view name) const;
  void add_param(std::string_view name, std::string value);

  // A path parameter as id. kNotFound when it is not one: such a thing cannot exist.
  template <class IdType>
  Result<IdType> sid(std::string_view name) const {
    if (const auto parsed = IdType::parse(param(name))) return *parsed;
    return sid_error(name, IdType::kPrefix);
  }

  std::string_view header(std::string_view name) const { return headers.value(name); }
  std::optional<std::string_view> cookie(std::string_view name) const;
  // "https://host:port" of this server as the client named it.
  std::string own_origin() const;
  // True without an Origin header or when it is our own.
  bool is_same_origin() const;

  // The body as JSON. kUnsupportedMediaType when Content-Type says otherwise; else as parse_json.
  Result<boost::json::value> json(const JsonLimits& limits = {}) const;

  // If-Match as a row version (law 9): nothing when absent or '*'; kVersionMismatch when it can be no version of ours.
  Result<std::optional<std::int64_t>> if_match_version() const;

 private:
  Error sid_error(std::string_view name, std::string_view prefix) const;

  struct Param {
    std::string_view name;  // points into the router
    std::string value;
  };
  std::array<Param, kMaxParams> params_;
  std::size_t params_used_ = 0;
};

// A Set-Cookie. Name and value must be safe (see Headers::is_safe_value); they are ours, not the client's.
struct Cookie {
  std::string name = {};
  std::string value = {};
  std::string path = "/";
  std::optional<Duration> max_age = {};  // nothing: until the browser closes; zero: remove
  bool http_only = true;
  bool secure = false;
  std::string_view same_site = "Lax";  // Strict, Lax, None
};

// A file on disk, read by the server's file thread and sent in pieces; honours Range.
struct FileBody {
  std::string path;
};

struct Response {
  using Body = std::variant<std::string, std::shared_ptr<const std::string>, FileBody>;

  int status = 200;
  Headers headers;
  Body body;
  std::string note = {};  // of a problem, for the log: its code and field

  static Response json(int status, const boost::json::value& value);
  static Response json_text(int status, std::string text);  // already serialised
  static Response text(int status, std::string text, std::string_view type = "text/plain; charset=utf-8");
  static Response no_content();
  static Response redirect(int status, std::string_view location);
  // The status comes from the catalogue. `instance` is the request's path. Retry-After is set for 429 and 503.
  static Response problem(const Error& error, std::string_view instance = {},
                          std::optional<Duration> retry_after = std::nullopt);
  static Response problem(std::span<const Error> faults, std::string_view instance = {});
  // 404 when it cannot be opened. `download_name` makes it an attachment (RFC 6266), which a browser saves and never shows.
  static Response file(std::string path, std::string_view type, std::string_view download_name = {});

  // By value, so that "r = std::move(r).etag(7)" moves nothing onto itself.
  Response header(std::string_view name, std::string_view value) &&;
  Response etag(std::int64_t version) &&;       // "17"
  Response etag_text(std::string_view tag) &&;  // without quotes
  Response location(std::string_view uri) &&;
  Response cookie(const Cookie& cookie) &&;
};

}  // namespace carillon::http
