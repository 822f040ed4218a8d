// Why: for each candidate the first reason passed over, asked of the live state when somebody wants to know.
#include <algorithm>

#include "routing/core/facts.h"
#include "routing/core/live.h"

namespace carillon::routing {
namespace {

std::string seconds(Duration d) {
  return std::to_string(std::max<std::int64_t>(0, (d.us + 999'999) / 1'000'000)) + " s";
}

// Best first: what somebody looking for help wants to see first.
int rank(const std::string& verdict) {
  static constexpr std::string_view kOrder[] = {"assigned",      "offered",     "matchable", "offered_elsewhere",
                                                "held_back",     "passed_over", "capacity",  "not_responding",
                                                "not_available", "not_eligible"};
  for (int i = 0; i < static_cast<int>(std::size(kOrder)); ++i) {
    if (kOrder[i] == verdict) return i;
  }
  return 99;
}

struct Asked {
  const State::Impl& s;
  const LiveTask& task;
  const Lane* lane;  // a lane as it would be; null when the task has none now
  expr::Expression all;
  Slot only = kNone;
  Instant now;

  // How much the worker holds of what they can, and what this task would take.
  std::string room(const LiveWorker& worker) const {
    if (!s.could_ever_fit(worker, task.channel)) return "takes no tasks of " + s.channels[task.channel].row.unique_name;
    const bool costed = s.settings.capacity_model == CapacityModel::costed;
    const std::int64_t on_channel = task.channel < worker.channels.size() ? worker.channels[task.channel].held : 0;
    return "holds " + std::to_string(costed ? worker.held : on_channel) + " of " +
           std::to_string(costed ? s.total_of(worker) : s.channel_capacity(worker, task.channel)) + ", this takes " +
           std::to_string(s.cost_of(worker, task.channel));
  }

  WhyCandidate judge(const LiveWorker& worker, Slot slot) const {
    WhyCandidate out{worker.row.sid, worker.row.friendly_name, "", ""};
    const auto say = [&](std::string verdict, std::string detail) -> WhyCandidate& {
      out.verdict = std::move(verdict), out.detail = std::move(detail);
      return out;
    };
    if (task.row.worker_sid == worker.row.sid) return say("assigned", "has the task");
    for (const Slot r : task.offers) {
      if (s.reservations[r].worker != slot) continue;
      return say("offered", "rings until " + to_rfc3339(s.reservations[r].row.expires_at));
    }
    if (only != kNone && only != slot) return say("not_eligible", "only one named worker may be offered it for now");
    const Facts facts(s, worker);
    if (const auto term = expr::first_false_term(all, facts.env())) return say("not_eligible", "false: " + *term);
    if (!worker.row.available) {
      return say("not_available",
                 worker.row.activity_name.empty() ? "not signed in" : "activity " + worker.row.activity_name);
    }
    if (task.channel < worker.channels.size() && !worker.channels[task.channel].responding) {
      return say("not_responding",
                 "missed an offer on " + s.channels[task.channel].row.unique_name + " and has not come back");
    }
    const Target* target = s.target_of(task);
    const bool interrupts = (!target || target->interrupt) && s.may_interrupt(worker, task.channel);
    if (!s.fits(worker, task.channel) && !interrupts) return say("capacity", room(worker));
    if (s.passed_over(task, worker.row.sid) == State::Impl::Passed::yes) {
      for (const PassedOver& passed : task.row.passed_over) {
        if (passed.worker_sid != worker.row.sid) continue;
        return say("passed_over",
                   "missed or rejected it; again in " + seconds(passed.at + s.settings.passed_over_for - now));
      }
    }
    if (task.lane && s.takes_room(worker, *task.lane)) {
      const auto blocker = s.blocker_of(worker);
      TaskPlace place = *task.place;
      if (task.lane->lifo) place.key = -place.key, place.seq = -place.seq;
      if (blocker && *blocker < place)
        return say("held_back", "kept free for task " + s.tasks[blocker->task].row.sid.str());
    }
    if (task.row.held && !task.row.held_until.is_never())
      return say("held_back", "its customer is called again in " + seconds(task.row.held_until - now));
    if (task.row.held) return say("held_back", "its customer is away for a moment; the place is kept");
    if (!task.lane) return say("offered_elsewhere", "as many as the queue allows are offered it");
    return say("matchable", "");
  }
};

void describe_target(const State::Impl& s, const LiveTask& task, Why& out) {
  const Target* target = s.target_of(task);
  if (!target) {
    out.target = task.queue == kNone           ? "given to one worker"
                 : task.row.filter_index == -1 ? "default filter"
                 : task.row.filter_index == -2 ? "last-resort queue"
                                               : "given to this queue";
    return;
  }
  const Filter& filter = task.document->filters[static_cast<std::size_t>(task.row.filter_index)];
  out.target = "filter '" + filter.friendly_name + "', target " + std::to_string(task.row.target_index + 1) + " of " +
               std::to_string(filter.targets.size());
  if (task.row.ring_index >= 0) out.target += ", ring " + std::to_string(task.row.ring_index + 1);
  if (task.row.overflowed) out.target += ", overflowed";
}

void describe_next(const State::Impl& s, const LiveTask& task, Why& out) {
  const auto consider = [&](Instant at, const char* what) {
    if (at < out.next_change_at) out.next_change_at = at, out.next_change = what;
  };
  const TaskRecord& row = task.row;
  if (row.status != TaskStatus::pending && row.status != TaskStatus::reserved) return;
  consider(row.target_deadline, "the target's time is over");
  consider(row.next_ring_at, "the next ring widens the search");
  consider(row.last_worker_until, "not only the last worker any more");
  consider(row.max_wait_at, "the queue's maximum wait is reached");
  consider(row.time_to_live_at, "the task's time to live is over");
  if (row.held) consider(row.held_until, "its customer may be called again");
  for (const PassedOver& passed : row.passed_over)
    consider(passed.at + s.settings.passed_over_for, "a passed-over worker may be offered it again");
  for (const Slot r : task.offers) consider(s.reservations[r].row.expires_at, "the offer runs out");
}

}  // namespace

Result<Why> State::why(TaskId id, Instant now, std::size_t limit) const {
  const Impl& s = *impl_;
  auto slot = s.live_task(id);
  if (!slot) return slot.error();
  const LiveTask& task = s.tasks[*slot];
  Why out;
  out.task_sid = id;
  out.status = task.row.status;
  out.task_queue_sid = task.row.task_queue_sid;
  describe_target(s, task, out);
  describe_next(s, task, out);

  std::vector<expr::Expression> parts;
  const Target* target = s.target_of(task);
  if (task.queue != kNone) parts.push_back(s.queues[task.queue].expression);
  if (target) parts.push_back(expr::bind(target->expression, task.attributes));
  if (target && task.row.ring_index >= 0) {
    parts.push_back(
        expr::bind(target->rings[static_cast<std::size_t>(task.row.ring_index)].expression, task.attributes));
  }
  Slot only = kNone;
  if (task.queue == kNone) only = s.workers.find(task.row.direct_worker_sid);
  if (task.queue != kNone && !task.row.last_worker_until.is_never()) only = s.workers.find(task.row.last_worker_sid);
  const Asked asked{s, task, task.lane, expr::conjunction(parts), only, now};
  for (Slot w = 0; w < s.workers.slots.size(); ++w) {
    const LiveWorker& worker = s.workers[w];
    if (!worker.live) continue;
    WhyCandidate candidate = asked.judge(worker, w);
    if (candidate.verdict != "not_eligible") ++out.eligible, out.available += worker.row.available;
    out.candidates.push_back(std::move(candidate));
  }
  std::sort(out.candidates.begin(), out.candidates.end(), [&](const WhyCandidate& a, const WhyCandidate& b) {
    const int x = rank(a.verdict), y = rank(b.verdict);
    if (x != y) return x < y;
    return s.workers[s.workers.find(a.worker_sid)].row.seq < s.workers[s.workers.find(b.worker_sid)].row.seq;
  });
  if (out.candidates.size() > limit) out.candidates.resize(limit);
  return out;
}

}  // namespace carillon::routing
