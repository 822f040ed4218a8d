#include "conversations/post_message.h"

#include <algorithm>

#include "secrets/secrets.h"

namespace carillon::conversations {
namespace {

bool side_open(const ContactRecord& contact) { return contact.customer_ended_at.us == 0; }

bool may_speak(const ContactRecord& contact, WorkerId worker) {
  return std::any_of(contact.tasks.begin(), contact.tasks.end(),
                     [&](const ContactTask& task) { return task.worker_sid == worker && !task.wrapping; });
}

// Who has the contact's newest task that is not wrapping.
WorkerId who_talks(const ContactRecord& contact) {
  for (auto task = contact.tasks.rbegin(); task != contact.tasks.rend(); ++task) {
    if (task->worker_sid && !task->wrapping) return task->worker_sid;
  }
  return {};
}

// The contacts of a conversation that live, newest first.
std::vector<const ContactRecord*> contacts_of(const State& state, ConversationId conversation) {
  std::vector<const ContactRecord*> out;
  for (const ContactRecord* contact : state.contacts()) {
    if (contact->conversation_sid == conversation) out.push_back(contact);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Error nobody_there() {
  return Error(ErrorCode::kStateForbids, "the conversation has no open contact; nobody would hear it");
}

// Nobody reads on the telephone: while they write beside it, words go there.
bool is_read(const ContactRecord& contact) { return contact.channel != "voice"; }

// Where a worker's words go: the newest contact in which they may speak; a note also into any that lives.
Result<const ContactRecord*> contact_for_worker(const Draft& draft, const std::vector<const ContactRecord*>& contacts,
                                                WorkerId worker) {
  const ContactRecord* found = nullptr;
  for (const ContactRecord* contact : contacts) {
    if (!worker || !may_speak(*contact, worker) || !(draft.internal || side_open(*contact))) continue;
    if (!found || (!draft.internal && is_read(*contact) && !is_read(*found))) found = contact;
  }
  if (found) return found;
  if (contacts.empty()) return nobody_there();
  if (draft.internal) return contacts.front();
  const bool somebody_listens =
      std::any_of(contacts.begin(), contacts.end(), [](const auto* c) { return side_open(*c); });
  if (!somebody_listens) return nobody_there();
  return Error(
      ErrorCode::kForbidden,
      "only who has a task of this conversation writes to the customer; accept one, or write a note (internal)");
}

Result<void> prepare_worker(const Draft& draft, const State& state, PostMessage& post) {
  const auto contacts = contacts_of(state, draft.conversation);
  post.worker_sid = draft.worker;
  if (draft.speaks_for_worker) {
    for (const ContactRecord* contact : contacts) {
      if (post.worker_sid.empty() && (draft.internal || side_open(*contact))) post.worker_sid = who_talks(*contact);
    }
    if (post.worker_sid.empty() && !draft.internal && !contacts.empty()) {
      return Error(ErrorCode::kStateForbids,
                   "no worker has a task of this conversation; an API key speaks in the name of the one who has");
    }
  }
  auto contact = contact_for_worker(draft, contacts, post.worker_sid);
  if (!contact) return contact.error();
  post.contact_sid = (*contact)->sid;
  post.conversation_sid = (*contact)->conversation_sid;
  return {};
}

Result<void> prepare_customer(const Draft& draft, const State& state, PostMessage& post) {
  const ContactRecord* contact = state.open_contact_of(draft.channel, draft.channel_identity);
  if (!contact) return Error(ErrorCode::kStateForbids, "there is no open contact of yours; start a conversation first");
  post.contact_sid = contact->sid;
  post.conversation_sid = contact->conversation_sid;
  return {};
}

// What ended with the entry is not live any more, but still among its changes.
template <class Record, class IdType>
const Record* live_or_changed(const Record* live, const std::vector<const Record*>* changed, IdType sid) {
  if (live || !changed) return live;
  const auto it = std::find_if(changed->begin(), changed->end(), [&](const Record* one) { return one->sid == sid; });
  return it == changed->end() ? nullptr : *it;
}

}  // namespace

PostingPtr begin_posting(Draft draft) {
  auto posting = std::make_shared<Posting>(Posting{std::move(draft), {}});
  posting->row.sid = secrets::random_id<MessageId>();
  return posting;
}

Result<void> prepare_post(const Posting& posting, const runtime::View& view, workspace::Command& command) {
  const Draft& draft = posting.draft;
  PostMessage post{.conversation_sid = draft.conversation,
                   .contact_sid = draft.contact,
                   .message_sid = posting.row.sid,
                   .author = draft.author,
                   .worker_sid = draft.worker,
                   .internal = draft.internal};
  if (!draft.contact) {
    const State& state = view.state.conversations();
    auto found =
        draft.author == Author::customer ? prepare_customer(draft, state, post) : prepare_worker(draft, state, post);
    if (!found) return found;
  }
  command = Command{std::move(post)};
  return {};
}

void companion_post(Posting& posting, WorkspaceId workspace, const runtime::Applied& applied,
                    runtime::Companion& companion) {
  const Draft& draft = posting.draft;
  MessageRow& row = posting.row;
  // The entry says where it went.
  WorkerId worker;
  for (const events::Event& event : applied.effects.events) {
    if (event.type != events::EventType::kMessageCreated || event.message != row.sid) continue;
    row.conversation_sid = event.conversation, row.contact_sid = event.contact, worker = event.worker;
  }
  const State& state = applied.state.conversations();
  const Changes* changes = applied.effects.conversations;
  const auto* conversation = live_or_changed(state.conversation(row.conversation_sid),
                                             changes ? &changes->conversations : nullptr, row.conversation_sid);
  const auto* contact =
      live_or_changed(state.contact(row.contact_sid), changes ? &changes->contacts : nullptr, row.contact_sid);
  CARILLON_CHECK(conversation != nullptr && contact != nullptr);
  row.index = conversation->messages;
  row.at = applied.now;
  row.channel = contact->channel;
  row.author_type = codec::enum_name(draft.author);
  row.author_sid = draft.author == Author::worker ? worker.str() : draft.author_sid;
  const auto* who = worker ? applied.state.routing().worker(worker) : nullptr;
  row.author_name = who ? who->friendly_name : draft.author_name;
  row.internal = draft.internal;
  row.text = draft.text;
  row.attachments = files::render_list(draft.attachments);
  row.client_message_id = draft.client_message_id;
  companion.statements.push_back(insert_message(workspace, row));
  for (const files::Attachment& file : draft.attachments) {
    companion.statements.push_back(files::attach_file(workspace, file.sid, row.conversation_sid, !row.internal));
  }
  std::string json;
  render(json, row, {});
  companion.resources.emplace_back(row.sid.str(), std::move(json));
}

void post_message(runtime::Runtime& runtime, WorkspaceId workspace, Draft draft, runtime::Actor actor,
                  runtime::Reply reply) {
  auto posting = begin_posting(std::move(draft));
  runtime::Submission submission;
  submission.workspace = workspace;
  submission.command = workspace::Tick{};
  submission.actor = std::move(actor);
  submission.prepare = [posting](const runtime::View& view, workspace::Command& command) {
    return prepare_post(*posting, view, command);
  };
  submission.companion = [posting, workspace](const runtime::Applied& applied, runtime::Companion& companion) {
    companion_post(*posting, workspace, applied, companion);
  };
  submission.reply = std::move(reply);
  runtime.submit(std::move(submission));
}

}  // namespace carillon::conversations
