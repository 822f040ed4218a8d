// Goal: sound that may not be kept is deleted, file and all, and nothing else is; a legal hold beats every reason.
// Method: rows in memory, files in a folder of the test's own, a clock moved by hand; what the sweeper commits is committed at once.
#include "recordings/sweep.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "recordings/holds.h"
#include "runtime/tables.h"
#include "store/testing/memory_store.h"

namespace carillon::recordings {
namespace {

namespace fs = std::filesystem;

constexpr Duration kDay = Duration::hours(24);

class StoppedClock final : public runtime::WaitClock {
 public:
  Instant now() const override { return at; }
  void wait_until(std::unique_lock<std::mutex>&, const std::shared_ptr<runtime::WaitPoint>&, Instant) override {}
  Instant at{1'800'000'000'000'000};
};

class Sweep : public ::testing::Test {
 protected:
  Sweep() : folder_(fs::temp_directory_path() / ("carillon-sweep-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    put(workspace::WorkspaceRecord{.sid = ws_, .friendly_name = "Test"});
    number_.sid = NumberId{5, 5};
    number_.friendly_name = "Shop", number_.address = "shop";
    put(number_);
  }
  ~Sweep() override { fs::remove_all(folder_); }
  template <class Record>
  void put(const Record& record) {
    store::Change change;
    change.statements.push_back({runtime::upsert_sql<Record>(), runtime::bind_row(ws_, record, clock_.at), {}});
    commit(change);
  }
  void commit(const store::Change& change) {
    const auto done = store::commit_one(store_->writer(), change);
    ASSERT_TRUE(done) << done.error().message;
  }
  void keep_for(std::int64_t recordings, std::int64_t voicemails) {
    put(workspace::WorkspaceRecord{
        .sid = ws_, .friendly_name = "Test", .recordings_kept_days = recordings, .voicemails_kept_days = voicemails});
  }
  // An ended call with one recording, made now.
  RecordingId record(
      Kind kind, const std::function<void(calls::CallRecord&)>& edit = [](calls::CallRecord&) {}) {
    const std::uint64_t n = ++made_;
    const RecordingId sid{n, n};
    calls::CallRecord call{.sid = CallId{n, n},
                           .status = calls::CallStatus::ended,
                           .number_sid = number_.sid,
                           .contact_sid = ContactId{n, n},
                           .created_at = clock_.at};
    if (kind == Kind::voicemail) call.voicemail_sid = sid;
    edit(call);
    put(call);
    RecordingRow row{.sid = sid,
                     .call_sid = call.sid,
                     .contact_sid = call.contact_sid,
                     .kind = kind,
                     .path = sid.str() + ".rec",
                     .key_id = "k",
                     .started_at = clock_.at,
                     .ended_at = clock_.at,
                     .whole = true};
    commit(begun(ws_, row));
    commit(ended(ws_, row));
    std::ofstream(folder_ / row.path) << "sound";
    return sid;
  }
  bool is_there(RecordingId sid) const {
    auto reader = store_->readers().lease();
    auto row = find(**reader, ws_, sid);
    const bool kept = row && *row && (*row)->deleted_at.us == 0;
    EXPECT_EQ(kept, fs::exists(folder_ / (sid.str() + ".rec"))) << "row and file tell the same";
    return kept;
  }
  std::size_t sweep() {
    Sweeper sweeper({store_->readers(), clock_,
                     [this](runtime::RecordChange change) {
                       auto done = store::commit_one(store_->writer(), change.change);
                       change.reply(done ? Result<runtime::Committed>(runtime::Committed{})
                                         : Result<runtime::Committed>(done.error()));
                     },
                     folder_.string(), [](const std::string& text) { ADD_FAILURE() << text; }});
    return sweeper.sweep();
  }

  const WorkspaceId ws_{7, 7};
  std::unique_ptr<store::Store> store_ = store::testing::memory_store();
  StoppedClock clock_;
  fs::path folder_;
  calls::NumberRecord number_;
  std::uint64_t made_ = 0;
};

TEST_F(Sweep, WithoutARetentionEverythingStays) {
  const RecordingId one = record(Kind::call);
  clock_.at = clock_.at + kDay * 4000;
  EXPECT_EQ(sweep(), 0u);
  EXPECT_TRUE(is_there(one));
}

TEST_F(Sweep, WhatIsOlderThanTheWorkspaceKeepsIsDeletedToTheMicrosecond) {
  keep_for(30, 7);
  const RecordingId talk = record(Kind::call), message = record(Kind::voicemail);
  clock_.at = clock_.at + kDay * 7 - Duration::micros(1);
  EXPECT_EQ(sweep(), 0u);
  clock_.at = clock_.at + Duration::micros(1);
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(is_there(message));
  EXPECT_TRUE(is_there(talk));
  clock_.at = clock_.at + kDay * 23;
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(is_there(talk));
  EXPECT_EQ(sweep(), 0u) << "once";
}

TEST_F(Sweep, ANumbersDaysGoBeforeTheWorkspaces) {
  keep_for(30, 30);
  number_.recordings_kept_days = 0;
  number_.voicemails_kept_days = 2;
  put(number_);
  const RecordingId talk = record(Kind::call), message = record(Kind::voicemail);
  clock_.at = clock_.at + kDay * 2;
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(is_there(message));
  clock_.at = clock_.at + kDay * 4000;
  EXPECT_EQ(sweep(), 0u);
  EXPECT_TRUE(is_there(talk)) << "0 is for ever";
}

TEST_F(Sweep, AWithdrawnConsentDeletesTheTalkAndNotTheMessage) {
  const RecordingId talk = record(Kind::call, [](auto& call) { call.erase_recordings = true; });
  const RecordingId message = record(Kind::voicemail, [](auto& call) { call.erase_recordings = true; });
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(is_there(talk));
  EXPECT_TRUE(is_there(message));
}

TEST_F(Sweep, WhatWasTooShortToBeAMessageIsDeletedOnceTheCallHasEnded) {
  const RecordingId none = record(Kind::voicemail, [](auto& call) { call.voicemail_sid = {}; });
  const RecordingId live = record(Kind::voicemail, [](auto& call) {
    call.voicemail_sid = {};
    call.status = calls::CallStatus::voicemail;
  });
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(is_there(none));
  EXPECT_TRUE(is_there(live));
}

TEST_F(Sweep, ALegalHoldBeatsEverythingUntilItIsLifted) {
  keep_for(1, 1);
  const runtime::Actor adam{"user", "US1", "Adam"};
  const RecordingId by_recording = record(Kind::call), by_contact = record(Kind::voicemail);
  const RecordingId withdrawn = record(Kind::call, [](auto& call) { call.erase_recordings = true; });
  commit(hold_placed(ws_, {LegalHoldId{1, 1}, {}, by_recording, "court"}, clock_.at, adam));
  commit(hold_placed(ws_, {LegalHoldId{2, 2}, ContactId{2, 2}, {}, "court"}, clock_.at, adam));
  commit(hold_placed(ws_, {LegalHoldId{3, 3}, {}, withdrawn, "court"}, clock_.at, adam));
  clock_.at = clock_.at + kDay * 10;
  EXPECT_EQ(sweep(), 0u);
  EXPECT_TRUE(is_there(by_recording) && is_there(by_contact) && is_there(withdrawn));
  {
    auto reader = store_->readers().lease();
    EXPECT_EQ(not_held(**reader, ws_, by_contact).error().code, ErrorCode::kStateForbids);
  }
  for (const std::uint64_t n : {1, 2, 3}) commit(hold_lifted(ws_, LegalHoldId{n, n}, clock_.at, adam));
  EXPECT_FALSE(store::commit_one(store_->writer(), hold_lifted(ws_, LegalHoldId{1, 1}, clock_.at, adam)));
  EXPECT_EQ(sweep(), 3u);
}

TEST_F(Sweep, AFileThatIsGoneAlreadyKeepsNothingFromBeingDeleted) {
  keep_for(1, 1);
  const RecordingId one = record(Kind::call);
  fs::remove(folder_ / (one.str() + ".rec"));
  clock_.at = clock_.at + kDay;
  EXPECT_EQ(sweep(), 1u);
  EXPECT_FALSE(is_there(one));
}

}  // namespace
}  // namespace carillon::recordings
