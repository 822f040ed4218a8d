#include "voice/sip/wire.h"

#include <algorithm>

#include "voice/sip/fields.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

constexpr std::size_t kMostWaiting = 64;
constexpr Duration kMessageTime = Duration::seconds(30), kIdleTime = Duration::minutes(10);

// Where this peer finds a listener: at its public name, unless it sits beside us.
std::string host_for(const Listener& listener, const IpAddress& peer) {
  IpAddress own = listener.bound.ip;
  // On all addresses: a neighbour on this machine finds us where it is itself.
  if (own.is_unspecified()) own = peer.is_loopback() ? peer : listener.own;
  const bool near = peer.is_private() && !own.empty();
  if (!near && !listener.public_host.empty()) return listener.public_host;
  return own.empty() ? listener.bound.ip.host_text() : own.host_text();
}

}  // namespace

std::string_view transport_name(Transport t) {
  constexpr std::string_view kNames[] = {"UDP", "TCP", "TLS", "WS", "WSS"};
  return kNames[static_cast<std::size_t>(t)];
}

std::string_view transport_param(Transport t) {
  constexpr std::string_view kNames[] = {"udp", "tcp", "tls", "ws", "wss"};
  return kNames[static_cast<std::size_t>(t)];
}

void Wire::hand_out(const Flow& flow, std::string bytes, LegId leg) {
  if (context_.settings.trace && !leg.empty()) context_.out.events.push_back(Trace{leg, true, flow, bytes});
  context_.out.sends.push_back({flow, std::move(bytes), leg});
}

void Wire::trace_in(LegId leg, const Message& message, const Flow& from) {
  if (context_.settings.trace && !leg.empty())
    context_.out.events.push_back(Trace{leg, false, from, traceable(message)});
}

bool Wire::send(const Flow& flow, std::string bytes, LegId leg) {
  if (flow.transport == Transport::kUdp) return hand_out(flow, std::move(bytes), leg), true;
  Connection* connection = connections_.find(flow.connection);
  if (connection == nullptr || connection->closing) return false;
  if (connection->open) return hand_out(flow, std::move(bytes), leg), true;
  if (connection->waiting.size() == kMostWaiting) return false;
  connection->waiting.emplace_back(std::move(bytes), leg);
  return true;
}

bool Wire::alive(const Flow& flow) const {
  if (flow.transport == Transport::kUdp) return flow.listener < context_.settings.listeners.size();
  const Connection* connection = connections_.find(flow.connection);
  return connection != nullptr && !connection->closing;
}

ConnectionId Wire::accepted(Transport transport, Endpoint remote) {
  const ConnectionId id = id_of(connections_.take());
  Connection& connection = connections_.at(id);
  connection.transport = transport;
  connection.remote = remote;
  connection.open = true;
  connection.framer = StreamFramer(context_.settings.limits);
  connection.heard = context_.now;
  connection.timer = context_.arm(kMessageTime, TimerKind::kConnection, id);
  return id;
}

Flow Wire::connect(Transport transport, Endpoint to, const std::string& name) {
  std::string target = std::string(transport_param(transport)) + ' ' + to.text() + ' ' + name;
  if (const auto found = by_target_.find(target); found != by_target_.end()) return {transport, 0, found->second, to};
  const ConnectionId id = accepted(transport, to);
  Connection& connection = connections_.at(id);
  connection.open = false;
  connection.spoke = true;
  connection.target = target;
  by_target_.emplace(std::move(target), id);
  context_.out.opens.push_back({id, transport, to, name});
  return {transport, 0, id, to};
}

std::optional<Flow> Wire::datagram_to(Endpoint to) const {
  std::optional<Flow> found;
  for (std::size_t i = 0; i < context_.settings.listeners.size(); ++i) {
    const Listener& listener = context_.settings.listeners[i];
    if (listener.transport != Transport::kUdp || listener.bound.ip.family != to.ip.family) continue;
    // A socket on loopback reaches nobody else, and one on an address of its own is best left for the others.
    const bool fits = listener.bound.ip.is_unspecified() || listener.bound.ip.is_loopback() == to.ip.is_loopback();
    if (!found || fits) found = Flow::datagram(static_cast<std::uint16_t>(i), to);
    if (fits) break;
  }
  return found;
}

