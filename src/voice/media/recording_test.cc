#include <gtest/gtest.h>
#include <sndfile.h>

#include <filesystem>
#include <fstream>

#include "voice/media/recorder.h"
#include "voice/media/testing/telephone.h"

namespace carillon::media {
namespace {

using testing::Line;
constexpr Format kMu{.codec = Codec::kPcmu, .payload_type = 0, .event_payload_type = 101};
constexpr Format kA{.codec = Codec::kPcma, .payload_type = 8, .event_payload_type = 96};
constexpr Format kOpusFormat{.codec = Codec::kOpus, .payload_type = 111, .event_payload_type = 110};
constexpr Duration kSecond = Duration::seconds(1);
constexpr RecordingKey kKey{1, 2, 3};

class RecordingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = std::filesystem::temp_directory_path() / "carillon-recording-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void pair(Format a = kMu, Format b = kMu) {
    line.add(1, 400, a);
    line.add(2, 700, b);
    line.stage.join(9, 1, Role::kCustomer);
    line.stage.join(9, 2, Role::kAgent);
  }
  void begin(RecordingEncoding encoding = RecordingEncoding::kMuLaw, std::uint32_t samples_a_second = 8000) {
    ASSERT_TRUE(recorder.begin({7, folder / "call.rec", kKey, {encoding, 2, samples_a_second, line.now}}));
    line.stage.set_tap(1, {&recorder.ring(), 7, 0});
    line.stage.set_tap(2, {&recorder.ring(), 7, 1});
  }
  void run(Duration d, int lose = 0) {
    for (const Instant end = line.now + d; line.now < end;) {
      line.run(Duration::millis(100), lose);
      recorder.step(line.now);
    }
  }
  void end() {
    line.stage.drop_taps(7);
    RecordedPacket stop;
    stop.recording = 7;
    stop.arrival = line.now;
    stop.kind = RecordedPacket::Kind::kStop;
    ASSERT_TRUE(recorder.ring().push(stop, {}));
    recorder.step(line.now);
    ASSERT_EQ(done.size(), 1u);
  }
  // One channel of the exported WAV, as an ordinary player reads it.
  std::vector<std::int16_t> channel(int n) {
    std::ofstream wav(folder / "call.wav", std::ios::binary);
    EXPECT_TRUE(read_recording(folder / "call.rec", kKey, [&](auto bytes) {
      wav.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      return true;
    }));
    wav.close();
    SF_INFO info{};
    SNDFILE* in = sf_open((folder / "call.wav").c_str(), SFM_READ, &info);
    EXPECT_TRUE(in) << sf_strerror(nullptr);
    if (!in) return {};
    rate = info.samplerate;
    EXPECT_EQ(info.channels, 2);
    std::vector<std::int16_t> all(static_cast<std::size_t>(info.frames) * 2), out;
    sf_readf_short(in, all.data(), info.frames);
    sf_close(in);
    for (std::size_t i = static_cast<std::size_t>(n); i < all.size(); i += 2) out.push_back(all[i]);
    return out;
  }
  double tone(const std::vector<std::int16_t>& sound, double from, double to, int hz) const {
    const auto at = [&](double s) { return std::min(sound.size(), static_cast<std::size_t>(s * rate)); };
    return testing::strength(Samples(sound).subspan(at(from), at(to) - at(from)), rate, hz);
  }

  std::filesystem::path folder;
  Line line;
  std::vector<RecordingDone> done;
  Recorder recorder{1 << 20, [this](RecordingDone d) { done.push_back(std::move(d)); }, false};
  int rate = 0;
};

TEST_F(RecordingTest, EachPartyIsOnItsOwnChannel) {
  for (const auto& [a, b] : {std::pair(kMu, kMu), std::pair(kMu, kA)}) {
    pair(a, b);
    begin();
    run(kSecond * 3);
    end();
    EXPECT_TRUE(done[0].whole) << done[0].fault;
    EXPECT_EQ(done[0].length, kSecond * 3);
    EXPECT_EQ(done[0].sha256.size(), 64u);
    EXPECT_EQ(done[0].bytes, std::filesystem::file_size(folder / "call.rec"));
    const auto customer = channel(0), agent = channel(1);
    EXPECT_EQ(rate, 8000);
    EXPECT_EQ(customer.size(), 24000u);
    EXPECT_GT(tone(customer, 0, 3, 400), 0.15);
    EXPECT_LT(tone(customer, 0, 3, 700), 0.01);
    EXPECT_GT(tone(agent, 0, 3, 700), 0.15);
    EXPECT_LT(tone(agent, 0, 3, 400), 0.01);
    done.clear();
    std::filesystem::remove(folder / "call.rec");
    line.stage.remove_leg(1, line.now);
    line.stage.remove_leg(2, line.now);
  }
}

TEST_F(RecordingTest, ABrowserIsRecordedWide) {
  pair(kMu, kOpusFormat);
  begin(RecordingEncoding::kPcm16, 16000);
  run(kSecond * 2);
  end();
  const auto customer = channel(0), agent = channel(1);
  EXPECT_EQ(rate, 16000);
  EXPECT_GT(tone(customer, 0.2, 2, 400), 0.15);
  EXPECT_GT(tone(agent, 0.2, 2, 700), 0.15);
  EXPECT_LT(tone(agent, 0.2, 2, 400), 0.01);
}

