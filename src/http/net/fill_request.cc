#include "http/net/fill_request.h"

#include <algorithm>

#include "http/parse/target.h"

namespace carillon::http {
namespace {

std::string_view last_of_list(std::string_view list) {
  const std::size_t comma = list.rfind(',');
  if (comma != std::string_view::npos) list.remove_prefix(comma + 1);
  while (list.starts_with(' ')) list.remove_prefix(1);
  while (list.ends_with(' ')) list.remove_suffix(1);
  return list;
}

std::string_view last_value(const Headers& headers, std::string_view name) {
  for (std::size_t i = headers.size(); i-- > 0;) {
    const auto [found, value] = headers.at(i);
    if (equals_ignoring_case(found, name)) return value;
  }
  return {};
}

// What a proxy says the client's address is goes into rate limits and logs: nothing but an address may stand there.
bool looks_like_address(std::string_view text) {
  return !text.empty() && text.size() <= 45 &&
         text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

}  // namespace

Result<void> fill_request(Request& request, RequestHead& head, const Peer& peer) {
  request.method = method_from(head.method).value_or(Method::kGet);
  request.remote = peer.remote;
  request.is_tls = peer.is_tls;
  request.headers = std::move(head.headers);
  if (std::find(peer.trusted_proxies.begin(), peer.trusted_proxies.end(), peer.remote) != peer.trusted_proxies.end()) {
    const std::string_view client = last_of_list(last_value(request.headers, "X-Forwarded-For"));
    if (looks_like_address(client)) request.remote = client;
    if (equals_ignoring_case(last_of_list(last_value(request.headers, "X-Forwarded-Proto")), "https"))
      request.is_tls = true;
  }
  const Result<Target> target = parse_target(head.target);
  if (!target) return target.error();
  Result<std::string> path = percent_decode(target->path);
  if (!path) return std::move(path).error();
  request.path = std::move(*path);
  Result<QueryParams> query = QueryParams::parse(target->query);
  if (!query) return std::move(query).error();
  request.query = std::move(*query);
  request.target = target->path;
  if (!target->query.empty()) request.target.append("?").append(target->query);
  return {};
}

}  // namespace carillon::http
