// Sweeper: deletes the sound that may not be kept any longer, once a minute.
//
// What:   recordings and voicemails past their days (the number's, else the workspace's), recordings of a talk whose customer has
//         withdrawn consent, and messages that were too short to be one. A legal hold beats all of these. The row stays and says
//         when; of a talk's recording the event recording.deleted tells it.
// Owns:   its thread. Thread: sweep() from one at a time; start and stop from one.
// Errors: what fails is logged and tried again with the next sweep.
// Limits: kMostAtOnce of each cause a sweep.
// Example:
//   Sweeper sweeper({store->readers(), clock, commit, "var/files", log});
//   sweeper.start();
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "recordings/recordings.h"
#include "runtime/submission.h"
#include "runtime/wait_clock.h"
#include "store/store.h"

namespace carillon::recordings {

inline constexpr Duration kSweepEvery = Duration::minutes(1);
inline constexpr std::int64_t kMostAtOnce = 500;

// What is due: a pure look at the rows.
struct Due {
  WorkspaceId workspace;
  RecordingRow row;
};
Result<std::vector<Due>> due_for_deletion(store::Reader& reader, Instant now);

class Sweeper {
 public:
  struct World {
    store::ReaderPool& readers;
    runtime::WaitClock& clock;
    std::function<void(runtime::RecordChange)> commit;  // answers change.reply once
    std::string files;                                  // DATA/files
    std::function<void(std::string)> log;
  };
  explicit Sweeper(World world) : world_(std::move(world)) {}
  ~Sweeper() { stop(); }

  // Blocks until what is due now is gone. How many.
  std::size_t sweep();
  void start();
  void stop();

 private:
  bool remove(const Due& due);
  void run();

  World world_;
  const std::shared_ptr<runtime::WaitPoint> point_ = std::make_shared<runtime::WaitPoint>();
  bool stopping_ = false;  // below point_->mutex
  std::thread thread_;
};

}  // namespace carillon::recordings
