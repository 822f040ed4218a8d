// The recording thread: takes packets from the ring, puts them on their time lines, writes the files.
//
// What:   begin() makes the file and takes a recording on; packets and the end come through the ring; what became of it is told
//         once, by `done`. A disk that is full or broken ends the recording at once and loudly; the call knows nothing of it.
// Owns:   the ring, the thread, the open files.
// Thread: begin() from any thread but the media thread (it waits for the disk); ring().push() from the media thread only; `done` is
//         called by the recording thread.
// Errors: begin() gives kStore when the file cannot be made.
// Example:
//   Recorder recorder(1 << 22, [](RecordingDone done) { ... });
//   recorder.begin({.id = 7, .path = "call.rec", .key = key, .shape = {.channels = 2}});
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "voice/media/recording_file.h"
#include "voice/media/recording_ring.h"
#include "voice/media/recording_timeline.h"
#include "voice/media/silence_watch.h"
#include "voice/media/words.h"

namespace carillon::media {

struct RecordingPlan {
  RecordingId id = 0;
  std::filesystem::path path;
  RecordingKey key{};
  RecordingShape shape;                 // begin: when the time line begins
  Duration silence_after;               // told by on_silence; one mu-law channel only. 0: never
  std::unique_ptr<RecordingDisk> disk;  // instead of a file at `path`: for tests
};

class Recorder {
 public:
  using Done = std::function<void(RecordingDone)>;

  Recorder(std::size_t ring_bytes, Done done, bool with_thread = true);
  ~Recorder();  // as finish()
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  Result<void> begin(RecordingPlan plan);
  // Before the first begin(); called by the recording thread.
  void on_silence(std::function<void(RecordingSilent)> told) { on_silence_ = std::move(told); }
  RecordingRing& ring() { return ring_; }
  // Ends what is open and the thread; `done` is not called afterwards. Nobody may push any more.
  void finish();
  // Works off what waits; the thread's step, or a test's.
  void step(Instant now);
  std::size_t open() const { return open_.load(); }

 private:
  struct Job {
    RecordingPlan plan;
    RecordingFile file;
    std::unique_ptr<RecordingTimeline> line;
    std::uint64_t dropped_before = 0;
    std::optional<SilenceWatch> silence;
    Job(RecordingPlan p, RecordingFile f) : plan(std::move(p)), file(std::move(f)) {}
  };
  void run();
  void take_new();
  Job* job_of(RecordingId id);
  Result<void> write(Job& job, std::span<const std::uint8_t> bytes);
  void on_packet(const RecordedPacket& packet, std::span<const std::uint8_t> payload);
  void end(Job& job, Instant at);
  void fail(Job& job, const Error& error);

  RecordingRing ring_;
  Done done_;
  std::function<void(RecordingSilent)> on_silence_;
  std::mutex lock_;
  std::vector<std::unique_ptr<Job>> new_;
  std::unordered_map<RecordingId, std::unique_ptr<Job>> jobs_;
  std::vector<std::uint8_t> payload_;
  Instant last_advance_;
  std::atomic<std::size_t> open_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace carillon::media
