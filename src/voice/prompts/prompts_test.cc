// Goal: a caller always hears the best there is of what was asked for, and whoever asks never waits.
#include "voice/prompts/prompts.h"

#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <latch>

#include "voice/prompts/announcement.h"
#include "voice/prompts/shelf.h"

namespace carillon::prompts {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = fs::temp_directory_path() / "carillon-prompts-XXXXXX";
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  // A sound of so many milliseconds; the length tells which one it is.
  void record(const std::string& name, int ms) const {
    fs::create_directories((path / name).parent_path());
    const Folder scratch;
    SpokenFiles files(scratch.path, 1 << 24);
    ASSERT_TRUE(files.keep("en", "x", *media::make_silence(Duration::millis(ms))));
    fs::copy_file(fs::directory_iterator(scratch.path)->path(), path / name);
  }

  fs::path path;
};

struct Synthesizer {
  int said = 0;
  std::string last_text, last_language;
};

class FakeSpeech final : public media::Speech {
 public:
  explicit FakeSpeech(Synthesizer& to) : to_(to) {}
  bool speaks(std::string_view language) const override { return language != "xx"; }
  Result<media::SoundPtr> say(const std::string& text, std::string_view language) override {
    ++to_.said;
    to_.last_text = text;
    to_.last_language = language;
    if (text == "mute") return Error(ErrorCode::kUnavailable, "no voice");
    return media::make_silence(Duration::millis(500));
  }

 private:
  Synthesizer& to_;
};

struct Room {
  Folder words, music, cache;
  Synthesizer voice;
  std::vector<std::string> notes;

  Config config() {
    Config out;
    out.folders = {words.path};
    out.music_folders = {music.path};
    out.cache = cache.path;
    out.on_note = [this](std::string_view line) { notes.emplace_back(line); };
    out.speakers.push_back(std::make_unique<FakeSpeech>(voice));
    return out;
  }
};

int ms_of(const Heard& heard) {
  Duration sum;
  for (const media::SoundPtr& item : heard.items) sum += item->length();
  return static_cast<int>((sum.us + 500) / 1000);
}

TEST(Words, ARecordingIsFoundByItsName) {
  Room room;
  room.words.record("support/closed.wav", 300);
  Shelf shelf(room.config());
  const Heard heard = shelf.words({"support/closed", "We are closed."});
  EXPECT_EQ(heard.source, Source::kRecorded);
  EXPECT_EQ(ms_of(heard), 300);
  EXPECT_EQ(room.voice.said, 0);
}

TEST(Words, TheLanguagesOwnRecordingComesFirstAndAnEarlierFolderBeforeALater) {
  Room room;
  Folder own;
  room.words.record("welcome.wav", 100);
  room.words.record("pt/welcome.wav", 200);
  room.words.record("bye.wav", 100);
  own.record("bye.wav", 300);
  Config config = room.config();
  config.language = "pt-BR";
  config.folders.insert(config.folders.begin(), own.path);
  Shelf shelf(std::move(config));
  EXPECT_EQ(ms_of(shelf.words({"welcome", ""})), 200);
  EXPECT_EQ(ms_of(shelf.words({"bye", ""})), 300);
}

TEST(Words, WithoutARecordingTheTextIsSpokenAndWithoutBothThereIsAChime) {
  Room room;
  Shelf shelf(room.config());
  EXPECT_EQ(shelf.words({"nowhere", "Hello."}).source, Source::kSpoken);
  EXPECT_EQ(room.voice.last_text, "Hello.");
  EXPECT_EQ(shelf.words({"nowhere", ""}).source, Source::kTone);
  EXPECT_EQ(shelf.words({"", "mute"}).source, Source::kTone);
  EXPECT_EQ(shelf.words({"", ""}).source, Source::kNothing);
  EXPECT_TRUE(shelf.words({"", ""}).items.empty());
}

TEST(Words, ABrokenRecordingIsNotedOnceAndItsTextSpoken) {
  Room room;
  std::ofstream(room.words.path / "welcome.wav") << "no sound at all";
  Shelf shelf(room.config());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(shelf.words({"welcome", "Welcome."}).source, Source::kSpoken);
  EXPECT_EQ(std::count_if(room.notes.begin(), room.notes.end(),
                          [](const std::string& line) { return line.find("is no sound file") != std::string::npos; }),
            1);
}

