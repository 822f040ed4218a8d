#include "channels/chat/visitor_hub.h"

#include <algorithm>

#include "channels/chat/tab_frame.h"
#include "channels/chat/visitor_frames.h"
#include "conversations/conversation_rows.h"

namespace carillon::chat {
namespace {

constexpr Duration kPlacesEvery = Duration::seconds(2);

}  // namespace

VisitorHub::VisitorHub(ChatWorld& chat, door::Authenticator& authenticator)
    : chat_(chat), authenticator_(authenticator), call_limits_(chat.clock) {
  // A page that is loaded again and again, and a house with many customers in it.
  call_limits_.define(kCallsOfVisitor, {.per_second = 10.0 / 60, .burst = 10});
  call_limits_.define(kCallsOfAddress, {.per_second = 1, .burst = 60});
}
VisitorHub::~VisitorHub() { stop(); }

void VisitorHub::start() {
  next_beat_ = chat_.clock.now() + kHeartbeat;
  thread_.start("visitors", {.round = [this] { beat(); },
                             .too_many = [this] { close_all(4503, "too much to hand out; come back"); },
                             .end = [this] { close_all(1012, "the server stops; come back"); }});
}

void VisitorHub::stop() { thread_.stop(); }
void VisitorHub::post(std::function<void()> work) { thread_.post(std::move(work)); }

void VisitorHub::close_all(std::uint16_t code, std::string_view why) {
  for (const auto& [key, stream] : streams_) stream->close(code, why);
}

void VisitorHub::committed(const runtime::PublishedEntryPtr& entry) {
  if (open_ == 0 || (entry->events.empty() && entry->calls.empty())) return;
  post([this, entry] { hand_out(*entry); });
}

void VisitorHub::ready(WorkspaceId workspace, std::int64_t, bool) {
  // Presence only knows what was committed, and states may have moved meanwhile.
  post([this, workspace] {
    for (const auto& [key, party] : parties_) {
      if (key.first != workspace) continue;
      tell_presence(party->who, true);
      look(party);
      if (party->call.call) look_at_calls(workspace, {party}, runtime::Release::committed);
    }
  });
}

// ---- tabs come and go ----

void VisitorHub::opened(const StreamPtr& stream) {
  streams_.emplace(stream.get(), stream);
  open_ = streams_.size();
  stream->heard_at = chat_.clock.now();
  stream->number = ++last_number_;
  PartyPtr& party = parties_[{stream->who.workspace, stream->who.visitor}];
  if (!party) {
    party = std::make_shared<Party>();
    tell_presence(stream->who, true);
  }
  party->who = stream->who;
  party->streams.push_back(stream);
  if (party->is_known) return greet(stream, party);
  look(party);  // greets when it knows what to follow
}

void VisitorHub::closed(const StreamPtr& stream) {
  if (streams_.erase(stream.get()) == 0) return;
  open_ = streams_.size();
  stream->gone = true;
  if (stream->call_attempt && guests_) guests_->left({{stream->who.workspace, stream->who.visitor}, stream->number});
  const auto it = parties_.find({stream->who.workspace, stream->who.visitor});
  if (it == parties_.end()) return;
  const PartyPtr party = it->second;
  std::erase(party->streams, stream);
  if (!party->streams.empty()) return;
  follow(party, {});
  parties_.erase(it);
  tell_presence(party->who, false);
}

// The core knows which contact is theirs, if any.
void VisitorHub::tell_presence(const Viewer& who, bool connected) {
  runtime::Submission submission;
  submission.workspace = who.workspace;
  submission.command = workspace::Tick{};
  submission.actor = {"visitor", who.visitor.str(), ""};
  submission.prepare = [who, connected](const runtime::View& view, workspace::Command& command) -> Result<void> {
    const auto* contact = view.state.conversations().open_contact_of(kChannel, who.visitor.str());
    if (!contact) return Error(ErrorCode::kNotFound, "the visitor has no open contact");
    command = conversations::Command{conversations::SetCustomerConnected{contact->sid, connected}};
    return {};
  };
  submission.reply = [](const auto&) {};
  chat_.runtime.submit(std::move(submission));
}

// First it is settled what the party follows; whatever is committed from then on is handed out. Only then rows are read for
// hello: so nothing falls between them, and what comes twice is known by its index.
void VisitorHub::greet(const StreamPtr& stream, const PartyPtr& party) {
  const Viewer who = party->who;
  const bool posted = chat_.pool.post([this, stream, party, who] {
    const std::int64_t position = chat_.runtime.events().position(who.workspace);
    auto reader = chat_.store.readers().lease();
    auto thread = reader ? read_thread(**reader, who) : Result<Thread>(reader.error());
    if (!thread) return post([stream] { stream->close(4503, "not available just now; come back"); });
    chat_.runtime.ask(
        who.workspace,
        [who](const runtime::View& view) {
          return std::pair(place_of(view.state, who.visitor), call_of(view.state, who.visitor));
        },
        [this, stream, party, thread = *std::move(thread),
         position](Result<runtime::Answer<std::pair<Place, CallSight>>> now) {
          post([this, stream, party, thread, now = now ? now->value : std::pair<Place, CallSight>(), position] {
            greeted(stream, party, thread, now.first, position, now.second);
          });
        },
        runtime::Release::immediate);
  });
  if (!posted) stream->close(4503, "not available just now; come back");
}

void VisitorHub::greeted(const StreamPtr& stream, const PartyPtr& party, const Thread& thread, const Place& place,
                         std::int64_t position, const CallSight& call) {
  if (stream->gone || stream->is_greeted) return;
  if (position < party->position) return greet(stream, party);  // somebody looked later than these rows were read
  const Instant now = chat_.clock.now();
  // What was told of a call meanwhile is newer than what was looked at.
  if (!party->call.call) party->call = call;
  const CallSight shown = party->call.state == CallState::ended ? CallSight{} : party->call;  // else: being looked up
  stream->socket->send(hello_frame(now, thread, place, shown, party->call_stream == stream->number, position));
  stream->is_greeted = true;
  if (!thread.messages.empty()) stream->shown = thread.messages.back().index;
  for (const auto& frame : std::exchange(stream->pending, {})) stream->socket->send(frame);
  if (thread.state == VisitorState::waiting) party->place = place, party->place_at = now;
  seen(party, thread, position);
}

// ---- what a party sees ----

void VisitorHub::look(const PartyPtr& party) {
  if (party->is_looking) {
    party->look_again = true;
    return;
  }
  party->is_looking = true;
  const Viewer who = party->who;
  const bool posted = chat_.pool.post([this, party, who] {
    const std::int64_t position = chat_.runtime.events().position(who.workspace);
    auto reader = chat_.store.readers().lease();
    auto thread = reader ? read_thread(**reader, who) : Result<Thread>(reader.error());
    post([this, party, thread = std::move(thread), position] {
      party->is_looking = false;
      if (thread) seen(party, *thread, position);
      if (!thread) give_up(*party);
      if (std::exchange(party->look_again, false)) look(party);
    });
  });
  if (posted) return;
  party->is_looking = false;
  give_up(*party);
}

// Who was not greeted knows nothing; the others are told with the next change.
void VisitorHub::give_up(const Party& party) {
  for (const StreamPtr& stream : party.streams) {
    if (!stream->is_greeted) stream->close(4503, "not available just now; come back");
  }
}

void VisitorHub::seen(const PartyPtr& party, const Thread& thread, std::int64_t position) {
  if (party->streams.empty() || position < party->position) return;
  party->position = position;
  const bool was_known = std::exchange(party->is_known, true);
  const bool other_thread = party->conversation != thread.conversation;
  const bool changed = party->state != thread.state || party->worker_name != thread.worker_name ||
                       party->reason != thread.reason || party->contact != thread.contact;
  if (other_thread) follow(party, thread.conversation);
  if (party->contact != thread.contact && thread.state != VisitorState::ended) tell_presence(party->who, true);
  party->contact = thread.contact, party->state = thread.state, party->worker_name = thread.worker_name;
  party->reason = thread.reason, party->display_name = thread.display_name;
  if (!was_known) {
    for (const StreamPtr& stream : party->streams) greet(stream, party);
    return;
  }
  if (changed) party->give(state_frame(thread.state, thread.worker_name, thread.reason, position));
  if (changed && thread.state == VisitorState::waiting) next_places_ = {};
  if (thread.state != VisitorState::waiting) party->place = {};
  // What was said before this thread was followed; a tab that has it already is told by the index.
  for (const auto& message : thread.messages) {
    std::string json;
    render_message(json, message, thread.marks);
    const auto frame = std::make_shared<const std::string>(message_frame(json, position));
    for (const StreamPtr& stream : party->streams) {
      if (!stream->is_greeted || message.index <= stream->shown) continue;
      stream->shown = message.index;
      stream->give(frame);
    }
  }
}

void VisitorHub::follow(const PartyPtr& party, ConversationId conversation) {
  if (party->conversation) {
    const auto it = by_conversation_.find({party->who.workspace, party->conversation.str()});
    if (it != by_conversation_.end()) {
      it->second.erase(party.get());
      if (it->second.empty()) by_conversation_.erase(it);
    }
    for (const StreamPtr& stream : party->streams) stream->shown = 0;
  }
  party->conversation = conversation;
  if (conversation) by_conversation_[{party->who.workspace, conversation.str()}].insert(party.get());
}

const std::unordered_set<VisitorHub::Party*>* VisitorHub::parties_of(WorkspaceId workspace,
                                                                     const std::string& conversation_sid) const {
  const auto it = by_conversation_.find({workspace, conversation_sid});
  return it == by_conversation_.end() ? nullptr : &it->second;
}

// ---- what is committed ----

void VisitorHub::hand_out(const runtime::PublishedEntry& entry) {
  hand_calls(entry);
  std::unordered_set<Party*> to_look;
  for (const runtime::PublishedEvent& event : entry.events) {
    for (const std::string& ref : event.refs) {
      if (!ref.starts_with("CH")) continue;
      const auto* parties = parties_of(entry.workspace, ref);
      if (!parties) continue;
      if (event.type == "message.read") {
        hand_read(*parties, entry, event);
      } else if (event.type == "message.created") {
        // What we say ourselves comes by deliver().
        const auto& part = event.payload.front();
        const std::string& json =
            part.resource >= 0 ? entry.resources[static_cast<std::size_t>(part.resource)] : part.text;
        const auto shown = shown_message(json);
        if (shown && shown->is_customers) hand_message(entry.workspace, ref, json, entry.position);
      } else {
        to_look.insert(parties->begin(), parties->end());
      }
    }
  }
  for (Party* party : to_look) {
    const auto it = parties_.find({party->who.workspace, party->who.visitor});
    if (it != parties_.end()) look(it->second);
  }
}

void VisitorHub::deliver(const channels::Outgoing& message) {
  if (open_ == 0) return;
  post(
      [this, message] { hand_message(message.workspace, message.conversation.str(), message.json, message.position); });
}

void VisitorHub::hand_message(WorkspaceId workspace, const std::string& conversation_sid, const std::string& json,
                              std::int64_t position) {
  const auto* parties = parties_of(workspace, conversation_sid);
  const auto shown = parties ? shown_message(json) : std::nullopt;
  if (!shown) return;
  const auto frame = std::make_shared<const std::string>(message_frame(shown->json, position));
  for (Party* party : *parties) {
    for (const StreamPtr& stream : party->streams) {
      if (stream->is_greeted && shown->index <= stream->shown) continue;
      if (stream->is_greeted) stream->shown = shown->index;
      stream->give(frame);
    }
  }
}

void VisitorHub::hand_read(const std::unordered_set<Party*>& parties, const runtime::PublishedEntry& entry,
                           const runtime::PublishedEvent& event) {
  std::int64_t index = 0;
  bool by_worker = false;
  for (const runtime::PayloadPart& part : event.payload) {
    const std::string& json = part.resource >= 0 ? entry.resources[static_cast<std::size_t>(part.resource)] : part.text;
    boost::system::error_code failed;
    const auto value = boost::json::parse(json, failed);
    if (failed || !value.is_object()) continue;
    if (const auto* found = value.get_object().if_contains("index");
        part.name == "message" && found && found->is_int64())
      index = found->get_int64();
    if (const auto* found = value.get_object().if_contains("type");
        part.name == "reader" && found && found->is_string()) {
      by_worker = found->get_string() == "worker";
    }
  }
  if (!by_worker || index < 1) return;
  for (Party* party : parties) party->give(read_frame(index));
}

void VisitorHub::touched(const Viewer& who) {
  post([this, who] {
    const auto it = parties_.find({who.workspace, who.visitor});
    if (it != parties_.end()) return look(it->second);
    // Nobody is there: a tab has the gone time to come.
    tell_presence(who, false);
  });
}

void VisitorHub::typing(WorkspaceId workspace, const std::string& conversation_sid, const std::string& display_name,
                        bool typing) {
  if (open_ == 0) return;
  post([this, workspace, conversation_sid, display_name, typing] {
    const auto* parties = parties_of(workspace, conversation_sid);
    if (!parties) return;
    for (Party* party : *parties) party->give(visitor_typing_frame(display_name, typing));
  });
}

void VisitorHub::visitor_typing(const Viewer& who, bool typing) {
  if (!typing_elsewhere_) return;
  (void)chat_.pool.post([this, who, typing] {
    auto reader = chat_.store.readers().lease();
    if (!reader) return;
    auto thread = read_thread(**reader, who, false);
    if (!thread || !thread->conversation || thread->state == VisitorState::ended) return;
    typing_elsewhere_(who.workspace, thread->conversation.str(), {"customer", who.visitor.str(), thread->display_name},
                      typing);
  });
}

// ---- what a tab says ----

void VisitorHub::message(const StreamPtr& stream, const std::string& text) {
  stream->heard_at = chat_.clock.now();
  const auto frame = read_tab_frame(text);
  if (!frame && http::is_unreadable(frame.error())) return stream->close(4400, frame.error().message);
  if (!frame) {
    stream->socket->send(refusal_frame(frame.error()));
    return;
  }
  const auto it = parties_.find({stream->who.workspace, stream->who.visitor});
  if (it == parties_.end()) return;
  const PartyPtr party = it->second;
  const auto* typing = std::get_if<TabTypes>(&*frame);
  if (typing && party->conversation && party->state != VisitorState::ended && typing_elsewhere_) {
    typing_elsewhere_(party->who.workspace, party->conversation.str(),
                      {"customer", party->who.visitor.str(), party->display_name}, typing->on);
  }
  if (const auto* seen = std::get_if<TabRead>(&*frame)) mark_read(party, seen->index);
  if (const auto* call = std::get_if<TabCalls>(&*frame)) begin_call(stream, *call);
  if (std::holds_alternative<TabHangsUp>(*frame) && guests_) hang_up(stream);
}

void VisitorHub::mark_read(const PartyPtr& party, std::int64_t index) {
  const Viewer who = party->who;
  const ConversationId sid = party->conversation;
  if (!sid) return;
  (void)chat_.pool.post([this, who, sid, index, name = party->display_name] {
    auto reader = chat_.store.readers().lease();
    if (!reader) return;
    auto conversation = conversations::find_conversation(**reader, who.workspace, sid);
    if (!conversation || !*conversation) return;
    auto change = conversations::decide_read(**reader, who.workspace, **conversation,
                                             {"customer", who.visitor.str(), name}, index, chat_.clock.now());
    if (!change || !*change) return;
    (*change)->actor = {"visitor", who.visitor.str(), name};
    (*change)->reply = [](const auto&) {};
    chat_.runtime.commit(**std::move(change));
  });
}

// ---- time ----

void VisitorHub::beat() {
  const Instant now = chat_.clock.now();
  if (now >= next_places_) {
    next_places_ = now + kPlacesEvery;
    look_at_places();
  }
  if (now < next_beat_) return;
  next_beat_ = now + kHeartbeat;
  for (const auto& [key, stream] : streams_) {
    if (now - stream->heard_at > kHeartbeat * 3) {
      stream->close(4408, "no pong");
      continue;
    }
    auto still = authenticator_.authenticate(stream->request);
    if (!still || !*still) {
      stream->close(4401, "not signed in any more");
      continue;
    }
    const WidgetPtr widget = chat_.widgets.find(stream->who.widget);
    if (!widget || !widget->enabled) {
      stream->close(4403, "this chat is switched off");
      continue;
    }
    stream->give(
        std::make_shared<const std::string>(ping_frame(now, chat_.runtime.events().position(stream->who.workspace))));
  }
}

// One question a workspace, whoever waits in it.
void VisitorHub::look_at_places() {
  std::map<WorkspaceId, std::vector<PartyPtr>> waiting, on_the_line;
  for (const auto& [key, party] : parties_) {
    if (party->call.call && party->call.state == CallState::waiting) on_the_line[key.first].push_back(party);
    if (party->state == VisitorState::waiting) waiting[key.first].push_back(party);
  }
  for (auto& [workspace, parties] : on_the_line) {
    look_at_calls(workspace, std::move(parties), runtime::Release::immediate);
  }
  for (auto& [workspace, parties] : waiting) {
    std::vector<VisitorId> visitors;
    for (const PartyPtr& party : parties) visitors.push_back(party->who.visitor);
    chat_.runtime.ask(
        workspace,
        [visitors](const runtime::View& view) {
          std::vector<Place> out;
          for (const VisitorId& visitor : visitors) out.push_back(place_of(view.state, visitor));
          return out;
        },
        [this, parties = parties](Result<runtime::Answer<std::vector<Place>>> places) {
          if (!places) return;
          post([this, parties, places = std::move(places->value)] {
            for (std::size_t i = 0; i < parties.size(); ++i) give_place(*parties[i], places[i]);
          });
        },
        runtime::Release::immediate);
  }
}

void VisitorHub::give_place(Party& party, const Place& place) {
  if (party.state != VisitorState::waiting || place.position < 1 || place == party.place) return;
  const Instant now = chat_.clock.now();
  const bool is_news = place.position != party.place.position || place.is_known != party.place.is_known ||
                       now - party.place_at >= kWaitEvery;
  if (!is_news) return;
  party.place = place;
  party.place_at = now;
  party.give(place_frame(place));
}

}  // namespace carillon::chat
