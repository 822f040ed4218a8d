#include "events/stream_hub.h"

#include "events/agents_view.h"
#include "events/client_frame.h"
#include "events/snapshot.h"
#include "events/stream.h"

namespace carillon::events {
namespace {

constexpr Duration kHeartbeat = Duration::seconds(20);
constexpr Duration kLookEvery = Duration::seconds(1);
constexpr std::int64_t kMostResumed = 10'000;

}  // namespace

StreamHub::StreamHub(World world) : world_(world) {}
StreamHub::~StreamHub() { stop(); }

void StreamHub::start(runtime::Runtime& runtime) {
  runtime_ = &runtime;
  next_beat_ = world_.clock.now() + kHeartbeat;
  thread_.start("streams", {.round =
                                [this] {
                                  if (world_.clock.now() >= next_look_) beat();
                                },
                            // Nobody keeps up: better to let everybody resume than to grow for ever.
                            .too_many = [this] { close_all(4503, "too much to hand out; resume"); },
                            .end = [this] { close_all(1012, "the server stops; come back"); }});
}

void StreamHub::stop() { thread_.stop(); }
void StreamHub::post(std::function<void()> work) { thread_.post(std::move(work)); }

void StreamHub::close_all(std::uint16_t code, std::string_view why) {
  for (const auto& [key, stream] : streams_) stream->close(code, why);
}

void StreamHub::committed(const runtime::PublishedEntryPtr& entry) {
  post([this, entry] { hand_out(*entry); });
}

void StreamHub::ready(WorkspaceId workspace, std::int64_t, bool restarted) {
  // After a restart or reload presence only knows what was committed: say again who is connected.
  post([this, workspace, restarted] {
    if (!restarted) return;
    for (const auto& [worker, count] : tenants_[workspace].connected) {
      if (count > 0) tell_presence(workspace, worker, true);
    }
  });
}

void StreamHub::tell_presence(WorkspaceId workspace, WorkerId worker, bool connected) {
  runtime_->submit({.workspace = workspace,
                    .command = presence::Command{presence::SetConnected{worker, connected}},
                    .actor = {},
                    .companion = nullptr,
                    .idempotency = std::nullopt,
                    .reply = [](Result<runtime::Committed>) {}});
}

void StreamHub::opened(const StreamPtr& stream) {
  streams_.emplace(stream.get(), stream);
  open_ = streams_.size();
  stream->number = ++streams_opened_;
  const door::Caller& who = *stream->who;
  if (who.worker) {
    int& count = tenants_[who.workspace].connected[who.worker];
    if (++count == 1) tell_presence(who.workspace, who.worker, true);
  }
  const Instant now = world_.clock.now();
  stream->heard_at = stream->checked_at = now;
  stream->subscribe_by = now + Duration::seconds(10);
  // Who subscribes by the query hears everything after the position that hello named, however soon it acts upon hello.
  const std::int64_t newest = runtime_->events().position(who.workspace);
  stream->send_hello(now, newest, kHeartbeat);
  if (!stream->first) return;
  if (!stream->first->after) stream->first->after = newest;
  subscribe(stream, *std::exchange(stream->first, std::nullopt));
}

void StreamHub::closed(const StreamPtr& stream) {
  if (streams_.erase(stream.get()) == 0) return;
  open_ = streams_.size();
  leave(*stream);
  put_phone_down(*stream);
  stream->gone = true;
  const door::Caller& who = *stream->who;
  if (!who.worker) return;
  auto& connected = tenants_[who.workspace].connected;
  const auto it = connected.find(who.worker);
  if (it == connected.end() || --it->second > 0) return;
  connected.erase(it);
  tell_presence(who.workspace, who.worker, false);
}

void StreamHub::message(const StreamPtr& stream, std::string text) {
  stream->heard_at = world_.clock.now();
  auto frame = read_client_frame(text);
  if (!frame && http::is_unreadable(frame.error())) return stream->close(4400, frame.error().message);
  if (!frame) return stream->refuse(frame.error());
  if (auto* wish = std::get_if<Subscription>(&*frame)) return subscribe(stream, std::move(*wish));
  if (auto* said = std::get_if<ClientPhone>(&*frame)) {
    return said->sdp.empty() ? put_phone_down(*stream) : phone(stream, std::move(said->sdp));
  }
  const auto* typed = std::get_if<ClientTypes>(&*frame);
  if (!typed) return;
  const door::Caller& who = *stream->who;
  const std::string conversation = typed->conversation.str();
  if (!who.worker) return;
  if (who.is_agent_only() && !stream->followed.contains(conversation)) return;
  typing(who.workspace, conversation, {"worker", who.worker.str(), who.display_name}, typed->on, stream.get());
}

void StreamHub::credentials_changed(const std::string& key) {
  post([this, key] {
    for (const auto& [at, stream] : streams_) {
      if (stream->who->key() == key) still_counts(*stream);
    }
  });
}

bool StreamHub::still_counts(Stream& stream) {
  const auto still = world_.authenticator.authenticate(stream.request);
  if (!still || !*still) return stream.close(4401, "not signed in any more"), false;
  const door::Caller &before = *stream.who, &now = **still;
  if (!door::check_rights(*operation_, &now)) return stream.close(4403, "not allowed any more"), false;
  const bool same = now.role == before.role && now.instance_admin == before.instance_admin &&
                    now.scopes == before.scopes && now.worker == before.worker && now.workspace == before.workspace;
  if (!same) return stream.close(1012, "what you may see has changed; come back"), false;
  stream.who = *still;  // it may count longer than before
  return true;
}

void StreamHub::typing(WorkspaceId workspace, const std::string& conversation_sid, const Typist& who, bool on,
                       const void* except) {
  if (who.type != "customer" && typing_elsewhere_) typing_elsewhere_(workspace, conversation_sid, who, on);
  post([this, workspace, conversation_sid, who, on, except] {
    const auto tenant = tenants_.find(workspace);
    if (tenant == tenants_.end()) return;
    const auto frame =
        std::make_shared<const std::string>(typing_frame(conversation_sid, who.type, who.sid, who.display_name, on));
    const auto tell = [&](Stream* stream) {
      if (stream != except && stream->filter.wants_type("typing")) stream->send(frame);
    };
    if (const auto found = tenant->second.by_ref.find(conversation_sid); found != tenant->second.by_ref.end()) {
      for (Stream* stream : found->second) tell(stream);
    }
    for (Stream* stream : tenant->second.everything) tell(stream);
  });
}

void StreamHub::leave(Stream& stream) {
  Tenant& tenant = tenants_[stream.who->workspace];
  tenant.everything.erase(&stream);
  tenant.own.erase(&stream);
  for (const auto& [ref, count] : stream.followed) {
    const auto found = tenant.by_ref.find(ref);
    if (found == tenant.by_ref.end()) continue;
    found->second.erase(&stream);
    if (found->second.empty()) tenant.by_ref.erase(found);
  }
  stream.followed.clear();
  stream.by_reservation.clear();
  stream.live = false;
}

// Every subscription begins with a look at live state: for the snapshot, for what an own stream follows, for the position.
void StreamHub::subscribe(const StreamPtr& stream, Subscription wish) {
  leave(*stream);
  const door::Caller& who = *stream->who;
  stream->subscribed = true;
  stream->filter = wish.filter;
  if (who.is_agent_only()) stream->filter.own = true;
  if (!wish.after) wish.after = runtime_->events().position(who.workspace);
  stream->after = wish.snapshot ? std::nullopt : wish.after;
  stream->numbers_sent = false;
  const std::uint64_t attempt = ++stream->attempt;
  const bool wants_snapshot = wish.snapshot;
  const WorkerId own = stream->filter.own ? who.worker : WorkerId{};
  const bool is_own = stream->filter.own;
  struct Seen {
    std::vector<SnapshotFrame> frames;
    std::vector<std::pair<std::string, std::vector<std::string>>> reservations;
  };
  runtime_->ask(
      who.workspace,
      [filter = stream->filter, own, is_own, wants_snapshot, agent = who.is_agent_only()](const runtime::View& view) {
        Seen seen;
        if (wants_snapshot) seen.frames = snapshot_frames(view.state, filter, own, agent);
        if (!is_own) return seen;
        for (const auto* r : view.state.routing().reservations()) {
          if (r->worker_sid != own) continue;
          const auto* task = view.state.routing().task(r->task_sid);
          std::vector<std::string> refs{r->task_sid.str()};
          if (task && task->contact_sid) refs.push_back(task->contact_sid.str());
          if (task && task->conversation_sid) refs.push_back(task->conversation_sid.str());
          seen.reservations.emplace_back(r->sid.str(), std::move(refs));
        }
        return seen;
      },
      [this, stream, attempt](Result<runtime::Answer<Seen>> answer) {
        auto held = std::make_shared<Result<runtime::Answer<Seen>>>(std::move(answer));
        post([this, stream, attempt, held] {
          if (stream->gone || stream->attempt != attempt) return;
          if (!*held) return stream->close(4503, "not available just now; come back");
          for (auto& [sid, refs] : (*held)->value.reservations) follow_reservation(*stream, sid, std::move(refs));
          const auto& frames = (*held)->value.frames;
          for (std::size_t i = 0; i < frames.size(); ++i) {
            stream->send(frames[i].text((*held)->position, i == 0, i + 1 == frames.size()));
          }
          begun(stream, attempt, (*held)->position);
        });
      });
}

void StreamHub::begun(const StreamPtr& stream, std::uint64_t, std::int64_t position) {
  if (stream->after && position - *stream->after > kMostResumed) {
    // Too far back: a snapshot says it shorter.
    Subscription again{stream->filter, std::nullopt, true};
    return subscribe(stream, std::move(again));
  }
  stream->position = stream->after ? std::min(*stream->after, position) : position;
  Tenant& tenant = tenants_[stream->who->workspace];
  if (stream->filter.own) {
    tenant.own.insert(stream.get());
    follow_ref(*stream, stream->who->worker.str());
  } else {
    tenant.everything.insert(stream.get());
  }
  catch_up(stream);
}

void StreamHub::catch_up(const StreamPtr& stream) {
  const auto recent = runtime_->events().since(stream->who->workspace, stream->position);
  if (!recent) return catch_up_from_rows(stream);
  for (const auto& entry : *recent) give(*stream, *entry);
  stream->live = true;
  stream->send_ping(world_.clock.now());
}

void StreamHub::catch_up_from_rows(const StreamPtr& stream) {
  const std::uint64_t attempt = stream->attempt;
  const std::int64_t after = stream->position;
  const bool posted = world_.pool.post([this, stream, workspace = stream->who->workspace, attempt, after] {
    auto reader = world_.store.readers().lease();
    if (!reader) return post([stream] { stream->close(4503, "not available just now; come back"); });
    auto found = runtime_->events().read_since(**reader, workspace, after, 500);
    post([this, stream, attempt, found = std::move(found)] {
      if (stream->gone || stream->attempt != attempt) return;
      if (!found) {
        if (found.error().code != ErrorCode::kPositionGone)
          return stream->close(4503, "not available just now; come back");
        return subscribe(stream, {stream->filter, std::nullopt, true});
      }
      const std::int64_t before = stream->position;
      for (const auto& entry : *found) give(*stream, *entry);
      if (found->empty() || stream->position == before) {
        // Nothing more in rows: what is left is in memory or not committed yet.
        stream->position = std::max(stream->position, runtime_->events().position(stream->who->workspace));
      }
      catch_up(stream);
    });
  });
  if (!posted) stream->close(4503, "not available just now; come back");
}

// An own stream follows its worker, and what the worker's live reservations are about.
void StreamHub::follow_ref(Stream& stream, const std::string& ref) {
  if (stream.followed.size() >= 500) return;
  if (++stream.followed[ref] == 1) tenants_[stream.who->workspace].by_ref[ref].insert(&stream);
}

void StreamHub::unfollow_ref(Stream& stream, const std::string& ref) {
  const auto it = stream.followed.find(ref);
  if (it == stream.followed.end() || --it->second > 0) return;
  stream.followed.erase(it);
  auto& by_ref = tenants_[stream.who->workspace].by_ref;
  const auto found = by_ref.find(ref);
  if (found == by_ref.end()) return;
  found->second.erase(&stream);
  if (found->second.empty()) by_ref.erase(found);
}

void StreamHub::follow_reservation(Stream& stream, const std::string& sid, std::vector<std::string> refs) {
  if (stream.by_reservation.contains(sid)) return;
  for (const std::string& ref : refs) follow_ref(stream, ref);
  stream.by_reservation.emplace(sid, std::move(refs));
}

void StreamHub::follow(Stream& stream, const runtime::PublishedEvent& event) {
  if (event.resource_type != "reservation") return;
  const std::string own = stream.who->worker.str();
  if (std::find(event.refs.begin(), event.refs.end(), own) == event.refs.end()) return;
  if (event.type == "reservation.created" || event.type == "reservation.accepted") {
    std::vector<std::string> refs;
    for (const std::string& ref : event.refs) {
      if (ref.starts_with("WT") || ref.starts_with("CT") || ref.starts_with("CH")) refs.push_back(ref);
    }
    return follow_reservation(stream, event.resource_sid, std::move(refs));
  }
  const bool ended = event.type == "reservation.completed" || event.type == "reservation.rejected" ||
                     event.type == "reservation.timeout" || event.type == "reservation.canceled" ||
                     event.type == "reservation.rescinded";
  if (!ended) return;
  const auto it = stream.by_reservation.find(event.resource_sid);
  if (it == stream.by_reservation.end()) return;
  const std::vector<std::string> refs = std::move(it->second);
  stream.by_reservation.erase(it);
  for (const std::string& ref : refs) unfollow_ref(stream, ref);
}

bool StreamHub::concerns(const Stream& stream, const runtime::PublishedEvent& event) const {
  if (!stream.filter.own) return true;
  const std::string& type = event.resource_type;
  if (type == "activity" || type == "task-channel" || type == "task-queue" || type == "workflow" || type == "workspace")
    return true;
  for (const std::string& ref : event.refs) {
    if (stream.followed.contains(ref)) return true;
  }
  return false;
}

void StreamHub::hand_out(const runtime::PublishedEntry& entry) {
  const auto tenant = tenants_.find(entry.workspace);
  if (tenant == tenants_.end()) return;
  tenant->second.handed_out = entry.position;
  if (entry.events.empty()) return;
  for (Stream* stream : tenant->second.everything) {
    if (stream->live) give(*stream, entry);
  }
  if (tenant->second.own.empty()) return;
  std::unordered_set<Stream*> concerned;
  for (const auto& event : entry.events) {
    const std::string& type = event.resource_type;
    if (type == "activity" || type == "task-channel" || type == "task-queue" || type == "workflow" ||
        type == "workspace") {
      concerned.insert(tenant->second.own.begin(), tenant->second.own.end());
    }
    for (const std::string& ref : event.refs) {
      const auto found = tenant->second.by_ref.find(ref);
      if (found != tenant->second.by_ref.end()) concerned.insert(found->second.begin(), found->second.end());
    }
  }
  for (Stream* stream : concerned) {
    if (stream->live) give(*stream, entry);
  }
}

// Positions make it exact: what was handed out once is never handed out again.
void StreamHub::give(Stream& stream, const runtime::PublishedEntry& entry) {
  if (entry.position <= stream.position) return;
  stream.position = entry.position;
  std::string frame;
  for (const auto& event : entry.events) {
    if (stream.filter.own && (event.type == "reservation.created" || event.type == "reservation.accepted"))
      follow(stream, event);
    if (!concerns(stream, event) || !stream.filter.passes(event)) continue;
    std::optional<runtime::PublishedEvent> seen;
    const bool partly = stream.who->is_agent_only() && has_unseen(entry, event);
    if (partly && !(seen = seen_by_agents(entry, event))) continue;
    frame +=
        frame.empty() ? "{\"type\":\"events\",\"position\":" + std::to_string(entry.position) + ",\"events\":[" : ",";
    runtime::append_event(frame, entry, seen ? *seen : event);
  }
  if (stream.filter.own) {
    for (const auto& event : entry.events) {
      if (event.type != "reservation.created" && event.type != "reservation.accepted") follow(stream, event);
    }
  }
  if (frame.empty()) return;
  frame += "]}";
  stream.send(std::move(frame));
}

void StreamHub::beat() {
  const Instant now = world_.clock.now();
  next_look_ = now + kLookEvery;
  send_numbers();
  for (const auto& [key, stream] : streams_) {
    if (!stream->subscribed && now > stream->subscribe_by) stream->close(4400, "no subscription came within 10 s");
    if (now >= stream->who->expires_at) still_counts(*stream);
  }
  if (now < next_beat_) return;
  next_beat_ = now + kHeartbeat;
  for (const auto& [key, stream] : streams_) {
    if (now - stream->heard_at > kHeartbeat * 3) {
      stream->close(4408, "no pong");
      continue;
    }
    if (!still_counts(*stream)) continue;
    // A quiet stream has everything that was handed out: positions without events for it move on too.
    if (stream->live) stream->position = std::max(stream->position, tenants_[stream->who->workspace].handed_out);
    stream->send_ping(now);
  }
}

void StreamHub::send_numbers() {
  if (!numbers_) return;
  std::map<std::pair<WorkspaceId, WorkerId>, std::vector<StreamPtr>> wanted;
  for (const auto& [key, stream] : streams_) {
    if (!stream->live || !stream->filter.numbers || stream->numbers_asked) continue;
    stream->numbers_asked = true;
    wanted[{stream->who->workspace, stream->filter.own ? stream->who->worker : WorkerId{}}].push_back(stream);
  }
  for (auto& [key, streams] : wanted) {
    numbers_(key.first, key.second, !key.second, [this, streams](std::string members, std::int64_t position) {
      post([this, streams, members = std::move(members), position] {
        const auto frame = std::make_shared<const std::string>(numbers_frame(world_.clock.now(), position, members));
        for (const StreamPtr& stream : streams) {
          stream->numbers_asked = false;
          if (!members.empty() && stream->numbers != members) stream->numbers = members, stream->send(frame);
        }
      });
    });
  }
}

}  // namespace carillon::events
