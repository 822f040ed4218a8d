// The explicit list of what the server serves: one line a noun. Deleting a feature is deleting its folder and its line here.
#include "app/server_parts.h"
#include "calls/rest.h"
#include "conversations/rest.h"
#include "conversations/seen.h"
#include "customers/rest.h"
#include "desk_phones/rest.h"
#include "events/alerts_rest.h"
#include "events/events_rest.h"
#include "evidence/rest.h"
#include "files/rest.h"
#include "metrics/statistics_rest.h"
#include "presence/activities_rest.h"
#include "recordings/rest.h"
#include "routing/rest.h"
#include "turn/rest.h"
#include "voicemails/rest.h"

namespace carillon::app {

void add_all_routes(Server::Parts& p) {
  p.users->add_routes(*p.api);
  presence::add_activity_routes(*p.api);
  routing::add_routes(*p.api);
  metrics::add_statistics_routes(*p.api);
  events::add_alert_routes(*p.api);
  events::add_event_routes(*p.api);
  conversations::add_routes(
      *p.api, {p.chat_world->once, [&p](WorkspaceId workspace, const std::string& conversation,
                                        const conversations::Speaker& who, bool typing) {
                 p.streams->typing(workspace, conversation, {who.type, who.sid, who.display_name}, typing);
               }});
  calls::add_routes(*p.api, p.phones);
  recordings::add_routes(*p.api, {p.data->files_path(), p.recording_key});
  voicemails::add_routes(*p.api, {p.data->files_path(), p.recording_key});
  evidence::RestGiven evidence{.keeper = p.evidence, .live = nullptr};
  if (p.switchboard) {
    evidence.live = [&p](WorkspaceId workspace, CallId call, auto done) {
      p.switchboard->evidence_of(workspace, call, std::move(done));
    };
  }
  evidence::add_routes(*p.api, evidence);
  desk_phones::add_routes(*p.api, p.switchboard.get());
  std::vector<turn::Relay> relays;
  for (const TurnConfig& one : p.config.turn) relays.push_back({one.urls, one.secret, Duration::seconds(one.valid_s)});
  turn::add_routes(*p.api, std::move(relays), chat::cors_policy(p.chat_world->widgets));
  customers::add_routes(*p.api);
  files::add_routes(*p.api,
                    {p.files, [](store::Reader& reader, const door::Call& call, ConversationId sid) -> Result<bool> {
                       auto seen = conversations::seen_conversation(reader, call, sid);
                       if (!seen && seen.error().code != ErrorCode::kNotFound) return seen.error();
                       return seen.ok();
                     }});
  chat::add_routes(*p.api, {*p.chat_world, *p.visitors, p.directory->visitor_keys(), p.files});
  if (p.switchboard) p.visitors->on_calls(p.switchboard.get());
  if (p.phones) {
    p.streams->on_phone([phones = p.phones](events::PhoneFrame said) {
      const calls::Desk desk{said.workspace, said.worker, said.stream};
      if (said.sdp.empty()) return phones->disconnect(desk);
      phones->connect(desk, std::move(said.sdp), std::move(said.answer));
    });
  }
  p.streams->set_numbers(
      [api = p.api.get()](WorkspaceId workspace, WorkerId worker, bool everything, metrics::NumbersDone done) {
        metrics::tell_numbers(api->services(), workspace, worker, everything, std::move(done));
      });
}

}  // namespace carillon::app
