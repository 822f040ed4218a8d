// What a caller hears, by name: recorded words, spoken texts, where they stand in line, music; ready for a Script.
//
// What:   prepare() makes Words into sounds: a recording of that name, else its text spoken, else a gentle tone. announce() says
//         position and expected wait from recorded pieces where they are installed. music() gives what waiting callers hear.
// Why:    whoever connects calls never reads a file, never waits for a synthesizer, and always has something to play.
// Owns:   one thread, a bounded queue, sounds in memory, spoken texts on disk (spoken_files.h).
// Thread: every function from any thread, none waits. `done` is called exactly once: by the thread of Prompts, or by the caller's
//         own before the function returns when the queue is full. It must not wait. The destructor lets the running one
//         finish; those still in the queue are dropped untold.
// Errors: none reach the caller: what fails is replaced by the next best, and noted once by `on_note`.
// Limits: Config; at most media::kMaxItems sounds; a text as media/speech.h says; a name of kMaxName bytes.
// Example:
//   auto prompts = Prompts::open({.folders = default_voice_folders(), .music_folders = default_music_folders(),
//                                 .cache = data / "spoken", .on_note = log});
//   prompts->prepare({.prompt = "welcome", .text = "Welcome."}, [=](Heard heard) {
//     post(strand, [=] { engine->play(leg, {.id = 7, .items = heard.items}); });
//   });
//   prompts->music("", [=](Heard heard) { engine->play(leg, {.items = heard.items, .loop = true}); });
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "voice/media/sound.h"
#include "voice/media/speech.h"

namespace carillon::prompts {

inline constexpr std::size_t kMaxName = 128;

// Recorded words by name, else text for the synthesizer; both empty: nothing.
struct Words {
  std::string prompt;  // "welcome", "support/closed": letters, digits, '-', '_', '.', '/'; without the file's ending
  std::string text;
};

// Where a caller stands.
struct Standing {
  int place = 0;                          // 1 is next; 0: do not say
  std::optional<Duration> expected_wait;  // nothing: do not say
};

// How much of what was asked for is in the sounds.
enum class Source : std::uint8_t {
  kNothing,   // nothing was asked for: no items
  kRecorded,  // a person's voice, or a musician's work
  kSpoken,    // a synthesizer's
  kTone,      // all else failed
};

struct Heard {
  std::vector<media::SoundPtr> items;  // to be played one after another
  Source source = Source::kNothing;
};

struct Config {
  std::vector<std::filesystem::path>
      folders;  // of words; the first that has the name wins. FOLDER/LANGUAGE before FOLDER
  std::vector<std::filesystem::path> music_folders;  // the same for music: a name is a file or a folder of files
  std::filesystem::path cache;                       // where spoken texts are kept; empty: in memory only
  std::string language = "en";                       // BCP 47
  std::string pieces_language = "en";                // of the recorded pieces of announcements; others are spoken
  std::size_t cache_bytes = 64 << 20;                // on disk
  std::size_t memory_bytes = 64 << 20;               // recordings and spoken texts together
  std::size_t music_bytes = 16 << 20;                // of one playlist in memory: about six minutes
  std::size_t queue = 512;
  std::function<void(std::string_view)>
      on_note;  // a line for the log; by the thread of Prompts, at most kMaxNotes in all
  std::vector<std::unique_ptr<media::Speech>> speakers;  // empty: flite and espeak-ng
};

inline constexpr int kMaxNotes = 200;

// Where Debian's asterisk-core-sounds-en-wav and asterisk-moh-opsound-wav put their files.
std::vector<std::filesystem::path> default_voice_folders();
std::vector<std::filesystem::path> default_music_folders();

class Prompts {
 public:
  using Done = std::function<void(Heard)>;

  // Always gives one: a folder that is missing is noted, and the next best is played.
  static std::unique_ptr<Prompts> open(Config config);
  ~Prompts();
  Prompts(const Prompts&) = delete;
  Prompts& operator=(const Prompts&) = delete;

  void prepare(Words words, Done done);
  void announce(Standing standing, Done done);
  // "" is the default: all files of the music folders that fit, by name. Play it in a loop.
  void music(std::string name, Done done);

  struct Counts {
    std::uint64_t recorded = 0, spoken = 0, tones = 0;
    std::uint64_t refused = 0;  // the queue was full
    std::uint64_t read_from_cache = 0;
    std::size_t waiting = 0;
    std::size_t memory_bytes = 0, cache_bytes = 0;
  };
  Counts counts() const;

 private:
  struct Parts;
  explicit Prompts(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon::prompts
