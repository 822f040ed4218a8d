// Goal:   a customer on a web page and a worker talk: starting, words both ways, notes, twice the same, files, endings, returning.
// Method: REST over a real HTTP server and a real runtime with its threads, on a database in memory.
#include <gtest/gtest.h>

#include <thread>

#include "channels/chat/testing/shop.h"
#include "secrets/secrets.h"

namespace carillon::chat {
namespace {

using testing::Guest;
using testing::number_at;
using testing::Shop;
using testing::text_at;

std::string start(Guest& guest, const std::string& text = "Where is my order?") {
  const auto started = guest.post("/visitor/conversation", R"({"text":")" + text + "\"}");
  EXPECT_EQ(started.status, 201) << started.body;
  return text_at(started.json(), "/conversation_sid");
}

std::vector<std::string> texts(const boost::json::value& list) {
  std::vector<std::string> out;
  for (const auto& one : list.as_array()) out.push_back(text_at(one, "/text"));
  return out;
}

TEST(Chat, VisitorAndWorkerHearEachOtherInOrder) {
  Shop shop;
  Guest guest = shop.visitor();
  const auto started = guest.post("/visitor/conversation", R"({"text":"Where is my order?"})");
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(text_at(started.json(), "/state"), "waiting");
  EXPECT_EQ(number_at(started.json(), "/position_in_queue"), 1);
  const std::string conversation = text_at(started.json(), "/conversation_sid");
  shop.accept();
  Guest agent = shop.staff("agent");
  const auto said = agent.post("/conversations/" + conversation + "/messages", R"({"text":"Which number?"})");
  ASSERT_EQ(said.status, 201) << said.body;
  EXPECT_EQ(number_at(said.json(), "/index"), 2);
  EXPECT_EQ(text_at(said.json(), "/author/display_name"), "Alice");
  EXPECT_EQ(guest.post("/visitor/messages", R"({"text":"1234"})").status, 201);
  const auto now = guest.get("/visitor/conversation").json();
  EXPECT_EQ(text_at(now, "/state"), "talking");
  EXPECT_EQ(text_at(now, "/worker_display_name"), "Alice");
  EXPECT_EQ(texts(now.at("messages")), (std::vector<std::string>{"Where is my order?", "Which number?", "1234"}));
  const auto list = agent.get("/conversations/" + conversation + "/messages").json();
  ASSERT_EQ(list.at("items").as_array().size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(number_at(list, "/items/" + std::to_string(i) + "/index"), static_cast<int>(i) + 1);
}

TEST(Chat, TheFirstReplyOfAWorkerAnswers) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  Guest agent = shop.staff("agent");
  agent.post("/conversations/" + conversation + "/messages", R"({"text":"he is angry","internal":true})");
  shop.look([](const workspace::State& state) { EXPECT_EQ(state.routing().tasks().front()->answered_at.us, 0); });
  agent.post("/conversations/" + conversation + "/messages", R"({"text":"Hello"})");
  shop.look([](const workspace::State& state) { EXPECT_NE(state.routing().tasks().front()->answered_at.us, 0); });
}

TEST(Chat, NotesAreNeverShownToTheVisitor) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  Guest agent = shop.staff("agent");
  ASSERT_EQ(
      agent.post("/conversations/" + conversation + "/messages", R"({"text":"he is angry","internal":true})").status,
      201);
  EXPECT_EQ(agent.post("/conversations/" + conversation + "/messages", R"({"text":"Hello"})").status, 201);
  EXPECT_EQ(guest.get("/visitor/conversation").body.find("angry"), std::string::npos);
  EXPECT_EQ(guest.get("/visitor/messages").body.find("angry"), std::string::npos);
  EXPECT_EQ(agent.get("/conversations/" + conversation + "/messages").json().at("items").as_array().size(), 3u);
}

TEST(Chat, TheSameClientMessageIdIsTheSameMessageHoweverOftenItComesAtOnce) {
  Shop shop;
  Guest guest = shop.visitor();
  start(guest);
  std::vector<std::string> sids(8);
  std::vector<std::thread> senders;
  for (std::size_t i = 0; i < sids.size(); ++i) {
    senders.emplace_back([&, i] {
      Guest tab(shop.port(), guest.token, testing::kOrigin);
      const auto said = tab.post("/visitor/messages", R"({"text":"once","client_message_id":"m-1"})");
      EXPECT_EQ(said.status, 201) << said.body;
      sids[i] = text_at(said.json(), "/sid");
    });
  }
  for (auto& sender : senders) sender.join();
  for (const std::string& sid : sids) EXPECT_EQ(sid, sids.front());
  EXPECT_EQ(shop.count("messages WHERE text = 'once'"), 1);
}

