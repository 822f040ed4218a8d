// Text to speech: English in this process (flite), other languages by a process of its own (espeak-ng, which is GPL and never linked).
//
// What:   Speech is the port; FliteSpeech and EspeakSpeech speak; SpokenTexts chooses by language and keeps what was spoken.
// Thread: any pool thread; it takes tens of milliseconds. flite is not for two threads at once: a lock in the wrapper.
// Errors: kInvalidValue for a text that is empty, too long or of a language nobody speaks; kUnavailable when the program is missing
//         or does not answer in time.
// Limits: kMaxSpokenBytes of text, kSpeechTimeout for the program.
// Example:
//   SpokenTexts spoken(64 << 20);
//   Result<SoundPtr> sound = spoken.say("You are number three.", "en");
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "voice/media/sound.h"

namespace carillon::media {

inline constexpr std::size_t kMaxSpokenBytes = 4000;
inline constexpr Duration kSpeechTimeout = Duration::seconds(10);

class Speech {
 public:
  virtual ~Speech() = default;
  // `language` is a BCP 47 tag: "en", "de", "pt-BR".
  virtual bool speaks(std::string_view language) const = 0;
  virtual Result<SoundPtr> say(const std::string& text, std::string_view language) = 0;
};

std::unique_ptr<Speech> make_flite_speech();
// `program` is found on PATH when it has no slash.
std::unique_ptr<Speech> make_espeak_speech(std::string program = "espeak-ng");

class SpokenTexts {
 public:
  explicit SpokenTexts(std::size_t max_bytes);
  // For tests and other engines: asked in this order.
  SpokenTexts(std::size_t max_bytes, std::vector<std::unique_ptr<Speech>> speakers);

  Result<SoundPtr> say(const std::string& text, std::string_view language);
  std::size_t bytes() const { return kept_.bytes(); }

 private:
  std::vector<std::unique_ptr<Speech>> speakers_;
  SoundCache kept_;
};

}  // namespace carillon::media
