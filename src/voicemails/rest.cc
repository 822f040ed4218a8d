#include "voicemails/rest.h"

#include "calls/call_view.h"
#include "door/configuration.h"
#include "door/page.h"
#include "door/words.h"
#include "recordings/holds.h"
#include "recordings/recordings.h"
#include "recordings/sound.h"
#include "voicemails/voicemails.h"

namespace carillon::voicemails {
namespace {

using door::Call;

constexpr std::string_view kTitle = "voicemail";

using calls::only_of;

Result<Found> find_one(store::Reader& reader, const Call& call, RecordingId sid) {
  auto found = find(reader, call.workspace(), sid, only_of(call));
  if (!found) return found.error();
  if (!*found) return door::no_such(kTitle, sid.str());
  return **std::move(found);
}

door::Row row_for(const Call& call) {
  return [only = only_of(call)](store::Reader& reader, WorkspaceId workspace,
                                const std::string& text) -> Result<door::Rendered> {
    const auto sid = RecordingId::parse(text);
    if (!sid) return door::no_such(kTitle, text);
    auto found = find(reader, workspace, *sid, only);
    if (!found) return found.error();
    if (!*found) return door::no_such(kTitle, text);
    return door::Rendered{.json = std::move((*found)->json)};
  };
}

// `after`: its state then.
runtime::RecordChange change_of(const Call& call, RecordingId sid, const Found& found, State after,
                                store::Change change, const char* type) {
  runtime::RecordChange out;
  out.workspace = call.workspace();
  out.change = std::move(change);
  out.sid = sid.str();
  out.actor = call.caller().actor();
  runtime::EventDraft event{
      .type = type, .resource_type = "voicemail", .resource_sid = out.sid, .refs = {}, .payload = {}};
  event.refs.emplace_back("call_sid", found.call_sid.str());
  if (found.contact_sid) event.refs.emplace_back("contact_sid", found.contact_sid.str());
  event.payload.emplace_back("state", '"' + std::string(codec::enum_name(after)) + '"');
  out.events.push_back(std::move(event));
  return out;
}

Result<door::ListSql> read_list(const Call& call) {
  http::QueryFields query(call.request.query);
  door::ListSql list(std::string(select_all()), "created_at", "sid", true);
  list.where("workspace_id = ", call.workspace());
  list.where_in("state", door::words_of_query<State>(query, "state"));
  if (const auto number = query.optional_sid<NumberId>("number_sid")) list.where("number_sid = ", *number);
  if (const auto contact = query.optional_sid<ContactId>("contact_sid")) list.where("contact_sid = ", *contact);
  if (const auto only = only_of(call)) {
    const std::string in = list.bind(call.workspace());
    list.where("contact_sid IN " + calls::contacts_of(in, list.bind(only->str())));
  }
  if (auto fine = list.page(query); !fine) return fine.error();
  if (auto fine = query.finish(); !fine) return fine.error();
  return list;
}

void list_voicemails(Call call) {
  auto list = read_list(call);
  if (!list) return call.fail(list.error());
  door::answer_page(
      std::move(call), *std::move(list),
      [](const store::Row& row) { return std::pair(created_at_of(row).us, sid_of(row)); },
      [](std::string& out, const Call& held, const store::Row& row) { render(out, held.workspace(), row); });
}

void get_voicemail(Call call) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  auto row = row_for(call);
  door::read_one(std::move(call), std::move(row), sid->str());
}

void update_voicemail(Call call) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  auto body = call.body();
  if (!body) return call.fail(body.error());
  http::Fields in(*body);
  const State state = door::required_word<State>(in, "state");
  if (auto fine = in.finish(); !fine) return call.fail(fine.error());
  door::with_reader(std::move(call), [state, id = *sid](Call held, store::Reader& reader) {
    auto found = find_one(reader, held, id);
    if (!found) return held.fail(found.error());
    const Instant now = held.services->clock.now();
    auto change = change_of(held, id, *found, state, marked(held.workspace(), id, state, now, held.caller().actor()),
                            "voicemail.updated");
    door::Answer answer{.row = row_for(held), .sid = id.str()};
    door::change(std::move(held), std::move(change), std::move(answer));
  });
}