TEST(Chat, WordsOfManyTabsAtOnceHaveIndexesWithoutGaps) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  std::vector<std::thread> senders;
  for (int i = 0; i < 4; ++i) {
    senders.emplace_back([&] {
      Guest tab(shop.port(), guest.token, testing::kOrigin);
      for (int n = 0; n < 10; ++n) EXPECT_EQ(tab.post("/visitor/messages", R"({"text":"x"})").status, 201);
    });
  }
  for (auto& sender : senders) sender.join();
  EXPECT_EQ(shop.count("messages"), 41);
  EXPECT_EQ(shop.count("messages WHERE message_index BETWEEN 1 AND 41"), 41);
  shop.look([&](const workspace::State& state) {
    EXPECT_EQ(state.conversations().conversation(*ConversationId::parse(conversation))->messages, 41);
  });
}

TEST(Chat, AStartIsDoneOnceForOneIdempotencyKeyAndForOneClientMessageId) {
  Shop shop;
  Guest guest = shop.visitor();
  const http::testing::HeaderFields key{{"Idempotency-Key", "k-1"}};
  const auto first = guest.post("/visitor/conversation", R"({"text":"Hi"})", key);
  const auto again = guest.post("/visitor/conversation", R"({"text":"Hi"})", key);
  ASSERT_EQ(first.status, 201) << first.body;
  ASSERT_EQ(again.status, 201) << again.body;
  EXPECT_EQ(shop.count("messages"), 1);
  const auto third = guest.post("/visitor/conversation", R"({"text":"Ho","client_message_id":"c"})");
  const auto fourth = guest.post("/visitor/conversation", R"({"text":"Ho","client_message_id":"c"})");
  EXPECT_EQ(third.status, 201);
  EXPECT_EQ(fourth.status, 201);
  EXPECT_EQ(text_at(fourth.json(), "/contact_sid"), text_at(first.json(), "/contact_sid"));
  EXPECT_EQ(shop.count("messages"), 2);
  EXPECT_EQ(shop.count("contacts"), 1);
}

TEST(Chat, VisitorsAreKeptApart) {
  Shop shop;
  Guest guest = shop.visitor(), stranger = shop.visitor();
  start(guest);
  const auto seen = stranger.get("/visitor/conversation").json();
  EXPECT_EQ(text_at(seen, "/state"), "none");
  EXPECT_TRUE(seen.at("messages").as_array().empty());
  EXPECT_EQ(stranger.post("/visitor/messages", R"({"text":"x"})").status, 409);
  EXPECT_EQ(stranger.post("/visitor/end", "").status, 409);
}

TEST(Chat, AnAgentSeesAndEntersOnlyWhatIsTheirs) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  Guest agent = shop.staff("agent"), other = shop.staff("other");
  EXPECT_EQ(agent.get("/conversations/" + conversation).status, 200);
  for (const char* path : {"", "/messages", "/contacts"})
    EXPECT_EQ(other.get("/conversations/" + conversation + path).status, 404);
  EXPECT_EQ(other.post("/conversations/" + conversation + "/messages", R"({"text":"x"})").status, 404);
  EXPECT_EQ(other.post("/conversations/" + conversation + "/end", "").status, 404);
  EXPECT_EQ(other.get("/conversations").json().at("items").as_array().size(), 0u);
  EXPECT_EQ(agent.get("/conversations").json().at("items").as_array().size(), 1u);
}

TEST(Chat, EndedByTheVisitorItGoesOnInTheSameThreadWithANewContact) {
  Shop shop;
  Guest guest = shop.visitor();
  const auto first = guest.post("/visitor/conversation", R"({"text":"Hi"})").json();
  shop.accept();
  const auto ended = guest.post("/visitor/end", "");
  ASSERT_EQ(ended.status, 200) << ended.body;
  EXPECT_EQ(text_at(ended.json(), "/state"), "ended");
  EXPECT_EQ(text_at(ended.json(), "/reason"), "customer_left");
  EXPECT_EQ(guest.post("/visitor/messages", R"({"text":"too late"})").status, 409);
  const auto again = guest.post("/visitor/conversation", R"({"text":"One more thing"})").json();
  EXPECT_EQ(text_at(again, "/conversation_sid"), text_at(first, "/conversation_sid"));
  EXPECT_NE(text_at(again, "/contact_sid"), text_at(first, "/contact_sid"));
  EXPECT_EQ(texts(again.at("messages")), (std::vector<std::string>{"Hi", "One more thing"}));
}