TEST_F(RecordingTest, PauseIsSilenceAndTheTimeGoesOn) {
  pair();
  begin();
  run(kSecond * 2);
  line.stage.pause_taps(7, true);
  run(kSecond * 2);
  line.stage.pause_taps(7, false);
  run(kSecond * 2);
  end();
  const auto customer = channel(0);
  EXPECT_EQ(customer.size(), 48000u);
  EXPECT_GT(tone(customer, 0.1, 1.9, 400), 0.15);
  EXPECT_LT(tone(customer, 2.1, 3.9, 400), 0.001);
  EXPECT_GT(tone(customer, 4.1, 5.9, 400), 0.15);
}

TEST_F(RecordingTest, NobodyIsRecordedDuringHoldAndSecretDigitsAreNot) {
  pair();
  begin();
  run(kSecond);
  line.stage.set_hold(1, true);
  run(kSecond);
  line.stage.set_hold(1, false);
  run(kSecond);
  line.stage.play(
      1, {.id = 1, .items = {make_silence(kSecond)}, .collect_max = 4, .first_digit = kSecond * 9, .secret = true},
      line.now);
  run(kSecond);
  end();
  const auto customer = channel(0), agent = channel(1);
  EXPECT_GT(tone(agent, 0, 0.9, 700), 0.15);
  EXPECT_LT(tone(agent, 1.1, 1.9, 700), 0.001);
  EXPECT_LT(tone(customer, 1.1, 1.9, 400), 0.001);
  EXPECT_GT(tone(customer, 2.1, 2.9, 400), 0.15);
  EXPECT_LT(tone(customer, 3.1, 3.9, 400), 0.001);
  EXPECT_GT(tone(agent, 3.1, 3.9, 700), 0.15);
}

TEST_F(RecordingTest, LossAndReorderingLeaveTheRestInItsPlace) {
  pair();
  begin();
  run(kSecond * 4, 9);
  end();
  const auto customer = channel(0);
  EXPECT_EQ(customer.size(), 32000u);
  EXPECT_NEAR(tone(customer, 0, 4, 400), 6000.0 / 32768 * 8 / 9, 0.02);
}

TEST_F(RecordingTest, AChangedByteAMissingEndAndAnotherKeyAreNoticed) {
  pair();
  begin();
  run(kSecond * 3);
  end();
  const auto read = [&](const RecordingKey& key) {
    return read_recording(folder / "call.rec", key, [](auto) { return true; });
  };
  EXPECT_TRUE(read(kKey));
  EXPECT_FALSE(read(RecordingKey{9}));
  const auto size = std::filesystem::file_size(folder / "call.rec");
  std::filesystem::copy_file(folder / "call.rec", folder / "copy.rec");
  for (const std::size_t at : {std::size_t{9}, std::size_t{30}, std::size_t{70}, std::size_t{20000}, size - 1}) {
    std::fstream file(folder / "call.rec", std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 1));
    file.close();
    EXPECT_FALSE(read(kKey)) << at;
    std::filesystem::copy_file(folder / "copy.rec", folder / "call.rec",
                               std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_TRUE(read(kKey));
  std::filesystem::resize_file(folder / "call.rec", 64 + 4 + RecordingFile::kChunk + 16);
  EXPECT_FALSE(read(kKey));
}

TEST_F(RecordingTest, NothingReadableLiesOnTheDisk) {
  pair();
  begin();
  run(kSecond * 2);
  end();
  std::ifstream in(folder / "call.rec", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(bytes.find(std::string(32, '\xff')), std::string::npos);
}

class SmallDisk final : public RecordingDisk {
 public:
  explicit SmallDisk(std::size_t room) : room_(room) {}
  Result<void> write(std::span<const std::uint8_t> bytes) override {
    if (bytes.size() > room_) return Error(ErrorCode::kStore, "No space left on device");
    room_ -= bytes.size();
    return {};
  }
  Result<void> sync() override { return {}; }

 private:
  std::size_t room_;
};

TEST_F(RecordingTest, AFullDiskStopsTheRecordingLoudlyAndTheCallGoesOn) {
  pair();
  ASSERT_TRUE(recorder.begin(
      {7, "x", kKey, {RecordingEncoding::kMuLaw, 2, 8000, line.now}, {}, std::make_unique<SmallDisk>(40000)}));
  line.stage.set_tap(1, {&recorder.ring(), 7, 0});
  run(kSecond * 5);
  ASSERT_EQ(done.size(), 1u);
  EXPECT_FALSE(done[0].whole);
  EXPECT_NE(done[0].fault.find("No space left"), std::string::npos);
  EXPECT_EQ(recorder.open(), 0u);
  EXPECT_EQ(line.tones(2), std::set<int>{400});
}

TEST_F(RecordingTest, AFileIsNeverWrittenOver) {
  pair();
  begin();
  const auto again = recorder.begin({8, folder / "call.rec", kKey, {RecordingEncoding::kMuLaw, 2, 8000, line.now}});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kStore);
}

TEST(RecordingRing, KeepsOrderAcrossItsEndAndSaysWhenItIsFull) {
  RecordingRing ring(4096);
  std::vector<std::uint8_t> payload(160), back(2048);
  RecordedPacket packet;
  std::uint32_t in = 0, out = 0;
  for (int round = 0; round < 100; ++round) {
    for (packet.timestamp = in; ring.push(packet, payload); packet.timestamp = ++in)
      payload.assign(160, static_cast<std::uint8_t>(in));
    while (ring.pop(packet, back)) {
      EXPECT_EQ(packet.timestamp, out++);
      EXPECT_EQ(packet.bytes, 160);
    }
  }
  EXPECT_EQ(in, out);
  EXPECT_EQ(ring.dropped(), 100u);
}

}  // namespace
}  // namespace carillon::media
