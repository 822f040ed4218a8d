#include "voice/media/sound.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "voice/media/g711.h"
#include "voice/media/testing/telephone.h"
#include "voice/media/voice_activity.h"

namespace carillon::media {
namespace {

using testing::strength;

std::vector<std::int16_t> sine(int hz, int rate, double seconds, int channels = 1) {
  std::vector<std::int16_t> out;
  for (int i = 0; i < static_cast<int>(seconds * rate); ++i) {
    for (int c = 0; c < channels; ++c) {
      out.push_back(static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * hz * i / rate)));
    }
  }
  return out;
}

class SoundFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "carillon-sound-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::filesystem::path write(const char* name, int format, int rate, int channels, int hz, double seconds = 1) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = format;
    const auto path = folder / name;
    SNDFILE* out = sf_open(path.c_str(), SFM_WRITE, &info);
    EXPECT_TRUE(out) << sf_strerror(nullptr);
    if (!out) return path;
    const auto samples = sine(hz, rate, seconds, channels);
    sf_writef_short(out, samples.data(), static_cast<sf_count_t>(samples.size()) / channels);
    sf_close(out);
    return path;
  }
  std::filesystem::path folder;
};

TEST_F(SoundFiles, AnyFormatAndRateIsReadAndKeepsItsPitchAndLength) {
  const std::filesystem::path files[] = {
      write("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, 600),
      write("b.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44100, 2, 600),
      write("c.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8000, 1, 600),
      write("d.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 22050, 1, 600),
      write("e.opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48000, 1, 600),
      write("f.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 48000, 2, 600),
  };
  for (const auto& file : files) {
    const auto sound = load_sound(file);
    ASSERT_TRUE(sound) << sound.error().message;
    EXPECT_NEAR((*sound)->length().in_seconds(), 1, 0.06) << file;
    for (const int rate : {8000, 16000}) {
      EXPECT_NEAR(strength((*sound)->at(rate), rate, 600), 8000.0 / 32768, 0.03) << file << rate;
      EXPECT_LT(strength((*sound)->at(rate), rate, 1200), 0.01) << file;
    }
  }
}

TEST_F(SoundFiles, WhatIsNoSoundIsRefusedWithItsName) {
  std::ofstream(folder / "x.wav") << "not a sound at all, not at all";
  const auto bad = load_sound(folder / "x.wav");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidValue);
  EXPECT_NE(bad.error().message.find("x.wav"), std::string::npos);
  EXPECT_EQ(load_sound(folder / "none.wav").error().code, ErrorCode::kNotFound);
}

TEST_F(SoundFiles, TheStoreDecodesOnceReadsChangesAndForgetsTheOldest) {
  const auto a = write("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, 600);
  const auto b = write("b.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1, 700);
  SoundStore store(60'000);  // one second is 48,000 bytes
  const auto first = store.load(a).value();
  EXPECT_EQ(store.load(a).value(), first);
  std::filesystem::last_write_time(a, std::filesystem::last_write_time(a) + std::chrono::seconds(5));
  EXPECT_NE(store.load(a).value(), first);
  store.load(b).value();
  EXPECT_LE(store.bytes(), 60'000u);
  EXPECT_FALSE(store.load(folder / "none.wav"));
}

TEST(Tones, HaveTheirFrequenciesAndLevels) {
  const auto tone = make_tone({{425, 0, -13, Duration::seconds(1), {}}});
  EXPECT_NEAR(level_of(tone->at(8000)), -13, 0.3);
  const auto dtmf = make_dtmf("5");
  EXPECT_GT(strength(dtmf->at(8000).first(800), 8000, 770), 0.2);
  EXPECT_GT(strength(dtmf->at(8000).first(800), 8000, 1336), 0.2);
  EXPECT_EQ(make_silence(Duration::millis(100))->at(8000).size(), 800u);
  for (const auto& sound : {tones::ringback(), tones::busy(), tones::zip(), tones::beep()})
    EXPECT_GT(sound->bytes(), 0u);
}

TEST(G711, DecodesAndEncodesEveryValueBack) {
  for (const auto law : {g711::Law::kMu, g711::Law::kA}) {
    for (int i = 0; i < 256; ++i) {
      const auto byte = static_cast<std::uint8_t>(i);
      const std::int16_t sample = g711::decode(law, byte);
      EXPECT_EQ(g711::decode(law, g711::encode(law, sample)), sample) << i;
    }
    EXPECT_NEAR(g711::decode(law, g711::silence_of(law)), 0, 8);
  }
  EXPECT_EQ(g711::decode(g711::Law::kMu, 0x80), 32124);  // the table of the recommendation
  EXPECT_EQ(g711::decode(g711::Law::kA, 0xaa), 32256);
}

TEST(G711, ErrsByLittleAtEveryLevel) {
  for (const auto law : {g711::Law::kMu, g711::Law::kA}) {
    for (int s = -32000; s <= 32000; s += 37) {
      const int back = g711::decode(law, g711::encode(law, static_cast<std::int16_t>(s)));
      EXPECT_NEAR(back, s, std::abs(s) / 24 + 16);
    }
  }
}

TEST(Codecs, OpusKeepsATone) {
  for (const int rate : {8000, 16000}) {
    auto encoder = make_encoder(Codec::kOpus, rate);
    auto decoder = make_decoder(Codec::kOpus, rate);
    const auto in = sine(800, rate, 1);
    std::vector<std::int16_t> out, piece(kMaxPacketSamples);
    std::vector<std::uint8_t> payload(1275);
    const auto frame = static_cast<std::size_t>(rate) / 50;
    for (std::size_t i = 0; i + frame <= in.size(); i += frame) {
      const std::size_t n = encoder->encode(Samples(in).subspan(i, frame), payload);
      ASSERT_GT(n, 0u);
      const std::size_t samples = decoder->decode(std::span(payload).first(n), piece);
      ASSERT_EQ(samples, frame);
      out.insert(out.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(samples));
    }
    EXPECT_GT(strength(Samples(out).last(static_cast<std::size_t>(rate) / 2), rate, 800), 0.15);
  }
}

TEST(Codecs, GarbageIsConcealedNotTrusted) {
  auto decoder = make_decoder(Codec::kOpus, 16000);
  std::vector<std::int16_t> out(kMaxPacketSamples);
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::vector<std::uint8_t> payload(seed);
    for (auto& b : payload) b = static_cast<std::uint8_t>(seed = seed * 1664525 + 1013904223), seed &= 511;
    EXPECT_LE(decoder->decode(payload, out), kMaxPacketSamples);
  }
}

TEST(VoiceActivity, HearsSpeechAboveTheNoiseOfTheLine) {
  VoiceActivity activity;
  const auto loud = sine(300, 8000, 0.02);
  std::vector<std::int16_t> hiss(160);
  for (std::size_t i = 0; i < hiss.size(); ++i) hiss[i] = static_cast<std::int16_t>(i * 7919 % 41 - 20);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(activity.on_frame(hiss));
  EXPECT_TRUE(activity.on_frame(loud));
  EXPECT_TRUE(activity.on_frame(hiss));  // a pause between two words
  for (int i = 0; i < 20; ++i) activity.on_frame(hiss);
  EXPECT_FALSE(activity.speaking());
}

}  // namespace
}  // namespace carillon::media