TEST(Chat, AClosedThreadIsReopenedWithinTheReopeningTimeOnly) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string first = start(guest);
  guest.post("/visitor/end", "");  // nobody had it: the conversation closes at once
  shop.look([](const workspace::State& state) { EXPECT_TRUE(state.conversations().conversations().empty()); });
  shop.clock.advance(Duration::hours(24 * 6));
  EXPECT_EQ(start(guest), first);
  guest.post("/visitor/end", "");
  shop.clock.advance(Duration::hours(24 * 8));
  EXPECT_NE(start(guest), first);
}

TEST(Chat, ASignedCustomerGoesOnFromAnotherDevice) {
  Shop shop;
  const std::string signature = secrets::hmac_sha256_hex(shop.identity_secret, "4711");
  const std::string identity =
      R"({"identity":{"external_id":"4711","signature":")" + signature + R"("},"display_name":"Eleni"})";
  Guest phone = shop.visitor(identity), desk = shop.visitor(identity);
  const std::string conversation = start(phone, "from here");
  EXPECT_EQ(start(desk, "from there"), conversation);
  EXPECT_EQ(shop.count("customers"), 1);
  EXPECT_EQ(shop.count("contacts"), 2);
  const auto seen = desk.get("/visitor/conversation").json();
  EXPECT_EQ(texts(seen.at("messages")), (std::vector<std::string>{"from here", "from there"}));
}

TEST(Chat, AForgedSignatureIsRefused) {
  Shop shop;
  Guest guest(shop.port(), "", testing::kOrigin);
  const std::string body = R"({"identity":{"external_id":"4711","signature":")" + std::string(64, '0') + R"("}})";
  EXPECT_EQ(guest.post("/widget/" + shop.widget->sid.str() + "/visitors", body).status, 422);
  EXPECT_EQ(shop.count("visitors"), 0);
}

TEST(Chat, DevicesOfOneCustomerThatReturnAtOnceShareTheThreadAndItsIndexes) {
  Shop shop;
  const std::string signature = secrets::hmac_sha256_hex(shop.identity_secret, "4711");
  const std::string identity = R"({"identity":{"external_id":"4711","signature":")" + signature + R"("}})";
  Guest first = shop.visitor(identity);
  const std::string conversation = start(first);
  first.post("/visitor/end", "");
  std::vector<std::thread> devices;
  for (int i = 0; i < 6; ++i) {
    devices.emplace_back([&] {
      Guest device = shop.visitor(identity);
      EXPECT_EQ(start(device, "again"), conversation);
    });
  }
  for (auto& device : devices) device.join();
  EXPECT_EQ(shop.count("conversations"), 1);
  EXPECT_EQ(shop.count("messages WHERE message_index BETWEEN 1 AND 7"), 7);
}

TEST(Chat, FilesAreOfTheirConversationAndOfNobodyElse) {
  Shop shop;
  Guest guest = shop.visitor(), stranger = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  const auto up = guest.upload("/visitor/files?name=a%20picture.png", "PNG bytes", "image/png");
  ASSERT_EQ(up.status, 201) << up.body;
  const std::string sid = text_at(up.json(), "/sid");
  EXPECT_EQ(text_at(up.json(), "/sha256"), secrets::sha256_hex("PNG bytes"));
  EXPECT_EQ(stranger.post("/visitor/messages", R"({"attachment_sids":[")" + sid + "\"]}").status, 422);
  ASSERT_EQ(guest.post("/visitor/messages", R"({"attachment_sids":[")" + sid + "\"]}").status, 201);
  EXPECT_EQ(guest.get("/visitor/files/" + sid + "/content").body, "PNG bytes");
  EXPECT_EQ(stranger.get("/visitor/files/" + sid + "/content").status, 404);
  Guest agent = shop.staff("agent"), other = shop.staff("other");
  const auto down = agent.get("/files/" + sid + "/content");
  EXPECT_EQ(down.body, "PNG bytes");
  EXPECT_TRUE(std::string(down.headers.value("Content-Disposition")).starts_with("attachment"));
  EXPECT_EQ(other.get("/files/" + sid + "/content").status, 404);
  // What hangs in a note stays among workers.
  const auto secret = agent.upload("/files?name=x.html", "<script>", "text/html");
  const std::string hidden = text_at(secret.json(), "/sid");
  ASSERT_EQ(agent
                .post("/conversations/" + conversation + "/messages",
                      R"({"text":"see","internal":true,"attachment_sids":[")" + hidden + "\"]}")
                .status,
            201);
  EXPECT_EQ(guest.get("/visitor/files/" + hidden + "/content").status, 404);
}