void get_voicemail_audio(Call call, const RestGiven& given) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [given, id = *sid](Call held, store::Reader& reader) {
    auto found = find_one(reader, held, id);
    if (!found) return held.fail(found.error());
    auto row = recordings::find(reader, held.workspace(), id);
    if (!row) return held.fail(row.error());
    if (!*row) return held.fail(door::no_such(kTitle, id.str()));
    if ((*row)->ended_at.us == 0) return held.fail(Error(ErrorCode::kStateForbids, "it is still being left"));
    auto wav = recordings::wav_of(given.files, given.key, **row);
    if (!wav) return held.fail(wav.error());
    const Instant now = held.services->clock.now();
    const runtime::Actor actor = held.caller().actor();
    store::Change listening = recordings::listened(held.workspace(), id, now, actor);
    const State after = found->state == State::new_ ? State::heard : found->state;
    if (after != found->state) {
      for (auto& statement : marked(held.workspace(), id, after, now, actor).statements) {
        listening.statements.push_back(std::move(statement));
      }
    }
    auto change = change_of(held, id, *found, after, std::move(listening), "voicemail.listened");
    auto& runtime = held.services->runtime;
    auto waiting = std::make_shared<Call>(std::move(held));
    change.reply = [waiting, wav = *wav](Result<runtime::Committed> done) {
      if (!done) return waiting->fail(done.error());
      http::Response out = http::Response::text(200, {}, "audio/wav");
      out.body = wav;
      waiting->answer(door::with_position(std::move(out).header("Cache-Control", "no-store"), done->position));
    };
    runtime.commit(std::move(change));
  });
}

void list_voicemail_listenings(Call call) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call), [id = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto found = find_one(reader, held, id);
    if (!found) return found.error();
    auto all = listenings(reader, held.workspace(), id);
    if (!all) return all.error();
    return http::Response::json_text(200, *std::move(all));
  });
}

void delete_voicemail(Call call, const RestGiven& given) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [given, id = *sid](Call held, store::Reader& reader) {
    auto found = find_one(reader, held, id);
    if (!found) return held.fail(found.error());
    auto row = recordings::find(reader, held.workspace(), id);
    if (!row) return held.fail(row.error());
    if (!*row) return held.fail(door::no_such(kTitle, id.str()));
    if ((*row)->ended_at.us == 0) return held.fail(Error(ErrorCode::kStateForbids, "it is still being left"));
    if (auto free = recordings::not_held(reader, held.workspace(), id); !free) return held.fail(free.error());
    auto change = change_of(held, id, *found, found->state,
                            recordings::deleted(held.workspace(), id, held.services->clock.now()), "voicemail.deleted");
    auto& runtime = held.services->runtime;
    auto waiting = std::make_shared<Call>(std::move(held));
    change.reply = [waiting, files = given.files, row = **row](Result<runtime::Committed> done) {
      if (!done) return waiting->fail(done.error());
      const auto erase = [waiting, files, row, at = done->position] {
        if (auto gone = recordings::erase_file(files, row); !gone) return waiting->fail(gone.error());
        waiting->answer(door::with_position(http::Response::no_content(), at));
      };
      if (!waiting->services->pool.post(erase)) erase();
    };
    runtime.commit(std::move(change));
  });
}

}  // namespace

void add_routes(door::Api& api, const RestGiven& given) {
  api.on("list_voicemails", list_voicemails);
  api.on("get_voicemail", get_voicemail);
  api.on("update_voicemail", update_voicemail);
  api.on("get_voicemail_audio", [given](Call call) { get_voicemail_audio(std::move(call), given); });
  api.on("list_voicemail_listenings", list_voicemail_listenings);
  api.on("delete_voicemail", [given](Call call) { delete_voicemail(std::move(call), given); });
}

}  // namespace carillon::voicemails
