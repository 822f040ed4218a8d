// Goal: a message ends when nobody speaks any more, once, however its sound is cut up; and it is known whether anybody spoke.
// Method: tones and silence as mu-law, fed in pieces of odd sizes.
#include "voice/media/silence_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "voice/media/g711.h"
#include "voice/media/sound.h"

namespace carillon::media {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes mu_law(const SoundPtr& sound) {
  const Samples samples = sound->at(8000);
  Bytes out(samples.size());
  g711::encode(g711::Law::kMu, samples, out);
  return out;
}

// Where, in milliseconds of what was fed, it said so; -1: never.
int said_at(SilenceWatch& watch, const Bytes& sound, std::size_t piece) {
  int at = -1;
  for (std::size_t from = 0; from < sound.size(); from += piece) {
    const std::size_t n = std::min(piece, sound.size() - from);
    if (!watch.feed(std::span(sound).subspan(from, n))) continue;
    EXPECT_EQ(at, -1) << "once";
    at = static_cast<int>((from + n) / 8);
  }
  return at;
}

TEST(SilenceWatch, SaysWhenSpeechHasBeenOverForSoLong) {
  for (const std::size_t piece : {1u, 160u, 333u, 4000u}) {
    SilenceWatch watch(Duration::seconds(5), 8000);
    Bytes sound = mu_law(make_tone({{440, 0, -13, Duration::seconds(3), {}}}));
    const Bytes quiet = mu_law(make_silence(Duration::seconds(10)));
    sound.insert(sound.end(), quiet.begin(), quiet.end());
    EXPECT_NEAR(said_at(watch, sound, piece), 8000, 750) << piece;
    EXPECT_TRUE(watch.heard());
  }
}

TEST(SilenceWatch, SilenceAloneIsNothingHeard) {
  SilenceWatch watch(Duration::seconds(5), 8000);
  EXPECT_NEAR(said_at(watch, mu_law(make_silence(Duration::seconds(6))), 160), 5000, 40);
  EXPECT_FALSE(watch.heard());
}

TEST(SilenceWatch, APauseIsNotTheEnd) {
  SilenceWatch watch(Duration::seconds(5), 8000);
  Bytes sound;
  for (int i = 0; i < 4; ++i) {
    const Bytes said = mu_law(make_tone({{440, 0, -13, Duration::seconds(1), Duration::seconds(3)}}));
    sound.insert(sound.end(), said.begin(), said.end());
  }
  EXPECT_EQ(said_at(watch, sound, 160), -1);
}

}  // namespace
}  // namespace carillon::media
