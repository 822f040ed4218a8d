#include "voice/sip/response.h"

#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

// The first Via value with where it really came from; the others as they are.
void append_top_via(std::string& out, std::string_view line, const Flow& from) {
  std::string_view rest = line;
  const auto top = next_value(rest);
  const auto via = top ? read_via(*top) : std::nullopt;
  if (!via) {
    append_field(out, "Via", line);
    return;
  }
  const std::string ip = from.remote.ip.text();
  const bool rport = via->params.has("rport");
  const bool elsewhere = !iequals(via->host, ip) && via->host != from.remote.ip.host_text();
  if (!rport && !elsewhere) {
    append_field(out, "Via", line);
    return;
  }
  out += "Via: SIP/2.0/";
  (((out += via->transport) += ' ') += via->sent_by);
  std::string_view params = via->params.text, name, value;
  while (Params::next(params, name, value)) {
    if (iequals(name, "rport") || iequals(name, "received")) continue;
    (out += ';') += name;
    if (value.data() != nullptr) (out += '=') += value;
  }
  if (rport || elsewhere) (out += ";received=") += ip;
  if (rport) out += ";rport=", append_number(out, from.remote.port);
  if (!rest.empty()) (out += ", ") += trim(rest);
  out += "\r\n";
}

}  // namespace

ResponseHead::ResponseHead(const Message& request, const Flow& from) {
  text_.reserve(512);
  bool top = true;
  request.each(Header::kVia, [&](std::string_view line) {
    if (top) {
      append_top_via(text_, line, from);
    } else {
      append_field(text_, "Via", line);
    }
    top = false;
  });
  // What is missing or broken in a bad request is echoed as far as it is there.
  if (request.has(Header::kFrom)) append_field(text_, "From", request.first(Header::kFrom));
  if (request.has(Header::kCallId)) append_field(text_, "Call-ID", request.call_id());
  if (request.has(Header::kCseq)) append_field(text_, "CSeq", request.first(Header::kCseq));
  has_tag_ = !request.to() || !request.to_tag().empty();
  if (request.has(Header::kTo)) {
    append_field(text_, "To", request.first(Header::kTo));
    tag_at_ = text_.size() - 2;
  } else {
    has_tag_ = true;
  }
}

std::string ResponseHead::compose(const Response& response) const {
  std::string out;
  out.reserve(text_.size() + response.fields.size() + response.body.size() + 160);
  out += "SIP/2.0 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  (out += ' ') += response.phrase.empty() ? status_phrase(response.status) : response.phrase;
  out += "\r\n";
  if (has_tag_ || response.tag.empty()) {
    out += text_;
  } else {
    out.append(text_, 0, tag_at_);
    ((out += ";tag=") += response.tag) += "\r\n";
  }
  out += response.fields;
  append_content(out, response.type, response.body);
  return out;
}

Flow response_flow(const Message& request, const Flow& from) {
  if (from.transport != Transport::kUdp || !request.via()) return from;
  const Via& via = *request.via();
  if (via.params.has("rport")) return from;
  Flow to = from;
  // Without rport the port is the one it says it listens on.
  to.remote.port = via.port != 0 ? via.port : 5060;
  return to;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  ((((out += name) += ": ") += value) += "\r\n");
}

void append_field(std::string& out, std::string_view name, std::uint64_t number) {
  (out += name) += ": ";
  append_number(out, number);
  out += "\r\n";
}

void append_content(std::string& out, std::string_view type, std::string_view body) {
  if (!body.empty()) append_field(out, "Content-Type", type);
  out += "Content-Length: ";
  append_number(out, body.size());
  (out += "\r\n\r\n") += body;
}

}  // namespace carillon::voice::sip
