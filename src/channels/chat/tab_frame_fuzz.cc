// Goal: nothing that a visitor's tab says on its stream misleads the server, nor does the name of the site it stands on.
// Input: 'o' and the text of an origin, or a frame.
// Checks: a refusal can be sent as it is; an accepted frame written anew means the same; an origin is read once for all: reading it again
//         changes nothing, and it is one that a browser could send.
#include <boost/json.hpp>

#include "base/check.h"
#include "base/codec.h"
#include "channels/chat/origin.h"
#include "channels/chat/tab_frame.h"
#include "http/parse/json_body.h"
#include "http/parse/problem.h"
#include "http/parse/utf8.h"
#include "http/parse/websocket_codec.h"

namespace carillon::chat {
namespace {

std::string written(const TabFrame& frame) {
  if (const auto* typing = std::get_if<TabTypes>(&frame))
    return R"({"type":"typing","typing":)" + std::string(typing->on ? "true}" : "false}");
  if (const auto* seen = std::get_if<TabRead>(&frame))
    return R"({"type":"read","index":)" + std::to_string(seen->index) + "}";
  if (const auto* call = std::get_if<TabCalls>(&frame)) {
    std::string out = call->resumes ? R"({"type":"call.resume","sdp":)" : R"({"type":"call.start","sdp":)";
    codec::append_json_string(out, call->sdp);
    return out + "}";
  }
  if (std::holds_alternative<TabHangsUp>(frame)) return R"({"type":"call.hang_up"})";
  return R"({"type":"pong"})";
}

void check_frame(std::string_view text) {
  const auto frame = read_tab_frame(text);
  if (!frame) {
    const Error& error = frame.error();
    CARILLON_CHECK(error.http_status() / 100 == 4 && !error.message.empty() && http::is_utf8(error.message));
    CARILLON_CHECK(http::parse_json(http::problem_json(error), {}).ok());
    const std::string close = http::ws_close_payload(4400, error.message);
    CARILLON_CHECK(close.size() <= 125 && http::is_utf8(std::string_view(close).substr(2)));
    return;
  }
  if (const auto* seen = std::get_if<TabRead>(&*frame)) CARILLON_CHECK(seen->index >= 0);
  const auto again = read_tab_frame(written(*frame));
  CARILLON_CHECK(again.ok() && again->index() == frame->index() && written(*again) == written(*frame));
}

void check_origin(std::string_view text) {
  const auto origin = normalized_origin(text);
  if (!origin) return;
  CARILLON_CHECK(origin->size() <= text.size() && normalized_origin(*origin) == origin);
  const std::size_t host = origin->starts_with("https://") ? 8 : 7;
  CARILLON_CHECK(origin->starts_with("http://") || host == 8);
  const std::string_view rest = std::string_view(*origin).substr(host);
  CARILLON_CHECK(!rest.empty() && rest.front() != ':' && rest.find_first_of("/?#@ *,;\"'\\") == std::string_view::npos);
  for (const char c : *origin) CARILLON_CHECK(c > ' ' && c < 127 && !(c >= 'A' && c <= 'Z'));
  // At most one port, and an address with colons in its brackets.
  const std::size_t end_of_host = rest.starts_with('[') ? rest.find(']') : rest.find(':');
  if (rest.starts_with('[')) CARILLON_CHECK(end_of_host != std::string_view::npos && end_of_host > 1);
  const std::string_view port =
      end_of_host == std::string_view::npos ? "" : rest.substr(end_of_host + rest.starts_with('['));
  CARILLON_CHECK(port.empty() || (port.front() == ':' && port.size() > 1 &&
                                  port.substr(1).find_first_not_of("0123456789") == std::string_view::npos));
}

}  // namespace
}  // namespace carillon::chat

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('o')) {
    carillon::chat::check_origin(text.substr(1));
  } else {
    carillon::chat::check_frame(text);
  }
  return 0;
}
