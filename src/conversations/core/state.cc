// Rows, indexes, timers, queries.
#include "conversations/core/state.h"

#include <algorithm>

#include "base/check.h"
#include "conversations/core/live.h"

namespace carillon::conversations {

using events::Event;
using events::EventType;

namespace {

constexpr int kMaxTimersAnEntry = 10'000;

Error rows_contradict(std::string what) {
  return Error(ErrorCode::kInternal, "conversation rows contradict one another: " + std::move(what));
}

bool side_open(const ContactRecord& row) { return row.customer_ended_at.us == 0; }

template <class Record>
void sort_by_seq(std::vector<const Record*>& rows) {
  std::sort(rows.begin(), rows.end(), [](const Record* a, const Record* b) { return a->seq < b->seq; });
}

}  // namespace

Event contact_event(EventType type, const ContactRecord& row) {
  return {.type = type,
          .reason = row.reason,
          .channel = row.task_channel_sid,
          .conversation = row.conversation_sid,
          .contact = row.sid,
          .customer = row.customer_sid,
          .from = row.created_at};
}

Event conversation_event(EventType type, const ConversationRecord& row) {
  return {.type = type, .conversation = row.sid, .customer = row.customer_sid};
}

State::State() : impl_(std::make_unique<Impl>()) {}
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

// ---- rows ----

Result<void> State::load(Rows rows) {
  auto fresh = std::make_unique<Impl>();
  auto ok = fresh->load(std::move(rows));
  impl_ = ok ? std::move(fresh) : std::make_unique<Impl>();
  return ok;
}

Result<void> State::Impl::load(Rows rows) {
  settings = rows.settings;
  for (auto& row : rows.conversations) {
    if (auto ok = add(std::move(row)); !ok) return ok;
  }
  for (auto& row : rows.contacts) {
    if (auto ok = add(std::move(row)); !ok) return ok;
  }
  for (const auto& [sid, live] : conversations) {
    if (live.open_contacts.empty()) return rows_contradict("open conversation " + sid.str() + " without a contact");
  }
  return {};
}

Result<void> State::Impl::add(ConversationRecord row) {
  const ConversationId sid = row.sid;
  if (!sid || row.status != ConversationStatus::open) return rows_contradict("conversation " + sid.str() + " not open");
  const auto [it, made] = conversations.try_emplace(sid);
  if (!made) return rows_contradict("conversation " + sid.str() + " twice");
  it->second.row = std::move(row);
  index(it->second);
  return {};
}

Result<void> State::Impl::add(ContactRecord row) {
  const ContactId sid = row.sid;
  if (!sid || row.status != ContactStatus::open) return rows_contradict("contact " + sid.str() + " not open");
  const auto conversation = conversations.find(row.conversation_sid);
  if (conversation == conversations.end()) return rows_contradict("contact " + sid.str() + " in no open conversation");
  const auto [it, made] = contacts.try_emplace(sid);
  if (!made) return rows_contradict("contact " + sid.str() + " twice");
  LiveContact& live = it->second;
  live.row = std::move(row);
  conversation->second.open_contacts.push_back(sid);
  if (live.row.tasks.empty()) return rows_contradict("contact " + sid.str() + " open without a task");
  if (side_open(live.row) &&
      !open_side.emplace(Identity{live.row.channel, live.row.channel_identity, live.row.session}, sid).second) {
    return rows_contradict("contact " + sid.str() + " is the second of its channel identity");
  }
  arm(live);
  return {};
}

Rows State::rows() const {
  Rows out;
  out.settings = impl_->settings;
  for (const auto* row : conversations()) out.conversations.push_back(*row);
  for (const auto* row : contacts()) out.contacts.push_back(*row);
  return out;
}

void State::Impl::index(const LiveConversation& live) {
  const auto& row = live.row;
  by_identity.emplace(row.channel, row.channel_identity, row.seq, row.sid);
  if (row.customer_sid) by_customer.emplace(row.customer_sid, row.seq, row.sid);
}

void State::Impl::unindex(const LiveConversation& live) {
  const auto& row = live.row;
  by_identity.erase({row.channel, row.channel_identity, row.seq, row.sid});
  if (row.customer_sid) by_customer.erase({row.customer_sid, row.seq, row.sid});
}

// ---- one entry ----

void State::begin(const Context&) { impl_->begin(); }

void State::Impl::begin() {
  for (auto* live : touched_contacts) {
    live->touched = false;
    if (live->row.status == ContactStatus::ended) contacts.erase(live->row.sid);
  }
  for (auto* live : touched_conversations) {
    live->touched = false;
    if (live->row.status == ConversationStatus::closed) conversations.erase(live->row.sid);
  }
  touched_contacts.clear(), touched_conversations.clear();
  changes.contacts.clear(), changes.conversations.clear(), changes.settings = false;
  made_in_entry = 0, timers_run = 0;
}

void State::expire(Context& entry) { impl_->expire(entry); }

// Gone before idle when both are due: who is not there has left.
void State::Impl::expire(Context& entry) {
  while (!timers.empty() && timers.begin()->at <= entry.now && timers_run < kMaxTimersAnEntry) {
    ++timers_run;
    LiveContact& live = get(timers.begin()->contact);
    const bool gone = live.row.gone_at <= entry.now;
    CARILLON_CHECK(gone || (live.row.idle_at <= entry.now && live.row.waiting_for_customer));
    end_customer_side(entry, live, gone ? Reason::customer_left : Reason::idle);
  }
}

Result<std::string> State::apply(Context& entry, const Command& command) {
  return std::visit([&](const auto& c) { return impl_->on(entry, c); }, command);
}

void State::restarted(Context& entry, Duration down_for) { impl_->restarted(entry, down_for); }

void State::Impl::restarted(Context& entry, Duration down_for) {
  std::vector<LiveContact*> in_order;
  for (auto& [sid, live] : contacts) {
    if (!live.row.session.empty()) continue;  // whoever holds the media says what became of them
    if (live.row.status == ContactStatus::open && live.row.live && side_open(live.row)) in_order.push_back(&live);
  }
  std::sort(in_order.begin(), in_order.end(),
            [](const LiveContact* a, const LiveContact* b) { return a->row.seq < b->row.seq; });
  for (LiveContact* live : in_order) {
    touch(*live);
    ContactRecord& row = live->row;
    row.idle_at = row.idle_at + down_for;
    row.gone_at = row.customer_connected ? entry.now + settings.gone_after : row.gone_at + down_for;
    row.customer_connected = false;
    arm(*live);
  }
}

void State::Impl::touch(LiveConversation& live) {
  if (live.touched) return;
  live.touched = true;
  ++live.row.version;
  touched_conversations.push_back(&live);
  changes.conversations.push_back(&live.row);
}

void State::Impl::touch(LiveContact& live) {
  if (live.touched) return;
  live.touched = true;
  ++live.row.version;
  touched_contacts.push_back(&live);
  changes.contacts.push_back(&live.row);
}

void State::Impl::arm(LiveContact& live) {
  const Instant at = std::min(live.row.gone_at, live.row.idle_at);
  if (at == live.armed) return;
  if (!live.armed.is_never()) timers.erase({live.armed, live.row.seq, live.row.sid});
  if (!at.is_never()) timers.insert({at, live.row.seq, live.row.sid});
  live.armed = at;
}

LiveContact* State::Impl::find(ContactId sid) {
  const auto it = contacts.find(sid);
  return it == contacts.end() || it->second.row.status == ContactStatus::ended ? nullptr : &it->second;
}

LiveContact& State::Impl::get(ContactId sid) {
  LiveContact* live = find(sid);
  CARILLON_CHECK(live);
  return *live;
}

// ---- routing's word ----

void State::task_created(Context&, ContactId contact, TaskId task) { impl_->task_created(impl_->get(contact), task); }

void State::task_refused(Context& entry, ContactId contact, Reason reason) {
  impl_->finish_if_done(entry, impl_->get(contact), reason);
}

void State::talk_answered(Context& entry, ContactId contact, TaskId task) {
  LiveContact& live = impl_->get(contact);
  for (const ContactTask& one : live.row.tasks) {
    if (one.task_sid == task && one.worker_sid) return impl_->worker_spoke(entry, live, one.worker_sid);
  }
}

void State::task_assigned(Context&, ContactId contact, TaskId task, WorkerId worker) {
  impl_->task_assigned(impl_->get(contact), task, worker);
}

void State::task_requeued(Context&, ContactId contact, TaskId task) { impl_->task_requeued(impl_->get(contact), task); }

void State::task_wrapping(Context& entry, ContactId contact, TaskId task, Reason reason) {
  impl_->task_wrapping(entry, impl_->get(contact), task, reason);
}

void State::task_ended(Context& entry, ContactId contact, TaskId task, Reason reason) {
  impl_->task_ended(entry, impl_->get(contact), task, reason);
}

// ---- queries ----

Instant State::next_deadline() const { return impl_->timers.empty() ? Instant::never() : impl_->timers.begin()->at; }
const Changes& State::changes() const { return impl_->changes; }
std::vector<Request> State::take_requests() { return std::exchange(impl_->requests, {}); }
const Settings& State::settings() const { return impl_->settings; }

const ConversationRecord* State::conversation(ConversationId sid) const {
  const auto it = impl_->conversations.find(sid);
  const bool open = it != impl_->conversations.end() && it->second.row.status == ConversationStatus::open;
  return open ? &it->second.row : nullptr;
}

const ContactRecord* State::contact(ContactId sid) const {
  const auto* live = impl_->find(sid);
  return live ? &live->row : nullptr;
}

const ContactRecord* State::open_contact_of(std::string_view channel, std::string_view channel_identity) const {
  const auto it = impl_->open_side.find(Impl::Identity{channel, channel_identity, ""});
  return it == impl_->open_side.end() ? nullptr : contact(it->second);
}

WorkerId State::worker_of(const ContactRecord& contact) {
  for (auto task = contact.tasks.rbegin(); task != contact.tasks.rend(); ++task) {
    if (task->worker_sid && !task->wrapping) return task->worker_sid;
  }
  return {};
}

WorkerId State::worker_in(ConversationId conversation) const {
  WorkerId found;
  for (const ContactRecord* contact : contacts()) {
    const WorkerId worker = contact->conversation_sid == conversation ? worker_of(*contact) : WorkerId{};
    if (worker) found = worker;
  }
  return found;
}

const ContactRecord* State::any_open_contact_of(std::string_view channel, std::string_view channel_identity) const {
  const auto it = impl_->open_side.lower_bound(Impl::Identity{channel, channel_identity, ""});
  const bool theirs =
      it != impl_->open_side.end() && std::get<0>(it->first) == channel && std::get<1>(it->first) == channel_identity;
  return theirs ? contact(it->second) : nullptr;
}

const ConversationRecord* State::open_conversation_of(CustomerId customer) const {
  if (!customer) return nullptr;
  auto it = impl_->by_customer.lower_bound({customer, std::numeric_limits<std::int64_t>::max(), {}});
  if (it == impl_->by_customer.begin()) return nullptr;
  --it;
  return std::get<0>(*it) == customer ? conversation(std::get<2>(*it)) : nullptr;
}

std::vector<const ContactRecord*> State::contacts() const {
  std::vector<const ContactRecord*> out;
  for (const auto& [sid, live] : impl_->contacts) {
    if (live.row.status == ContactStatus::open) out.push_back(&live.row);
  }
  sort_by_seq(out);
  return out;
}

std::vector<const ConversationRecord*> State::conversations() const {
  std::vector<const ConversationRecord*> out;
  for (const auto& [sid, live] : impl_->conversations) {
    if (live.row.status == ConversationStatus::open) out.push_back(&live.row);
  }
  sort_by_seq(out);
  return out;
}

}  // namespace carillon::conversations
