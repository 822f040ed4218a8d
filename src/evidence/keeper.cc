#include "evidence/keeper.h"

#include <pthread.h>

#include <filesystem>
#include <fstream>

#include "evidence/core/text.h"

namespace carillon::evidence {
namespace {

namespace fs = std::filesystem;

constexpr auto kLookForOld = std::chrono::hours(24);
constexpr Duration kTellEvery = Duration::minutes(1);
constexpr std::uintmax_t kMostBytes = std::uintmax_t{64} << 20;

}  // namespace

Result<std::unique_ptr<Keeper>> Keeper::open(Config config) {
  std::error_code failed;
  fs::create_directories(config.folder, failed);
  if (failed) return Error(ErrorCode::kConfig, "cannot make " + config.folder + ": " + failed.message());
  std::unique_ptr<Keeper> made(new Keeper(std::move(config)));
  Keeper* const self = made.get();
  made->thread_ = std::thread([self] {
    pthread_setname_np(pthread_self(), "evidence");
    self->run();
  });
  return made;
}

Keeper::~Keeper() {
  {
    std::lock_guard held(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::string Keeper::path_of(WorkspaceId workspace, CallId call) const {
  const std::string name = call.str();
  return config_.folder + "/" + workspace.str() + "/" + name.substr(2, 2) + "/" + name + ".json";
}

bool Keeper::keep(Record record) {
  auto kept = std::make_shared<const Record>(std::move(record));
  std::lock_guard held(mutex_);
  if (stopping_ || waiting_.size() >= config_.waiting) {
    lost("more calls end than can be written down");
    return false;
  }
  unwritten_[kept->call] = kept;
  waiting_.push_back(std::move(kept));
  wake_.notify_one();
  return true;
}

// With the lock held.
void Keeper::lost(const std::string& why) {
  ++counts_.lost;
  const Instant now = config_.clock->now();
  if (told_at_.us != 0 && now - told_at_ < kTellEvery) return;
  told_at_ = now;
  config_.log("evidence of a call is lost (" + std::to_string(counts_.lost) + " so far): " + why);
}

void Keeper::run() {
  auto look = std::chrono::steady_clock::now();
  std::unique_lock held(mutex_);
  while (true) {
    wake_.wait_until(held, look, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      if (stopping_) return;
      look = std::chrono::steady_clock::now() + kLookForOld;
      held.unlock();
      remove_old();
      held.lock();
      continue;
    }
    const RecordPtr next = std::move(waiting_.front());
    waiting_.pop_front();
    held.unlock();
    const Result<void> written = write(*next);
    held.lock();
    // One that was forgotten, or kept anew, meanwhile is another's.
    if (const auto found = unwritten_.find(next->call); found != unwritten_.end() && found->second == next) {
      unwritten_.erase(found);
    }
    written ? void(++counts_.kept) : lost(written.error().message);
  }
}

// Not forced to the disk, and under its own name from the beginning: nobody reads it before it is whole (find() asks memory
// first), and a crash in the middle costs this one.
Result<void> Keeper::write(const Record& record) const {
  const fs::path path = path_of(record.workspace, record.call);
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) return Error(ErrorCode::kStore, "cannot make " + path.parent_path().string() + ": " + failed.message());
  const std::string text = write_record(record);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (out) return {};
  fs::remove(path, failed);
  return Error(ErrorCode::kStore, "cannot write " + path.string());
}

Result<std::optional<Record>> Keeper::find(WorkspaceId workspace, CallId call) {
  {
    std::lock_guard held(mutex_);
    const auto found = unwritten_.find(call);
    if (found != unwritten_.end() && found->second->workspace == workspace)
      return std::optional<Record>(*found->second);
  }
  const std::string path = path_of(workspace, call);
  std::error_code failed;
  const std::uintmax_t size = fs::file_size(path, failed);
  if (failed || size > kMostBytes) return std::optional<Record>();
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return Error(ErrorCode::kStore, "cannot read the evidence of call " + call.str());
  auto read = read_record(text);
  if (!read) {
    config_.log("the evidence of call " + call.str() + " cannot be read: " + read.error().message);
    return std::optional<Record>();
  }
  return std::optional<Record>(*std::move(read));
}

void Keeper::forget(WorkspaceId workspace, CallId call) {
  {
    std::lock_guard held(mutex_);
    unwritten_.erase(call);
    std::erase_if(waiting_, [&](const RecordPtr& one) { return one->call == call; });
  }
  std::error_code failed;
  fs::remove(path_of(workspace, call), failed);
}

void Keeper::remove_old() const {
  std::error_code failed;
  const auto before = fs::file_time_type::clock::now() - std::chrono::microseconds(config_.keep.us);
  for (fs::recursive_directory_iterator it(config_.folder, failed), end; !failed && it != end; it.increment(failed)) {
    std::error_code gone;
    if (it->is_regular_file(gone) && it->last_write_time(gone) < before && !gone) fs::remove(it->path(), gone);
  }
}

Keeper::Counts Keeper::counts() const {
  std::lock_guard held(mutex_);
  Counts out = counts_;
  out.waiting = waiting_.size();
  return out;
}

}  // namespace carillon::evidence
