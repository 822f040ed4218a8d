// Capacity: how much of a worker a task takes, who has room, and whom an interruption would suspend.
#include <algorithm>

#include "routing/core/live.h"

namespace carillon::routing {

ChannelUse& State::Impl::use_of(LiveWorker& worker, Slot channel) {
  if (channel >= worker.channels.size()) worker.channels.resize(channel + 1);
  return worker.channels[channel];
}

std::int64_t State::Impl::total_of(const LiveWorker& worker) const {
  return worker.row.total_capacity > 0 ? worker.row.total_capacity : settings.total_capacity;
}

std::int64_t State::Impl::channel_capacity(const LiveWorker& worker, Slot channel) const {
  if (channel < worker.channels.size() && worker.channels[channel].capacity >= 0)
    return worker.channels[channel].capacity;
  return channels[channel].row.default_capacity;
}

std::int64_t State::Impl::cost_of(const LiveWorker& worker, Slot channel) const {
  if (settings.capacity_model == CapacityModel::per_channel) return 1;
  const TaskChannelRecord& row = channels[channel].row;
  const std::int64_t total = total_of(worker);
  return row.exclusive ? total : std::min(row.cost, total);
}

bool State::Impl::could_ever_fit(const LiveWorker& worker, Slot channel) const {
  if (settings.capacity_model == CapacityModel::per_channel) return channel_capacity(worker, channel) > 0;
  return !(channel < worker.channels.size() && worker.channels[channel].capacity == 0);
}

bool State::Impl::fits(const LiveWorker& worker, Slot channel) const {
  if (!could_ever_fit(worker, channel)) return false;
  if (settings.capacity_model == CapacityModel::per_channel) {
    const std::int64_t held = channel < worker.channels.size() ? worker.channels[channel].held : 0;
    return held + 1 <= channel_capacity(worker, channel);
  }
  return worker.held + cost_of(worker, channel) <= total_of(worker);
}

std::vector<Slot> State::Impl::victims(const LiveWorker& worker, Slot channel) const {
  std::vector<Slot> chosen;
  if (settings.capacity_model != CapacityModel::costed || !could_ever_fit(worker, channel)) return chosen;
  if (worker.suspended > 0 || worker.interrupting > 0) return chosen;  // no nesting deeper than one
  std::vector<Slot> open;
  for (const Slot r : worker.reservations) {
    const LiveReservation& reservation = reservations[r];
    if (reservation.row.status != ReservationStatus::accepted) continue;
    const auto& by = channels[reservation.channel].row.interruptible_by;
    if (std::find(by.begin(), by.end(), channels[channel].row.sid) != by.end()) open.push_back(r);
  }
  std::sort(open.begin(), open.end(), [&](Slot a, Slot b) {
    const ReservationRecord &x = reservations[a].row, &y = reservations[b].row;
    return x.accepted_at != y.accepted_at ? x.accepted_at > y.accepted_at : x.seq > y.seq;
  });
  const std::int64_t needed = worker.held + cost_of(worker, channel) - total_of(worker);
  std::int64_t released = 0;
  for (const Slot r : open) {
    if (released >= needed) break;
    chosen.push_back(r);
    released += reservations[r].held;
  }
  if (released < needed) chosen.clear();
  return chosen;
}

bool State::Impl::may_interrupt(const LiveWorker& worker, Slot channel) const {
  if (worker.reservations.empty()) return false;
  return !victims(worker, channel).empty();
}

bool State::Impl::takes_one_more(const LiveWorker& worker, Slot channel) const {
  return fits(worker, channel) || may_interrupt(worker, channel);
}

std::int64_t State::Impl::load_share(const LiveWorker& worker, Slot channel) const {
  if (settings.capacity_model == CapacityModel::per_channel) {
    const std::int64_t capacity = channel_capacity(worker, channel);
    const std::int64_t held = channel < worker.channels.size() ? worker.channels[channel].held : 0;
    return capacity <= 0 ? 0 : held * 1'000'000 / capacity;
  }
  const std::int64_t total = total_of(worker);
  return total <= 0 ? 0 : worker.held * 1'000'000 / total;
}

std::int64_t State::Impl::available_capacity(const LiveWorker& worker, Slot channel) const {
  if (!could_ever_fit(worker, channel)) return 0;
  if (settings.capacity_model == CapacityModel::per_channel) {
    const std::int64_t held = channel < worker.channels.size() ? worker.channels[channel].held : 0;
    return std::max<std::int64_t>(0, channel_capacity(worker, channel) - held);
  }
  const std::int64_t cost = cost_of(worker, channel);
  return cost <= 0 ? 1'000'000 : std::max<std::int64_t>(0, (total_of(worker) - worker.held) / cost);
}

bool State::Impl::is_partial(const LiveWorker& worker) const {
  return worker.live && worker.row.available && worker.held > 0 && worker.held < total_of(worker) &&
         settings.capacity_model == CapacityModel::costed;
}

void State::Impl::hold(Slot slot) {
  LiveReservation& reservation = reservations[slot];
  LiveWorker& worker = workers[reservation.worker];
  const ReservationRecord& row = reservation.row;
  const bool costed = settings.capacity_model == CapacityModel::costed;
  std::int64_t held = 0;
  if (row.status == ReservationStatus::pending) {
    held = costed ? std::max<std::int64_t>(0, row.cost - row.released_by_interruption) : row.cost;
  } else if (row.status == ReservationStatus::accepted || row.status == ReservationStatus::wrapping) {
    held = costed ? std::max(row.cost, row.released_by_interruption) : row.cost;
  }
  const std::int64_t more = held - reservation.held;
  if (more == 0) return;
  partial_workers -= is_partial(worker);
  reservation.held = held;
  worker.held += more;
  use_of(worker, reservation.channel).held += more;
  partial_workers += is_partial(worker);
  CARILLON_CHECK(worker.held >= 0);
}

}  // namespace carillon::routing
