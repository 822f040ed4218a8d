#include "channels/chat/testing/shop.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <mutex>

#include "conversations/rest.h"
#include "conversations/seen.h"
#include "customers/rest.h"
#include "files/rest.h"
#include "runtime/seeds.h"
#include "secrets/secrets.h"
#include "store/testing/memory_store.h"

namespace carillon::chat::testing {

using http::testing::Answer;
using http::testing::HeaderFields;
using http::testing::WsClient;

namespace {

const http::testing::ConnectOptions kPatient{.timeout = std::chrono::seconds(60)};

class FanOut final : public runtime::EventSink {
 public:
  void committed(const runtime::PublishedEntryPtr& entry) override {
    for (auto* sink : sinks) sink->committed(entry);
  }
  void ready(WorkspaceId workspace, std::int64_t position, bool restarted) override {
    for (auto* sink : sinks) sink->ready(workspace, position, restarted);
  }
  std::vector<runtime::EventSink*> sinks;
};

class SilentAlarms final : public runtime::AlarmSink {
 public:
  void raised(const runtime::Alarm& alarm) override { ADD_FAILURE() << "alarm: " << alarm.text; }
};

}  // namespace

Result<door::CallerPtr> Doorkeeper::authenticate(const http::Request& request) {
  std::string_view token = request.header("Authorization");
  if (token.starts_with("Bearer ")) token.remove_prefix(7);
  const std::string_view protocols = request.header("Sec-WebSocket-Protocol");
  if (const auto at = protocols.find("carillon.token."); at != std::string_view::npos)
    token = protocols.substr(at + 15);
  if (token.empty()) return door::CallerPtr();
  if (const auto it = staff.find(std::string(token)); it != staff.end()) return it->second;
  auto claim = users::verify_visitor_token(keys, token, clock_.now());
  if (!claim) return claim.error();
  auto caller = std::make_shared<door::Caller>();
  caller->kind = door::Caller::Kind::visitor;
  caller->visitor = claim->visitor, caller->widget = claim->widget, caller->workspace = claim->workspace;
  caller->verified = claim->verified;
  return door::CallerPtr(std::move(caller));
}

Guest::Guest(std::uint16_t port, std::string its_token, std::string origin)
    : token(std::move(its_token)), port_(port), origin_(std::move(origin)), client_(port, kPatient) {}

HeaderFields Guest::fields() const {
  HeaderFields out{{"Carillon-CSRF", "csrf"}};
  if (!token.empty()) out.emplace_back("Authorization", "Bearer " + token);
  if (!origin_.empty()) out.emplace_back("Origin", origin_);
  return out;
}

Answer Guest::get(const std::string& path) { return client_.get("/api/v1" + path, fields()); }

Answer Guest::post(const std::string& path, const std::string& json, HeaderFields more) {
  for (auto& field : fields()) more.push_back(std::move(field));
  if (json.empty()) return client_.request("POST", "/api/v1" + path, {}, more);
  return client_.post("/api/v1" + path, json, std::move(more));
}

Answer Guest::patch(const std::string& path, const std::string& json, std::int64_t version) {
  HeaderFields all = fields();
  all.emplace_back("If-Match", "\"" + std::to_string(version) + "\"");
  return client_.patch("/api/v1" + path, json, std::move(all));
}

Answer Guest::upload(const std::string& path, const std::string& bytes, const std::string& type) {
  HeaderFields all = fields();
  all.emplace_back("Content-Type", type);
  return client_.request("POST", "/api/v1" + path, bytes, all);
}

std::unique_ptr<WsClient> Guest::stream() {
  return WsClient::open(port_, "/api/v1/visitor/stream",
                        {{"Origin", origin_}, {"Sec-WebSocket-Protocol", "carillon.v1, carillon.token." + token}},
                        kPatient);
}

boost::json::value next_frame(WsClient& line, std::string_view type) {
  while (auto text = line.receive_text()) {
    auto frame = boost::json::parse(*text);
    if (text_at(frame, "/type") == type) return frame;
  }
  return nullptr;
}

std::string text_at(const boost::json::value& value, const std::string& pointer) {
  boost::system::error_code failed;
  const auto* found = value.find_pointer(pointer, failed);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::int64_t number_at(const boost::json::value& value, const std::string& pointer) {
  boost::system::error_code failed;
  const auto* found = value.find_pointer(pointer, failed);
  return found && found->is_int64() ? found->get_int64() : 0;
}

struct Shop::Parts {
  explicit Parts(runtime::testing::ManualClock& clock) : keeper(clock) {}

  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("carillon-shop-" + secrets::random_token());
  std::unique_ptr<store::Store> store = store::testing::memory_store();
  runtime::CountingSeeds seeds;
  SilentAlarms alarms;
  FanOut listeners;
  door::Pool pool{4};
  Doorkeeper keeper;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<Widgets> widgets;
  std::unique_ptr<ChatWorld> world;
  std::unique_ptr<VisitorHub> hub;
  std::unique_ptr<ChatChannel> channel;
  channels::Deliveries deliveries;
  std::shared_ptr<files::FileStore> files;
  std::unique_ptr<door::Api> api;
  std::unique_ptr<http::testing::TestServer> server;
  std::mutex mutex;
  std::vector<Typed> typed;
};

Shop::Shop() : parts_(std::make_unique<Parts>(clock)) {
  Parts& p = *parts_;
  p.runtime = std::make_unique<runtime::Runtime>(
      runtime::Runtime::World{*p.store, clock, p.seeds, p.listeners, p.alarms, nullptr}, runtime::RuntimeOptions{});
  p.widgets = *Widgets::load(*p.store);
  p.world = std::make_unique<ChatWorld>(ChatWorld{*p.runtime, *p.store, p.pool, clock, *p.widgets});
  p.hub = std::make_unique<VisitorHub>(*p.world, p.keeper);
  p.hub->on_typing([&p](WorkspaceId, const std::string& conversation, const conversations::Speaker& who, bool on) {
    std::lock_guard held(p.mutex);
    p.typed.push_back({conversation, who.type, on});
  });
  p.channel = std::make_unique<ChatChannel>(*p.hub);
  p.deliveries.add(*p.channel);
  p.listeners.sinks = {&p.deliveries, p.hub.get()};
  EXPECT_TRUE(p.runtime->start().ok());
  p.hub->start();
  furnish();
  hire();
  open();
}

// A queue, a workflow to it, Alice who is available, and the widget.
void Shop::furnish() {
  Parts& p = *parts_;
  workspace = secrets::random_id<WorkspaceId>();
  must(workspace::CreateWorkspace{workspace, "Shop", "UTC"});
  routing::TaskQueueRecord row;
  row.friendly_name = "Orders";
  row.expression = "shop == true";
  row.offer_timeout = Duration::seconds(600);
  queue = *QueueId::parse(must(routing::Command{routing::PutTaskQueue{row}}).sid);
  routing::WorkflowRecord workflow;
  workflow.friendly_name = "Chats";
  workflow.document = {R"({"task_routing":{"filters":[],"default_filter":{"queue":")" + queue.str() + R"("}}})"};
  const auto made = must(routing::Command{routing::PutWorkflow{workflow, false}});
  routing::WorkerRecord record;
  record.friendly_name = "Alice";
  record.attributes = {R"({"shop":true})"};
  worker = *WorkerId::parse(must(workspace::PutWorker{record, false}).sid);
  ActivityId available;
  look([&](const workspace::State& state) {
    for (const auto* activity : state.presence().activities()) {
      if (activity->activity_class == presence::ActivityClass::available) available = activity->sid;
    }
  });
  must(presence::Command{presence::SetActivity{worker, available, false, true}});

  Widget wanted;
  wanted.workspace = workspace;
  wanted.friendly_name = "Shop";
  wanted.allowed_origins = {kOrigin};
  wanted.workflow = *WorkflowId::parse(made.sid);
  wanted.identity_secret = identity_secret = "the site's secret";
  wanted.created_at = wanted.updated_at = clock.now();
  std::promise<WidgetPtr> promise;
  create_widget(*p.runtime, *p.widgets, wanted,
                [&](Result<WidgetPtr> done) { promise.set_value(done ? *done : nullptr); });
  widget = promise.get_future().get();
  EXPECT_NE(widget, nullptr);
}

// Who may ask: a program, Alice, and an agent who serves nobody here.
void Shop::hire() {
  Parts& p = *parts_;
  door::Caller key;
  key.kind = door::Caller::Kind::api_key;
  key.api_key = secrets::random_id<ApiKeyId>(), key.scopes = 0xffff, key.workspace = workspace;
  p.keeper.staff["key"] = std::make_shared<door::Caller>(key);
  door::Caller agent;
  agent.user = secrets::random_id<UserId>(), agent.sign_in = secrets::random_id<SignInId>(), agent.csrf_token = "csrf";
  agent.role = door::Role::agent, agent.worker = worker, agent.workspace = workspace, agent.display_name = "Alice";
  p.keeper.staff["agent"] = std::make_shared<door::Caller>(agent);
  agent.worker = secrets::random_id<WorkerId>();
  p.keeper.staff["other"] = std::make_shared<door::Caller>(agent);
}

void Shop::open() {
  Parts& p = *parts_;
  p.files = *files::FileStore::open(p.folder.string());
  p.server = std::make_unique<http::testing::TestServer>([&](http::Router& router) {
    p.api = std::make_unique<door::Api>(router, door::Services{*p.runtime, *p.store, p.pool, clock}, p.keeper);
    conversations::add_routes(
        *p.api, {p.world->once, [&p](WorkspaceId ws, const std::string& conversation, const conversations::Speaker& who,
                                     bool on) { p.hub->typing(ws, conversation, who.display_name, on); }});
    customers::add_routes(*p.api);
    files::add_routes(*p.api,
                      {p.files, [](store::Reader& reader, const door::Call& call, ConversationId sid) -> Result<bool> {
                         return conversations::seen_conversation(reader, call, sid).ok();
                       }});
    add_routes(*p.api, {*p.world, *p.hub, p.keeper.keys, p.files});
  });
}

Shop::~Shop() {
  parts_->server.reset();
  parts_->hub->stop();
  parts_->runtime->stop();
  parts_->pool.stop();
  std::error_code ignored;
  std::filesystem::remove_all(parts_->folder, ignored);
}

runtime::Committed Shop::must(workspace::Command command) {
  std::promise<Result<runtime::Committed>> promise;
  runtime::Submission submission;
  submission.workspace = workspace;
  submission.command = std::move(command);
  submission.reply = [&](Result<runtime::Committed> done) { promise.set_value(std::move(done)); };
  parts_->runtime->submit(std::move(submission));
  auto done = promise.get_future().get();
  EXPECT_TRUE(done.ok()) << done.error().message;
  return done ? *done : runtime::Committed{};
}

void Shop::look(const std::function<void(const workspace::State&)>& read) {
  std::promise<void> promise;
  parts_->runtime->ask(
      workspace, [&](const runtime::View& view) { return read(view.state), true; },
      [&](Result<runtime::Answer<bool>> done) {
        EXPECT_TRUE(done.ok());
        promise.set_value();
      });
  promise.get_future().get();
}

bool Shop::eventually(const std::function<bool(const workspace::State&)>& holds) {
  bool does = false;
  for (int i = 0; i < 100'000 && !does; ++i) {
    look([&](const workspace::State& state) { does = holds(state); });
    std::this_thread::yield();
  }
  return does;
}

Guest Shop::visitor(const std::string& body) {
  Guest guest(port(), "", kOrigin);
  const Answer made = guest.post("/widget/" + widget->sid.str() + "/visitors", body);
  EXPECT_EQ(made.status, 201) << made.body;
  Guest out(port(), text_at(made.json(), "/token"), kOrigin);
  out.sid = text_at(made.json(), "/visitor_sid");
  return out;
}

Guest Shop::staff(const std::string& token) { return {port(), token, ""}; }

void Shop::accept() {
  ReservationId offer;
  EXPECT_TRUE(eventually([&](const workspace::State& state) {
    for (const auto* r : state.routing().reservations()) {
      if (r->status == routing::ReservationStatus::pending) offer = r->sid;
    }
    return !offer.empty();
  }));
  must(routing::Command{routing::AcceptReservation{offer}});
}

std::int64_t Shop::count(const std::string& from_where, store::Params params) {
  auto reader = parts_->store->readers().lease();
  auto rows = (*reader)->query(store::Sql::dynamic("SELECT COUNT(*) FROM " + from_where), params);
  EXPECT_TRUE(rows.ok()) << rows.error().message;
  return rows ? (*rows)[0].integer(0) : -1;
}

std::vector<Shop::Typed> Shop::typed() const {
  std::lock_guard held(parts_->mutex);
  return parts_->typed;
}

VisitorHub& Shop::hub() { return *parts_->hub; }
ChatWorld& Shop::world() { return *parts_->world; }
std::uint16_t Shop::port() const { return parts_->server->port(); }

}  // namespace carillon::chat::testing
