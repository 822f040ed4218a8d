// Goal: every field of every record survives the database; the tables are the records; counters add up.
// Method: random records of each type through a real database; the columns are compared with the fields.
#include "runtime/rows.h"

#include <gtest/gtest.h>

#include <random>

#include "runtime/tables.h"
#include "store/testing/memory_store.h"

namespace carillon::runtime {
namespace {

const WorkspaceId kWorkspace{7, 9};

// Fills any described record with random values; ids and texts are never empty, so that keys are good.
class Filler {
 public:
  template <class T>
  void fill(T& value) {
    if constexpr (codec::is_id<T>) {
      value = T{random_(), random_() | 1};
    } else if constexpr (std::is_same_v<T, bool>) {
      value = random_() % 2;
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = "text '\"\n\xc3\xa9 " + std::to_string(random_());
    } else if constexpr (std::is_same_v<T, JsonText>) {
      value.text = R"({ "a" : [1, 2.50],  "b":null })";
    } else if constexpr (std::is_same_v<T, Instant>) {
      value = random_() % 4 == 0 ? Instant::never() : Instant{static_cast<std::int64_t>(random_() >> 14)};
    } else if constexpr (std::is_same_v<T, Duration>) {
      value.us = static_cast<std::int64_t>(random_() >> 20) - 5;
    } else if constexpr (std::is_enum_v<T>) {
      constexpr std::size_t kCount = boost::mp11::mp_size<boost::describe::describe_enumerators<T>>::value;
      value = static_cast<T>(random_() % kCount);
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(random_() >> 20);
    } else if constexpr (codec::is_vector<T>) {
      value.resize(random_() % 3);
      for (auto& one : value) fill(one);
    } else {
      static_assert(codec::Described<T>);
      boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) { fill(value.*d.pointer); });
    }
  }
  // Instants that are a part of the key are never "never".
  template <class T>
  T record() {
    T made;
    fill(made);
    boost::mp11::mp_for_each<codec::Members<T>>([&](auto d) {
      if constexpr (std::is_same_v<std::decay_t<decltype(made.*d.pointer)>, Instant>) {
        if (rows_detail::names(Table<T>::kKeys, d.name)) made.*d.pointer = Instant{1};
      }
    });
    return made;
  }

 private:
  std::mt19937_64 random_{20'25};
};

template <class T>
class EveryTable : public ::testing::Test {
 protected:
  EveryTable() : store_(store::testing::memory_store()) {}

  void put(const T& record, Instant now = {5}) {
    store::Change change;
    change.statements.push_back({upsert_sql<T>(), bind_row(kWorkspace, record, now)});
    const auto done = store::commit_one(store_->writer(), change);
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  std::vector<T> all() {
    auto reader = store_->readers().lease();
    std::vector<T> found;
    auto read = (*reader)->each(store::Sql::dynamic("SELECT " + std::string(columns_of<T>()) + " FROM " +
                                                    std::string(Table<T>::kName) + " WHERE workspace_id = ?1"),
                                {kWorkspace}, [&](const store::Row& row) -> Result<void> {
                                  auto record = read_row<T>(row);
                                  if (!record) return record.error();
                                  found.push_back(std::move(*record));
                                  return {};
                                });
    EXPECT_TRUE(read.ok()) << read.error().message;
    return found;
  }

  std::unique_ptr<store::Store> store_;
  Filler filler_;
};

using Records =
    ::testing::Types<workspace::WorkspaceRecord, routing::Settings, conversations::Settings, routing::TaskChannelRecord,
                     routing::TaskQueueRecord, routing::WorkflowRecord, routing::WorkerRecord, presence::ActivityRecord,
                     presence::PresenceRecord, routing::TaskRecord, routing::ReservationRecord,
                     routing::QueueEntryRecord, conversations::ConversationRecord, conversations::ContactRecord,
                     calls::CallbackRecord, metrics::QueueInterval, metrics::WorkerInterval, metrics::CenterInterval>;
TYPED_TEST_SUITE(EveryTable, Records);

TYPED_TEST(EveryTable, ComesBackAsItWasWritten) {
  // One a workspace where the workspace is the key.
  const int most = Table<TypeParam>::kKeys.empty() ? 1 : 20;
  for (int i = 0; i < most; ++i) {
    const auto record = this->filler_.template record<TypeParam>();
    this->put(record);
    const auto found = this->all();
    const bool there = std::find(found.begin(), found.end(), record) != found.end();
    EXPECT_TRUE(there) << encode(record);
  }
}

TYPED_TEST(EveryTable, HasTheRecordsFieldsForColumns) {
  auto reader = this->store_->readers().lease();
  this->put(this->filler_.template record<TypeParam>());
  const auto rows = (*reader)->query(store::Sql::dynamic("SELECT * FROM " + std::string(Table<TypeParam>::kName)));
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  std::vector<std::string> expected{"workspace_id"};
  rows_detail::each_column<TypeParam>([&](std::string_view name) { expected.emplace_back(name); });
  std::vector<std::string> columns = rows->names();
  std::erase(columns, "deleted_at");
  std::sort(columns.begin(), columns.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(columns, expected) << "change the newest migration of this table, or write the next one";
}

TYPED_TEST(EveryTable, ReplacesOrAddsOnTheSameKey) {
  auto record = this->filler_.template record<TypeParam>();
  this->put(record);
  this->put(record);
  EXPECT_EQ(this->all().size(), 1u);
  if (Table<TypeParam>::kMode == RowMode::upsert) {
    EXPECT_EQ(this->all().front(), record);
  }
}

TEST(IntervalRows, AddSumsAndKeepTheLargestOfMaxima) {
  auto store = store::testing::memory_store();
  metrics::QueueInterval delta{
      .interval_start = {900'000'000}, .offered = 2, .answer_wait_us = 10, .answer_wait_max_us = 70};
  store::Change change;
  change.statements.push_back({upsert_sql<metrics::QueueInterval>(), bind_row(kWorkspace, delta, {})});
  delta.answer_wait_max_us = 30;
  change.statements.push_back({upsert_sql<metrics::QueueInterval>(), bind_row(kWorkspace, delta, {})});
  ASSERT_TRUE(store::commit_one(store->writer(), change).ok());
  auto reader = store->readers().lease();
  const auto rows = (*reader)->query("SELECT offered, answer_wait_us, answer_wait_max_us FROM queue_intervals");
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].integer(0), 4);
  EXPECT_EQ((*rows)[0].integer(1), 20);
  EXPECT_EQ((*rows)[0].integer(2), 70);
}

TEST(Rows, SayWhichColumnCannotBeRead) {
  auto store = store::testing::memory_store();
  presence::ActivityRecord activity;
  activity.sid = ActivityId{1, 2};
  store::Change change;
  change.statements.push_back({upsert_sql<presence::ActivityRecord>(), bind_row(kWorkspace, activity, {})});
  change.run("UPDATE activities SET activity_class = 'nonsense'");
  ASSERT_TRUE(store::commit_one(store->writer(), change).ok());
  auto reader = store->readers().lease();
  const auto read = read_live<presence::ActivityRecord>(**reader, kWorkspace);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kInternal);
  EXPECT_NE(read.error().message.find("activities.activity_class"), std::string::npos) << read.error().message;
}

}  // namespace
}  // namespace carillon::runtime