TEST(Words, NoNameLeadsOutOfTheFolder) {
  Room room;
  room.words.record("inside/secret.wav", 100);
  Config config = room.config();
  config.folders = {room.words.path / "inside" / "deeper"};
  config.folders.push_back(room.words.path / "inside");
  fs::create_directories(config.folders[0]);
  config.language = "../..";
  Shelf shelf(std::move(config));
  for (const char* name :
       {"../secret", "..", "/etc/passwd", "a//b", "a/../secret", ".hidden", "a/", "a\nb", "a b", "..."}) {
    EXPECT_FALSE(is_name(name)) << name;
    EXPECT_EQ(shelf.words({name, ""}).source, Source::kTone) << name;
    EXPECT_EQ(shelf.music(name).source, Source::kTone) << name;
  }
  EXPECT_FALSE(is_name(std::string(kMaxName + 1, 'a')));
  EXPECT_TRUE(is_name("support/closed-2.en"));
}

TEST(Announcements, ArePiecesOfOneVoice) {
  EXPECT_EQ(pieces_of({3, Duration::minutes(2)}),
            (std::vector<std::string>{"queue-thereare", "digits/3", "queue-callswaiting", "queue-holdtime", "digits/2",
                                      "queue-minutes", "queue-thankyou"}));
  EXPECT_EQ(pieces_of({1, Duration::seconds(20)}),
            (std::vector<std::string>{"queue-youarenext", "queue-holdtime", "queue-less-than", "digits/1",
                                      "queue-minute", "queue-thankyou"}));
  EXPECT_EQ(pieces_of({0, Duration::seconds(61)})[1], "digits/2");  // rounded up
  EXPECT_TRUE(pieces_of({}).empty());
  EXPECT_TRUE(pieces_of({-1, Duration::seconds(-5)}).empty());
  EXPECT_TRUE(pieces_of({1000, Duration::hours(100)}).empty());
  EXPECT_TRUE(pieces_of({2'000'000'000, Duration{INT64_MAX}}).empty());
}

TEST(Announcements, NumbersAreMadeOfDigits) {
  using Pieces = std::vector<std::string>;
  EXPECT_EQ(number_pieces(7), Pieces{"digits/7"});
  EXPECT_EQ(number_pieces(20), Pieces{"digits/20"});
  EXPECT_EQ(number_pieces(13), Pieces{"digits/13"});
  EXPECT_EQ(number_pieces(47), (Pieces{"digits/40", "digits/7"}));
  EXPECT_EQ(number_pieces(90), Pieces{"digits/90"});
  EXPECT_EQ(number_pieces(205), (Pieces{"digits/2", "digits/hundred", "digits/5"}));
  EXPECT_TRUE(number_pieces(0).empty());
  EXPECT_TRUE(number_pieces(1000).empty());
}

TEST(Announcements, AreTextsInTheLanguageOfTheCaller) {
  EXPECT_EQ(text_of({3, Duration::minutes(2)}, "en").text,
            "You are number 3 in line. The expected wait is about 2 minutes. Thank you for your patience.");
  EXPECT_EQ(text_of({1, std::nullopt}, "de-AT").text,
            "Sie sind als Nächstes an der Reihe. Vielen Dank für Ihre Geduld.");
  EXPECT_EQ(text_of({1, std::nullopt}, "de-AT").language, "de-AT");
  EXPECT_EQ(text_of({1, std::nullopt}, "tlh").language, "en");
  EXPECT_EQ(text_of({}, "en").text, "");
}

TEST(Announcements, ArePlayedFromRecordingsWhenAllPiecesAreThere) {
  Room room;
  for (const char* piece : {"queue-thereare", "queue-callswaiting", "queue-thankyou", "digits/40"}) {
    room.words.record(std::string(piece) + ".wav", 100);
  }
  Shelf shelf(room.config());
  EXPECT_EQ(shelf.standing({40, std::nullopt}).items.size(), 4u);
  EXPECT_EQ(shelf.standing({40, std::nullopt}).source, Source::kRecorded);
  EXPECT_EQ(shelf.standing({41, std::nullopt}).source, Source::kSpoken);
  EXPECT_EQ(room.voice.last_text, "You are number 41 in line. Thank you for your patience.");
  EXPECT_EQ(shelf.standing({}).source, Source::kNothing);
}

TEST(Announcements, OtherLanguagesThanTheRecordingsAreSpoken) {
  Room room;
  for (const char* piece : {"queue-youarenext", "queue-thankyou"}) room.words.record(std::string(piece) + ".wav", 100);
  Config config = room.config();
  config.language = "de";
  Shelf shelf(std::move(config));
  EXPECT_EQ(shelf.standing({1, std::nullopt}).source, Source::kSpoken);
  EXPECT_EQ(room.voice.last_language, "de");
}

TEST(Music, IsAFileOrAFolderOfThatNameElseTheDefault) {
  Room room;
  room.music.record("b.wav", 200);
  room.music.record("a.wav", 100);
  room.music.record("jazz/one.wav", 400);
  std::ofstream(room.music.path / "notes.txt") << "not for playing";
  Shelf shelf(room.config());
  const Heard all = shelf.music("");
  ASSERT_EQ(all.items.size(), 2u);
  EXPECT_EQ(all.items[0]->length(), Duration::millis(100));
  EXPECT_EQ(ms_of(shelf.music("b")), 200);
  EXPECT_EQ(ms_of(shelf.music("jazz")), 400);
  EXPECT_EQ(ms_of(shelf.music("polka")), 300);
  EXPECT_EQ(shelf.music("").items[0], all.items[0]);  // read once
}

TEST(Music, TakesNoMoreThanItsRoom) {
  Room room;
  room.music.record("a.wav", 1000);  // 48 KB each in memory
  room.music.record("b.wav", 1000);
  room.music.record("c.wav", 100);
  Config config = room.config();
  config.music_bytes = 60'000;
  Shelf shelf(std::move(config));
  EXPECT_EQ(ms_of(shelf.music("")), 1100);
}

TEST(Music, WithoutFilesThereAreQuietChordsAndALineForTheLog) {
  Room room;
  Config config = room.config();
  config.folders = {room.words.path / "missing"};
  config.music_folders = {room.music.path / "missing"};
  Shelf shelf(std::move(config));
  EXPECT_EQ(shelf.music("").source, Source::kTone);
  EXPECT_EQ(shelf.music("").items[0], hold_tone());
  ASSERT_EQ(room.notes.size(), 2u);
  EXPECT_NE(room.notes[0].find("asterisk-core-sounds-en-wav"), std::string::npos);
  EXPECT_NE(room.notes[1].find("asterisk-moh-opsound-wav"), std::string::npos);
}

TEST(SpokenTexts, AreKeptOverARestart) {
  Room room;
  {
    Shelf shelf(room.config());
    EXPECT_EQ(ms_of(shelf.words({"", "Hello."})), 500);
    EXPECT_GT(shelf.cache_bytes(), 16'000u);
  }
  Shelf shelf(room.config());
  EXPECT_EQ(ms_of(shelf.words({"", "Hello."})), 500);
  EXPECT_EQ(room.voice.said, 1);
  EXPECT_EQ(shelf.read_from_cache(), 1u);
}

TEST(SpokenTexts, OnDiskHaveABoundAndTheOldestUseGoesFirst) {
  Folder folder;
  const auto second = media::make_silence(Duration::seconds(1));  // 32 KB
  SpokenFiles files(folder.path, 100'000);
  for (const char* text : {"a", "b", "c"}) ASSERT_TRUE(files.keep("en", text, *second));
  EXPECT_TRUE(files.find("en", "a"));
  ASSERT_TRUE(files.keep("en", "d", *second));
  EXPECT_LE(files.bytes(), 100'000u);
  EXPECT_TRUE(files.find("en", "a"));
  EXPECT_FALSE(files.find("en", "b"));
  EXPECT_FALSE(files.find("de", "a"));
  ASSERT_TRUE(files.keep("en", "long", *media::make_silence(Duration::seconds(10))));  // would need all the room
  EXPECT_FALSE(files.find("en", "long"));
  EXPECT_EQ(files.count(), 3u);
  EXPECT_LE(SpokenFiles(folder.path, 40'000).bytes(), 40'000u);  // less room than before
}

TEST(SpokenTexts, AFileThatIsBrokenOrOfSomebodyElseIsNotTaken) {
  Folder folder;
  const auto sound = media::make_silence(Duration::millis(100));
  {
    SpokenFiles files(folder.path, 1 << 20);
    ASSERT_TRUE(files.keep("en", "a", *sound));
    ASSERT_TRUE(files.keep("en", "b", *sound));
  }
  std::vector<fs::path> made;
  for (const auto& entry : fs::directory_iterator(folder.path)) made.push_back(entry.path());
  ASSERT_EQ(made.size(), 2u);
  fs::copy_file(made[0], made[1], fs::copy_options::overwrite_existing);  // says another text than its name
  std::ofstream(folder.path / "family.wav") << "mine";
  std::ofstream(folder.path / "spoken-0.wav.half") << "half";
  SpokenFiles files(folder.path, 1 << 20);
  EXPECT_EQ((files.find("en", "a") != nullptr) + (files.find("en", "b") != nullptr), 1);
  EXPECT_EQ(files.count(), 1u);
  EXPECT_TRUE(fs::exists(folder.path / "family.wav"));
  EXPECT_FALSE(fs::exists(folder.path / "spoken-0.wav.half"));
  fs::resize_file(*std::find_if(made.begin(), made.end(), [](const fs::path& p) { return fs::exists(p); }), 60);
  EXPECT_FALSE(files.find("en", "a") || files.find("en", "b"));
}

TEST(SpokenTexts, AFolderThatCannotBeMadeIsNotedAndTextsAreSpokenStill) {
  Room room;
  std::ofstream(room.cache.path / "file") << "in the way";
  Config config = room.config();
  config.cache = room.cache.path / "file" / "folder";
  Shelf shelf(std::move(config));
  EXPECT_EQ(shelf.words({"", "Hello."}).source, Source::kSpoken);
  EXPECT_NE(room.notes[0].find("cannot be kept"), std::string::npos);
}

Heard wait_for(const std::function<void(Prompts::Done)>& ask) {
  std::promise<Heard> told;
  ask([&](Heard heard) { told.set_value(std::move(heard)); });
  return told.get_future().get();
}

TEST(Prompts, TellOnceFromAThreadOfTheirOwn) {
  Room room;
  room.words.record("welcome.wav", 300);
  auto prompts = Prompts::open(room.config());
  std::thread::id by;
  const Heard heard = wait_for([&](Prompts::Done done) {
    prompts->prepare({"welcome", ""}, [&by, done](Heard h) {
      by = std::this_thread::get_id();
      done(std::move(h));
    });
  });
  EXPECT_EQ(ms_of(heard), 300);
  EXPECT_NE(by, std::this_thread::get_id());
  EXPECT_EQ(wait_for([&](Prompts::Done done) { prompts->announce({2, std::nullopt}, done); }).source, Source::kSpoken);
  EXPECT_EQ(wait_for([&](Prompts::Done done) { prompts->music("", done); }).source, Source::kTone);
  const Prompts::Counts counts = prompts->counts();
  EXPECT_EQ(counts.recorded, 1u);
  EXPECT_EQ(counts.spoken, 1u);
  EXPECT_EQ(counts.tones, 1u);
}

TEST(Prompts, AFullQueueGivesAToneAtOnce) {
  Room room;
  Config config = room.config();
  config.queue = 1;
  auto prompts = Prompts::open(std::move(config));
  std::latch busy(1), go_on(1);
  std::promise<void> second;
  prompts->prepare({}, [&](Heard) { busy.count_down(), go_on.wait(); });
  busy.wait();
  prompts->prepare({"", "one"}, [&](Heard) { second.set_value(); });
  Source source = Source::kNothing;
  prompts->prepare({"", "two"}, [&](Heard heard) { source = heard.source; });
  EXPECT_EQ(source, Source::kTone);
  prompts->music("", [&](Heard heard) { EXPECT_EQ(heard.items[0], hold_tone()); });
  EXPECT_EQ(prompts->counts().refused, 2u);
  EXPECT_EQ(prompts->counts().waiting, 1u);
  go_on.count_down();
  second.get_future().wait();
}

TEST(Prompts, AfterTheirEndNobodyIsToldAnyMore) {
  Room room;
  auto prompts = Prompts::open(room.config());
  std::latch busy(1), go_on(1);
  prompts->prepare({}, [&](Heard) { busy.count_down(), go_on.wait(); });
  busy.wait();
  const auto held = std::make_shared<int>(0);  // by each that may still be told
  for (int i = 0; i < 10; ++i) prompts->prepare({}, [held](Heard) {});
  EXPECT_EQ(held.use_count(), 11);
  std::thread ender([&] { prompts.reset(); });
  go_on.count_down();
  ender.join();
  EXPECT_EQ(held.use_count(), 1);
}

TEST(DebiansRecordings, SayEveryNumberAndPlayMusic) {
  if (!fs::exists(default_voice_folders()[0]) || !fs::exists(default_music_folders()[0])) {
    GTEST_SKIP() << "asterisk-core-sounds-en-wav and asterisk-moh-opsound-wav are not installed";
  }
  Room room;
  Config config = room.config();
  config.folders = default_voice_folders();
  config.music_folders = default_music_folders();
  const std::size_t most = config.music_bytes;
  Shelf shelf(std::move(config));
  for (int n = 1; n < 100; ++n) {
    const Heard heard = shelf.standing({n, Duration::minutes(n)});
    ASSERT_EQ(heard.source, Source::kRecorded) << n;
    ASSERT_GT(ms_of(heard), 3000) << n;
    ASSERT_LT(ms_of(heard), 15000) << n;
  }
  EXPECT_EQ(shelf.standing({0, Duration::seconds(5)}).source, Source::kRecorded);
  const Heard music = shelf.music("");
  EXPECT_EQ(music.source, Source::kRecorded);
  EXPECT_GT(ms_of(music), 60'000);
  std::size_t bytes = 0;
  for (const auto& track : music.items) bytes += track->bytes();
  EXPECT_LE(bytes, most);
  EXPECT_EQ(room.voice.said, 0);
}

}  // namespace
}  // namespace carillon::prompts
