// Shop: a whole chat side on a real runtime and a real HTTP server: a widget, a worker, visitors, all over the wire.
//
// What:    a fresh database in memory, a clock that a test moves, one workspace with one queue, one worker and one widget that
//          https://shop.example may show. Staff are told by plain tokens: "key" (every scope), "agent" (the worker's user), "other"
//          (an agent who has nothing to do with it).
// Thread:  the test's; the parts have their own.
// Example:
//   Shop shop;
//   Guest guest = shop.visitor();
//   auto started = guest.post("/visitor/conversation", R"({"text":"Hello"})");
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "channels/chat/chat_channel.h"
#include "channels/chat/rest.h"
#include "channels/deliveries.h"
#include "http/testing/client.h"
#include "http/testing/test_server.h"
#include "runtime/testing/manual_clock.h"

namespace carillon::chat::testing {

inline constexpr const char* kOrigin = "https://shop.example";

// Knows staff by their token, visitors by theirs.
class Doorkeeper final : public door::Authenticator {
 public:
  explicit Doorkeeper(const Clock& clock) : clock_(clock) {
    keys.keys.push_back({1, "a secret of the tests", clock.now()});
  }
  Result<door::CallerPtr> authenticate(const http::Request& request) override;

  users::VisitorKeys keys;
  std::map<std::string, door::CallerPtr> staff;

 private:
  const Clock& clock_;
};

// One who speaks to the server, with a token and perhaps a page.
class Guest {
 public:
  Guest(std::uint16_t port, std::string token, std::string origin);

  http::testing::Answer get(const std::string& path);
  http::testing::Answer post(const std::string& path, const std::string& json, http::testing::HeaderFields more = {});
  http::testing::Answer patch(const std::string& path, const std::string& json, std::int64_t version);
  http::testing::Answer upload(const std::string& path, const std::string& bytes, const std::string& type);
  std::unique_ptr<http::testing::WsClient> stream();

  std::string token;
  std::string sid;  // a visitor's

 private:
  http::testing::HeaderFields fields() const;
  std::uint16_t port_;
  std::string origin_;
  http::testing::Client client_;
};

// The next frame of this type; others before it are passed over. Null when the line ends first.
boost::json::value next_frame(http::testing::WsClient& line, std::string_view type);

// Members by name, for short expectations: "" and 0 where there is none.
std::string text_at(const boost::json::value& value, const std::string& pointer);
std::int64_t number_at(const boost::json::value& value, const std::string& pointer);

class Shop {
 public:
  Shop();
  ~Shop();

  // Commands within the process; they wait for the commit.
  runtime::Committed must(workspace::Command command);
  // Runs on the state, and waits.
  void look(const std::function<void(const workspace::State&)>& read);
  bool eventually(const std::function<bool(const workspace::State&)>& holds);

  Guest visitor(const std::string& body = "{}");
  Guest staff(const std::string& token);
  // The visitor's waiting task is offered to the worker, who takes it.
  void accept();
  std::int64_t count(const std::string& from_where, store::Params params = {});

  runtime::testing::ManualClock clock;
  WorkspaceId workspace;
  WorkerId worker;
  QueueId queue;
  WidgetPtr widget;
  std::string identity_secret;

  struct Typed {
    std::string conversation, type;
    bool on = false;
  };
  std::vector<Typed> typed() const;  // what visitors' typing was told to the workers' side
  VisitorHub& hub();
  ChatWorld& world();
  std::uint16_t port() const;

 private:
  struct Parts;
  void furnish();
  void hire();
  void open();
  std::unique_ptr<Parts> parts_;
};

}  // namespace carillon::chat::testing
