#include "voice/media/speech.h"

#include <gtest/gtest.h>

#include "voice/media/voice_activity.h"

namespace carillon::media {
namespace {

TEST(Speech, SpeaksEnglishInProcess) {
  SpokenTexts spoken(10 << 20);
  const auto sound = spoken.say("You are number three in the queue.", "en");
  ASSERT_TRUE(sound) << sound.error().message;
  EXPECT_GT((*sound)->length().in_seconds(), 1.0);
  EXPECT_LT((*sound)->length().in_seconds(), 6.0);
  EXPECT_GT(level_of((*sound)->at(8000)), -35);
  EXPECT_EQ(spoken.say("You are number three in the queue.", "en").value(), *sound);  // spoken once
}

TEST(Speech, SpeaksOtherLanguagesByAProcessOfItsOwn) {
  SpokenTexts spoken(10 << 20);
  for (const auto language : {"de", "es", "fr", "pt-BR", "de-AT"}) {
    const auto sound = spoken.say("eins zwei drei", language);
    ASSERT_TRUE(sound) << language << ": " << sound.error().message;
    EXPECT_GT((*sound)->length().in_seconds(), 0.4) << language;
    EXPECT_GT(level_of((*sound)->at(16000)), -35) << language;
  }
}

TEST(Speech, SaysWhatIsWrong) {
  SpokenTexts spoken(10 << 20);
  EXPECT_EQ(spoken.say("", "en").error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(spoken.say(std::string(5000, 'a'), "en").error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(spoken.say("x", "xx-nowhere").error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(spoken.say("x", "../../etc").error().code, ErrorCode::kInvalidValue);
  const auto missing = make_espeak_speech("no-such-program-here")->say("x", "de");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kUnavailable);
}

class Counting final : public Speech {
 public:
  explicit Counting(int& count) : count_(count) {}
  bool speaks(std::string_view language) const override { return language == "tlh"; }
  Result<SoundPtr> say(const std::string&, std::string_view) override {
    ++count_;
    return make_silence(Duration::seconds(1));
  }

 private:
  int& count_;
};

TEST(Speech, KeepsWhatWasSpokenWithinItsRoom) {
  int count = 0;
  std::vector<std::unique_ptr<Speech>> speakers;
  speakers.push_back(std::make_unique<Counting>(count));
  SpokenTexts spoken(100'000, std::move(speakers));  // two seconds
  for (const auto text : {"a", "b", "a", "c", "a", "b"}) EXPECT_TRUE(spoken.say(text, "tlh"));
  EXPECT_EQ(count, 4);  // b was forgotten for c
  EXPECT_LE(spoken.bytes(), 100'000u);
}

}  // namespace
}  // namespace carillon::media
