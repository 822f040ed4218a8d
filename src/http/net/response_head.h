// The bytes before a body: status line, fields, blank line (RFC 9112 section 4).
//
// Thread: any. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

namespace carillon::http {

struct HeadFacts {
  std::string_view date;
  std::string_view request_id;
  std::optional<std::uint64_t> content_length;  // nothing: the status has no body at all
  bool keep_alive = true;
  bool http_1_1 = true;
  bool hsts = false;  // RFC 6797
};

std::string_view reason_phrase(int status);
void append_head(std::string& out, const Response& response, const HeadFacts& facts);

}  // namespace carillon::http
