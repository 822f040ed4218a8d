#include "app/server.h"

#include <unistd.h>

#include <array>
#include <filesystem>

#include "app/door_log.h"
#include "app/pages.h"
#include "app/server_parts.h"
#include "recordings/recordings.h"
#include "schedule/days.h"

namespace carillon::app {
namespace {

namespace fs = std::filesystem;

// Where the built web lies: as told, beside the binary (an installed tree), or in the checkout the binary was built in.
std::string find_web(const std::string& told) {
  if (!told.empty()) return told;
  std::array<char, 4096> path{};
  const auto size = readlink("/proc/self/exe", path.data(), path.size() - 1);
  const fs::path binary = size > 0 ? fs::path(std::string(path.data(), static_cast<std::size_t>(size))) : fs::path(".");
  for (const fs::path& folder : {binary.parent_path() / "web", binary.parent_path() / "../../web", fs::path("web")}) {
    std::error_code failed;
    if (fs::exists(folder / "console", failed)) return folder.lexically_normal().string();
  }
  return "web";
}

void serve_folder(http::Router& router, const std::string& prefix, const fs::path& folder,
                  http::StaticOptions options) {
  std::error_code failed;
  if (!fs::exists(folder, failed)) {
    log_line(Level::warning,
             "no built web at " + folder.string() + ": " + prefix + " is not served (scripts/run builds it)");
    return;
  }
  auto files = router.static_files(prefix, folder.string(), std::move(options));
  if (!files) log_line(Level::error, prefix + ": " + files.error().message);
}

void serve_web(http::Router& router, const std::string& web) {
  const fs::path root(web);
  serve_folder(router, "/console", root / "console" / "dist", {.spa = true});
  serve_folder(router, "/widget", root / "widget" / "dist", {.allow_cross_origin = true});
  serve_folder(router, "/demo", root / "demo" / "dist", {});
  router.add(http::Method::kGet, "/",
             [](http::Request, http::Reply reply) { reply(http::Response::redirect(302, "/console/home.html")); });
}

Result<void> open_data(Server::Parts& p) {
  auto data = runtime::DataDirectory::open(p.config.data);
  if (!data) return data.error();
  p.data.emplace(std::move(*data));
  store::StoreOptions options;
  options.url = database_url(p.config);
  auto store = store::Store::open(options);
  if (!store) return store.error();
  p.store = std::move(*store);
  auto migrated = p.store->migrate();
  if (!migrated) return migrated.error();
  auto directory = users::Directory::load(*p.store, p.clock);
  if (!directory) return directory.error();
  p.directory = std::move(*directory);
  return {};
}

Result<void> open_door(Server::Parts& p) {
  http::ServerOptions options;
  if (!p.config.tls_cert.empty()) {
    auto tls = http::TlsContext::from_files(p.config.tls_cert, p.config.tls_key);
    if (!tls) return tls.error();
    p.tls = *tls;
  } else if (p.config.tls_self_signed) {
    auto pair = http::make_self_signed({"localhost", "127.0.0.1", "::1"}, p.clock.now());
    if (!pair) return pair.error();
    auto tls = http::TlsContext::from_pem(*pair);
    if (!tls) return tls.error();
    p.tls = *tls;
  }
  for (const std::string& text : p.config.listen) {
    auto listener = http::Listener::parse(text);
    if (!listener) return listener.error();
    listener->tls = p.tls;
    options.listeners.push_back(*listener);
  }
  options.trusted_proxies = p.config.trusted_proxies;
  options.limiter = p.limiter.get();
  options.log = [log = std::make_shared<DoorLog>(p.clock, log_line)](const http::LogEvent& event) { log->tell(event); };
  options.log_level = p.config.log_level == "debug" ? http::LogLevel::kDebug : http::LogLevel::kInfo;
  p.http = std::make_unique<http::Server>(options, p.router, p.clock);
  if (auto started = p.http->start(static_cast<std::size_t>(p.config.net_threads)); !started) return started.error();
  const auto ports = p.http->ports();
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string& address = options.listeners[i].address;
    const std::string host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    p.addresses.push_back((p.tls ? "https://" : "http://") + host + ":" + std::to_string(ports[i]));
  }
  return {};
}

// A workspace that stands still is told but keeps nobody else out: the others go on.
Health health_of(const Server::Parts& p) {
  Health out;
  const Server::Parts::Phase phase = p.phase;
  const bool accepting = p.runtime->accepting();
  out.status = phase == Server::Parts::Phase::stopping   ? "stopping"
               : phase == Server::Parts::Phase::starting ? "starting"
               : accepting                               ? "ok"
                                                         : "failing";
  out.checks["runtime"] = accepting ? "takes commands" : "takes no commands";
  std::size_t all = 0, running = 0;
  for (const auto& workspace : p.runtime->workspaces()) {
    ++all;
    if (workspace.status == runtime::WorkspaceStatus::running) ++running;
  }
  out.checks["workspaces"] = std::to_string(running) + " of " + std::to_string(all) + " running";
  return out;
}

std::string metrics_of(const Server::Parts& p) {
  std::string out = metrics_text(*p.runtime, *p.pool) + http::to_prometheus(p.http->metrics());
  if (p.switchboard) out += switchboard::to_prometheus(p.switchboard->counts());
  return out;
}

}  // namespace

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(const Config& config) {
  auto parts = std::make_unique<Parts>();
  Parts& p = *parts;
  p.config = config;
  if (auto opened = open_data(p); !opened) return opened.error();
  p.pool = std::make_unique<door::Pool>(config.pool_threads);
  p.passwords = std::make_unique<users::ArgonPasswords>();
  p.authentication = std::make_unique<users::Authentication>(*p.directory, p.clock, [&p](runtime::RecordChange change) {
    if (p.runtime) p.runtime->commit(std::move(change));
  });
  p.streams =
      std::make_unique<events::StreamHub>(events::StreamHub::World{*p.store, *p.pool, *p.authentication, p.clock});
  p.listeners.add([&p](const runtime::PublishedEntryPtr& entry) { p.directory->saw(*entry); });
  p.listeners.add(*p.streams);
  p.directory->on_ended([&p](const std::string& key) { p.streams->credentials_changed(key); });

  runtime::RuntimeOptions options;
  options.demo = config.demo;
  p.runtime = std::make_unique<runtime::Runtime>(
      runtime::Runtime::World{*p.store, p.clock, p.seeds, p.listeners, p.alarms, nullptr}, options);
  p.streams->start(*p.runtime);
  p.router = std::make_shared<http::Router>();
  p.limiter = std::make_unique<http::RateLimiter>(p.clock);
  for (const auto& [name, rate] : door::Contract::embedded().rate_classes()) {
    p.limiter->define(name, rate.rule);
    p.limiter->define(door::api_key_rate_class(name), rate.api_key);
  }
  p.api =
      std::make_unique<door::Api>(*p.router, door::Services{*p.runtime, *p.store, *p.pool, p.clock}, *p.authentication);
  auto server = std::unique_ptr<Server>(new Server(std::move(parts)));

  if (auto made = make_channels(p); !made) return made.error();
  if (auto opened = open_voice(p); !opened) return opened.error();
  auto started = p.runtime->start();
  if (!started) return started.error();
  p.runtime->commit({.workspace = {}, .change = recordings::interrupted(p.clock.now()), .sid = {}});
  if (config.demo) {
    auto doors = furnish_demo(p);
    if (!doors) return doors.error();
    p.doors = std::move(*doors);
  }
  add_pages(*p.api, {.health = [&p] { return health_of(p); }, .metrics = [&p] { return metrics_of(p); }});
  users::RestOptions rest;
  rest.knows_time_zone = schedule::is_time_zone;
  if (config.demo) rest.demo = p.doors;
  p.users =
      std::make_unique<users::Rest>(users::Rest::World{*p.directory, *p.authentication, *p.passwords, p.clock}, rest);
  p.streams->add_routes(*p.api);
  add_all_routes(p);
  serve_web(*p.router, find_web(config.web));
  for (const std::string& operation : p.api->missing()) log_line(Level::warning, "nobody serves " + operation);
  if (auto opened = open_door(p); !opened) return opened.error();
  p.hours = std::make_unique<calls::HoursKeeper>(*p.runtime, p.clock, [&p] {
    std::vector<WorkspaceId> out;
    for (const auto& workspace : p.runtime->workspaces()) out.push_back(workspace.sid);
    return out;
  });
  p.hours->start();
  p.phase = Parts::Phase::open;
  p.sweeper = std::make_unique<recordings::Sweeper>(recordings::Sweeper::World{
      p.store->readers(), p.clock, [&p](runtime::RecordChange change) { p.runtime->commit(std::move(change)); },
      p.data->files_path(), [](const std::string& text) { log_line(Level::info, text); }});
  p.sweeper->start();
  if (config.demo && config.demo_traffic) p.traffic = start_traffic(p);
  if (config.demo) print_demo(p);
  return server;
}

void Server::stop() {
  if (!parts_) return;
  Parts& p = *parts_;
  p.phase = Parts::Phase::stopping;
  p.traffic.reset();
  p.sweeper.reset();
  if (p.hours) p.hours->stop();
  if (p.http) p.http->drain(Duration::seconds(10));
  if (p.streams) p.streams->stop();
  stop_channels(p);
  if (p.switchboard) p.switchboard->stop();
  p.prompts.reset();  // its thread must not tell a board that is gone
  if (p.runtime) p.runtime->stop();
  if (p.users) p.users->stop();
  if (p.pool) p.pool->stop();
  parts_.reset();
}

const std::vector<std::string>& Server::addresses() const { return parts_->addresses; }

void Server::reload_tls() {
  if (!parts_->tls) return;
  auto done = parts_->tls->reload();
  log_line(done ? Level::info : Level::error, done ? "certificate read again" : done.error().message);
}

}  // namespace carillon::app
