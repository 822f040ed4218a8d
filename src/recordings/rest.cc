#include "recordings/rest.h"

#include "door/configuration.h"
#include "recordings/holds.h"
#include "recordings/recordings.h"
#include "recordings/sound.h"

namespace carillon::recordings {
namespace {

using door::Call;

Result<RecordingRow> find_one(store::Reader& reader, WorkspaceId workspace, RecordingId sid) {
  auto found = find(reader, workspace, sid);
  if (!found) return found.error();
  if (!*found || (*found)->kind != Kind::call) return door::no_such("recording", sid.str());
  return **std::move(found);
}

runtime::RecordChange change_of(const Call& call, const RecordingRow& row, store::Change change, const char* type) {
  runtime::RecordChange out;
  out.workspace = call.workspace();
  out.change = std::move(change);
  out.sid = row.sid.str();
  out.actor = call.caller().actor();
  out.events.push_back(told_of(call.workspace(), row, type));
  return out;
}

void list_call_recordings(Call call) {
  auto sid = call.request.sid<CallId>("sid");
  if (!sid) return call.fail(sid.error());
  door::read(std::move(call), [sid = *sid](store::Reader& reader, const Call& held) -> Result<http::Response> {
    auto found = of_call(reader, held.workspace(), sid);
    if (!found) return found.error();
    if (!*found) return door::no_such("call", sid.str());
    std::string out = "{\"items\":[";
    for (const RecordingRow& row : **found) {
      if (out.back() != '[') out += ',';
      render(out, held.workspace(), row);
    }
    return http::Response::json_text(200, out + "]}");
  });
}

void get_recording_audio(Call call, const RestGiven& given) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [given, sid = *sid](Call held, store::Reader& reader) {
    auto row = find_one(reader, held.workspace(), sid);
    if (!row) return held.fail(row.error());
    if (row->deleted_at.us != 0) return held.fail(door::no_such("sound of the recording", sid.str()));
    if (row->ended_at.us == 0) return held.fail(Error(ErrorCode::kStateForbids, "this recording is still being made"));
    auto wav = wav_of(given.files, given.key, *row);
    if (!wav) return held.fail(wav.error());
    const Instant now = held.services->clock.now();
    auto change =
        change_of(held, *row, listened(held.workspace(), sid, now, held.caller().actor()), "recording.listened");
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

void delete_recording(Call call, const RestGiven& given) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [given, sid = *sid](Call held, store::Reader& reader) {
    auto row = find_one(reader, held.workspace(), sid);
    if (!row) return held.fail(row.error());
    if (row->ended_at.us == 0) return held.fail(Error(ErrorCode::kStateForbids, "this recording is still being made"));
    if (row->deleted_at.us != 0) return held.fail(Error(ErrorCode::kStateForbids, "this recording is deleted already"));
    if (auto free = not_held(reader, held.workspace(), sid); !free) return held.fail(free.error());
    row->deleted_at = held.services->clock.now();
    auto change = change_of(held, *row, deleted(held.workspace(), sid, row->deleted_at), "recording.deleted");
    auto& services = *held.services;
    auto waiting = std::make_shared<Call>(std::move(held));
    // The row first: a file without a row is rubbish, a row without a file a lie.
    change.reply = [waiting, files = given.files, row = *row](Result<runtime::Committed> done) {
      if (!done) return waiting->fail(done.error());
      const auto erase = [waiting, files, row, at = done->position] {
        if (auto gone = erase_file(files, row); !gone) return waiting->fail(gone.error());
        waiting->answer(door::with_position(http::Response::no_content(), at));
      };
      if (!waiting->services->pool.post(erase)) erase();
    };
    services.runtime.commit(std::move(change));
  });
}

}  // namespace

void add_routes(door::Api& api, const RestGiven& given) {
  api.on("list_call_recordings", list_call_recordings);
  api.on("get_recording_audio", [given](Call call) { get_recording_audio(std::move(call), given); });
  add_hold_routes(api);
  api.on("delete_recording", [given](Call call) { delete_recording(std::move(call), given); });
}

}  // namespace carillon::recordings
