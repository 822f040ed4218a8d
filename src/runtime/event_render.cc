#include "runtime/event_render.h"

#include "runtime/derived_rows.h"
#include "runtime/json_out.h"

namespace carillon::runtime {
namespace {

using events::Event;
using events::EventType;

// What an event is about: the resource type of the contract, and the name its payload has there.
struct About {
  std::string_view type;
  std::string_view payload;
};
constexpr About kTask{"task", "task"}, kReservation{"reservation", "reservation"}, kWorker{"worker", "worker"},
    kActivity{"activity", "activity"}, kChannel{"task-channel", "task_channel"}, kQueue{"task-queue", "task_queue"},
    kWorkflow{"workflow", "workflow"}, kConversation{"conversation", "conversation"}, kContact{"contact", "contact"},
    kMessage{"message", "message"}, kNumber{"number", "number"}, kCall{"call", "call"},
    kCallback{"callback", "callback"}, kAlert{"alert", "alert"}, kWorkspace{"workspace", "workspace"};

const About& about(EventType type) {
  const std::string_view name = events::event_name(type);
  switch (type) {
    case EventType::kTaskQueueCreated:
    case EventType::kTaskQueueUpdated:
    case EventType::kTaskQueueDeleted:
      return kQueue;
    case EventType::kWorkflowCreated:
    case EventType::kWorkflowUpdated:
    case EventType::kWorkflowDeleted:
      return kWorkflow;
    default:
      break;
  }
  for (const About* one : {&kReservation, &kWorker, &kActivity, &kChannel, &kConversation, &kContact, &kMessage,
                           &kAlert, &kWorkspace, &kNumber, &kCall, &kCallback}) {
    if (name.size() > one->type.size() && name.substr(0, one->type.size()) == one->type &&
        name[one->type.size()] == '.') {
      return *one;
    }
  }
  return kTask;  // task.*, and what a task meets on its way: workflow.*, task-queue.*
}

constexpr int kRandomBits = 12;  // of the last 64 of an event's id; the others say when

// One entry being rendered.
class Rendering {
 public:
  Rendering(const RenderGiven& given, FilterNames& filters, const std::string& deleted_sid,
            const std::string& deleted_json, std::string& scratch)
      : given_(given),
        names_(given.state, filters),
        deleted_sid_(deleted_sid),
        deleted_json_(deleted_json),
        scratch_(scratch),
        made_(std::make_shared<PublishedEntry>()) {}

  std::shared_ptr<PublishedEntry> run() {
    made_->workspace = given_.workspace;
    made_->entry = given_.entry.number;
    made_->at = given_.entry.now;
    made_->command = given_.command;
    made_->common = common_members(given_.workspace, given_.entry.now, given_.actor, given_.command);
    for (const Event& event : given_.effects.events) {
      if (!events::is_internal(event.type)) add(event);
    }
    if (const auto* changes = given_.effects.calls) {
      for (const auto* call : changes->calls) made_->calls.push_back(*call);
      for (const auto* number : changes->numbers) made_->numbers.push_back(*number);
      made_->deleted_numbers = changes->deleted_numbers;
    }
    return std::move(made_);
  }

 private:
  std::string sid_of(const Event& event, const About& what) const {
    if (&what == &kTask) return event.task.str();
    if (&what == &kReservation) return event.reservation.str();
    if (&what == &kWorker) return event.worker.str();
    if (&what == &kActivity) return event.activity.str();
    if (&what == &kChannel) return event.channel.str();
    if (&what == &kQueue) return event.queue.str();
    if (&what == &kWorkflow) return event.workflow.str();
    if (&what == &kConversation) return event.conversation.str();
    if (&what == &kContact) return event.contact.str();
    if (&what == &kMessage) return event.message.str();
    if (&what == &kNumber) return event.number_sid.str();
    if (&what == &kCall) return event.call.str();
    if (&what == &kCallback) return event.callback.str();
    if (&what == &kWorkspace) return given_.workspace.str();
    const EventId own = event_sid(given_.entry.seed, given_.entry.now, made_->events.size());
    return AlertId{own.hi, own.lo}.str();
  }

  void add(const Event& event) {
    const About& what = about(event.type);
    PublishedEvent out;
    out.type = events::event_name(event.type);
    out.resource_type = what.type;
    out.resource_sid = sid_of(event, what);
    add_head(event, out);
    add_payload(event, what, out);
    made_->events.push_back(std::move(out));
  }

