#include "http/request.h"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "http/parse/problem.h"

namespace carillon::http {
namespace {

constexpr std::array<std::string_view, kMethods> kMethodNames{"GET",   "HEAD",   "POST",   "PUT",
                                                              "PATCH", "DELETE", "OPTIONS"};

std::int64_t whole_seconds(Duration d) { return (d.us + 999'999) / 1'000'000; }

}  // namespace

std::string_view method_name(Method method) { return kMethodNames[static_cast<std::size_t>(method)]; }

std::optional<Method> method_from(std::string_view name) {
  for (std::size_t i = 0; i < kMethods; ++i) {
    if (kMethodNames[i] == name) return static_cast<Method>(i);
  }
  return std::nullopt;
}

std::string_view Request::param(std::string_view name) const {
  for (std::size_t i = 0; i < params_used_; ++i) {
    if (params_[i].name == name) return params_[i].value;
  }
  return {};
}

void Request::add_param(std::string_view name, std::string value) {
  CARILLON_CHECK(params_used_ < kMaxParams);
  params_[params_used_++] = {name, std::move(value)};
}

Error Request::sid_error(std::string_view name, std::string_view prefix) const {
  return Error(ErrorCode::kNotFound, "the address names no such thing; ids there are " + std::string(prefix) +
                                         " and 32 lower-case hex digits")
      .at(std::string(name));
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  const auto line = headers.get("Cookie");
  return line ? find_cookie(*line, name) : std::nullopt;
}

std::string Request::own_origin() const {
  std::string out(is_tls ? "https://" : "http://");
  out += headers.value("Host");
  return out;
}

bool Request::is_same_origin() const {
  const auto origin = headers.get("Origin");
  return !origin || equals_ignoring_case(*origin, own_origin());
}

Result<boost::json::value> Request::json(const JsonLimits& limits) const {
  const std::string_view type = headers.value("Content-Type");
  std::string_view media = type.substr(0, type.find(';'));
  while (media.ends_with(' ')) media.remove_suffix(1);
  if (!equals_ignoring_case(media, "application/json") &&
      !equals_ignoring_case(media, "application/merge-patch+json")) {
    return Error(ErrorCode::kUnsupportedMediaType,
                 media.empty()
                     ? std::string("Content-Type is missing; send application/json")
                     : "this address does not take \"" + std::string(media.substr(0, 64)) + "\"; send application/json")
        .at("Content-Type")
        .expecting("application/json");
  }
  return parse_json(body, limits);
}

Result<std::optional<std::int64_t>> Request::if_match_version() const {
  const auto header = headers.get("If-Match");
  if (!header || *header == "*") return std::optional<std::int64_t>();
  std::string_view tag = *header;
  std::int64_t version = 0;
  if (tag.size() >= 3 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
    const auto [end, ec] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    // Just as we write it: "007" and "0" were never given, and 0 means any version further in.
    const bool ours = ec == std::errc{} && end == tag.data() + tag.size() && version > 0 && tag.front() != '0';
    if (ours) return std::optional(version);
  }
  return Error(ErrorCode::kVersionMismatch, "If-Match names a version that never was; send the ETag as you got it")
      .at("If-Match")
      .expecting("an ETag such as \"17\", in quotes");
}

Response Response::json(int status, const boost::json::value& value) {
  return json_text(status, boost::json::serialize(value));
}

Response Response::json_text(int status, std::string text) {
  return Response::text(status, std::move(text), "application/json");
}

Response Response::text(int status, std::string text, std::string_view type) {
  Response out;
  out.status = status;
  out.headers.add("Content-Type", type);
  out.body = std::move(text);
  return out;
}

Response Response::no_content() {
  Response out;
  out.status = 204;
  return out;
}

Response Response::redirect(int status, std::string_view location) {
  Response out;
  out.status = status;
  out.headers.add("Location", location);
  return out;
}

Response Response::problem(const Error& error, std::string_view instance, std::optional<Duration> retry_after) {
  Response out = Response::text(error.http_status(), problem_json(error, instance), kProblemType);
  out.headers.add("Cache-Control", "no-store");
  out.note = std::string(info(error.code).code);
  if (!error.field.empty()) out.note += " at " + error.field.substr(0, 200);
  if (retry_after || out.status == 429 || out.status == 503) {
    const std::int64_t seconds = whole_seconds(retry_after.value_or(Duration::seconds(1)));
    out.headers.add("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)));
  }
  return out;
}

Response Response::problem(std::span<const Error> faults, std::string_view instance) {
  CARILLON_CHECK(!faults.empty());
  Response out = problem(faults.front(), instance);
  out.body = problem_json(faults.front(), instance, faults);
  return out;
}

Response Response::file(std::string path, std::string_view type, std::string_view download_name) {
  Response out;
  out.headers.add("Content-Type", type);
  if (!download_name.empty()) {
    // RFC 6266 with RFC 8187: the encoded form carries any name, and no quote can break out of it.
    out.headers.add("Content-Disposition", "attachment; filename*=UTF-8''" + percent_encode(download_name));
  }
  out.body = FileBody{std::move(path)};
  return out;
}

Response Response::header(std::string_view name, std::string_view value) && {
  headers.set(name, value);
  return std::move(*this);
}

Response Response::etag(std::int64_t version) && { return std::move(*this).etag_text(std::to_string(version)); }

Response Response::etag_text(std::string_view tag) && {
  headers.set("ETag", "\"" + std::string(tag) + "\"");
  return std::move(*this);
}

Response Response::location(std::string_view uri) && {
  headers.set("Location", uri);
  return std::move(*this);
}

Response Response::cookie(const Cookie& c) && {
  std::string line = c.name + "=" + c.value + "; Path=" + c.path;
  if (c.max_age) line += "; Max-Age=" + std::to_string(whole_seconds(*c.max_age));
  if (c.http_only) line += "; HttpOnly";
  if (c.secure) line += "; Secure";
  line += "; SameSite=" + std::string(c.same_site);
  headers.add("Set-Cookie", line);
  return std::move(*this);
}

}  // namespace carillon::http
