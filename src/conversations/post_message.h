// Posting a message: who says what, and where it lands is settled on the brain in the same step.
//
// What:    a Draft goes in with a command (PostMessage, or OpenContact for first words); its index, instant and contact are the
//          workspace's to give, and its row and resource go along as the command's companion.
// Errors:  those of conversations::PostMessage; kForbidden for a worker without a task there, kStateForbids when the customer
//          has left or nobody is there to speak for.
// Thread:  any; prepare and companion run on the brain.
// Limits:  message.h. A client_message_id is not looked up here: see once.h for how the edges do it.
// Example:
//   post_message(runtime, workspace, {.conversation = ch, .contact = ct, .author = Author::worker, .worker = wk, .text = "Hello"},
//                {}, [](Result<runtime::Committed> done) { ... });        // done->sid is the message's
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conversations/core/commands.h"
#include "conversations/message.h"
#include "files/files.h"
#include "runtime/runtime.h"

namespace carillon::conversations {

struct Draft {
  ConversationId conversation{};
  ContactId contact{};    // empty: chosen among the conversation's, or by channel and identity
  std::string channel{};  // of a customer without `contact`: who speaks is known by channel and identity
  std::string channel_identity{};
  Author author = Author::customer;
  WorkerId worker{};               // of author worker; empty: whoever has the task, else (a note) nobody
  bool speaks_for_worker = false;  // an API key: in the name of the worker who has the task
  std::string author_sid{};        // of a customer; a worker's is `worker`
  std::string author_name{};       // of a customer or a nameless supervisor; a worker's is its friendly name
  bool internal = false;
  std::string text{};
  std::vector<files::Attachment> attachments{};
  std::string client_message_id{};
};

// A draft under way. Shared by the steps of one command.
struct Posting {
  Draft draft;
  MessageRow row;  // filled in by the companion
};
using PostingPtr = std::shared_ptr<Posting>;
// Draws the message's sid.
PostingPtr begin_posting(Draft draft);

// On the brain, before: makes the PostMessage. Errors: kNotFound, kForbidden, kStateForbids.
Result<void> prepare_post(const Posting& posting, const runtime::View& view, workspace::Command& command);
// On the brain, after PostMessage or an OpenContact with the message's sid: row, files and resource.
void companion_post(Posting& posting, WorkspaceId workspace, const runtime::Applied& applied,
                    runtime::Companion& companion);

// For callers within the process; the reply's sid is the message's.
void post_message(runtime::Runtime& runtime, WorkspaceId workspace, Draft draft, runtime::Actor actor,
                  runtime::Reply reply);

}  // namespace carillon::conversations
