// A customer arrives: which conversation their contact joins, and who the customer is.
#include <algorithm>
#include <limits>

#include "base/check.h"
#include "conversations/core/live.h"

namespace carillon::conversations {

using events::EventType;

namespace {

constexpr std::size_t kMaxChannelName = 64;
constexpr std::size_t kMaxChannelIdentity = 256;

Result<void> check_text(const std::string& text, std::size_t at_most, const char* field) {
  if (text.empty()) {
    return Error(ErrorCode::kMissingField, std::string("found no ") + field + "; say where the customer is").at(field);
  }
  if (text.size() > at_most) {
    return Error(ErrorCode::kTooLong,
                 "found " + std::to_string(text.size()) + " bytes; expected at most " + std::to_string(at_most))
        .at(field);
  }
  return {};
}

Result<void> check_open(const OpenContact& c) {
  if (auto ok = check_text(c.channel, kMaxChannelName, "channel"); !ok) return ok;
  if (auto ok = check_text(c.channel_identity, kMaxChannelIdentity, "channel_identity"); !ok) return ok;
  const int targets = !c.workflow_sid.empty() + !c.task_queue_sid.empty() + !c.worker_sid.empty();
  if (targets != 1) {
    return Error(ErrorCode::kInvalidValue, "found " + std::to_string(targets) +
                                               " of workflow_sid, task_queue_sid, worker_sid; expected exactly one")
        .at("workflow_sid");
  }
  if (c.reopen_sid && c.reopen.sid != c.reopen_sid) {
    return Error(ErrorCode::kInvalidValue, "found reopen_sid without the row of that conversation; send both")
        .at("reopen");
  }
  return {};
}

}  // namespace

Result<std::string> State::Impl::on(Context&, const Configure& c) {
  if (c.settings.idle_after.us <= 0 || c.settings.gone_after.us <= 0) {
    return Error(ErrorCode::kOutOfRange, "found an idle or gone time of 0 or less; expected more").at("idle_after");
  }
  if (settings == c.settings) return std::string();
  settings = c.settings;  // timers already running keep their deadline
  changes.settings = true;
  return std::string();
}

Result<std::string> State::Impl::on(Context& entry, const OpenContact& c) {
  if (auto ok = check_open(c); !ok) return ok.error();
  if (const auto it = open_side.find(Identity{c.channel, c.channel_identity, c.session}); it != open_side.end()) {
    return greeted(entry, c, it->second);
  }
  if (const auto* joined = joined_by(c); joined && joined->open_contacts.size() >= kMaxOpenContacts) {
    return Error(ErrorCode::kLimit, "found " + std::to_string(kMaxOpenContacts) + " open contacts in conversation " +
                                        joined->row.sid.str() + ", the most there may be; end some first");
  }
  LiveConversation& conversation = conversation_for(entry, c);
  LiveContact& live = make_contact(entry, c, conversation);
  Request request{.kind = Request::Kind::create_task,
                  .contact = live.row.sid,
                  .conversation = conversation.row.sid,
                  .customer = live.row.customer_sid,
                  .open = c};
  request.open.reopen = {};
  const bool has_somebody = c.join_sid && c.last_worker_sid;
  if (conversation.row.last_worker_sid && !has_somebody)
    request.open.last_worker_sid = conversation.row.last_worker_sid;
  requests.push_back(std::move(request));
  return greeted(entry, c, live.row.sid);
}

// What the customer said by coming is a message like any other.
Result<std::string> State::Impl::greeted(Context& entry, const OpenContact& c, ContactId contact) {
  if (c.message_sid) {
    const PostMessage words{get(contact).row.conversation_sid, contact, c.message_sid, Author::customer, {}, false};
    if (auto said = on(entry, words); !said) return said.error();
  }
  return contact.str();
}

// The live conversation that this arrival belongs to, or null. Ours wins over what was looked up outside.
LiveConversation* State::Impl::joined_by(const OpenContact& c) {
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
  if (const auto it = conversations.find(c.join_sid);
      it != conversations.end() && it->second.row.status == ConversationStatus::open) {
    return &it->second;
  }
  if (c.identity_verified && c.customer_sid) {
    const auto it = by_customer.lower_bound({c.customer_sid, kLast, {}});
    if (it != by_customer.begin() && std::get<0>(*std::prev(it)) == c.customer_sid) {
      return &conversations.at(std::get<2>(*std::prev(it)));
    }
  }
  for (auto it = by_identity.lower_bound({c.channel, c.channel_identity, kLast, {}}); it != by_identity.begin();) {
    --it;
    if (std::get<0>(*it) != c.channel || std::get<1>(*it) != c.channel_identity) break;
    LiveConversation& live = conversations.at(std::get<3>(*it));
    const bool somebody_elses = c.customer_sid && live.row.customer_sid && live.row.customer_sid != c.customer_sid;
    if (!somebody_elses) return &live;
  }
  if (!c.reopen_sid) return nullptr;
  const auto it = conversations.find(c.reopen_sid);
  return it == conversations.end() || it->second.row.status == ConversationStatus::closed ? nullptr : &it->second;
}

// Joined, reopened or made; indexed, counted and said.
LiveConversation& State::Impl::conversation_for(Context& entry, const OpenContact& c) {
  LiveConversation* live = joined_by(c);
  if (live) {
    touch(*live);
    unindex(*live);
  } else {
    const ConversationId sid = c.reopen_sid ? c.reopen_sid : entry.ids.next<ConversationId>();
    const auto [it, made] = conversations.try_emplace(sid);
    live = &it->second;
    if (!c.reopen_sid) {
      live->row = {.sid = sid,
                   .channel = c.channel,
                   .channel_identity = c.channel_identity,
                   .created_at = entry.now,
                   .seq = draw_seq(entry),
                   .version = 0};
    } else {
      if (made) live->row = c.reopen;  // else it closed in this very entry, and ours is newer
      live->row.status = ConversationStatus::open;
      live->row.closed_at = {};
    }
    touch(*live);
    const auto type = c.reopen_sid ? EventType::kConversationReopened : EventType::kConversationCreated;
    if (!live->row.customer_sid) live->row.customer_sid = c.customer_sid;
    entry.events.push_back(conversation_event(type, live->row));
  }
  ConversationRecord& row = live->row;
  if (!row.customer_sid) row.customer_sid = c.customer_sid;
  const bool same_identity = row.channel == c.channel && row.channel_identity == c.channel_identity;
  if (same_identity && c.identity_verified) row.identity_verified = true;
  ++row.contacts;
  index(*live);
  return *live;
}

LiveContact& State::Impl::make_contact(Context& entry, const OpenContact& c, LiveConversation& conversation) {
  const ContactId sid = entry.ids.next<ContactId>();
  const auto [it, made] = contacts.try_emplace(sid);
  CARILLON_CHECK(made);
  LiveContact& live = it->second;
  live.row = {.sid = sid,
              .conversation_sid = conversation.row.sid,
              .customer_sid = c.customer_sid ? c.customer_sid : conversation.row.customer_sid,
              .channel = c.channel,
              .channel_identity = c.channel_identity,
              .session = c.session,
              .task_channel_sid = c.task_channel_sid,
              .live = c.live,
              .direction = c.direction,
              .created_at = entry.now,
              .tasks = {},
              .workers = {},
              .seq = draw_seq(entry),
              .version = 0};
  touch(live);
  conversation.open_contacts.push_back(sid);
  open_side.emplace(Identity{c.channel, c.channel_identity, c.session}, sid);
  entry.events.push_back(contact_event(EventType::kContactCreated, live.row));
  return live;
}

Result<std::string> State::Impl::on(Context& entry, const SetCustomer& c) {
  const auto it = conversations.find(c.conversation_sid);
  if (it == conversations.end() || it->second.row.status == ConversationStatus::closed) {
    return Error(ErrorCode::kNotFound, "found no open conversation " + c.conversation_sid.str()).at("conversation_sid");
  }
  LiveConversation& live = it->second;
  if (live.row.customer_sid == c.customer_sid) return live.row.sid.str();
  touch(live);
  unindex(live);
  live.row.customer_sid = c.customer_sid;
  index(live);
  entry.events.push_back(conversation_event(EventType::kConversationUpdated, live.row));
  std::vector<LiveContact*> of_it;
  for (const ContactId sid : live.open_contacts) of_it.push_back(&contacts.at(sid));
  std::sort(of_it.begin(), of_it.end(), [](const auto* a, const auto* b) { return a->row.seq < b->row.seq; });
  for (LiveContact* contact : of_it) {
    touch(*contact);
    contact->row.customer_sid = c.customer_sid;
    entry.events.push_back(contact_event(EventType::kContactUpdated, contact->row));
  }
  return live.row.sid.str();
}

}  // namespace carillon::conversations
