// The resources of the contract (spec/schemas), rendered from records: the same bytes in events, snapshots and answers.
//
// What:   one function a resource; each appends a JSON object. What a record names by id only (a worker's name, a task
//         channel's unique name) comes from Names; StateNames takes it from live state.
// Thread: any. Names lives as long as what it looks into.
// Example:
//   FilterNames filters;                 // kept by who renders often
//   StateNames names(view.state, filters);
//   render(out, names, ws, *task, reservation);
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "calls/core/records.h"
#include "conversations/core/records.h"
#include "presence/core/records.h"
#include "routing/core/records.h"
#include "workspace/core/state.h"

namespace carillon::runtime {

// "" where a name is not known (any more).
class Names {
 public:
  virtual ~Names() = default;
  virtual std::string worker(WorkerId sid) const = 0;
  virtual std::string task_queue(QueueId sid) const = 0;
  virtual std::string workflow(WorkflowId sid) const = 0;
  // The filter's name; "" for default filter and last resort.
  virtual std::string workflow_filter(WorkflowId sid, std::int64_t filter_index) const = 0;
  virtual std::string task_channel(TaskChannelId sid) const = 0;  // unique name
  virtual std::string activity(ActivityId sid) const = 0;
  // How often a wrap-up in this queue and channel may be extended.
  virtual std::int64_t wrap_up_extensions(QueueId queue, TaskChannelId channel) const = 0;
};

// Names of the filters of workflow documents: parsed once a version, because a busy brain asks for every event.
class FilterNames {
 public:
  const std::string& find(const routing::WorkflowRecord& workflow, std::int64_t filter_index);

 private:
  struct Known {
    std::int64_t version = 0;
    std::vector<std::string> names;
  };
  std::unordered_map<WorkflowId, Known> known_;
};

class StateNames final : public Names {
 public:
  StateNames(const workspace::State& state, FilterNames& filters) : state_(state), filters_(filters) {}
  std::string worker(WorkerId sid) const override;
  std::string task_queue(QueueId sid) const override;
  std::string workflow(WorkflowId sid) const override;
  std::string workflow_filter(WorkflowId sid, std::int64_t filter_index) const override;
  std::string task_channel(TaskChannelId sid) const override;
  std::string activity(ActivityId sid) const override;
  std::int64_t wrap_up_extensions(QueueId queue, TaskChannelId channel) const override;

 private:
  const workspace::State& state_;
  FilterNames& filters_;
};

// The task's own reservation (accepted, suspended, wrapping), when there is one.
void render(std::string& out, const Names& names, WorkspaceId workspace, const routing::TaskRecord& task,
            const routing::ReservationRecord* reservation);
void render(std::string& out, const Names& names, WorkspaceId workspace, const routing::ReservationRecord& reservation);
void render(std::string& out, WorkspaceId workspace, const routing::TaskChannelRecord& channel);
// Warnings are those of saving; none in events.
void render(std::string& out, WorkspaceId workspace, const routing::TaskQueueRecord& queue,
            const std::vector<std::string>& warnings = {});
void render(std::string& out, WorkspaceId workspace, const routing::WorkflowRecord& workflow,
            const std::vector<std::string>& warnings = {});
void render(std::string& out, WorkspaceId workspace, const presence::ActivityRecord& activity);
void render(std::string& out, WorkspaceId workspace, const conversations::ConversationRecord& conversation);
void render(std::string& out, WorkspaceId workspace, const conversations::ContactRecord& contact);
void render(std::string& out, WorkspaceId workspace, const calls::NumberRecord& number);
void render(std::string& out, WorkspaceId workspace, const calls::CallRecord& call);
void render(std::string& out, WorkspaceId workspace, const calls::DiallingRecord& dialling);
void render(std::string& out, WorkspaceId workspace, const calls::CallbackRecord& callback);
void render(std::string& out, const workspace::WorkspaceRecord& workspace, bool quarantined);
// A worker is routing and presence together; false when there is no such worker.
bool render_worker(std::string& out, const workspace::State& state, WorkerId worker);

}  // namespace carillon::runtime