TEST(Chat, EndedByTheWorkerItIsWrappedUpAndThenHistory) {
  Shop shop;
  Guest guest = shop.visitor(R"({"display_name":"Eleni","email":"eleni@example.org"})");
  const auto started = guest.post("/visitor/conversation", R"({"text":"Hi"})").json();
  const std::string conversation = text_at(started, "/conversation_sid"), contact = text_at(started, "/contact_sid");
  shop.accept();
  Guest agent = shop.staff("agent");
  agent.post("/conversations/" + conversation + "/messages", R"({"text":"Solved"})");
  shop.clock.advance(Duration::seconds(20));
  const auto ended = agent.post("/conversations/" + conversation + "/end", "");
  ASSERT_EQ(ended.status, 200) << ended.body;
  EXPECT_EQ(text_at(ended.json(), "/customer_display_name"), "Eleni");
  TaskId task;
  shop.look([&](const workspace::State& state) { task = state.routing().tasks().front()->sid; });
  shop.must(routing::Command{routing::CompleteTask{task, "", routing::Reason::by_worker}});
  const auto detail = agent.get("/contacts/" + contact).json();
  EXPECT_EQ(text_at(detail, "/summary/contact/status"), "ended");
  EXPECT_EQ(text_at(detail, "/summary/contact/reason"), "by_worker");
  EXPECT_EQ(text_at(detail, "/summary/bucket"), "answered");
  EXPECT_EQ(detail.at("summary").at("talk_s").to_number<double>(), 20.0);
  EXPECT_EQ(detail.at("segments").as_array().size(), 1u);
  Guest key = shop.staff("key");
  const auto count = [&](const std::string& query) {
    return key.get("/contacts?" + query).json().at("items").as_array().size();
  };
  EXPECT_EQ(count("bucket=answered&status=ended&worker_sid=" + shop.worker.str()), 1u);
  EXPECT_EQ(count("task_queue_sid=" + shop.queue.str() + "&q=solved"), 1u);
  EXPECT_EQ(count("bucket=abandoned"), 0u);
  EXPECT_EQ(count("within_service_level=true&channel=chat"), 1u);
  EXPECT_EQ(count("created_to=2020-01-01T00:00:00Z"), 0u);
}

TEST(Chat, AWorkerWhoHasNothingInItMayNotWriteButAnApiKeySpeaksForWhoHas) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  Guest key = shop.staff("key");
  EXPECT_EQ(key.post("/conversations/" + conversation + "/messages", R"({"text":"x"})").status, 409);
  EXPECT_EQ(key.post("/conversations/" + conversation + "/messages", R"({"text":"a note","internal":true})").status,
            201);
  shop.accept();
  const auto said = key.post("/conversations/" + conversation + "/messages", R"({"text":"x"})");
  ASSERT_EQ(said.status, 201) << said.body;
  EXPECT_EQ(text_at(said.json(), "/author/sid"), shop.worker.str());
}

TEST(Chat, IsTransferredByWhoHasIt) {
  Shop shop;
  Guest guest = shop.visitor();
  const std::string conversation = start(guest);
  shop.accept();
  routing::TaskQueueRecord row;
  row.friendly_name = "Nobody there";
  row.expression = "nobody == 1";
  const std::string other = shop.must(routing::Command{routing::PutTaskQueue{row}}).sid;
  Guest agent = shop.staff("agent");
  const auto done =
      agent.post("/conversations/" + conversation + "/transfer", R"({"task_queue_sid":")" + other + "\"}");
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(text_at(done.json(), "/new_task/task_queue_sid"), other);
  EXPECT_EQ(text_at(guest.get("/visitor/conversation").json(), "/state"), "waiting");
  EXPECT_EQ(agent.post("/conversations/" + conversation + "/transfer", "{}").status, 422);
}

}  // namespace
}  // namespace carillon::chat
