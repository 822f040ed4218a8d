// Writing responses: what is echoed of a request is taken once, each response of it is that and a few lines more.
//
// What:   ResponseHead keeps Via (with received and rport filled in, RFC 3581), From, To, Call-ID and CSeq as text.
// Why:    a request gets several responses (100, 180, 200), and nothing else of it has to be kept for them.
// Thread: any.
#pragma once

#include <string>
#include <string_view>

#include "voice/sip/flow.h"
#include "voice/sip/message.h"

namespace carillon::voice::sip {

struct Response {
  int status = 200;
  std::string_view phrase;  // "": the usual one
  std::string_view tag;     // for To, where the request had none; not for 100
  std::string_view fields;  // whole lines with their line ends
  std::string_view type;    // of the body
  std::string_view body;
};

class ResponseHead {
 public:
  ResponseHead() = default;
  ResponseHead(const Message& request, const Flow& from);

  std::string compose(const Response& response) const;
  bool empty() const { return text_.empty(); }
  bool has_tag() const { return has_tag_; }

 private:
  std::string text_;
  std::size_t tag_at_ = 0;  // behind the To value
  bool has_tag_ = false;
};

// Where responses to this request go (RFC 3261 section 18.2.2, RFC 3581 section 4).
Flow response_flow(const Message& request, const Flow& from);

void append_field(std::string& out, std::string_view name, std::string_view value);
void append_field(std::string& out, std::string_view name, std::uint64_t number);
// Content-Type and Content-Length, the empty line, the body.
void append_content(std::string& out, std::string_view type, std::string_view body);

}  // namespace carillon::voice::sip
