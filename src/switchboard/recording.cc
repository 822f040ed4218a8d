// Recordings' files and rows, for the board.
#include <filesystem>

#include "recordings/recordings.h"
#include "switchboard/switchboard.h"

namespace carillon::switchboard {

namespace {

constexpr std::uint8_t kBothSides = 2, kCallerAlone = 1;

}  // namespace

void Switchboard::record(const RecordingWish& wish, std::function<void(Turn, Result<media::RecordingId>)> done) {
  const auto work = [this, wish, done] {
    auto made = make_recording(wish);
    post([done, made = std::move(made)](Turn turn) { done(turn, made); });
  };
  if (world_.pool.post(work)) return;
  post([done](Turn turn) { done(turn, Error(ErrorCode::kOverloaded, "too much is to be done on the disk at once")); });
}

// The row is there while the recording is made: a server that dies leaves no file that nobody knows of.
Result<media::RecordingId> Switchboard::make_recording(const RecordingWish& wish) {
  if (!recording_key_) return Error(ErrorCode::kUnavailable, "this server has no recording key");
  recordings::RecordingRow row{.sid = wish.recording,
                               .call_sid = wish.call,
                               .contact_sid = wish.contact,
                               .kind = wish.message ? recordings::Kind::voicemail : recordings::Kind::call,
                               .path = recordings::path_of(wish.workspace, wish.recording),
                               .key_id = recording_key_->id,
                               .started_at = world_.clock.now()};
  const std::filesystem::path path = std::filesystem::path(files_) / row.path;
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path(), failed);
  if (failed) return Error(ErrorCode::kStore, "cannot make " + path.parent_path().string() + ": " + failed.message());
  media::RecordingOrder order;
  order.path = path;
  order.key = recording_key_->bytes;
  order.channels = wish.message ? kCallerAlone : kBothSides;
  if (wish.message) order.silence_after = calls::kMessageSilence;
  std::lock_guard held(making_);
  if (stopped_) return Error(ErrorCode::kUnavailable, "the server stops");
  auto made = engine_->start_recording(std::move(order));
  if (made) commit(wish.workspace, recordings::begun(wish.workspace, row), "begun");
  return made;
}

void Switchboard::recorded(WorkspaceId workspace, RecordingId sid, const media::RecordingDone& done) {
  recordings::RecordingRow row{.sid = sid,
                               .ended_at = world_.clock.now(),
                               .whole = done.whole,
                               .fault = done.fault,
                               .bytes = static_cast<std::int64_t>(done.bytes),
                               .length = done.length,
                               .sha256 = done.sha256};
  commit(workspace, recordings::ended(workspace, row), "ended");
}

void Switchboard::commit(std::optional<WorkspaceId> workspace, store::Change change, const char* what) {
  runtime::RecordChange record{.workspace = workspace, .change = std::move(change), .sid = {}};
  record.reply = [log = world_.log, what](Result<runtime::Committed> done) {
    if (!done) log(std::string("the row of a recording that has ") + what + " was not kept: " + done.error().message);
  };
  world_.runtime.commit(std::move(record));
}

}  // namespace carillon::switchboard
