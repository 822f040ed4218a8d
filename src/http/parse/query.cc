#include "http/parse/query.h"

#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
      if (low < 0) {
        return Error(ErrorCode::kInvalidValue,
                     "the address has a '%' that no two hex digits follow; write '%25' for '%'")
            .in_column(static_cast<std::int64_t>(i) + 1);
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0') return Error(ErrorCode::kInvalidValue, "the address has U+0000 in it; texts may not hold it");
    out.push_back(c);
  }
  if (!is_utf8(out)) return Error(ErrorCode::kInvalidUtf8, "the address is not UTF-8 after decoding");
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      const auto u = static_cast<unsigned char>(c);
      out += {'%', kHex[u >> 4], kHex[u & 15]};
    }
  }
  return out;
}

Result<QueryParams> QueryParams::parse(std::string_view query) {
  QueryParams out;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (pair.empty()) continue;
    if (out.params_.size() == kMaxParameters) {
      return Error(ErrorCode::kLimit,
                   "the address has more than " + std::to_string(kMaxParameters) + " query parameters; send fewer");
    }
    const std::size_t equals = pair.find('=');
    Result<std::string> name = percent_decode(pair.substr(0, equals), true);
    if (!name) return std::move(name).error();
    Result<std::string> value =
        percent_decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!value) return std::move(value).error().at(std::move(*name));
    out.params_.push_back({std::move(*name), std::move(*value)});
  }
  return out;
}

std::optional<std::string_view> QueryParams::get(std::string_view name) const {
  for (const Param& p : params_) {
    if (p.name == name) return p.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> QueryParams::all(std::string_view name) const {
  std::vector<std::string_view> out;
  for (const Param& p : params_) {
    if (p.name == name) out.push_back(p.value);
  }
  return out;
}

std::size_t QueryParams::count(std::string_view name) const {
  std::size_t n = 0;
  for (const Param& p : params_) n += p.name == name;
  return n;
}

}  // namespace carillon::http
