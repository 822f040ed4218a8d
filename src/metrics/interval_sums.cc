#include "metrics/interval_sums.h"

#include "runtime/tables.h"

namespace carillon::metrics {
namespace {

namespace mp11 = boost::mp11;
using runtime::Table;

constexpr Duration kJudgedAfter = Duration::hours(24 * 7);

template <class T>
bool is_key(std::string_view name) {
  return runtime::rows_detail::names(Table<T>::kKeys, name);
}
template <class T>
bool is_maximum(std::string_view name) {
  return runtime::rows_detail::names(Table<T>::kMaxima, name);
}

template <class T>
void add_record(const T& from, T& into) {
  mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    if constexpr (std::is_same_v<std::decay_t<decltype(into.*d.pointer)>, std::int64_t>) {
      if (is_maximum<T>(d.name)) {
        into.*d.pointer = std::max(into.*d.pointer, from.*d.pointer);
      } else {
        into.*d.pointer += from.*d.pointer;
      }
    }
  });
}

// ", CAST(SUM(offered) AS {{int}}), ...": every counter.
template <class T>
std::string sums() {
  std::string out;
  mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    if (is_key<T>(d.name)) return;
    out += std::string(", CAST(") + (is_maximum<T>(d.name) ? "MAX" : "SUM") + "(\"" + d.name + "\") AS {{int}})";
  });
  return out;
}

template <class T>
void read_sums(const store::Row& row, std::size_t first, T& into) {
  mp11::mp_for_each<codec::Members<T>>([&](auto d) {
    if constexpr (std::is_same_v<std::decay_t<decltype(into.*d.pointer)>, std::int64_t>) {
      if (!is_key<T>(d.name)) into.*d.pointer = row.opt_integer(first++).value_or(0);
    }
  });
}

// Text and parameters of "FROM table WHERE period AND more".
struct Where {
  std::string text;
  store::Params params;

  Where(std::string_view table, WorkspaceId workspace, Period period)
      : text(" FROM " + std::string(table) +
             " WHERE workspace_id = ?1 AND interval_start >= ?2 AND interval_start < ?3"),
        params({workspace, interval_of(period.from), period.to}) {}
  void add(std::string_view column, store::Value value) {
    params.push_back(std::move(value));
    text += " AND " + std::string(column) + " = ?" + std::to_string(params.size());
  }
};

Where where_queues(WorkspaceId workspace, Period period, const SumFilter& filter) {
  Where where("queue_intervals", workspace, period);
  if (filter.queue) where.add("task_queue_sid", filter.queue->str());
  if (filter.channel) where.add("task_channel_sid", filter.channel->str());
  return where;
}

// An id in a key column: '' is none.
template <class IdType>
IdType id_in_key(const store::Row& row, std::size_t column) {
  return IdType::parse(row.text(column)).value_or(IdType{});
}

}  // namespace

void add(const QueueInterval& from, QueueInterval& into) { add_record(from, into); }
void add(const WorkerInterval& from, WorkerInterval& into) { add_record(from, into); }

Result<std::map<QueueId, QueueInterval>> sum_queues(store::Reader& reader, WorkspaceId workspace, Period period,
                                                    const SumFilter& filter) {
  const Where where = where_queues(workspace, period, filter);
  const auto sql =
      store::Sql::dynamic("SELECT task_queue_sid" + sums<QueueInterval>() + where.text + " GROUP BY task_queue_sid");
  auto rows = reader.query(sql, where.params);
  if (!rows) return rows.error();
  std::map<QueueId, QueueInterval> out;
  for (const store::Row row : *rows) {
    const auto sid = id_in_key<QueueId>(row, 0);
    QueueInterval& sum = out[sid];
    sum.task_queue_sid = sid;
    read_sums(row, 1, sum);
  }
  return out;
}

Result<std::map<Instant, QueueInterval>> queue_series(store::Reader& reader, WorkspaceId workspace, Period period,
                                                      const SumFilter& filter) {
  const Where where = where_queues(workspace, period, filter);
  const auto sql =
      store::Sql::dynamic("SELECT interval_start" + sums<QueueInterval>() + where.text + " GROUP BY interval_start");
  auto rows = reader.query(sql, where.params);
  if (!rows) return rows.error();
  std::map<Instant, QueueInterval> out;
  for (const store::Row row : *rows) {
    QueueInterval& sum = out[row.instant(0)];
    sum.interval_start = row.instant(0);
    read_sums(row, 1, sum);
  }
  return out;
}

Result<std::map<WorkerId, ByActivity>> sum_workers(store::Reader& reader, WorkspaceId workspace, Period period,
                                                   std::optional<WorkerId> worker) {
  Where where("worker_intervals", workspace, period);
  if (worker) where.add("worker_sid", worker->str());
  const auto sql = store::Sql::dynamic("SELECT worker_sid, activity_sid" + sums<WorkerInterval>() + where.text +
                                       " GROUP BY worker_sid, activity_sid");
  auto rows = reader.query(sql, where.params);
  if (!rows) return rows.error();
  std::map<WorkerId, ByActivity> out;
  for (const store::Row row : *rows) {
    WorkerInterval& sum = out[id_in_key<WorkerId>(row, 0)][id_in_key<ActivityId>(row, 1)];
    read_sums(row, 2, sum);
  }
  return out;
}

Result<CenterInterval> sum_center(store::Reader& reader, WorkspaceId workspace, Period period) {
  const Where where("center_intervals", workspace, period);
  // Without a group there is always one row; of nothing, its sums are NULL.
  const auto sql = store::Sql::dynamic("SELECT COUNT(*)" + sums<CenterInterval>() + where.text);
  auto rows = reader.query(sql, where.params);
  if (!rows) return rows.error();
  CenterInterval out;
  if (!rows->empty()) read_sums((*rows)[0], 1, out);
  return out;
}

Result<std::optional<double>> first_contact_resolution(store::Reader& reader, WorkspaceId workspace, Period period,
                                                       Instant now) {
  static constexpr store::Sql kSql =
      "SELECT COUNT(*), CAST(SUM(CASE WHEN EXISTS (SELECT 1 FROM contacts n WHERE n.workspace_id = c.workspace_id "
      "AND n.customer_sid = c.customer_sid AND n.created_at > c.created_at AND n.created_at <= c.created_at + ?4 "
      "AND n.direction = 'inbound') THEN 0 ELSE 1 END) AS {{int}}) FROM contacts c WHERE c.workspace_id = ?1 "
      "AND c.created_at >= ?2 AND c.created_at < ?3 AND c.customer_sid IS NOT NULL AND c.answered_at > 0 AND "
      "c.direction = 'inbound'";
  const Instant to = std::min(period.to, now) - kJudgedAfter;
  auto rows = reader.query(kSql, {workspace, period.from - kJudgedAfter, to, kJudgedAfter});
  if (!rows) return rows.error();
  const std::int64_t judged = (*rows)[0].integer(0);
  if (judged == 0) return std::optional<double>();
  return std::optional<double>(100.0 * static_cast<double>((*rows)[0].opt_integer(1).value_or(0)) /
                               static_cast<double>(judged));
}

}  // namespace carillon::metrics
