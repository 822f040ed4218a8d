#include "voice/media/speech.h"

#include <fcntl.h>
#include <flite/flite.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

extern "C" {
cst_voice* register_cmu_us_slt(const char* voxdir);
}
extern char** environ;

namespace carillon::media {
namespace {

std::string primary_of(std::string_view language) {
  std::string out(language.substr(0, language.find_first_of("-_")));
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  return out;
}

class FliteSpeech final : public Speech {
 public:
  FliteSpeech() {
    ::flite_init();
    voice_ = ::register_cmu_us_slt(nullptr);
  }
  bool speaks(std::string_view language) const override { return voice_ && primary_of(language) == "en"; }
  Result<SoundPtr> say(const std::string& text, std::string_view) override {
    const std::lock_guard held(lock_);
    cst_wave* wave = ::flite_text_to_wave(text.c_str(), voice_);
    if (!wave || wave->num_samples <= 0 || wave->num_channels != 1) {
      if (wave) ::delete_wave(wave);
      return Error(ErrorCode::kInvalidValue, "nothing to say in this text");
    }
    auto sound = Sound::from_samples({wave->samples, static_cast<std::size_t>(wave->num_samples)}, wave->sample_rate);
    ::delete_wave(wave);
    return sound;
  }

 private:
  std::mutex lock_;
  cst_voice* voice_ = nullptr;
};

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) == 0) read = fds[0], write = fds[1];
  }
  ~Pipe() { close_read(), close_write(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_read() {
    if (read >= 0) ::close(std::exchange(read, -1));
  }
  void close_write() {
    if (write >= 0) ::close(std::exchange(write, -1));
  }
};

// Gives all that the child writes until it ends; nothing when it is too slow or too much.
bool read_all(int fd, std::string& out) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::microseconds(kSpeechTimeout.us);
  char piece[65536];
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd p{fd, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&p, 1, static_cast<int>(left.count())) <= 0) return false;
    const ssize_t n = ::read(fd, piece, sizeof piece);
    if (n == 0) return true;
    if (n < 0) return false;
    out.append(piece, static_cast<std::size_t>(n));
    if (out.size() > (64u << 20)) return false;
  }
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// espeak-ng writes a WAV whose length it does not know yet.
Result<SoundPtr> sound_of_wav(const std::string& wav) {
  const std::size_t data = wav.find("data");
  if (wav.size() < 44 || wav.compare(0, 4, "RIFF") != 0 || data == std::string::npos || data + 8 > wav.size()) {
    return Error(ErrorCode::kUnavailable, "espeak-ng gave no sound");
  }
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(wav[i]); };
  const int rate = byte(24) | byte(25) << 8 | byte(26) << 16;
  std::vector<std::int16_t> samples((wav.size() - data - 8) / 2);
  std::memcpy(samples.data(), wav.data() + data + 8, samples.size() * 2);
  if (rate < 4000 || rate > 192000 || samples.empty()) return Error(ErrorCode::kUnavailable, "espeak-ng gave no sound");
  return Sound::from_samples(samples, rate);
}

class EspeakSpeech final : public Speech {
 public:
  explicit EspeakSpeech(std::string program) : program_(std::move(program)) {}
  bool speaks(std::string_view language) const override {
    // Its own name of a voice is a file name there: letters, digits and '-' only.
    return !language.empty() && language.size() <= 20 && std::all_of(language.begin(), language.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
  }
  Result<SoundPtr> say(const std::string& text, std::string_view language) override {
    std::string wav;
    const std::string wanted(language);
    if (auto ok = run(text, wanted, wav); !ok) return ok.error();
    if (wav.empty() && wanted != primary_of(wanted)) {  // no such region: the language itself
      if (auto ok = run(text, primary_of(wanted), wav); !ok) return ok.error();
    }
    if (wav.empty()) return Error(ErrorCode::kInvalidValue, "nobody here speaks the language " + wanted);
    return sound_of_wav(wav);
  }

 private:
  Result<void> run(const std::string& text, const std::string& voice, std::string& wav) const {
    Pipe in, out;
    if (in.read < 0 || out.read < 0) return Error(ErrorCode::kUnavailable, "no pipe to espeak-ng");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in.read, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out.write, 1);
    ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    std::string program = program_, name = voice;
    char stdout_flag[] = "--stdout", stdin_flag[] = "--stdin", voice_flag[] = "-v", utf8[] = "-b1";
    char* argv[] = {program.data(), stdout_flag, stdin_flag, utf8, voice_flag, name.data(), nullptr};
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, argv, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed) return Error(ErrorCode::kUnavailable, program_ + " does not start: " + std::strerror(failed));
    in.close_read();
    out.close_write();
    // The text is shorter than a pipe's buffer: it is written before anything is read. A child that died reads nothing.
    const bool written = write_all(in.write, text);
    in.close_write();
    const bool whole = written && read_all(out.read, wav);
    if (!whole) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!whole) return Error(ErrorCode::kUnavailable, program_ + " did not answer in time");
    if (status != 0) wav.clear();
    return {};
  }

  std::string program_;
};

std::vector<std::unique_ptr<Speech>> usual_speakers() {
  std::vector<std::unique_ptr<Speech>> out;
  out.push_back(make_flite_speech());
  out.push_back(make_espeak_speech());
  return out;
}

}  // namespace

std::unique_ptr<Speech> make_flite_speech() { return std::make_unique<FliteSpeech>(); }
std::unique_ptr<Speech> make_espeak_speech(std::string program) {
  return std::make_unique<EspeakSpeech>(std::move(program));
}

SpokenTexts::SpokenTexts(std::size_t max_bytes) : SpokenTexts(max_bytes, usual_speakers()) {}
SpokenTexts::SpokenTexts(std::size_t max_bytes, std::vector<std::unique_ptr<Speech>> speakers)
    : speakers_(std::move(speakers)), kept_(max_bytes) {}

Result<SoundPtr> SpokenTexts::say(const std::string& text, std::string_view language) {
  if (text.empty() || text.size() > kMaxSpokenBytes) {
    return Error(ErrorCode::kInvalidValue, "a text of " + std::to_string(text.size()) + " bytes; 1 to " +
                                               std::to_string(kMaxSpokenBytes) + " are spoken");
  }
  return kept_.get(std::string(language) + '\n' + text, [&]() -> Result<SoundPtr> {
    const auto speaker =
        std::find_if(speakers_.begin(), speakers_.end(), [&](const auto& s) { return s->speaks(language); });
    if (speaker == speakers_.end()) {
      return Error(ErrorCode::kInvalidValue, "nobody here speaks the language " + std::string(language.substr(0, 20)));
    }
    return (*speaker)->say(text, language);
  });
}

}  // namespace carillon::media
