// Today, series of intervals, and the numbers that boards are told every second.
#include "metrics/statistics_call.h"
#include "metrics/statistics_rest.h"
#include "runtime/json_out.h"

namespace carillon::metrics {
namespace {

using runtime::JsonOut;

constexpr std::size_t kMostIntervals = 3000;

void append_today_queues(std::string& out, const LiveLook& look, const Today& today) {
  out += '[';
  bool first = true;
  for (const QueueLook& queue : look.queues) {
    if (!first) out += ',';
    first = false;
    JsonOut json(out);
    json.id("task_queue_sid", queue.sid).text("friendly_name", queue.friendly_name).key("numbers");
    append_numbers(out, today.of(queue.sid), queue.now.late);
    json.end();
  }
  out += ']';
}

void append_today_workers(std::string& out, const LiveLook& look, const Today& today) {
  out += '[';
  bool first = true;
  for (const WorkerLook& worker : look.workers) {
    if (!first) out += ',';
    first = false;
    JsonOut json(out);
    json.id("worker_sid", worker.sid).text("friendly_name", worker.friendly_name).key("numbers");
    append_worker_numbers(out, today.of(worker.sid, look));
    json.end();
  }
  out += ']';
}

Result<http::Response> answer_today(store::Reader& reader, const door::Call& call, const LiveLook& look,
                                    bool everything) {
  const bool workers = everything || !look.workers.empty();
  TodayWish wish{.queue = {}, .worker = {}, .queues = everything, .workers = workers, .center = everything};
  if (!everything && workers) wish.worker = look.workers.front().sid;
  auto today = read_today(reader, call.workspace(), look, wish);
  if (!today) return today.error();
  std::string body;
  JsonOut json(body);
  json.text("date", today->day.date)
      .text("time_zone", look.time_zone)
      .time("from", today->day.from)
      .time("to", today->day.to);
  json.number("position", look.position).key("workspace");
  if (everything) {
    append_center_numbers(body, today->center);
  } else {
    body += "null";
  }
  json.key("task_queues");
  append_today_queues(body, look, *today);
  json.key("workers");
  append_today_workers(body, look, *today);
  json.end();
  return http::Response::json_text(200, std::move(body));
}

void get_today(door::Call call) {
  const bool everything = !call.caller().is_agent_only();
  LookWish wish;
  // An agent sees themself; one without a worker sees nobody.
  if (!everything)
    wish = {.queue = {}, .workflow = {}, .worker = call.caller().worker, .queues = false, .workers = false};
  with_look(std::move(call), wish, [everything](store::Reader& reader, const door::Call& held, const LiveLook& look) {
    return answer_today(reader, held, look, everything);
  });
}

// ---- intervals ----

struct SeriesAsked {
  Period period;
  std::int64_t interval_s = 900;
  std::optional<QueueId> queue;
};

Result<SeriesAsked> read_series(const http::QueryParams& params) {
  static constexpr std::int64_t kLengths[] = {900, 1800, 3600, 86'400};
  http::QueryFields query(params);
  SeriesAsked out;
  const auto from = query.optional_time("from");
  const auto to = query.optional_time("to");
  for (const char* name : {"from", "to"}) {
    if (!query.has(name))
      query.fault(name, ErrorCode::kMissingField, "the parameter \"" + std::string(name) + "\" is missing",
                  "an RFC 3339 time");
  }
  out.interval_s = query.optional_int("interval_s", 1, 86'400).value_or(900);
  if (std::find(std::begin(kLengths), std::end(kLengths), out.interval_s) == std::end(kLengths)) {
    query.fault("interval_s", ErrorCode::kInvalidValue, "found an interval of " + std::to_string(out.interval_s) + " s",
                "900, 1800, 3600 or 86400");
  }
  out.queue = query.optional_sid<QueueId>("task_queue_sid");
  if (auto fine = query.finish(); !fine) return fine.error();
  out.period = {*from, *to};
  if (out.period.from >= out.period.to) {
    return Error(ErrorCode::kOutOfRange, "found a series that ends before it begins")
        .at("to")
        .expecting("a time after from");
  }
  return out;
}

// The borders of the intervals: from the first one's begin to the last one's end. Days are those of the time zone.
Result<std::vector<Instant>> borders(const SeriesAsked& asked, const std::string& time_zone) {
  const Error too_many =
      Error(ErrorCode::kOutOfRange, "found more than " + std::to_string(kMostIntervals) + " intervals")
          .at("to")
          .expecting("at most " + std::to_string(kMostIntervals) + " intervals; ask for longer ones");
  std::vector<Instant> out;
  if (asked.interval_s != 86'400) {
    const Duration step = Duration::seconds(asked.interval_s);
    const std::int64_t count = ((asked.period.to - asked.period.from).us + step.us - 1) / step.us + 1;
    if (count > static_cast<std::int64_t>(kMostIntervals)) return too_many;
    out.push_back(interval_of(asked.period.from));
    while (out.back() < asked.period.to) out.push_back(out.back() + step);
    return out;
  }
  auto day = schedule::day_of(time_zone, asked.period.from);
  if (!day) return day.error();
  out = {day->from, day->to};
  while (out.back() < asked.period.to) {
    if (out.size() > kMostIntervals) return too_many;
    day = schedule::day_of(time_zone, out.back());
    if (!day) return day.error();
    out.push_back(day->to);
  }
  return out;
}

// Waiting now and late, by arrival in [from, to).
std::int64_t late_between(const TaskCounts& tasks, Instant from, Instant to) {
  return std::count_if(tasks.late.begin(), tasks.late.end(), [&](Instant at) { return at >= from && at < to; });
}

Result<http::Response> answer_series(store::Reader& reader, const door::Call& call, const LiveLook& look,
                                     const SeriesAsked& asked) {
  auto edges = borders(asked, look.time_zone);
  if (!edges) return edges.error();
  auto rows =
      queue_series(reader, call.workspace(), {edges->front(), edges->back()}, {.queue = asked.queue, .channel = {}});
  if (!rows) return rows.error();
  static const TaskCounts kNothing;
  const QueueLook* queue = asked.queue ? look.find_queue(*asked.queue) : nullptr;
  const TaskCounts& live = !asked.queue ? look.tasks : queue ? queue->tasks : kNothing;
  std::string body;
  JsonOut json(body);
  json.time("from", edges->front()).time("to", edges->back()).number("interval_s", asked.interval_s);
  json.id("task_queue_sid", asked.queue.value_or(QueueId{})).key("intervals");
  body += '[';
  auto row = rows->begin();
  for (std::size_t i = 0; i + 1 < edges->size(); ++i) {
    const Instant from = (*edges)[i], to = (*edges)[i + 1];
    QueueInterval sums;
    for (; row != rows->end() && row->first < to; ++row) add(row->second, sums);
    const std::int64_t ended = sums.answered + sums.abandoned + sums.short_abandoned + sums.overflowed + sums.moved +
                               sums.callback_taken + sums.voicemail + sums.closed + sums.full + sums.timed_out +
                               sums.canceled + sums.failed_by_us;
    if (i) body += ',';
    JsonOut one(body);
    one.time("from", from).time("to", to).flag("provisional", to > look.now || sums.offered > ended).key("numbers");
    append_numbers(body, sums, late_between(live, from, to));
    one.end();
  }
  body += ']';
  json.end();
  return http::Response::json_text(200, std::move(body));
}

void get_intervals(door::Call call) {
  auto asked = read_series(call.request.query);
  if (!asked) return call.fail(asked.error());
  LookWish wish;
  wish.queue = asked->queue;
  wish.queues = wish.workers = false;
  with_look(std::move(call), wish,
            [asked = *asked](store::Reader& reader, const door::Call& held, const LiveLook& look) {
              return answer_series(reader, held, look, asked);
            });
}

// ---- the stream's numbers ----

Result<std::string> number_members(store::Reader& reader, WorkspaceId workspace, const LiveLook& look, WorkerId worker,
                                   bool everything) {
  TodayWish wish{.queue = {}, .worker = {}, .queues = everything, .workers = true, .center = everything};
  if (!everything) wish.worker = worker;
  auto today = read_today(reader, workspace, look, wish);
  if (!today) return today.error();
  std::string out;
  JsonOut json(out);
  if (everything) {
    json.key("workspace");
    append_workspace_now(out, look, today->center);
    json.key("task_queues");
    out += '[';
    for (std::size_t i = 0; i < look.queues.size(); ++i) {
      if (i) out += ',';
      append_queue_now(out, look.queues[i], today->of(look.queues[i].sid), today->quarter_of(look.queues[i].sid));
    }
    out += ']';
  }
  if (worker && look.find_worker(worker)) {
    json.key("worker");
    append_worker_numbers(out, today->of(worker, look));
  }
  return out.substr(1);  // without its brace
}

}  // namespace

void tell_numbers(door::Services& services, WorkspaceId workspace, WorkerId worker, bool everything, NumbersDone done) {
  LookWish wish;
  if (!everything) wish = {.queue = {}, .workflow = {}, .worker = worker, .queues = false, .workers = false};
  services.runtime.ask(
      workspace, [wish](const runtime::View& view) { return look(view, wish); },
      [&services, workspace, worker, everything, done = std::move(done)](Result<runtime::Answer<LiveLook>> seen) {
        if (!seen) return done("", 0);
        auto found = std::make_shared<LiveLook>(std::move(seen->value));
        found->position = seen->position;
        const bool posted = services.pool.post([&services, workspace, worker, everything, found, done] {
          auto reader = services.store.readers().lease();
          auto members = reader ? number_members(**reader, workspace, *found, worker, everything)
                                : Result<std::string>(reader.error());
          done(members ? *members : std::string(), found->position);
        });
        if (!posted) done("", found->position);
      },
      runtime::Release::immediate);
}

void add_today_routes(door::Api& api) {
  api.on("get_today", get_today);
  api.on("get_intervals", get_intervals);
}

}  // namespace carillon::metrics
