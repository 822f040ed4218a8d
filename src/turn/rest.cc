#include "turn/rest.h"

#include "base/codec.h"
#include "runtime/json_out.h"

namespace carillon::turn {
namespace {

void render(std::string& out, const IceServer& server) {
  runtime::JsonOut json(out);
  json.key("urls");
  out += '[';
  for (const std::string& url : server.urls) {
    if (out.back() != '[') out += ',';
    codec::append_json_string(out, url);
  }
  out += ']';
  json.text_or_null("username", server.username).text_or_null("credential", server.credential);
  json.end();
}

std::string body_of(const std::vector<IceServer>& servers) {
  Instant expires;
  std::string list = "[";
  for (const IceServer& one : servers) {
    if (list.size() > 1) list += ',';
    render(list, one);
    if (one.expires_at.us != 0 && (expires.us == 0 || one.expires_at < expires)) expires = one.expires_at;
  }
  std::string out;
  runtime::JsonOut json(out);
  json.raw("ice_servers", list + "]").time("expires_at", expires);
  json.end();
  return out;
}

}  // namespace

void add_routes(door::Api& api, std::vector<Relay> relays, std::shared_ptr<const http::CorsPolicy> cors) {
  door::OnOptions options;
  options.cors = std::move(cors);
  const auto answer = [relays = std::move(relays)](door::Call call) {
    const Instant now = call.services->clock.now();
    const std::string body = body_of(ice_servers(relays, now, call.caller().actor().sid));
    call.answer(http::Response::json_text(200, body).header("Cache-Control", "no-store"));
  };
  api.on("get_ice_servers", answer, options);
}

}  // namespace carillon::turn
