// Web chat over HTTP: the widget's configuration for admins, and everything a visitor does (spec/paths/widgets.yaml, visitor.yaml).
//
// Rules:  a visitor's request comes from our own pages or from one of the widget's allowed origins; a widget that is switched off
//         or removed serves nobody. A visitor sees their own conversation and nothing else.
// Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   chat::add_routes(api, {world, hub, directory->visitor_keys(), files});
#pragma once

#include <memory>

#include "channels/chat/visit.h"
#include "channels/chat/visitor_hub.h"
#include "door/api.h"
#include "files/file_store.h"
#include "users/visitor_token.h"

namespace carillon::chat {

// All outlive the routes.
struct RestGiven {
  ChatWorld& world;
  VisitorHub& hub;
  const users::VisitorKeys& keys;
  std::shared_ptr<files::FileStore> files;
};

// Which other sites' pages may call: those of the widget in the address, else those of any widget; whose visitor it is, the
// handler sees (visitor_of).
std::shared_ptr<const http::CorsPolicy> cors_policy(const Widgets& widgets);

// Who looks, if their widget still serves and this page is one of its own. kForbidden, kOriginNotAllowed.
Result<Viewer> viewer_of(const door::Call& call, const Widgets& widgets);

void add_widget_routes(door::Api& api, const RestGiven& given);
void add_public_routes(door::Api& api, const RestGiven& given);        // before there is a conversation
void add_visitor_routes(door::Api& api, const RestGiven& given);       // the conversation
void add_visitor_file_routes(door::Api& api, const RestGiven& given);  // its attachments

// All of them, and the WebSocket.
void add_routes(door::Api& api, const RestGiven& given);

}  // namespace carillon::chat