  void add_head(const Event& event, PublishedEvent& out) {
    scratch_.clear();
    JsonOut json(scratch_);
    json.id("sid", event_sid(given_.entry.seed, given_.entry.now, made_->events.size())).text("type", out.type);
    json.number("index", static_cast<std::int64_t>(made_->events.size()));
    json.text("resource_type", out.resource_type).text("resource_sid", out.resource_sid);
    out.refs.reserve(6);
    out.refs.push_back(out.resource_sid);
    const auto refer = [&](std::string_view name, const auto& id) {
      if (id.empty()) return;
      json.id(name, id);
      if (std::string sid = id.str(); sid != out.resource_sid) out.refs.push_back(std::move(sid));
    };
    refer("task_sid", event.task), refer("reservation_sid", event.reservation), refer("worker_sid", event.worker);
    refer("task_queue_sid", event.queue), refer("workflow_sid", event.workflow), refer("contact_sid", event.contact);
    refer("conversation_sid", event.conversation), refer("customer_sid", event.customer);
    refer("call_sid", event.call), refer("leg_sid", event.leg), refer("number_sid", event.number_sid);
    refer("callback_sid", event.callback);
    out.head.assign(scratch_, 1);
  }

  void add_payload(const Event& event, const About& what, PublishedEvent& out) {
    if (&what == &kAlert) {
      std::string text;
      render_alert(text, alert_of(event, out.resource_sid, given_.entry.now));
      out.payload.push_back({"alert", -1, std::move(text)});
      return;
    }
    if (const int main = resource(what, event, out.resource_sid); main >= 0) {
      out.payload.push_back({std::string(what.payload), main, {}});
    }
    if (&what == &kReservation) {
      if (const int task = resource(kTask, event, event.task.str()); task >= 0)
        out.payload.push_back({"task", task, {}});
    }
    if (&what == &kTask && event.reason != events::Reason::none) {
      out.payload.push_back({"reason", -1, '"' + std::string(codec::enum_name(event.reason)) + '"'});
    }
    if (event.type == EventType::kTaskTransferInitiated) add_new_task(event, out);
  }

  // The task that the transfer has made: of this entry, and transferred from this one.
  void add_new_task(const Event& event, PublishedEvent& out) {
    if (!given_.effects.routing) return;
    for (const auto* task : given_.effects.routing->tasks) {
      if (task->transferred_from_sid != event.task || task->sid == event.task) continue;
      out.payload.push_back({"new_task_sid", -1, '"' + task->sid.str() + '"'});
      return;
    }
  }

  // The index of the resource's text, rendered when first asked for; -1 when nobody knows it.
  int resource(const About& what, const Event& event, const std::string& sid) {
    for (const auto& [known, index] : rendered_) {
      if (known == sid) return index;
    }
    int index = -1;
    scratch_.clear();
    if (render_resource(what, event, sid, scratch_)) {
      index = static_cast<int>(made_->resources.size());
      made_->resources.push_back(scratch_);
    }
    rendered_.emplace_back(sid, index);
    return index;
  }

  bool render_resource(const About& what, const Event& event, const std::string& sid, std::string& text) {
    for (const auto& [given_sid, json] : given_.resources) {
      if (given_sid == sid) return text = json, true;
    }
    if (!deleted_sid_.empty() && sid == deleted_sid_) return text = deleted_json_, true;
    const auto& routing = given_.state.routing();
    if (&what == &kTask) return render_task(event.task, text);
    if (&what == &kReservation) {
      return with(reservation(event.reservation), [&](const auto& r) { render(text, names_, given_.workspace, r); });
    }
    if (&what == &kWorker) return render_worker(text, given_.state, event.worker);
    if (&what == &kChannel) return plain(routing.task_channel(event.channel), text);
    if (&what == &kQueue) return plain(routing.task_queue(event.queue), text);
    if (&what == &kWorkflow) return plain(routing.workflow(event.workflow), text);
    if (&what == &kActivity) return plain(given_.state.presence().activity(event.activity), text);
    if (&what == &kWorkspace) return render(text, given_.state.workspace(), false), true;
    if (&what == &kNumber) return plain(given_.state.calls().number(event.number_sid), text);
    if (&what == &kCall) {
      const auto* live = given_.state.calls().call(event.call);
      return plain(live || !given_.effects.calls ? live : changed(given_.effects.calls->calls, event.call), text);
    }
    if (&what == &kCallback) return plain(given_.state.calls().callback(event.callback), text);
    const auto* talk = given_.effects.conversations;
    if (&what == &kConversation) {
      const auto* live = given_.state.conversations().conversation(event.conversation);
      return plain(live || !talk ? live : changed(talk->conversations, event.conversation), text);
    }
    if (&what == &kContact) {
      const auto* live = given_.state.conversations().contact(event.contact);
      return plain(live || !talk ? live : changed(talk->contacts, event.contact), text);
    }
    return false;
  }

