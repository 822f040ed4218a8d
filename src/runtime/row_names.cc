#include "runtime/row_names.h"

namespace carillon::runtime {
namespace {

constexpr store::Sql kWorker = "SELECT friendly_name FROM workers WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kQueue = "SELECT friendly_name FROM task_queues WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kWorkflow =
    "SELECT friendly_name, document, version FROM workflows WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kChannel = "SELECT unique_name FROM task_channels WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kActivity = "SELECT friendly_name FROM activities WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kQueueWrapUp =
    "SELECT wrap_up, wrap_up_extensions FROM task_queues WHERE workspace_id = ?1 AND sid = ?2";
constexpr store::Sql kChannelWrapUp =
    "SELECT wrap_up, wrap_up_extensions FROM task_channels WHERE workspace_id = ?1 AND sid = ?2";

}  // namespace

template <class IdType>
std::string RowNames::name(const store::Sql& sql, IdType sid, std::map<IdType, std::string>& known) const {
  if (!sid) return {};
  const auto [found, is_new] = known.try_emplace(sid);
  if (is_new) {
    auto rows = reader_.query(sql, {workspace_, sid});
    if (rows && !rows->empty()) found->second = (*rows)[0].str(0);
  }
  return found->second;
}

template <class IdType>
const RowNames::WrapUp& RowNames::wrap_up(const store::Sql& sql, IdType sid, std::map<IdType, WrapUp>& known) const {
  const auto [found, is_new] = known.try_emplace(sid);
  if (is_new && sid) {
    auto rows = reader_.query(sql, {workspace_, sid});
    if (rows && !rows->empty()) {
      found->second = {(*rows)[0].text(0) != codec::enum_name(routing::WrapUpMode::inherit), (*rows)[0].integer(1)};
    }
  }
  return found->second;
}

std::string RowNames::worker(WorkerId sid) const { return name(kWorker, sid, workers_); }
std::string RowNames::task_queue(QueueId sid) const { return name(kQueue, sid, queues_); }
std::string RowNames::task_channel(TaskChannelId sid) const { return name(kChannel, sid, channels_); }
std::string RowNames::activity(ActivityId sid) const { return name(kActivity, sid, activities_); }

const routing::WorkflowRecord& RowNames::workflow_row(WorkflowId sid) const {
  const auto [found, is_new] = workflows_.try_emplace(sid);
  if (is_new && sid) {
    auto rows = reader_.query(kWorkflow, {workspace_, sid});
    if (rows && !rows->empty()) {
      found->second.sid = sid;
      found->second.friendly_name = (*rows)[0].str(0);
      found->second.document.text = (*rows)[0].str(1);
      found->second.version = (*rows)[0].integer(2);
    }
  }
  return found->second;
}

std::string RowNames::workflow(WorkflowId sid) const { return workflow_row(sid).friendly_name; }

std::string RowNames::workflow_filter(WorkflowId sid, std::int64_t filter_index) const {
  const routing::WorkflowRecord& row = workflow_row(sid);
  return row.sid ? filters_.find(row, filter_index) : std::string();
}

std::int64_t RowNames::wrap_up_extensions(QueueId queue, TaskChannelId channel) const {
  const WrapUp& own = wrap_up(kQueueWrapUp, queue, queue_wrap_ups_);
  return own.own ? own.extensions : wrap_up(kChannelWrapUp, channel, channel_wrap_ups_).extensions;
}

}  // namespace carillon::runtime
