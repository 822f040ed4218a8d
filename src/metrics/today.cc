#include "metrics/today.h"

namespace carillon::metrics {
namespace {

const QueueInterval& find(const std::map<QueueId, QueueInterval>& in, QueueId queue) {
  static const QueueInterval kNothing;
  const auto found = in.find(queue);
  return found == in.end() ? kNothing : found->second;
}

}  // namespace

const QueueInterval& Today::of(QueueId queue) const { return find(queues, queue); }
const QueueInterval& Today::quarter_of(QueueId queue) const { return find(quarter, queue); }

WorkerSums Today::of(WorkerId worker, const LiveLook& look) const {
  static const ByActivity kNothing;
  const auto found = workers.find(worker);
  return worker_sums(found == workers.end() ? kNothing : found->second, look.find_worker(worker), {day.from, day.to},
                     look);
}

Result<Today> read_today(store::Reader& reader, WorkspaceId workspace, const LiveLook& look, const TodayWish& wish) {
  auto day = schedule::day_of(look.time_zone, look.now);
  if (!day) return day.error();
  Today out;
  out.day = *std::move(day);
  const Period period{out.day.from, out.day.to};
  const SumFilter filter{.queue = wish.queue, .channel = {}};
  if (wish.queues || wish.center) {
    auto sums = sum_queues(reader, workspace, period, filter);
    if (!sums) return sums.error();
    out.queues = *std::move(sums);
    auto quarter = sum_queues(reader, workspace, {interval_of(look.now), look.now + kInterval}, filter);
    if (!quarter) return quarter.error();
    out.quarter = *std::move(quarter);
  }
  if (wish.workers || wish.center) {
    auto sums = sum_workers(reader, workspace, period, wish.worker);
    if (!sums) return sums.error();
    out.workers = *std::move(sums);
  }
  if (!wish.center) return out;
  auto contacts = sum_center(reader, workspace, period);
  if (!contacts) return contacts.error();
  auto fcr = first_contact_resolution(reader, workspace, period, look.now);
  if (!fcr) return fcr.error();
  out.center.contacts = *contacts;
  out.center.fcr = *fcr;
  out.center.entries = total_of(out.queues);
  out.center.late = static_cast<std::int64_t>(look.tasks.late.size());
  // Those who left the workspace today count as well.
  std::map<WorkerId, const WorkerLook*> live;
  for (const auto& [worker, rows] : out.workers) live.emplace(worker, nullptr);
  for (const WorkerLook& worker : look.workers) live[worker.sid] = &worker;
  for (const auto& [worker, one] : live) {
    static const ByActivity kNothing;
    const auto rows = out.workers.find(worker);
    add(worker_sums(rows == out.workers.end() ? kNothing : rows->second, one, period, look), out.center.workers);
  }
  return out;
}

}  // namespace carillon::metrics
