// Connections and listeners: what bytes go out on, and what we call ourselves there.
//
// What:   keeps the connections the host tells of or is asked for, queues what is sent before one is open, cuts streams.
// Owns:   connections with their queues. Each watcher (a client transaction) learns when its connection is gone.
// Limits: 64 waiting messages a connection; 30 s for a message to arrive whole, and for the first one of a connection that came
//         in; 10 min of silence when nobody needs it.
// Thread: that of the stack.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "voice/sip/context.h"
#include "voice/sip/framer.h"
#include "voice/sip/message.h"
#include "voice/sip/slots.h"

namespace carillon::voice::sip {

class Wire {
 public:
  explicit Wire(Context& context) : context_(context), by_target_(16, KeyedHash{context.entropy.seed()}) {}

  // False when the connection is gone.
  bool send(const Flow& flow, std::string bytes, LegId leg);
  // What came of a leg, for whoever draws a ladder.
  void trace_in(LegId leg, const Message& message, const Flow& from);
  bool alive(const Flow& flow) const;

  ConnectionId accepted(Transport transport, Endpoint remote);
  // An open or opening connection to this place, or a new one.
  Flow connect(Transport transport, Endpoint to, const std::string& name);
  // The datagram socket that reaches this peer; nothing when no listener has its family.
  std::optional<Flow> datagram_to(Endpoint to) const;
  void opened(ConnectionId id);
  // Forgets it and gives its watchers.
  std::vector<Handle> closed(ConnectionId id);
  void watch(const Flow& flow, Handle transaction);
  // Somebody registered over it or calls by it: silence does not close it.
  void keep(ConnectionId id, int by);

  // Bytes of a stream; see(message text) for each whole one. Closes what cannot be cut.
  template <class See>
  void feed(ConnectionId id, std::string_view bytes, See see);
  std::optional<Flow> flow_of(ConnectionId id) const;
  // A watcher's connection has to go: asks the host to close it; closed() follows from there.
  void close(ConnectionId id);
  void on_timer(Handle connection);

  // "host:port" for Via, and a whole Contact value, as this peer can reach us.
  std::string sent_by(const Flow& flow) const;
  std::string contact(const Flow& flow) const;
  // Is this host one of ours?
  bool is_us(std::string_view host) const;
  std::size_t connections() const { return connections_.size(); }

 private:
  void hand_out(const Flow& flow, std::string bytes, LegId leg);
  struct Connection {
    Transport transport = Transport::kTcp;
    Endpoint remote;
    std::string target;  // its key in by_target_, "" for one that came in
    bool open = false, closing = false;
    StreamFramer framer;
    std::vector<std::pair<std::string, LegId>> waiting;
    std::vector<Handle> watchers;
    int kept = 0;
    Instant heard;
    bool was_in_message = false;
    bool spoke = false;  // a whole message came, or we called
    TimerId timer;
  };
  const Listener* listener_of(const Flow& flow) const;
  static ConnectionId id_of(Handle handle) { return {{handle.slot, handle.generation}}; }
  void after_feed(ConnectionId id, int pings);

  Context& context_;
  Slots<Connection> connections_;
  std::unordered_map<std::string, ConnectionId, KeyedHash> by_target_;
};

template <class See>
void Wire::feed(ConnectionId id, std::string_view bytes, See see) {
  Connection* connection = connections_.find(id);
  if (connection == nullptr || connection->closing) return;
  connection->heard = context_.now;
  if (is_websocket(connection->transport)) {
    connection->spoke = true;
    see(std::string(bytes));
    return;
  }
  connection->framer.feed(bytes);
  // What a message leads to may close the connection, so it is looked for again each time.
  while (auto message = connection->framer.take()) {
    connection->spoke = true;
    connection->was_in_message = false;
    see(std::move(*message));
    connection = connections_.find(id);
    if (connection == nullptr || connection->closing) return;
  }
  after_feed(id, connection->framer.take_pings());
}

}  // namespace carillon::voice::sip
