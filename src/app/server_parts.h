// The parts of a running server, in the order of their making: each outlives those below it. Private to src/app.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/demo.h"
#include "app/log.h"
#include "app/server.h"
#include "calls/hours.h"
#include "calls/phones.h"
#include "channels/chat/chat_channel.h"
#include "channels/chat/rest.h"
#include "channels/deliveries.h"
#include "door/api.h"
#include "events/stream_hub.h"
#include "evidence/keeper.h"
#include "files/file_store.h"
#include "http/server.h"
#include "recordings/key.h"
#include "recordings/sweep.h"
#include "runtime/data_directory.h"
#include "runtime/runtime.h"
#include "switchboard/switchboard.h"
#include "users/authentication.h"
#include "users/directory.h"
#include "users/passwords.h"
#include "users/rest.h"

namespace carillon::app {

// Everybody who wants to hear of commits, in one explicit list.
class Listeners final : public runtime::EventSink {
 public:
  void add(runtime::EventSink& sink) { sinks_.push_back(&sink); }
  void add(std::function<void(const runtime::PublishedEntryPtr&)> committed) {
    functions_.push_back(std::move(committed));
  }
  void committed(const runtime::PublishedEntryPtr& entry) override {
    for (const auto& function : functions_) function(entry);
    for (auto* sink : sinks_) sink->committed(entry);
  }
  void ready(WorkspaceId workspace, std::int64_t position, bool restarted) override {
    for (auto* sink : sinks_) sink->ready(workspace, position, restarted);
  }

 private:
  std::vector<runtime::EventSink*> sinks_;  // filled before the runtime starts
  std::vector<std::function<void(const runtime::PublishedEntryPtr&)>> functions_;
};

struct Server::Parts {
  Config config;
  runtime::SystemWaitClock clock;
  runtime::SystemSeeds seeds;
  AlarmLog alarms;
  std::optional<runtime::DataDirectory> data;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<users::Directory> directory;
  std::unique_ptr<door::Pool> pool;
  Listeners listeners;
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<users::Passwords> passwords;
  std::unique_ptr<users::Authentication> authentication;
  std::unique_ptr<users::Rest> users;
  std::unique_ptr<events::StreamHub> streams;
  std::shared_ptr<files::FileStore> files;
  std::unique_ptr<chat::Widgets> widgets;
  std::unique_ptr<chat::ChatWorld> chat_world;
  std::unique_ptr<chat::VisitorHub> visitors;
  std::unique_ptr<chat::ChatChannel> chat;
  std::unique_ptr<prompts::Prompts> prompts;
  std::shared_ptr<const recordings::Key> recording_key;
  std::shared_ptr<evidence::Keeper> evidence;
  std::unique_ptr<switchboard::Switchboard> switchboard;  // none: this server has no voice
  std::unique_ptr<calls::HoursKeeper> hours;
  channels::Deliveries deliveries;
  calls::Phones* phones = nullptr;  // of whoever holds the media; null: this server has no telephony
  std::shared_ptr<http::Router> router;
  std::unique_ptr<door::Api> api;
  std::unique_ptr<http::RateLimiter> limiter;
  std::shared_ptr<http::TlsContext> tls;
  std::unique_ptr<http::Server> http;
  std::vector<std::string> addresses;
  DemoDoors doors;
  std::unique_ptr<DemoTraffic> traffic;
  std::unique_ptr<recordings::Sweeper> sweeper;
  enum class Phase { starting, open, stopping };
  std::atomic<Phase> phase = Phase::starting;
};

// Makes the channels: the explicit list (channels.cc). Before the runtime starts.
Result<void> make_channels(Server::Parts& parts);

// Binds SIP and sound as configured (voice.cc). Before the runtime starts.
Result<void> open_voice(Server::Parts& parts);

// Adds every noun's operations: the explicit list (routes.cc).
void add_all_routes(Server::Parts& parts);

}  // namespace carillon::app
