// What keys are called.
#include <string_view>

#include "base/check.h"
#include "expr/core/lexer.h"
#include "expr/core/node.h"

namespace carillon::expr {
namespace {

std::string_view fact_name(Fact fact) {
  switch (fact) {
    case Fact::kNone:
      return "";
    case Fact::kWorkerSid:
      return "worker.sid";
    case Fact::kWorkerFriendlyName:
      return "worker.friendly_name";
    case Fact::kWorkerActivityName:
      return "worker.activity_name";
    case Fact::kWorkerAvailable:
      return "worker.available";
    case Fact::kWorkerChannelAvailableCapacity:
      return ".available_capacity";
    case Fact::kWorkerChannelAssignedTasks:
      return ".assigned_tasks";
    case Fact::kWorkersAvailable:
      return "workers.available";
    case Fact::kWorkersEligible:
      return "workers.eligible";
    case Fact::kTaskAge:
      return "task.age";
    case Fact::kTaskPriority:
      return "task.priority";
    case Fact::kQueueWaiting:
      return "queue.waiting";
    case Fact::kQueueLongestWait:
      return "queue.longest_wait";
  }
  return "";
}

bool is_of_channel(Fact fact) {
  return fact == Fact::kWorkerChannelAvailableCapacity || fact == Fact::kWorkerChannelAssignedTasks;
}

void append_quoted_name(std::string_view name, std::string& out) {
  out += '[';
  append_quoted(name, out);
  out += ']';
}

}  // namespace

bool Key::is_worker() const {
  if (is_attribute()) return !of_task;
  return fact <= Fact::kWorkerChannelAssignedTasks;
}

bool Key::is_dynamic() const {
  return fact == Fact::kWorkerActivityName || fact == Fact::kWorkerAvailable || is_of_channel(fact);
}

bool is_worker_fact_name(std::string_view name, bool more) {
  if (name == "channel") return more;
  return name == "sid" || name == "friendly_name" || name == "activity_name" || name == "available";
}

bool is_task_fact_name(std::string_view name) { return name == "age" || name == "priority"; }

bool is_plain_name(std::string_view name) {
  std::size_t end = 0;
  return !name.empty() && scan_name(name, 0, end) && end == name.size();
}

void append_name(std::string_view name, std::string& out) {
  if (!is_plain_name(name)) return append_quoted_name(name, out);
  if (!out.empty()) out += '.';
  out += name;
}

void append_steps(const std::vector<Step>& steps, bool any_index, std::string& out) {
  for (const Step& step : steps) {
    if (!step.is_index) {
      append_name(step.name, out);
    } else {
      out += '[';
      if (!any_index) out += std::to_string(step.index);
      out += ']';
    }
  }
}

void name_key(Key& key) {
  key.text.clear();
  if (is_of_channel(key.fact)) {
    key.text = "worker.channel";
    append_name(key.channel, key.text);
    key.text += fact_name(key.fact);
    return;
  }
  if (!key.is_attribute()) {
    key.text = fact_name(key.fact);
    return;
  }
  CARILLON_CHECK(!key.steps.empty() && !key.steps.front().is_index);
  key.text = key.of_task ? "task" : "worker";
  const std::string& first = key.steps.front().name;
  const bool is_fact = key.of_task ? is_task_fact_name(first) : is_worker_fact_name(first, key.steps.size() > 1);
  if (!is_fact) return append_steps(key.steps, false, key.text);
  append_quoted_name(first, key.text);
  append_steps({key.steps.begin() + 1, key.steps.end()}, false, key.text);
}

}  // namespace carillon::expr
