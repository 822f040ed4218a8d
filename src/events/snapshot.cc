#include "events/snapshot.h"

#include <algorithm>

#include "runtime/resource_render.h"

namespace carillon::events {
namespace {

constexpr std::size_t kItemsAFrame = 500;

class Builder {
 public:
  Builder(std::vector<SnapshotFrame>& out, std::string resource) : out_(out), resource_(std::move(resource)) {}
  ~Builder() {
    // A resource without items still gets its frame: the client learns that there are none.
    if (count_ > 0 || !any_) flush();
  }
  template <class Render>
  void add(Render render) {
    if (count_ > 0) items_ += ',';
    render(items_);
    if (++count_ == kItemsAFrame) flush();
  }

 private:
  void flush() {
    out_.push_back({resource_, std::move(items_)});
    items_.clear();
    count_ = 0;
    any_ = true;
  }
  std::vector<SnapshotFrame>& out_;
  std::string resource_, items_;
  std::size_t count_ = 0;
  bool any_ = false;
};

bool has(const std::vector<WorkerId>& workers, WorkerId worker) {
  return std::find(workers.begin(), workers.end(), worker) != workers.end();
}

template <class Rows>
void add_rows(std::vector<SnapshotFrame>& out, const StreamFilter& filter, const std::string& resource, WorkspaceId ws,
              const Rows& rows) {
  if (!filter.wants_resource_type(resource)) return;
  Builder frame(out, resource);
  for (const auto* row : rows) frame.add([&](std::string& text) { runtime::render(text, ws, *row); });
}

void add_configuration(std::vector<SnapshotFrame>& out, const workspace::State& state, const StreamFilter& filter) {
  const WorkspaceId ws = state.workspace().sid;
  add_rows(out, filter, "activity", ws, state.presence().activities());
  add_rows(out, filter, "task-channel", ws, state.routing().task_channels());
  add_rows(out, filter, "task-queue", ws, state.routing().task_queues());
  add_rows(out, filter, "workflow", ws, state.routing().workflows());
}

using Contacts = std::vector<const conversations::ContactRecord*>;

// `of`: only calls of these contacts.
void add_calls(std::vector<SnapshotFrame>& out, const workspace::State& state, const StreamFilter& filter,
               const Contacts* of, bool for_agent) {
  if (!filter.wants_resource_type("call")) return;
  const WorkspaceId ws = state.workspace().sid;
  Builder frame(out, "call");
  for (const auto* row : state.calls().calls()) {
    const auto is_its = [&](const auto* contact) { return contact->sid == row->contact_sid; };
    if (of && std::none_of(of->begin(), of->end(), is_its)) continue;
    frame.add([&](std::string& text) {
      for_agent ? runtime::render(text, ws, calls::seen_by_agents(*row)) : runtime::render(text, ws, *row);
    });
  }
}

}  // namespace

std::string SnapshotFrame::text(std::int64_t position, bool first, bool last) const {
  return R"({"type":"snapshot","position":)" + std::to_string(position) + ",\"first\":" + (first ? "true" : "false") +
         ",\"last\":" + (last ? "true" : "false") + ",\"resource\":\"" + resource + "\",\"items\":[" + items + "]}";
}

std::vector<SnapshotFrame> snapshot_frames(const workspace::State& state, const StreamFilter& filter, WorkerId own,
                                           bool for_agent) {
  std::vector<SnapshotFrame> out;
  runtime::FilterNames filters;
  const runtime::StateNames names(state, filters);
  const WorkspaceId ws = state.workspace().sid;
  const auto& routing = state.routing();
  add_configuration(out, state, filter);
  if (filter.wants_resource_type("worker")) {
    Builder frame(out, "worker");
    for (const auto* row : routing.workers()) {
      if (own && row->sid != own) continue;
      frame.add([&](std::string& text) { runtime::render_worker(text, state, row->sid); });
    }
  }
  std::vector<const routing::ReservationRecord*> reservations;
  for (const auto* row : routing.reservations()) {
    if (!own || row->worker_sid == own) reservations.push_back(row);
  }
  if (filter.wants_resource_type("task")) {
    Builder frame(out, "task");
    if (own) {
      for (const auto* reservation : reservations) {
        if (const auto* task = routing.task(reservation->task_sid)) {
          frame.add([&](std::string& text) {
            runtime::render(text, names, ws, *task, routing.reservation(task->reservation_sid));
          });
        }
      }
    } else {
      for (const auto* row : routing.tasks()) {
        frame.add([&](std::string& text) {
          runtime::render(text, names, ws, *row, routing.reservation(row->reservation_sid));
        });
      }
    }
  }
  if (filter.wants_resource_type("reservation")) {
    Builder frame(out, "reservation");
    for (const auto* row : reservations) frame.add([&](std::string& text) { runtime::render(text, names, ws, *row); });
  }
  Contacts contacts;
  for (const auto* row : state.conversations().contacts()) {
    const auto offered = [&] {
      return std::any_of(reservations.begin(), reservations.end(),
                         [&](const auto* r) { return r->contact_sid == row->sid; });
    };
    if (!own || has(row->workers, own) || offered()) contacts.push_back(row);
  }
  if (filter.wants_resource_type("conversation")) {
    Builder frame(out, "conversation");
    for (const auto* row : state.conversations().conversations()) {
      const bool mine =
          std::any_of(contacts.begin(), contacts.end(), [&](const auto* c) { return c->conversation_sid == row->sid; });
      if (!own || mine) frame.add([&](std::string& text) { runtime::render(text, ws, *row); });
    }
  }
  if (filter.wants_resource_type("contact")) {
    Builder frame(out, "contact");
    for (const auto* row : contacts) frame.add([&](std::string& text) { runtime::render(text, ws, *row); });
  }
  add_calls(out, state, filter, own ? &contacts : nullptr, for_agent);
  return out;
}

}  // namespace carillon::events
