#include "voice/sip/message.h"

#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::string_view kVersionText = "SIP/2.0";

// "SIP/" and digits, a dot, digits: SIP of another version.
bool is_version(std::string_view text) {
  if (!istarts_with(text, "SIP/")) return false;
  text.remove_prefix(4);
  const std::string_view major = take_until(text, '.');
  return parse_number(major) && parse_number(text);
}

}  // namespace

Fault Message::fail(Fault fault, std::string_view why) {
  // The first fault is told; what follows it may be its consequence.
  if (why_.empty()) why_ = why;
  return fault;
}

Fault Message::read(std::string bytes, Framing framing, const Limits& limits) {
  *this = Message();
  text_ = std::move(bytes);
  if (text_.size() > limits.message_bytes) return fail(Fault::kTooLarge, "Message Too Large");
  std::size_t at = 0;
  while (at < text_.size() && (text_[at] == '\r' || text_[at] == '\n')) ++at;
  const std::size_t end = text_.find('\n', at);
  if (end == std::string::npos) return fail(Fault::kNotSip, "no start line");
  std::string_view line = std::string_view(text_).substr(at, end - at);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  fields_.reserve(20);
  const Fault start = read_start(line, at);
  if (start == Fault::kNotSip) return start;
  const Fault fields = read_fields(end + 1, limits);
  if (fields == Fault::kNotSip) return fields;
  read_keys();
  const Fault body = fields == Fault::kNone ? read_body(body_.at, framing) : Fault::kNone;
  if (start != Fault::kNone) return start;
  return fields != Fault::kNone ? fields : body;
}

Fault Message::read_start(std::string_view line, std::size_t at) {
  if (istarts_with(line, "SIP/") && line.find(' ') != std::string_view::npos &&
      is_version(line.substr(0, line.find(' ')))) {
    return read_status_line(line, at);
  }
  return read_request_line(line, at);
}

Fault Message::read_request_line(std::string_view line, std::size_t at) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0) return fail(Fault::kNotSip, "no request line");
  const std::string_view method = line.substr(0, first);
  if (!is_token(method)) return fail(Fault::kNotSip, "no method");
  method_ = method_from(method);
  method_name_ = span(at, first);
  const std::string_view tail = trim(line);
  const std::string_view version = tail.substr(tail.rfind(' ') + 1);
  if (!is_version(version)) return fail(Fault::kNotSip, "no version");
  if (first == last) return fail(Fault::kBad, "Request-URI is missing");
  const std::string_view uri = line.substr(first + 1, last - first - 1);
  uri_ = span(at + first + 1, uri.size());
  if (!iequals(version, kVersionText)) return fail(Fault::kVersion, "Version Not Supported");
  if (line.back() == ' ' || uri.empty()) return fail(Fault::kBad, "Blanks in the request line");
  for (const char c : uri) {
    if (static_cast<unsigned char>(c) <= 0x20) return fail(Fault::kBad, "Blanks in the Request-URI");
  }
  return Fault::kNone;
}

Fault Message::read_status_line(std::string_view line, std::size_t at) {
  const std::size_t first = line.find(' ');
  if (!iequals(line.substr(0, first), kVersionText)) return fail(Fault::kNotSip, "another version");
  const std::string_view rest = line.substr(first + 1);
  const auto status = parse_number(rest.substr(0, rest.find(' ')), 699);
  if (!status || *status < 100) return fail(Fault::kNotSip, "no status code");
  status_ = static_cast<int>(*status);
  const std::size_t phrase = std::min(line.size(), first + 5);
  uri_ = span(at + phrase, line.size() - phrase);
  return Fault::kNone;
}

Fault Message::read_fields(std::size_t at, const Limits& limits) {
  while (true) {
    if (at >= text_.size()) {
      // The empty line is missing; some leave it out when there is no body.
      body_ = span(text_.size(), 0);
      return at == text_.size() ? Fault::kNone : fail(Fault::kBad, "No end of the header");
    }
    std::size_t end = text_.find('\n', at);
    if (end == std::string::npos) end = text_.size();
    const auto stop_of = [this](std::size_t from, std::size_t to) {
      return to > from && text_[to - 1] == '\r' ? to - 1 : to;
    };
    std::size_t stop = stop_of(at, end);
    if (stop == at) {
      body_ = span(std::min(end + 1, text_.size()), 0);
      return Fault::kNone;
    }
    // A line that begins with a blank goes on with the one before: the line end becomes blanks.
    while (end + 1 < text_.size() && is_blank(text_[end + 1])) {
      for (std::size_t i = stop; i <= end; ++i) text_[i] = ' ';
      end = text_.find('\n', end + 1);
      if (end == std::string::npos) end = text_.size();
      stop = stop_of(at, end);
    }
    if (end > limits.header_bytes) return fail(Fault::kTooLarge, "Header Too Large");
    if (fields_.size() == limits.fields) return fail(Fault::kTooLarge, "Too Many Header Fields");
    const std::string_view line(text_.data() + at, stop - at);
    const std::size_t colon = line.find(':');
    std::string_view name = line.substr(0, colon);
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    if (colon == std::string_view::npos || !is_token(name)) {
      body_ = span(std::min(end + 1, text_.size()), 0);
      fail(Fault::kBad, "Malformed header field");
    } else {
      const std::string_view value = trim(line.substr(colon + 1));
      const auto where = static_cast<std::size_t>(value.data() - text_.data());
      fields_.push_back({span(at, name.size()), span(where, value.size()), header_from(name)});
    }
    at = end + 1;
  }
}