void Wire::opened(ConnectionId id) {
  Connection* connection = connections_.find(id);
  if (connection == nullptr || connection->open) return;
  connection->open = true;
  connection->heard = context_.now;
  const Flow flow{connection->transport, 0, id, connection->remote};
  for (auto& [bytes, leg] : connection->waiting) hand_out(flow, std::move(bytes), leg);
  connection->waiting.clear();
}

std::vector<Handle> Wire::closed(ConnectionId id) {
  Connection* connection = connections_.find(id);
  if (connection == nullptr) return {};
  std::vector<Handle> watchers = std::move(connection->watchers);
  context_.timers.cancel(connection->timer);
  if (!connection->target.empty()) by_target_.erase(connection->target);
  connections_.release(id);
  return watchers;
}

void Wire::close(ConnectionId id) {
  Connection* connection = connections_.find(id);
  if (connection == nullptr || connection->closing) return;
  connection->closing = true;
  context_.out.closes.push_back({id});
}

void Wire::watch(const Flow& flow, Handle transaction) {
  Connection* connection = connections_.find(flow.connection);
  if (connection == nullptr) return;
  // Most have ended long ago; their handles find nothing. Only the last many can matter.
  if (connection->watchers.size() >= 4096)
    connection->watchers.erase(connection->watchers.begin(), connection->watchers.begin() + 2048);
  connection->watchers.push_back(transaction);
}

void Wire::keep(ConnectionId id, int by) {
  if (Connection* connection = connections_.find(id)) connection->kept += by;
}

std::optional<Flow> Wire::flow_of(ConnectionId id) const {
  const Connection* connection = connections_.find(id);
  if (connection == nullptr || connection->closing) return std::nullopt;
  return Flow{connection->transport, 0, id, connection->remote};
}

void Wire::after_feed(ConnectionId id, int pings) {
  Connection& connection = connections_.at(id);
  const Flow flow{connection.transport, 0, id, connection.remote};
  for (int i = 0; i < std::min(pings, 4); ++i) send(flow, "\r\n", {});
  if (connection.framer.broken()) return close(id);
}

// Every 30 s one look: a message that was begun a look ago and is still not whole is never going to be.
void Wire::on_timer(Handle handle) {
  Connection* connection = connections_.find(handle);
  if (connection == nullptr) return;
  connection->timer = {};
  const bool slow = connection->framer.in_message() && connection->was_in_message;
  const bool idle = connection->kept <= 0 && context_.now - connection->heard > kIdleTime;
  connection->was_in_message = connection->framer.in_message();
  // Who calls us and has nothing to say, or only sends signs of life, holds a place for nothing.
  if (slow || idle || !connection->spoke || !connection->open) close(id_of(handle));
  connection->timer = context_.arm(kMessageTime, TimerKind::kConnection, handle);
}

const Listener* Wire::listener_of(const Flow& flow) const {
  const auto& listeners = context_.settings.listeners;
  if (flow.transport == Transport::kUdp) return flow.listener < listeners.size() ? &listeners[flow.listener] : nullptr;
  const Listener* found = nullptr;
  for (const Listener& listener : listeners) {
    if (listener.transport != flow.transport) continue;
    if (found == nullptr || listener.bound.ip.family == flow.remote.ip.family) found = &listener;
  }
  return found;
}

std::string Wire::sent_by(const Flow& flow) const {
  const Listener* listener = listener_of(flow);
  // Without a listener of that transport nobody can call back, and the connection is all there is.
  if (listener == nullptr) return "connection.invalid";
  std::string out = host_for(*listener, flow.remote.ip);
  out += ':';
  append_number(out, listener->bound.port);
  return out;
}

std::string Wire::contact(const Flow& flow) const {
  std::string out = "<sip:" + context_.settings.contact_user + '@' + sent_by(flow);
  if (flow.transport != Transport::kUdp) (out += ";transport=") += transport_param(flow.transport);
  return out += '>';
}

bool Wire::is_us(std::string_view host) const {
  for (const std::string& domain : context_.settings.domains) {
    if (iequals(domain, host)) return true;
  }
  const auto ip = IpAddress::parse(host);
  for (const Listener& listener : context_.settings.listeners) {
    if (iequals(listener.public_host, host)) return true;
    if (ip && (listener.bound.ip == *ip || listener.bound.ip.is_unspecified())) return true;
  }
  return false;
}

}  // namespace carillon::voice::sip
