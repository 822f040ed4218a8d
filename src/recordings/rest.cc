#include "recordings/rest.h"

#include <filesystem>

#include "door/configuration.h"
#include "recordings/recordings.h"

namespace carillon::recordings {
namespace {

using door::Call;

constexpr std::size_t kMaxWavBytes = std::size_t{1} << 30;

Result<RecordingRow> find_one(store::Reader& reader, WorkspaceId workspace, RecordingId sid) {
  auto found = find(reader, workspace, sid);
  if (!found) return found.error();
  if (!*found) return door::no_such("recording", sid.str());
  return **std::move(found);
}

runtime::RecordChange change_of(const Call& call, const RecordingRow& row, store::Change change, const char* type) {
  runtime::RecordChange out;
  out.workspace = call.workspace();
  out.change = std::move(change);
  out.sid = row.sid.str();
  out.actor = call.caller().actor();
  runtime::EventDraft event{
      .type = type, .resource_type = "recording", .resource_sid = out.sid, .refs = {}, .payload = {}};
  event.refs.emplace_back("call_sid", row.call_sid.str());
  if (row.contact_sid) event.refs.emplace_back("contact_sid", row.contact_sid.str());
  std::string text;
  render(text, call.workspace(), row);
  event.payload.emplace_back("recording", std::move(text));
  out.events.push_back(std::move(event));
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

// What is broken or missing at the end does not take away what is good before it.
Result<std::shared_ptr<const std::string>> wav_of(const RestGiven& given, const RecordingRow& row) {
  if (!given.key) return Error(ErrorCode::kUnavailable, "this server has no recording key; recordings cannot be read");
  if (given.key->id != row.key_id) {
    return Error(ErrorCode::kUnavailable,
                 "this recording needs the key " + row.key_id + ", and this server has " + given.key->id);
  }
  auto wav = std::make_shared<std::string>();
  const auto read =
      media::read_recording(given.files + "/" + row.path, given.key->bytes, [&](std::span<const std::uint8_t> piece) {
        if (wav->size() + piece.size() > kMaxWavBytes) return false;
        wav->append(reinterpret_cast<const char*>(piece.data()), piece.size());
        return true;
      });
  if (!read && wav->empty()) return read.error();
  return std::shared_ptr<const std::string>(std::move(wav));
}

void get_recording_audio(Call call, const RestGiven& given) {
  auto sid = call.request.sid<RecordingId>("sid");
  if (!sid) return call.fail(sid.error());
  door::with_reader(std::move(call), [given, sid = *sid](Call held, store::Reader& reader) {
    auto row = find_one(reader, held.workspace(), sid);
    if (!row) return held.fail(row.error());
    if (row->deleted_at.us != 0) return held.fail(door::no_such("sound of the recording", sid.str()));
    if (row->ended_at.us == 0) return held.fail(Error(ErrorCode::kStateForbids, "this recording is still being made"));
    auto wav = wav_of(given, *row);
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
    row->deleted_at = held.services->clock.now();
    auto change = change_of(held, *row, deleted(held.workspace(), sid, row->deleted_at), "recording.deleted");
    auto& services = *held.services;
    auto waiting = std::make_shared<Call>(std::move(held));
    // The row first: a file without a row is rubbish, a row without a file a lie.
    change.reply = [waiting, path = given.files + "/" + row->path](Result<runtime::Committed> done) {
      if (!done) return waiting->fail(done.error());
      const auto erase = [waiting, path, at = done->position] {
        std::error_code failed;
        std::filesystem::remove(path, failed);
        if (failed)
          return waiting->fail(
              Error(ErrorCode::kStore, "the file of the recording could not be removed: " + failed.message()));
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
  api.on("delete_recording", [given](Call call) { delete_recording(std::move(call), given); });
}

}  // namespace carillon::recordings
