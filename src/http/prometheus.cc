#include <cstdio>

#include "http/server.h"

namespace carillon::http {
namespace {

std::string number(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.9g", value);
  return out;
}

// Route names are ours, but a quote or backslash in a label would break the whole page.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

void one(std::string& out, const char* name, const char* type, const char* help, std::uint64_t value) {
  const std::string full = std::string("carillon_http_") + name;
  out += "# HELP " + full + " " + help + "\n# TYPE " + full + " " + type + "\n" + full + " " + std::to_string(value) +
         "\n";
}

void requests(std::string& out, const ServerMetrics& m) {
  out += "# HELP carillon_http_requests_total Answers by route and status (0: another status).\n";
  out += "# TYPE carillon_http_requests_total counter\n";
  for (const auto& route : m.routes) {
    for (const auto& [status, count] : route.by_status) {
      out += "carillon_http_requests_total{route=\"" + label(route.route) + "\",status=\"" + std::to_string(status) +
             "\"} " + std::to_string(count) + "\n";
    }
  }
}

void durations(std::string& out, const ServerMetrics& m) {
  out += "# HELP carillon_http_request_seconds From the end of the header to the last byte of the answer.\n";
  out += "# TYPE carillon_http_request_seconds histogram\n";
  for (const auto& route : m.routes) {
    if (route.count == 0) continue;
    const std::string name = "carillon_http_request_seconds";
    const std::string of = "route=\"" + label(route.route) + "\"";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < route.buckets.size(); ++i) {
      below += route.buckets[i];
      const bool last = i == ServerMetrics::kBoundsSeconds.size();
      out += name + "_bucket{" + of + ",le=\"" + (last ? "+Inf" : number(ServerMetrics::kBoundsSeconds[i])) + "\"} " +
             std::to_string(below) + "\n";
    }
    out += name + "_sum{" + of + "} " + number(route.seconds) + "\n";
    out += name + "_count{" + of + "} " + std::to_string(route.count) + "\n";
  }
}

}  // namespace

std::string to_prometheus(const ServerMetrics& m) {
  std::string out;
  requests(out, m);
  durations(out, m);
  one(out, "connections_accepted_total", "counter", "Connections that were accepted.", m.connections_accepted);
  one(out, "connections_refused_total", "counter", "Connections over the limit.", m.connections_refused);
  one(out, "connections_open", "gauge", "Connections that are open and no WebSocket.", m.connections_open);
  one(out, "requests_running", "gauge", "Requests that a handler has.", m.requests_running);
  one(out, "bad_requests_total", "counter", "Requests that could not be read.", m.bad_requests);
  one(out, "timeouts_total", "counter", "Clients that were too slow, and answers that took too long.", m.timeouts);
  one(out, "received_bytes_total", "counter", "Bytes received.", m.bytes_in);
  one(out, "sent_bytes_total", "counter", "Bytes sent.", m.bytes_out);
  one(out, "websockets_open", "gauge", "WebSockets that are open.", m.websockets_open);
  one(out, "websocket_messages_received_total", "counter", "Messages received.", m.websocket_messages_in);
  one(out, "websocket_messages_sent_total", "counter", "Messages sent.", m.websocket_messages_out);
  one(out, "websocket_queued_messages", "gauge", "Messages waiting for slow readers.", m.websocket_queued_messages);
  one(out, "websocket_queued_bytes", "gauge", "Bytes waiting for slow readers.", m.websocket_queued_bytes);
  one(out, "websocket_overflows_total", "counter", "WebSockets closed because they read too slowly.",
      m.websocket_overflows);
  one(out, "mailbox_depth", "gauge", "Answers on their way to net threads.", m.mailbox_depth);
  return out;
}

}  // namespace carillon::http
