// A visit: a customer on a web page says something and becomes a contact, in one entry of the journal.
//
// What:    finds out who they are (a customer is made where they said who they are), what they were here for before, and makes
//          the OpenContact that carries their first words. REST and the demo's simulated customers use the same steps.
// Thread:  prepare_visit from any thread; `then` comes on a pool thread. Errors: kStore, kOverloaded.
// Limits:  a look-up that others overtake is repeated at most three times.
// Example:
//   begin_visit(world, {.widget = widget, .visitor = {...}, .text = "Where is my order?"}, [](Result<runtime::Committed> done) {...});
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "channels/chat/visitors.h"
#include "channels/chat/widgets.h"
#include "conversations/arrival.h"
#include "conversations/once.h"
#include "conversations/post_message.h"
#include "door/pool.h"
#include "runtime/runtime.h"

namespace carillon::chat {

// What chat works with; all outlive it.
struct ChatWorld {
  runtime::Runtime& runtime;
  store::Store& store;
  door::Pool& pool;
  const Clock& clock;
  Widgets& widgets;
  std::shared_ptr<conversations::Once> once = std::make_shared<conversations::Once>();
};

struct VisitWish {
  WidgetPtr widget;
  Visitor visitor;        // sid, workspace, widget, and what they say now; what was known is added
  bool verified = false;  // their token says that the site proved them
  std::string text;
  std::string attributes = "{}";  // JSON object: hints for the workflow, task.visitor.*
  bool leaves_message = false;    // nobody waits: they may go, and the message stays in its queue
  std::string client_message_id{};
};

struct PreparedVisit {
  // The sid of the message that this visitor gave the same name before; then nothing else is to be done.
  std::string said_before;
  conversations::OpenContact open;
  conversations::PostingPtr posting;
  Visitor visitor;
  bool visitor_is_new = false;                 // or has said something new: their row is written
  std::vector<std::shared_ptr<void>> tickets;  // keep until committed
};
using PreparedVisitPtr = std::shared_ptr<PreparedVisit>;

// Whom an agent could look for again.
bool is_somebody(const Visitor& visitor, bool verified);
// Makes the customer that a visitor is.
runtime::RecordChange customer_from(const Visitor& visitor, bool verified, Instant now);
// Of the task that begins with a visitor: the widget's, and who they are. `hints` is a JSON object of theirs.
std::string task_attributes(const Widget& widget, const Visitor& visitor, bool verified, const std::string& hints,
                            bool left_message = false);

void prepare_visit(ChatWorld& world, VisitWish wish, std::function<void(Result<PreparedVisitPtr>)> then);

// On the brain, before: what was looked up must still be true (kStoreConflict: prepare again); a workflow that is gone gives way
// to the last-resort queue, because a customer never ends in a dead end.
Result<void> prepare_open(const PreparedVisit& visit, const runtime::View& view, workspace::Command& command);
// On the brain, after.
void companion_open(PreparedVisit& visit, const runtime::Applied& applied, runtime::Companion& companion);

// All of it, for callers within the process. The reply's sid is the contact's.
void begin_visit(ChatWorld& world, VisitWish wish, runtime::Reply reply);

}  // namespace carillon::chat
