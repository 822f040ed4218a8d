// RowNames: the names that records only refer to, read from rows; each once.
//
// Why:    a finished task is answered from rows, and must look as it did in its last event. What was deleted keeps its row,
//         so history still has names.
// Owns:   what it has read. Thread: one; blocks (pool). Make one for each request.
// Errors: what cannot be read has no name.
// Example:
//   RowNames names(reader, workspace);
//   render(out, names, workspace, task, reservation);
#pragma once

#include <map>

#include "runtime/resource_render.h"
#include "store/reader.h"

namespace carillon::runtime {

class RowNames final : public Names {
 public:
  RowNames(store::Reader& reader, WorkspaceId workspace) : reader_(reader), workspace_(workspace) {}

  std::string worker(WorkerId sid) const override;
  std::string task_queue(QueueId sid) const override;
  std::string workflow(WorkflowId sid) const override;
  std::string workflow_filter(WorkflowId sid, std::int64_t filter_index) const override;
  std::string task_channel(TaskChannelId sid) const override;
  std::string activity(ActivityId sid) const override;
  std::int64_t wrap_up_extensions(QueueId queue, TaskChannelId channel) const override;

 private:
  struct WrapUp {
    bool own = false;  // not the channel's
    std::int64_t extensions = 0;
  };
  template <class IdType>
  std::string name(const store::Sql& sql, IdType sid, std::map<IdType, std::string>& known) const;
  template <class IdType>
  const WrapUp& wrap_up(const store::Sql& sql, IdType sid, std::map<IdType, WrapUp>& known) const;

  const routing::WorkflowRecord& workflow_row(WorkflowId sid) const;

  store::Reader& reader_;
  const WorkspaceId workspace_;
  mutable std::map<WorkerId, std::string> workers_;
  mutable std::map<QueueId, std::string> queues_;
  mutable std::map<WorkflowId, routing::WorkflowRecord> workflows_;
  mutable std::map<TaskChannelId, std::string> channels_;
  mutable std::map<ActivityId, std::string> activities_;
  mutable std::map<QueueId, WrapUp> queue_wrap_ups_;
  mutable std::map<TaskChannelId, WrapUp> channel_wrap_ups_;
  mutable FilterNames filters_;
};

}  // namespace carillon::runtime