  bool render_task(TaskId sid, std::string& text) {
    const auto* task = given_.state.routing().task(sid);
    if (!task && given_.effects.routing) task = changed(given_.effects.routing->tasks, sid);
    if (!task) return false;
    render(text, names_, given_.workspace, *task, reservation(task->reservation_sid));
    return true;
  }

  const routing::ReservationRecord* reservation(ReservationId sid) const {
    if (sid.empty()) return nullptr;
    if (const auto* live = given_.state.routing().reservation(sid)) return live;
    return given_.effects.routing ? changed(given_.effects.routing->reservations, sid) : nullptr;
  }

  template <class List, class IdType>
  static auto changed(const List& list, const IdType& sid) -> typename List::value_type {
    for (const auto* one : list) {
      if (one->sid == sid) return one;
    }
    return nullptr;
  }

  template <class T, class F>
  static bool with(const T* found, F f) {
    if (found) f(*found);
    return found != nullptr;
  }

  template <class T>
  bool plain(const T* found, std::string& text) const {
    return with(found, [&](const T& one) { render(text, given_.workspace, one); });
  }

  const RenderGiven& given_;
  const StateNames names_;
  const std::string& deleted_sid_;
  const std::string& deleted_json_;
  std::string& scratch_;  // grows once, not for every text
  std::shared_ptr<PublishedEntry> made_;
  std::vector<std::pair<std::string, int>> rendered_;  // a handful: looked through in order
};

}  // namespace

std::string common_members(WorkspaceId workspace, Instant at, const Actor& actor, std::string_view cause) {
  std::string text;
  JsonOut json(text);
  json.time("at", at).id("workspace_sid", workspace).key("actor");
  JsonOut who(text);
  who.text("type", actor.type).text_or_null("sid", actor.sid);
  if (!actor.display_name.empty()) who.text("display_name", actor.display_name);
  who.end();
  if (!cause.empty()) json.text("cause", cause);
  return text.substr(1);
}

EventId event_sid(Seed seed, Instant at, std::size_t index) {
  // Apart from the ids that the core draws from the same seed.
  IdMaker maker(Seed{seed.hi ^ (0x4556'4556'4556'4556ULL + index), seed.lo});
  EventId sid = maker.next<EventId>();
  sid.lo = (static_cast<std::uint64_t>(at.us) << kRandomBits) | (sid.lo & ((1u << kRandomBits) - 1));
  return sid;
}

Instant time_of_event(EventId sid) { return {static_cast<std::int64_t>(sid.lo >> kRandomBits)}; }

void EventRender::before(const workspace::State& state, const workspace::Command& command) {
  deleted_sid_.clear();
  deleted_json_.clear();
  const WorkspaceId workspace = state.workspace().sid;
  const auto keep = [&](const auto* found) {
    if (!found) return;
    deleted_sid_ = found->sid.str();
    runtime::render(deleted_json_, workspace, *found);
  };
  const auto keep_worker = [&](WorkerId sid) {
    if (render_worker(deleted_json_, state, sid)) deleted_sid_ = sid.str();
  };
  if (const auto* worker = std::get_if<workspace::DeleteWorker>(&command)) return keep_worker(worker->sid);
  if (const auto* presence = std::get_if<presence::Command>(&command)) {
    if (const auto* activity = std::get_if<presence::DeleteActivity>(presence))
      keep(state.presence().activity(activity->sid));
    return;
  }
  if (const auto* calls = std::get_if<calls::Command>(&command)) {
    if (const auto* number = std::get_if<calls::DeleteNumber>(calls)) keep(state.calls().number(number->sid));
    return;
  }
  const auto* routing = std::get_if<routing::Command>(&command);
  if (!routing) return;
  const auto& live = state.routing();
  if (const auto* queue = std::get_if<routing::DeleteTaskQueue>(routing)) keep(live.task_queue(queue->sid));
  if (const auto* workflow = std::get_if<routing::DeleteWorkflow>(routing)) keep(live.workflow(workflow->sid));
  if (const auto* channel = std::get_if<routing::DeleteTaskChannel>(routing)) keep(live.task_channel(channel->sid));
  if (const auto* worker = std::get_if<routing::DeleteWorker>(routing)) keep_worker(worker->sid);
}

std::shared_ptr<PublishedEntry> EventRender::render(const RenderGiven& given) {
  return Rendering(given, filters_, deleted_sid_, deleted_json_, scratch_).run();
}

}  // namespace carillon::runtime
