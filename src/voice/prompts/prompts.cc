#include "voice/prompts/prompts.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <variant>

#include "voice/prompts/shelf.h"

namespace carillon::prompts {

std::vector<std::filesystem::path> default_voice_folders() { return {"/usr/share/asterisk/sounds/en_US_f_Allison"}; }
std::vector<std::filesystem::path> default_music_folders() { return {"/usr/share/asterisk/moh"}; }

struct Prompts::Parts {
  struct Music {
    std::string name;
  };
  struct Job {
    std::variant<Words, Standing, Music> wanted;
    Done done;
  };

  explicit Parts(Config c) : most(c.queue), config(std::move(c)) {}

  void add(Job job);
  void run();
  Heard make(Shelf& shelf, const Job& job);
  void count(const Shelf& shelf, Source source);

  const std::size_t most;
  Config config;  // until the thread takes it
  mutable std::mutex lock;
  std::condition_variable changed;
  std::deque<Job> jobs;
  bool ending = false;
  std::atomic<std::uint64_t> recorded{0}, spoken{0}, tones{0}, refused{0}, read_from_cache{0};
  std::atomic<std::size_t> memory_bytes{0}, cache_bytes{0};
  std::thread thread;
};

void Prompts::Parts::add(Job job) {
  {
    const std::lock_guard held(lock);
    if (jobs.size() < most) {
      jobs.push_back(std::move(job));
      changed.notify_one();
      return;
    }
  }
  ++refused;
  const bool music = std::holds_alternative<Music>(job.wanted);
  job.done({{music ? hold_tone() : chime()}, Source::kTone});
}

Heard Prompts::Parts::make(Shelf& shelf, const Job& job) {
  // Memory may run out, and the standard library's files throw where error codes end: a caller still hears something.
  try {
    if (const auto* words = std::get_if<Words>(&job.wanted)) return shelf.words(*words);
    if (const auto* standing = std::get_if<Standing>(&job.wanted)) return shelf.standing(*standing);
    return shelf.music(std::get<Music>(job.wanted).name);
  } catch (const std::exception&) {
    return {{std::holds_alternative<Music>(job.wanted) ? hold_tone() : chime()}, Source::kTone};
  }
}

void Prompts::Parts::count(const Shelf& shelf, Source source) {
  if (source == Source::kRecorded) ++recorded;
  if (source == Source::kSpoken) ++spoken;
  if (source == Source::kTone) ++tones;
  read_from_cache = shelf.read_from_cache();
  memory_bytes = shelf.memory_bytes();
  cache_bytes = shelf.cache_bytes();
}

void Prompts::Parts::run() {
  Shelf shelf(std::move(config));
  for (;;) {
    Job job;
    {
      std::unique_lock held(lock);
      changed.wait(held, [this] { return ending || !jobs.empty(); });
      if (ending) return;
      job = std::move(jobs.front());
      jobs.pop_front();
    }
    Heard heard = make(shelf, job);
    count(shelf, heard.source);
    job.done(std::move(heard));
  }
}

std::unique_ptr<Prompts> Prompts::open(Config config) {
  // What a full queue gives must be ready before it is full.
  chime(), hold_tone();
  auto parts = std::make_unique<Parts>(std::move(config));
  parts->thread = std::thread([p = parts.get()] { p->run(); });
  return std::unique_ptr<Prompts>(new Prompts(std::move(parts)));
}

Prompts::Prompts(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Prompts::~Prompts() {
  {
    const std::lock_guard held(parts_->lock);
    parts_->ending = true;
  }
  parts_->changed.notify_one();
  parts_->thread.join();
}

void Prompts::prepare(Words words, Done done) { parts_->add({std::move(words), std::move(done)}); }
void Prompts::announce(Standing standing, Done done) { parts_->add({standing, std::move(done)}); }
void Prompts::music(std::string name, Done done) { parts_->add({Parts::Music{std::move(name)}, std::move(done)}); }

Prompts::Counts Prompts::counts() const {
  Counts out{parts_->recorded,     parts_->spoken,     parts_->tones, parts_->refused, parts_->read_from_cache, 0,
             parts_->memory_bytes, parts_->cache_bytes};
  const std::lock_guard held(parts_->lock);
  out.waiting = parts_->jobs.size();
  return out;
}

}  // namespace carillon::prompts
