#include "voice/media/recorder.h"

#include <chrono>

#include "base/clock.h"

namespace carillon::media {
namespace {
constexpr auto kRest = std::chrono::milliseconds(20);
constexpr Duration kAdvance = Duration::millis(500);
}  // namespace

Recorder::Recorder(std::size_t ring_bytes, Done done, bool with_thread)
    : ring_(ring_bytes), done_(std::move(done)), payload_(2048) {
  if (with_thread) thread_ = std::thread([this] { run(); });
}

Recorder::~Recorder() { finish(); }

void Recorder::finish() {
  if (ending_.exchange(true)) return;
  if (thread_.joinable()) thread_.join();
  const Instant now = SystemClock().now();
  step(now);
  for (auto& [id, job] : jobs_) end(*job, now);
  jobs_.clear();
}

void Recorder::run() {
  const SystemClock clock;
  while (!ending_) {
    step(clock.now());
    std::this_thread::sleep_for(kRest);
  }
}

Result<void> Recorder::begin(RecordingPlan plan) {
  if (!plan.disk) {
    auto disk = create_recording_disk(plan.path);
    if (!disk) return disk.error();
    plan.disk = std::move(disk).value();
  }
  auto file = RecordingFile::create(std::move(plan.disk), plan.key, plan.shape);
  if (!file) return file.error();
  auto job = std::make_unique<Job>(std::move(plan), std::move(file).value());
  Job* raw = job.get();
  job->line = std::make_unique<RecordingTimeline>(
      raw->plan.shape, [this, raw](std::span<const std::uint8_t> bytes) { return write(*raw, bytes); });
  const RecordingShape& shape = raw->plan.shape;
  if (raw->plan.silence_after.us > 0 && shape.channels == 1 && shape.encoding == RecordingEncoding::kMuLaw) {
    raw->silence.emplace(raw->plan.silence_after, shape.rate);
  }
  job->dropped_before = ring_.dropped();
  const std::lock_guard held(lock_);
  new_.push_back(std::move(job));
  ++open_;
  return {};
}

Result<void> Recorder::write(Job& job, std::span<const std::uint8_t> bytes) {
  if (job.silence && job.silence->feed(bytes) && on_silence_) on_silence_({job.plan.id, job.silence->heard()});
  return job.file.append(bytes);
}

void Recorder::take_new() {
  const std::lock_guard held(lock_);
  for (auto& job : new_) {
    const RecordingId id = job->plan.id;
    jobs_[id] = std::move(job);
  }
  new_.clear();
}

Recorder::Job* Recorder::job_of(RecordingId id) {
  auto found = jobs_.find(id);
  if (found == jobs_.end()) {
    take_new();
    found = jobs_.find(id);
  }
  return found == jobs_.end() ? nullptr : found->second.get();
}

void Recorder::step(Instant now) {
  take_new();
  RecordedPacket packet;
  while (ring_.pop(packet, payload_)) on_packet(packet, std::span(payload_).first(packet.bytes));
  if (now - last_advance_ < kAdvance) return;
  last_advance_ = now;
  std::vector<std::pair<Job*, Error>> broken;
  for (auto& [id, job] : jobs_) {
    if (auto ok = job->line->advance(now); !ok) broken.emplace_back(job.get(), ok.error());
  }
  for (auto& [job, error] : broken) fail(*job, error);
}

void Recorder::on_packet(const RecordedPacket& packet, std::span<const std::uint8_t> payload) {
  Job* job = job_of(packet.recording);
  if (!job) return;  // it failed before
  if (packet.kind == RecordedPacket::Kind::kStop) {
    end(*job, packet.arrival);
    jobs_.erase(packet.recording);
    return;
  }
  if (auto ok = job->line->add(packet, payload); !ok) fail(*job, ok.error());
}

void Recorder::end(Job& job, Instant at) {
  RecordingDone done;
  done.recording = job.plan.id;
  done.path = job.plan.path.string();
  auto given = job.line->finish(at);
  auto seal = given ? job.file.finish() : Result<RecordingSeal>(given.error());
  if (seal) {
    done.bytes = seal->bytes;
    done.length = seal->length;
    done.sha256 = seal->sha256;
  } else {
    done.whole = false;
    done.fault = seal.error().message;
  }
  if (const std::uint64_t dropped = ring_.dropped() - job.dropped_before; done.whole && dropped > 0) {
    done.whole = false;
    done.fault =
        "the disk was too slow: " + std::to_string(dropped) + " packets of this or other recordings are missing";
  }
  --open_;
  done_(std::move(done));
}

void Recorder::fail(Job& job, const Error& error) {
  RecordingDone done;
  done.recording = job.plan.id;
  done.path = job.plan.path.string();
  done.whole = false;
  done.fault = error.message;
  jobs_.erase(done.recording);
  --open_;
  done_(std::move(done));
}

}  // namespace carillon::media
