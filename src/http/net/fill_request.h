// From a request's header to the Request that hooks and handlers see.
//
// What:   address decoded, query parsed, headers moved over; who asks, also through proxies that are trusted.
// Errors: those of parse_target, percent_decode and QueryParams; what was read until then stands in the request, for the log.
// Thread: any.
// Example:
//   Request request;
//   auto readable = fill_request(request, reader.head(), {.remote = "203.0.113.7", .is_tls = true});
#pragma once

#include <span>
#include <string>

#include "http/request.h"
#include "http/wire/request_reader.h"

namespace carillon::http {

struct Peer {
  std::string remote;  // address without port
  bool is_tls = false;
  // Whose X-Forwarded-For and -Proto count. The last address of the last such field is the one our neighbour wrote; what stands
  // before it may be the client's invention.
  std::span<const std::string> trusted_proxies = {};
};

// Moves the headers out of `head`. An unknown method is taken for GET: the router refuses it by its name.
Result<void> fill_request(Request& request, RequestHead& head, const Peer& peer);

}  // namespace carillon::http
