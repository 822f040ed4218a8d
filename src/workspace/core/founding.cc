// A new workspace: the presets it begins with. All of them may be changed afterwards.
#include "base/check.h"
#include "base/names.h"
#include "workspace/core/running.h"

namespace carillon::workspace {

using routing::AnsweredOn;
using routing::AssignMode;
using routing::TaskChannelRecord;
using routing::WrapUpMode;

namespace {

constexpr bool kWaitsLive = true;

TaskChannelRecord live_channel(const char* name, const char* title, std::int64_t cost, std::int64_t offer_s,
                               AnsweredOn answered_on, std::int64_t at_once) {
  TaskChannelRecord row;
  row.unique_name = name, row.friendly_name = title;
  row.cost = cost, row.default_capacity = at_once;
  row.live = kWaitsLive;
  row.offer_timeout = Duration::seconds(offer_s);
  row.answered_on = answered_on;
  return row;
}

// Work that can wait: assigned without an offer, and a call comes first.
TaskChannelRecord patient_channel(const char* name, const char* title, AnsweredOn answered_on, TaskChannelId voice) {
  TaskChannelRecord row;
  row.unique_name = name, row.friendly_name = title;
  row.cost = 20, row.default_capacity = 5;
  row.assign = AssignMode::direct;
  row.answered_on = answered_on;
  row.interruptible_by = {voice};
  return row;
}

TaskChannelRecord wrapped_up(TaskChannelRecord row, std::int64_t seconds) {
  row.wrap_up = WrapUpMode::timed;
  row.wrap_up_time = Duration::seconds(seconds);
  return row;
}

}  // namespace

Answer State::Running::on(const CreateWorkspace& c) {
  if (s.workspace_.sid) {
    return Error(ErrorCode::kStateForbids, "found the workspace " + s.workspace_.sid.str() + " here already");
  }
  if (!c.sid) return Error(ErrorCode::kMissingField, "found no sid; give the workspace's").at("sid");
  if (auto ok = check_name(c.friendly_name); !ok) return ok.error();
  if (auto ok = check_name(c.time_zone, "time_zone"); !ok) return ok.error();
  WorkspaceRecord& row = s.workspace_;
  row = {};
  row.sid = c.sid, row.friendly_name = c.friendly_name, row.time_zone = c.time_zone;
  s.effects_.workspace = &row;
  routing.events.push_back({.type = events::EventType::kWorkspaceUpdated});
  found_activities();
  found_task_channels();
  row.last_resort_queue_sid = found_everyone();
  must_route(routing::Configure{routing_settings(row, s.routing_.settings())});
  auto ok = s.conversations_.apply(conversations, conversations::Configure{conversation_settings(row)});
  CARILLON_CHECK(ok.ok());
  return routing::Outcome{.sid = row.sid.str(), .warnings = {}};
}

void State::Running::found_activities() {
  using presence::ActivityClass;
  struct Preset {
    const char* name;
    ActivityClass activity_class;
    bool paid;
  };
  const Preset presets[] = {{"Offline", ActivityClass::system, false},   {"Available", ActivityClass::available, true},
                            {"Break", ActivityClass::break_, true},      {"Lunch", ActivityClass::break_, false},
                            {"Training", ActivityClass::training, true}, {"Meeting", ActivityClass::meeting, true}};
  for (const Preset& preset : presets) {
    presence::ActivityRecord row;
    row.friendly_name = preset.name;
    row.activity_class = preset.activity_class;
    row.paid = preset.paid;
    row.offline = preset.activity_class == ActivityClass::system;
    auto ok = s.presence_.apply(presence, presence::PutActivity{std::move(row)});
    CARILLON_CHECK(ok.ok());
  }
}

void State::Running::found_task_channels() {
  const Answer made =
      route(routing::PutTaskChannel{wrapped_up(live_channel("voice", "Voice", 100, 15, AnsweredOn::connect, 1), 30)});
  CARILLON_CHECK(made.ok());
  const TaskChannelId voice = TaskChannelId::parse(made->sid).value();
  must_route(routing::PutTaskChannel{live_channel("video", "Video", 100, 25, AnsweredOn::connect, 1)});
  must_route(routing::PutTaskChannel{wrapped_up(live_channel("chat", "Chat", 33, 25, AnsweredOn::reply, 3), 60)});
  must_route(routing::PutTaskChannel{patient_channel("email", "Email", AnsweredOn::reply, voice)});
  must_route(routing::PutTaskChannel{patient_channel("fax", "Fax", AnsweredOn::reply, voice)});
  TaskChannelRecord callback = live_channel("callback", "Callback", 100, 20, AnsweredOn::connect, 1);
  callback.live = false;      // nobody waits on the line
  callback.exclusive = true;  // it becomes a call
  must_route(routing::PutTaskChannel{std::move(callback)});
  must_route(routing::PutTaskChannel{patient_channel("default", "Default", AnsweredOn::accept, voice)});
}

QueueId State::Running::found_everyone() {
  routing::TaskQueueRecord everyone;
  everyone.friendly_name = "Everyone";
  const Answer queue = route(routing::PutTaskQueue{std::move(everyone)});
  CARILLON_CHECK(queue.ok());
  routing::WorkflowRecord workflow;
  workflow.friendly_name = "Default";
  workflow.document.text = R"({"task_routing":{"filters":[],"default_filter":{"queue":")" + queue->sid + R"("}}})";
  must_route(routing::PutWorkflow{.workflow = std::move(workflow)});
  return QueueId::parse(queue->sid).value();
}

}  // namespace carillon::workspace