Fault Message::read_body(std::size_t at, Framing framing) {
  if (!why_.empty() && why_ == "Malformed header field") return Fault::kBad;
  std::size_t size = text_.size() - at;
  const std::string_view written = first(Header::kContentLength);
  if (written.data() != nullptr) {
    const auto length = parse_number(written, 0xffffffff);
    if (!length) return fail(Fault::kBad, "Bad Content-Length");
    if (*length > size) return fail(Fault::kBad, "Content-Length exceeds the message");
    size = static_cast<std::size_t>(*length);
  } else if (framing == Framing::kStream) {
    // Section 18.3: where the message ends was a guess, so nothing is done with it.
    return fail(Fault::kBad, "Content-Length is missing");
  }
  body_ = span(at, size);
  return Fault::kNone;
}

void Message::read_keys() {
  std::string_view vias = first(Header::kVia);
  if (const auto top = next_value(vias)) via_ = read_via(*top);
  const std::string_view cseq = first(Header::kCseq);
  if (cseq.data() != nullptr) cseq_ = read_cseq(cseq);
  const std::string_view from = first(Header::kFrom), to = first(Header::kTo);
  if (from.data() != nullptr) from_ = read_name_addr(from);
  if (to.data() != nullptr) to_ = read_name_addr(to);
  if (status_ != 0 && cseq_) method_ = method_from(cseq_->method);
}

std::string_view Message::first(Header id) const {
  for (const Field& field : fields_) {
    if (field.id == id) return field.value.in(text_);
  }
  return {};
}

int Message::count(Header id) const {
  int n = 0;
  for (const Field& field : fields_) n += field.id == id;
  return n;
}

std::string_view Message::named(std::string_view name) const {
  for (const Field& field : fields_) {
    if (iequals(field.name.in(text_), name)) return field.value.in(text_);
  }
  return {};
}

bool Message::lists(Header id, std::string_view token) const {
  for (const Field& field : fields_) {
    if (field.id == id && list_has(field.value.in(text_), token)) return true;
  }
  return false;
}

std::optional<std::string_view> body_of_type(const Message& message, std::string_view type) {
  const std::string_view content = message.first(Header::kContentType);
  const std::string_view body = message.body();
  if (is_media_type(content, type)) return body;
  if (!istarts_with(content, "multipart/")) return std::nullopt;
  const std::size_t params = content.find(';');
  if (params == std::string_view::npos) return std::nullopt;
  const std::string boundary = "--" + unquote(Params{content.substr(params)}.get("boundary").value_or(""));
  if (boundary.size() < 3) return std::nullopt;
  std::size_t at = body.find(boundary);
  for (int part = 0; part < 8 && at != std::string_view::npos; ++part) {
    const std::size_t begin = body.find('\n', at);
    const std::size_t next = body.find(boundary, at + boundary.size());
    if (begin == std::string_view::npos || next == std::string_view::npos) return std::nullopt;
    // A part is shaped like a message without its start line: header lines, an empty one, content.
    std::string_view text = body.substr(begin + 1, next > begin ? next - begin - 1 : 0);
    const std::string_view full = text;
    while (!text.empty()) {
      std::string_view line = trim(take_until(text, '\n'));
      if (line.empty()) break;
      std::string_view value = line;
      if (iequals(trim(take_until(value, ':')), "Content-Type") && is_media_type(trim(value), type)) {
        const std::size_t blank = std::min(full.find("\r\n\r\n"), full.find("\n\n"));
        if (blank == std::string_view::npos) return std::nullopt;
        std::string_view found = full.substr(blank + (full[blank] == '\r' ? 4 : 2));
        if (found.size() >= 2 && found.substr(found.size() - 2) == "\r\n") found.remove_suffix(2);
        return found;
      }
    }
    at = next;
  }
  return std::nullopt;
}

}  // namespace carillon::voice::sip
