#include "metrics/task_sums.h"

#include "events/core/event.h"
#include "runtime/tables.h"

namespace carillon::metrics {
namespace {

struct Bound {
  store::Value value;
};
template <class T>
Bound bound(const T& value) {
  return {store::Value(value)};
}

// A query put together with its parameters.
class Text {
 public:
  Text& operator<<(std::string_view text) { return text_ += text, *this; }
  Text& operator<<(Bound one) {
    params_.push_back(std::move(one.value));
    text_ += "?" + std::to_string(params_.size());
    return *this;
  }
  Result<store::Rows> query(store::Reader& reader) const { return reader.query(store::Sql::dynamic(text_), params_); }

 private:
  std::string text_;
  store::Params params_;
};

// The entries looked at: task_sid, entered_at, is_last (the task's own last one), moved.
void write_entries(Text& sql, WorkspaceId workspace, const TaskSumsOf& of) {
  const auto channel = [&](std::string_view column) {
    if (of.channel) sql << " AND " << column << " = " << bound(*of.channel);
  };
  if (!of.queue) {
    sql << "SELECT sid AS task_sid, queue_entered_at AS entered_at, queue_entry_sid AS entry_sid, 0 AS moved FROM "
           "tasks "
           "WHERE workspace_id = "
        << bound(workspace) << " AND created_at >= " << bound(of.period.from) << " AND created_at < "
        << bound(of.period.to);
    if (of.workflow) sql << " AND workflow_sid = " << bound(*of.workflow);
    channel("task_channel_sid");
    return;
  }
  sql << "SELECT task_sid, entered_at, sid AS entry_sid, CASE WHEN bucket = 'moved' THEN 1 ELSE 0 END AS moved FROM "
         "queue_entries "
         "WHERE workspace_id = "
      << bound(workspace) << " AND task_queue_sid = " << bound(*of.queue)
      << " AND entered_at >= " << bound(of.period.from) << " AND entered_at < " << bound(of.period.to);
  channel("task_channel_sid");
  // Entries that are open still are fields of their live tasks.
  sql << " UNION ALL SELECT sid, queue_entered_at, queue_entry_sid, 0 FROM tasks WHERE workspace_id = "
      << bound(workspace) << " AND ended_at = 0 AND entry_open = 1 AND task_queue_sid = " << bound(*of.queue)
      << " AND queue_entered_at >= " << bound(of.period.from) << " AND queue_entered_at < " << bound(of.period.to);
  channel("task_channel_sid");
}

// COUNT, SUM, MIN and MAX of `wait` where `when` holds.
void write_waits(Text& sql, std::string_view when, std::string_view wait) {
  for (const std::string_view fold : {"COUNT", "SUM", "MIN", "MAX"}) {
    sql << ", CAST(" << fold << "(CASE WHEN " << when << " THEN " << wait << " END) AS {{int}})";
  }
}

WaitSums read_waits(const store::Row& row, std::size_t& at) {
  WaitSums out;
  for (std::int64_t* one : {&out.count, &out.total_us, &out.min_us, &out.max_us})
    *one = row.opt_integer(at++).value_or(0);
  return out;
}

constexpr std::string_view kAccepted = "l.is_last = 1 AND l.assigned_at > 0";
constexpr std::string_view kCanceled = "l.is_last = 1 AND l.status = 'canceled'";
constexpr std::string_view kUntilAccepted = "l.assigned_at - l.created_at";
constexpr std::string_view kUntilCanceled = "l.ended_at - l.created_at";

}  // namespace

Result<TaskSums> sum_tasks(store::Reader& reader, WorkspaceId workspace, const TaskSumsOf& of) {
  Text sql;
  sql << "WITH e AS (";
  write_entries(sql, workspace, of);
  sql << "), l AS (SELECT e.entered_at, e.moved, t.assigned_at, t.created_at, t.ended_at, t.status, "
         "CASE WHEN t.queue_entry_sid = e.entry_sid OR e.entry_sid IS NULL THEN 1 ELSE 0 END AS is_last "
         "FROM e JOIN tasks t ON t.workspace_id = "
      << bound(workspace)
      << " AND t.sid = e.task_sid) "
         "SELECT COUNT(*), CAST(SUM(l.moved) AS {{int}}), "
         "CAST(SUM(CASE WHEN l.is_last = 1 AND l.status = 'completed' THEN 1 ELSE 0 END) AS {{int}})";
  write_waits(sql, kAccepted, kUntilAccepted);
  write_waits(sql, "l.is_last = 1 AND l.assigned_at > 0 AND l.entered_at > 0 AND l.assigned_at >= l.entered_at",
              "l.assigned_at - l.entered_at");
  write_waits(sql, kCanceled, kUntilCanceled);
  for (const std::int64_t seconds : of.split_s) {
    for (const auto& [when, wait] : {std::pair(kAccepted, kUntilAccepted), std::pair(kCanceled, kUntilCanceled)}) {
      sql << ", CAST(SUM(CASE WHEN " << when << " AND " << wait << " <= " << bound(Duration::seconds(seconds))
          << " THEN 1 ELSE 0 END) AS {{int}})";
    }
  }
  sql << " FROM l";
  auto rows = sql.query(reader);
  if (!rows) return rows.error();
  const store::Row row = (*rows)[0];
  TaskSums out;
  std::size_t at = 3;
  out.entered = row.integer(0);
  out.moved = row.opt_integer(1).value_or(0);
  out.completed = row.opt_integer(2).value_or(0);
  out.accepted = read_waits(row, at);
  out.accepted_in_queue = read_waits(row, at);
  out.canceled = read_waits(row, at);
  for (const std::int64_t seconds : of.split_s) {
    const std::int64_t accepted = row.opt_integer(at++).value_or(0);
    out.split.push_back({seconds, accepted, row.opt_integer(at++).value_or(0)});
  }
  return out;
}

namespace {

// Adds `count` entries that ended in the bucket.
void add_bucket(QueueInterval& out, std::string_view bucket, std::int64_t count) {
  boost::mp11::mp_for_each<codec::Members<QueueInterval>>([&](auto d) {
    if constexpr (std::is_same_v<std::decay_t<decltype(out.*d.pointer)>, std::int64_t>) {
      if (bucket == d.name) out.*d.pointer += count;
    }
  });
}

void write_reservation_sums(Text& sql) {
  sql << "SELECT COUNT(*)";
  sql << ", CAST(SUM(CASE WHEN r.accepted_at > 0 THEN 1 ELSE 0 END) AS {{int}})";
  for (const std::string_view status : {"rejected", "timeout", "canceled", "rescinded"}) {
    // An accepted one that was taken back is an accepted one.
    sql << ", CAST(SUM(CASE WHEN r.status = '" << status << "' AND r.accepted_at = 0 THEN 1 ELSE 0 END) AS {{int}})";
  }
  sql << ", CAST(SUM(CASE WHEN r.accepted_at > 0 THEN r.accepted_at - r.created_at ELSE 0 END) AS {{int}})";
}

void read_reservation_sums(const store::Row& row, QueueInterval& out) {
  std::size_t at = 0;
  for (std::int64_t* one :
       {&out.reservations_created, &out.reservations_accepted, &out.reservations_rejected, &out.reservations_timed_out,
        &out.reservations_canceled, &out.reservations_rescinded, &out.acceptance_time_us}) {
    *one = row.opt_integer(at++).value_or(0);
  }
}

// "WHERE" of the workflow's tasks in the period, as t.
void write_tasks_of_workflow(Text& sql, WorkspaceId workspace, const TaskSumsOf& of) {
  sql << " WHERE t.workspace_id = " << bound(workspace) << " AND t.created_at >= " << bound(of.period.from)
      << " AND t.created_at < " << bound(of.period.to)
      << " AND t.workflow_sid = " << bound(of.workflow.value_or(WorkflowId{}));
  if (of.channel) sql << " AND t.task_channel_sid = " << bound(*of.channel);
}

Result<void> sum_entries_of_workflow(store::Reader& reader, WorkspaceId workspace, const TaskSumsOf& of,
                                     QueueInterval& out) {
  Text ended;
  ended << "SELECT e.bucket, COUNT(*), CAST(SUM(e.within_service_level) AS {{int}}), CAST(SUM(e.ended_at - "
           "e.entered_at) AS {{int}}), "
           "CAST(MAX(e.ended_at - e.entered_at) AS {{int}}) FROM tasks t JOIN queue_entries e ON e.workspace_id = "
           "t.workspace_id "
           "AND e.task_sid = t.sid";
  write_tasks_of_workflow(ended, workspace, of);
  ended << " GROUP BY e.bucket";
  auto rows = ended.query(reader);
  if (!rows) return rows.error();
  for (const store::Row row : *rows) {
    const std::string_view bucket = row.text(0);
    out.offered += row.integer(1);
    add_bucket(out, bucket, row.integer(1));
    if (bucket == "answered") {
      out.answered_in_time = row.opt_integer(2).value_or(0);
      out.answer_wait_us = row.opt_integer(3).value_or(0);
      out.answer_wait_max_us = row.opt_integer(4).value_or(0);
    } else if (bucket == "abandoned" || bucket == "short_abandoned") {
      out.abandon_wait_us += row.opt_integer(3).value_or(0);
    }
  }
  Text open;
  open << "SELECT COUNT(*) FROM tasks t";
  write_tasks_of_workflow(open, workspace, of);
  open << " AND t.ended_at = 0 AND t.entry_open = 1";
  auto count = open.query(reader);
  if (!count) return count.error();
  out.offered += (*count)[0].integer(0);
  return {};
}

}  // namespace

Result<QueueInterval> sum_workflow(store::Reader& reader, WorkspaceId workspace, const TaskSumsOf& of) {
  QueueInterval out;
  if (auto fine = sum_entries_of_workflow(reader, workspace, of, out); !fine) return fine.error();
  Text sql;
  write_reservation_sums(sql);
  constexpr std::string_view kSegment = "r.accepted_at > 0 AND r.ended_at > 0";
  for (const std::string_view part :
       {"1", "(CASE WHEN r.wrapping_at > 0 THEN r.wrapping_at ELSE r.ended_at END) - r.accepted_at - r.suspended_total",
        "CASE WHEN r.wrapping_at > 0 THEN r.ended_at - r.wrapping_at ELSE 0 END", "r.suspended_total"}) {
    sql << ", CAST(SUM(CASE WHEN " << kSegment << " THEN " << part << " ELSE 0 END) AS {{int}})";
  }
  sql << " FROM tasks t JOIN reservations r ON r.workspace_id = t.workspace_id AND r.task_sid = t.sid";
  write_tasks_of_workflow(sql, workspace, of);
  auto rows = sql.query(reader);
  if (!rows) return rows.error();
  const store::Row row = (*rows)[0];
  read_reservation_sums(row, out);
  std::size_t at = 7;
  for (std::int64_t* one : {&out.segments, &out.talk_us, &out.wrap_us, &out.suspended_us})
    *one = row.opt_integer(at++).value_or(0);
  return out;
}

Result<QueueInterval> sum_reservations(store::Reader& reader, WorkspaceId workspace, WorkerId worker, Period period,
                                       std::optional<TaskChannelId> channel) {
  Text sql;
  write_reservation_sums(sql);
  sql << " FROM reservations r WHERE r.workspace_id = " << bound(workspace) << " AND r.worker_sid = " << bound(worker)
      << " AND r.created_at >= " << bound(period.from) << " AND r.created_at < " << bound(period.to);
  if (channel) sql << " AND r.task_channel_sid = " << bound(*channel);
  auto rows = sql.query(reader);
  if (!rows) return rows.error();
  QueueInterval out;
  read_reservation_sums((*rows)[0], out);
  return out;
}

Result<std::vector<StaySums>> sum_stays(store::Reader& reader, WorkspaceId workspace, std::optional<WorkerId> worker,
                                        Period period) {
  Text sql;
  sql << "SELECT activity_sid, COUNT(*), CAST(SUM(lasted) AS {{int}}), CAST(MIN(lasted) AS {{int}}), CAST(MAX(lasted) "
         "AS {{int}}) "
         "FROM (SELECT activity_sid, (CASE WHEN until IS NULL OR until > "
      << bound(period.to) << " THEN " << bound(period.to) << " ELSE until END) - (CASE WHEN since < "
      << bound(period.from) << " THEN " << bound(period.from)
      << " ELSE since END) AS lasted FROM activity_stays WHERE workspace_id = " << bound(workspace);
  if (worker) sql << " AND worker_sid = " << bound(*worker);
  sql << " AND since < " << bound(period.to) << " AND (until IS NULL OR until > " << bound(period.from)
      << ")) AS parts GROUP BY activity_sid ORDER BY activity_sid";
  auto rows = sql.query(reader);
  if (!rows) return rows.error();
  std::vector<StaySums> out;
  for (const store::Row row : *rows) {
    if (row.is_null(0)) continue;
    out.push_back({row.id<ActivityId>(0),
                   {row.integer(1), row.opt_integer(2).value_or(0), row.opt_integer(3).value_or(0),
                    row.opt_integer(4).value_or(0)}});
  }
  return out;
}

}  // namespace carillon::metrics
