#include "runtime/resource_render.h"

namespace carillon::runtime {

const std::string& FilterNames::find(const routing::WorkflowRecord& workflow, std::int64_t filter_index) {
  static const std::string kNone;
  Known& known = known_[workflow.sid];
  if (known.version != workflow.version || known.names.empty()) {
    known.version = workflow.version;
    known.names.clear();
    boost::system::error_code failed;
    const auto document = boost::json::parse(workflow.document.text, failed);
    const auto* filters = failed ? nullptr : document.find_pointer("/task_routing/filters", failed);
    if (filters && filters->is_array()) {
      for (const auto& filter : filters->get_array()) {
        std::string& name = known.names.emplace_back();
        for (const char* key : {"filter_friendly_name", "friendly_name"}) {
          const auto* found = filter.is_object() ? filter.get_object().if_contains(key) : nullptr;
          if (name.empty() && found && found->is_string()) name = std::string_view(found->get_string());
        }
      }
    }
  }
  const auto at = static_cast<std::size_t>(filter_index);
  return filter_index >= 0 && at < known.names.size() ? known.names[at] : kNone;
}

std::string StateNames::workflow_filter(WorkflowId sid, std::int64_t filter_index) const {
  const auto* workflow = state_.routing().workflow(sid);
  return workflow ? filters_.find(*workflow, filter_index) : std::string();
}
std::string StateNames::worker(WorkerId sid) const {
  const auto* found = state_.routing().worker(sid);
  return found ? found->friendly_name : std::string();
}
std::string StateNames::task_queue(QueueId sid) const {
  const auto* found = state_.routing().task_queue(sid);
  return found ? found->friendly_name : std::string();
}
std::string StateNames::workflow(WorkflowId sid) const {
  const auto* found = state_.routing().workflow(sid);
  return found ? found->friendly_name : std::string();
}
std::string StateNames::task_channel(TaskChannelId sid) const {
  const auto* found = state_.routing().task_channel(sid);
  return found ? found->unique_name : std::string();
}
std::string StateNames::activity(ActivityId sid) const {
  const auto* found = state_.presence().activity(sid);
  return found ? found->friendly_name : std::string();
}
std::int64_t StateNames::wrap_up_extensions(QueueId queue_sid, TaskChannelId channel_sid) const {
  const auto* queue = state_.routing().task_queue(queue_sid);
  if (queue && queue->wrap_up != routing::WrapUpMode::inherit) return queue->wrap_up_extensions;
  const auto* channel = state_.routing().task_channel(channel_sid);
  return channel ? channel->wrap_up_extensions : 0;
}

}  // namespace carillon::runtime
