// Goal: a commit costs a constant number of round trips, and a lost answer to COMMIT neither loses nor doubles it.
// Method: a proxy on a unix socket between the writer and a real server, which goes silent when it sees COMMIT.
#include "store/postgres/postgres_writer.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>

#include "store/testing/contract.h"
#include "store/testing/private_postgres.h"

namespace carillon::store::postgres {
namespace {

using testing::kContractSteps;
using testing::kInsert;
using testing::kPut;
using testing::kReplaceIf;
using testing::PrivatePostgres;
using testing::TemporaryFolder;

int unix_socket(const std::string& path, bool listens) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  const int code = listens ? ::bind(fd, raw, sizeof address) : ::connect(fd, raw, sizeof address);
  CARILLON_CHECK(code == 0 && (!listens || ::listen(fd, 8) == 0));
  return fd;
}

class Proxy {
 public:
  enum class Loses { kNothing, kTheAnswer, kTheQuestion, kEverythingAfterTheAnswer };

  // `folder` is the server's socket folder.
  explicit Proxy(const std::string& folder)
      : server_(folder + "/.s.PGSQL.5432"), listener_(unix_socket(own_.file(".s.PGSQL.5432"), true)) {
    CARILLON_CHECK(::pipe(stop_) == 0);
    thread_ = std::thread([this] { run(); });
  }
  ~Proxy() {
    ::close(stop_[1]);
    thread_.join();
    ::close(stop_[0]), ::close(listener_);
  }
  const std::string& folder() const { return own_.path(); }
  void lose_at_next_commit(Loses what) { loses_ = what; }

 private:
  void run() {
    while (true) {
      pollfd both[] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      ::poll(both, 2, -1);
      if (both[1].revents) return;
      const int client = ::accept(listener_, nullptr, nullptr);
      if (!dead_) {
        const int server = unix_socket(server_, false);
        forward(client, server);
        ::close(server);
      }
      ::close(client);
    }
  }

  // Returns when the connection is over, or at once when it must be cut.
  void forward(int client, int server) {
    char bytes[65536];
    bool answer_lost = false;
    while (true) {
      pollfd all[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      ::poll(all, 3, -1);
      if (all[2].revents) return;
      if (all[0].revents) {
        const ssize_t n = ::read(client, bytes, sizeof bytes);
        if (n <= 0) return;
        const bool commit =
            std::string_view(bytes, static_cast<std::size_t>(n)).find("COMMIT") != std::string_view::npos;
        const Loses loses = commit ? loses_.exchange(Loses::kNothing) : Loses::kNothing;
        if (loses == Loses::kTheQuestion) return;
        answer_lost = answer_lost || loses != Loses::kNothing;
        if (loses == Loses::kEverythingAfterTheAnswer) dead_ = true;
        CARILLON_CHECK(::write(server, bytes, static_cast<std::size_t>(n)) == n);
      }
      if (all[1].revents) {
        const ssize_t n = ::read(server, bytes, sizeof bytes);
        if (n <= 0 || answer_lost) return;
        CARILLON_CHECK(::write(client, bytes, static_cast<std::size_t>(n)) == n);
      }
    }
  }

  const TemporaryFolder own_;
  const std::string server_;
  const int listener_;
  int stop_[2];
  std::atomic<Loses> loses_{Loses::kNothing};
  std::atomic<bool> dead_{false};
  std::thread thread_;
};

class PostgresWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<std::string> url = PrivatePostgres::new_database();
    ASSERT_TRUE(url.ok()) << url.error().message;
    url_ = *url;
    Result<std::unique_ptr<Store>> store = Store::open({.url = url_});
    ASSERT_TRUE(store.ok()) << store.error().message;
    store_ = std::move(*store);
    ASSERT_TRUE(store_->migrate(kContractSteps).ok());
    const std::size_t from = url_.find("host=") + 5;
    const std::size_t to = url_.find('&', from);
    proxy_ = std::make_unique<Proxy>(url_.substr(from, to - from));
    proxied_ = url_.substr(0, from) + proxy_->folder() + url_.substr(to);
  }

  std::int64_t pairs() {
    Result<ReaderLease> reader = store_->readers().lease();
    return (*(*reader)->query("SELECT count(*) FROM pair"))[0].integer(0);
  }
  // Not repeatable: done twice, the second would be rejected.
  static Change insert(std::int64_t key) {
    Change change;
    change.run(kInsert, key, "x").run("INSERT INTO pair(k, v) SELECT max(k) + 1000, 'y' FROM pair");
    return change;
  }

  std::string url_;
  std::string proxied_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Proxy> proxy_;
};

TEST_F(PostgresWriterTest, ACommitIsTwoRoundTripsHoweverLong) {
  PostgresWriter writer({.url = url_});
  ASSERT_TRUE(writer.connect().ok());
  for (int n : {1, 10, 500}) {
    std::vector<Change> changes(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) changes[static_cast<std::size_t>(i)].run(kPut, i, "x");
    const std::int64_t before = writer.round_trips();
    ASSERT_TRUE(writer.commit(changes).ok());
    EXPECT_EQ(writer.round_trips() - before, 2) << n;
  }
}

TEST_F(PostgresWriterTest, FewRejectionsCostFewRoundTrips) {
  PostgresWriter writer({.url = url_});
  ASSERT_TRUE(writer.connect().ok());
  std::vector<Change> changes(500);
  for (int i = 0; i < 500; ++i) changes[static_cast<std::size_t>(i)].run(kPut, i, "x");
  changes[250].run_expecting(1, kReplaceIf, 1, "no", "such");
  const auto answers = writer.commit(changes);
  ASSERT_TRUE(answers.ok());
  EXPECT_FALSE((*answers)[250].ok());
  EXPECT_LE(writer.round_trips(), 5);
  EXPECT_EQ(pairs(), 499);
}

TEST_F(PostgresWriterTest, ACommitWhoseAnswerIsLostIsFoundDone) {
  PostgresWriter writer({.url = proxied_});
  ASSERT_TRUE(commit_one(writer, insert(1)).ok());
  proxy_->lose_at_next_commit(Proxy::Loses::kTheAnswer);
  const Result<void> done = commit_one(writer, insert(10'000));
  EXPECT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(pairs(), 4);
  EXPECT_TRUE(commit_one(writer, insert(20'000)).ok());
}

TEST_F(PostgresWriterTest, ACommitThatNeverArrivedIsDoneAgain) {
  PostgresWriter writer({.url = proxied_});
  ASSERT_TRUE(commit_one(writer, insert(1)).ok());
  proxy_->lose_at_next_commit(Proxy::Loses::kTheQuestion);
  const Result<void> done = commit_one(writer, insert(10'000));
  EXPECT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(pairs(), 4);
}

TEST_F(PostgresWriterTest, SaysThatItDoesNotKnowWhenNobodyCanTell) {
  PostgresWriter writer({.url = proxied_, .connect_limit = Duration::millis(300)});
  ASSERT_TRUE(commit_one(writer, insert(1)).ok());
  proxy_->lose_at_next_commit(Proxy::Loses::kEverythingAfterTheAnswer);
  const Result<void> done = commit_one(writer, insert(10'000));
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::kStoreUnknown);
  EXPECT_EQ(pairs(), 4);
  EXPECT_EQ(commit_one(writer, insert(20'000)).error().code, ErrorCode::kStore);
}

}  // namespace
}  // namespace carillon::store::postgres
