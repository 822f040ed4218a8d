#include "voice/sip/testing/world.h"

#include <algorithm>

namespace carillon::voice::sip {

Settings World::accepting() {
  Settings settings;
  settings.unknown = UnknownCalls::kAccept;
  settings.admission.unknown_per_second = 1'000'000;
  settings.admission.calls_per_second = 1'000'000;
  return settings;
}

Side& World::add(Settings settings) {
  auto side = std::make_unique<Side>();
  side->at = {IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(sides_.size() + 1)), 5060};
  if (settings.listeners.empty()) {
    for (const Transport t : {Transport::kUdp, Transport::kTcp, Transport::kWs})
      settings.listeners.push_back({t, side->at, {}});
  }
  side->stack = std::make_unique<Stack>(std::move(settings), Seed{dice.next(), dice.next()}, hashes_);
  by_address_[side->at] = sides_.size();
  sides_.push_back(std::move(side));
  return *sides_.back();
}

void World::inject(Endpoint from, Side& to, const std::string& bytes) {
  to.stack->receive(now, Flow::datagram(0, from), bytes);
  pump();
}

void World::deliver(Packet packet) {
  Side& side = *sides_[packet.to];
  side.stack->receive(now, packet.flow, packet.bytes);
  take(packet.to);
}

void World::open(std::size_t side, const OpenConnection& wanted) {
  const auto found = by_address_.find(wanted.to);
  if (found == by_address_.end() || !connects) {
    sides_[side]->stack->connection_closed(now, wanted.id);
    return;
  }
  Endpoint from = sides_[side]->at;
  from.port = 40000;
  const ConnectionId other = sides_[found->second]->stack->connection_accepted(now, wanted.transport, from);
  lines_[{side, wanted.id}] = {found->second, other};
  lines_[{found->second, other}] = {side, wanted.id};
  sides_[side]->stack->connection_opened(now, wanted.id);
}

void World::take(std::size_t which) {
  Side& side = *sides_[which];
  Outputs out;
  // What the host does about an event leads to more.
  for (side.stack->drain(out); !out.empty(); side.stack->drain(out)) {
    for (const OpenConnection& wanted : out.opens) open(which, wanted);
    for (Send& send : out.sends) {
      if (keeps_bytes) side.sent.push_back(send.bytes);
      if (send.flow.transport != Transport::kUdp) {
        const auto line = lines_.find({which, send.flow.connection});
        if (line == lines_.end() || half_open) continue;
        const auto [other, connection] = line->second;
        packets_.emplace(now + Duration::millis(1),
                         Packet{other, {send.flow.transport, 0, connection, side.at}, std::move(send.bytes)});
        continue;
      }
      const auto found = by_address_.find(send.flow.remote);
      if (found == by_address_.end()) {
        strays.push_back(std::move(send.bytes));
        continue;
      }
      const int copies = (dice.chance(loss) ? 0 : 1) + (dice.chance(duplicate) ? 1 : 0);
      for (int i = 0; i < copies; ++i)
        packets_.emplace(now + delay(), Packet{found->second, Flow::datagram(0, side.at), send.bytes});
    }
    for (const CloseConnection& close : out.closes) {
      if (const auto line = lines_.find({which, close.id}); line != lines_.end()) {
        const Line other = line->second;
        lines_.erase(line);
        lines_.erase(other);
        sides_[other.first]->stack->connection_closed(now, other.second);
      }
      side.stack->connection_closed(now, close.id);
    }
    for (const Lookup& lookup : out.lookups) {
      static constexpr const char* kKinds[] = {"NAPTR ", "SRV ", "A ", "AAAA "};
      const std::string name = kKinds[static_cast<std::size_t>(lookup.kind)] + lookup.name;
      asked.push_back(name);
      side.stack->resolved(now, lookup.id, names.count(name) != 0 ? names[name] : Records());
    }
    std::vector<Event> events = std::move(out.events);
    out.events = {};
    for (Event& event : events) {
      if (side.on_event) side.on_event(event);
      side.events.push_back(std::move(event));
    }
  }
}

void World::pump() {
  for (std::size_t i = 0; i < sides_.size(); ++i) take(i);
}

void World::run(Duration time) {
  const Instant until = now + time;
  pump();
  while (true) {
    Instant next = packets_.empty() ? Instant::never() : packets_.begin()->first;
    for (const auto& side : sides_) next = std::min(next, side->stack->next_deadline());
    if (next > until) break;
    now = std::max(now, next);
    while (!packets_.empty() && packets_.begin()->first <= now) {
      Packet packet = std::move(packets_.begin()->second);
      packets_.erase(packets_.begin());
      deliver(std::move(packet));
    }
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      if (sides_[i]->stack->next_deadline() <= now) sides_[i]->stack->tick(now);
    }
    pump();
  }
  now = until;
}

}  // namespace carillon::voice::sip
