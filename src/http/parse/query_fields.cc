#include "http/parse/query_fields.h"

#include <algorithm>
#include <charconv>

#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

constexpr std::size_t kMaxFaults = 32;

std::string quoted(std::string_view text) { return "\"" + std::string(utf8_cut(text, 64)) + "\""; }

std::string one_of(std::span<const std::string_view> words) {
  std::string out = "one of ";
  for (std::size_t i = 0; i < words.size(); ++i) out += (i ? ", " : "") + std::string(words[i]);
  return out;
}

}  // namespace

void QueryFields::fault(std::string_view name, ErrorCode code, std::string message, std::string expected) {
  if (faults_.size() >= kMaxFaults) return;
  faults_.push_back(Error(code, std::move(message)).at(std::string(utf8_cut(name, 64))).expecting(std::move(expected)));
}

std::optional<std::string_view> QueryFields::find(std::string_view name, bool required) {
  const bool seen = std::find(known_.begin(), known_.end(), name) != known_.end();
  if (!seen) known_.push_back(name);
  const std::size_t n = query_.count(name);
  if (n > 1 && !seen) {
    fault(name, ErrorCode::kInvalidValue, "the parameter " + quoted(name) + " stands " + std::to_string(n) + " times",
          "once");
  }
  if (n == 0 && required && !seen) {
    fault(name, ErrorCode::kMissingField, "the parameter " + quoted(name) + " is missing");
  }
  return n == 1 ? query_.get(name) : std::nullopt;
}

std::optional<std::string> QueryFields::optional_string(std::string_view name, std::size_t min, std::size_t max) {
  const auto text = find(name, false);
  if (!text) return std::nullopt;
  const std::size_t length = utf8_length(*text);
  if (length < min || length > max) {
    fault(name, length > max ? ErrorCode::kTooLong : ErrorCode::kOutOfRange,
          "this text has " + std::to_string(length) + " characters",
          std::to_string(min) + " to " + std::to_string(max) + " characters");
    return std::nullopt;
  }
  return std::string(*text);
}

std::string QueryFields::required_string(std::string_view name, std::size_t min, std::size_t max) {
  if (!find(name, true)) return {};
  return optional_string(name, min, max).value_or("");
}

std::optional<std::int64_t> QueryFields::optional_int(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto text = find(name, false);
  if (!text) return std::nullopt;
  const std::string rule = "an integer from " + std::to_string(min) + " to " + std::to_string(max);
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (ec == std::errc::invalid_argument || end != text->data() + text->size()) {
    fault(name, ErrorCode::kWrongType, quoted(*text) + " is not an integer", rule);
    return std::nullopt;
  }
  if (ec != std::errc{} || value < min || value > max) {
    fault(name, ErrorCode::kOutOfRange, quoted(*text) + " is out of range", rule);
    return std::nullopt;
  }
  return value;
}

std::int64_t QueryFields::required_int(std::string_view name, std::int64_t min, std::int64_t max) {
  if (!find(name, true)) return min;
  return optional_int(name, min, max).value_or(min);
}

std::optional<bool> QueryFields::optional_bool(std::string_view name) {
  const auto text = find(name, false);
  if (!text) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  fault(name, ErrorCode::kWrongType, quoted(*text) + " is not a truth value", "true or false");
  return std::nullopt;
}

std::optional<Instant> QueryFields::optional_time(std::string_view name) {
  const auto text = find(name, false);
  if (!text) return std::nullopt;
  const auto at = parse_rfc3339(*text);
  if (!at) {
    fault(name, ErrorCode::kInvalidValue, quoted(*text) + " is not a time",
          "an RFC 3339 time such as 2026-03-01T09:00:15Z (write %2B for '+')");
  }
  return at;
}

std::optional<std::size_t> QueryFields::optional_choice(std::string_view name,
                                                        std::span<const std::string_view> words) {
  const auto text = find(name, false);
  if (!text) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  fault(name, ErrorCode::kInvalidValue, quoted(*text) + " is not known here", one_of(words));
  return std::nullopt;
}

std::vector<std::string> QueryFields::strings(std::string_view name, std::size_t max_items, std::size_t max_length) {
  known_.push_back(name);
  std::vector<std::string> out;
  for (const std::string_view text : query_.all(name)) {
    if (out.size() == max_items) {
      fault(name, ErrorCode::kOutOfRange, "the parameter " + quoted(name) + " stands too often",
            "at most " + std::to_string(max_items) + " times");
      break;
    }
    if (utf8_length(text) > max_length) {
      fault(name, ErrorCode::kTooLong, "this text is too long",
            "at most " + std::to_string(max_length) + " characters");
      continue;
    }
    out.emplace_back(text);
  }
  return out;
}

void QueryFields::sid_fault(std::string_view name, std::string_view found, std::string_view prefix) {
  fault(name, ErrorCode::kInvalidValue, quoted(found) + " is not such an id",
        "an id: " + std::string(prefix) + " and 32 hex digits");
}

Result<void> QueryFields::finish() {
  if (!finished_) {
    finished_ = true;
    for (const QueryParams::Param& p : query_.params()) {
      if (std::find(known_.begin(), known_.end(), p.name) != known_.end()) continue;
      fault(p.name, ErrorCode::kUnknownField, "the parameter " + quoted(p.name) + " is not known here",
            known_.empty() ? "no parameters" : one_of(known_));
    }
  }
  if (faults_.empty()) return {};
  return faults_.front();
}

}  // namespace carillon::http
