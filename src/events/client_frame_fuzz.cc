// Goal: nothing that a client says on the event stream, in a frame or in the query of the handshake, misleads the stream.
// Input: '?' and a query, or a frame.
// Checks: a refusal can be sent as it is; what is accepted is within the contract's limits, and written anew, as a frame and as a query,
//         means the same; a filter that names types lets nothing else pass.
#include <boost/json.hpp>

#include "base/check.h"
#include "base/codec.h"
#include "base/testing/fuzz_input.h"
#include "events/client_frame.h"
#include "http/parse/json_body.h"
#include "http/parse/problem.h"
#include "http/parse/utf8.h"
#include "http/parse/websocket_codec.h"

namespace carillon::events {
namespace {

bool operator==(const StreamFilter& a, const StreamFilter& b) {
  return a.types == b.types && a.resources == b.resources && a.own == b.own && a.numbers == b.numbers;
}
bool same(const Subscription& a, const Subscription& b) {
  return a.filter == b.filter && a.after == b.after && a.snapshot == b.snapshot;
}

void check_refusal(const Error& error) {
  CARILLON_CHECK(error.http_status() / 100 == 4 && !error.message.empty());
  CARILLON_CHECK(http::is_utf8(error.message) && http::is_utf8(error.field) && http::is_utf8(error.expected));
  CARILLON_CHECK(http::parse_json(http::problem_json(error), {}).ok());
  // What cannot be read closes the line with these words.
  const std::string close = http::ws_close_payload(4400, error.message);
  CARILLON_CHECK(close.size() <= 125 && http::is_utf8(std::string_view(close).substr(2)));
}

std::string listed(const auto& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ",") + text;
  return out;
}

std::string as_frame(const Subscription& wish) {
  const auto list = [](const auto& texts) {
    std::string out;
    for (const std::string& text : texts) {
      out += out.empty() ? "[" : ",";
      codec::append_json_string(out, text);
    }
    return out.empty() ? std::string("[]") : out + "]";
  };
  const auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
  return R"({"type":"subscribe","types":)" + list(wish.filter.types) + ",\"resources\":" + list(wish.filter.resources) +
         ",\"own\":" + flag(wish.filter.own) + ",\"numbers\":" + flag(wish.filter.numbers) +
         ",\"snapshot\":" + flag(wish.snapshot) + (wish.after ? ",\"after\":" + std::to_string(*wish.after) : "") + "}";
}

std::string as_query(const Subscription& wish) {
  const auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
  return "types=" + listed(wish.filter.types) + "&resources=" + listed(wish.filter.resources) +
         "&own=" + flag(wish.filter.own) + "&numbers=" + flag(wish.filter.numbers) +
         "&snapshot=" + flag(wish.snapshot) + (wish.after ? "&after=" + std::to_string(*wish.after) : "");
}

void check_filter(const StreamFilter& filter) {
  runtime::PublishedEvent event;
  for (const char* type : {"task.created", "task.completed", "reservation.created", "worker.updated"}) {
    event.type = type;
    event.resource_type = event.type.substr(0, event.type.find('.'));
    event.refs = {"WT00000000000000000000000000000001"};
    const bool named = filter.resources.empty() || filter.resources.contains(event.refs.front());
    CARILLON_CHECK(filter.passes(event) == (filter.wants_type(type) && named));
    if (filter.wants_type(type)) CARILLON_CHECK(filter.wants_resource_type(event.resource_type));
    if (filter.types.empty()) CARILLON_CHECK(filter.wants_type(type));
  }
}

void check_wish(const Subscription& wish) {
  CARILLON_CHECK(!wish.after || *wish.after >= 0);
  CARILLON_CHECK(wish.filter.types.size() <= 100 && wish.filter.resources.size() <= 200);
  for (const std::string& type : wish.filter.types) CARILLON_CHECK(!type.empty() && type.size() <= 64);
  for (const std::string& sid : wish.filter.resources) CARILLON_CHECK(is_sid(sid));
  const auto again = read_client_frame(as_frame(wish));
  CARILLON_CHECK(again.ok() && same(std::get<Subscription>(*again), wish));
  if (listed(wish.filter.types).size() <= 2000 && listed(wish.filter.resources).size() <= 8000) {
    const auto params = http::QueryParams::parse(as_query(wish));
    CARILLON_CHECK(params.ok());
    http::QueryFields query(*params);
    const auto asked = read_subscribe_query(query);
    CARILLON_CHECK(asked.ok() && *asked && same(**asked, wish));
  }
  check_filter(wish.filter);
}

void check_query(std::string_view text) {
  const auto params = http::QueryParams::parse(text);
  if (!params) return check_refusal(params.error());
  http::QueryFields query(*params);
  const auto asked = read_subscribe_query(query);
  if (!asked) return check_refusal(asked.error());
  if (*asked) check_wish(**asked);
}

void check_frame(std::string_view text) {
  const auto frame = read_client_frame(text);
  if (!frame) return check_refusal(frame.error());
  if (const auto* wish = std::get_if<Subscription>(&*frame)) check_wish(*wish);
  if (const auto* typed = std::get_if<ClientTypes>(&*frame)) CARILLON_CHECK(!typed->conversation.empty());
  if (const auto* phone = std::get_if<ClientPhone>(&*frame)) {
    CARILLON_CHECK(phone->sdp.size() <= kMaxSdp && http::is_utf8(phone->sdp));
  }
}

}  // namespace
}  // namespace carillon::events

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('?')) {
    carillon::events::check_query(text.substr(1));
  } else {
    carillon::events::check_frame(text);
  }
  return 0;
}
