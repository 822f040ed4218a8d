#include "http/server.h"

#include <pthread.h>
#include <sys/resource.h>

#include <random>
#include <thread>

#include "http/net/acceptor.h"
#include "http/net/connection.h"
#include "http/net/loop.h"
#include "http/net/shared.h"

namespace carillon::http {
namespace {

// Often enough that a timeout is at most a quarter late, never busy.
Duration tick_for(const ServerLimits& limits, const Router::State& router) {
  Duration shortest = std::min({limits.header_timeout, limits.body_timeout, limits.idle_timeout, limits.handler_timeout,
                                limits.write_timeout, limits.linger_timeout});
  for (const auto& route : router.routes) {
    if (!route->on_open) continue;
    shortest =
        std::min({shortest, route->websocket.ping_every, route->websocket.dead_after, route->websocket.close_timeout});
  }
  return std::clamp(Duration::micros(shortest.us / 4), Duration::millis(5), Duration::millis(250));
}

std::uint64_t random_start() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

// Each connection is a descriptor; the soft limit is often 1,024.
void raise_descriptor_limit(std::size_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(limit.rlim_max, connections + 256);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

struct Server::State {
  std::shared_ptr<Shared> shared;
  std::vector<std::shared_ptr<Loop>> loops;
  std::vector<std::unique_ptr<Acceptor>> acceptors;
  std::vector<std::uint16_t> ports;
  std::vector<std::thread> threads;

  void accepted(const std::shared_ptr<Loop>& loop, std::unique_ptr<Transport> transport, std::string remote);
};

void Server::State::accepted(const std::shared_ptr<Loop>& loop, std::unique_ptr<Transport> transport,
                             std::string remote) {
  shared->accepted.fetch_add(1, std::memory_order_relaxed);
  // Handed over just before the loop was told to end: nobody would cut it any more.
  if (loop->is_finishing()) return transport->close();
  const std::size_t max = shared->options.limits.max_connections;
  const std::size_t before = shared->open.fetch_add(1);
  const bool full = before >= max;
  if (before >= max + max / 8 + 64) {
    // Even saying no costs a descriptor for a while.
    shared->refused.fetch_add(1, std::memory_order_relaxed);
    transport->close();
    return shared->left();
  }
  auto connection = std::make_shared<Connection>(loop, std::move(transport), std::move(remote));
  if (full || shared->draining.load()) {
    if (full) shared->refused.fetch_add(1, std::memory_order_relaxed);
    return connection->start_refusing();
  }
  connection->start();
}

Server::Server(ServerOptions options, std::shared_ptr<const Router> router, const Clock& clock)
    : state_(std::make_unique<State>()) {
  CARILLON_CHECK(router != nullptr);
  state_->shared = std::make_shared<Shared>(std::move(options), std::move(router), clock);
  state_->shared->tick = tick_for(state_->shared->options.limits, state_->shared->router->state());
  state_->shared->next_id = random_start();
}

Server::~Server() { drain({}); }

Result<void> Server::start(std::size_t n_threads) {
  State& s = *state_;
  CARILLON_CHECK(s.loops.empty() && n_threads > 0);
  raise_descriptor_limit(s.shared->options.limits.max_connections);
  std::vector<std::shared_ptr<Loop>> loops;
  for (std::size_t i = 0; i < n_threads; ++i) loops.push_back(std::make_shared<Loop>(s.shared));
  std::vector<std::unique_ptr<Acceptor>> acceptors;
  for (const Listener& listener : s.shared->options.listeners) {
    auto acceptor = Acceptor::open(
        listener, loops, [&s](std::shared_ptr<Loop> loop, std::unique_ptr<Transport> transport, std::string remote) {
          s.accepted(loop, std::move(transport), std::move(remote));
        });
    if (!acceptor) return std::move(acceptor).error();
    s.ports.push_back((*acceptor)->port());
    acceptors.push_back(std::move(*acceptor));
  }
  s.loops = std::move(loops);
  s.acceptors = std::move(acceptors);
  for (const auto& acceptor : s.acceptors) acceptor->start();
  for (std::size_t i = 0; i < n_threads; ++i) {
    s.threads.emplace_back([loop = s.loops[i]] { loop->run(); });
    pthread_setname_np(s.threads.back().native_handle(), ("http-" + std::to_string(i)).c_str());
  }
  return {};
}

std::vector<std::uint16_t> Server::ports() const { return state_->ports; }

void Server::drain(Duration deadline) {
  State& s = *state_;
  if (s.threads.empty()) return;
  s.shared->draining = true;
  s.loops[0]->post([&s] {
    for (const auto& acceptor : s.acceptors) acceptor->stop();
  });
  for (const auto& loop : s.loops) loop->post([raw = loop.get()] { raw->drain_members(); });
  {
    std::unique_lock lock(s.shared->drain_mutex);
    s.shared->drained.wait_for(lock, std::chrono::microseconds(deadline.us),
                               [&s] { return s.shared->open.load() == 0; });
  }
  for (const auto& loop : s.loops) loop->finish();
  for (std::thread& thread : s.threads) thread.join();
  s.threads.clear();
  s.shared->files.stop();
  s.acceptors.clear();
  for (const auto& loop : s.loops) loop->close();
}

ServerMetrics Server::metrics() const {
  const State& s = *state_;
  const Router::State& router = s.shared->router->state();
  ServerMetrics out;
  out.routes.resize(router.metric_count());
  for (std::size_t i = 0; i < out.routes.size(); ++i) {
    ServerMetrics::RouteNumbers& numbers = out.routes[i];
    numbers.route = router.metric_name(i);
    std::array<std::uint64_t, kCountedStatuses.size()> statuses{};
    std::uint64_t micros = 0;
    for (const auto& loop : s.loops) {
      const RouteCounters& from = loop->counters().by_route[i];
      for (std::size_t k = 0; k < statuses.size(); ++k) statuses[k] += from.statuses[k].get();
      for (std::size_t k = 0; k < numbers.buckets.size(); ++k) numbers.buckets[k] += from.buckets[k].get();
      micros += from.micros.get();
    }
    for (std::size_t k = 0; k < statuses.size(); ++k) {
      if (statuses[k] == 0) continue;
      numbers.by_status.emplace_back(kCountedStatuses[k], statuses[k]);
      numbers.count += statuses[k];
    }
    numbers.seconds = static_cast<double>(micros) / 1e6;
  }
  for (const auto& loop : s.loops) {
    const LoopCounters& c = loop->counters();
    out.connections_open += c.connections_open.get();
    out.requests_running += c.requests_running.get();
    out.bad_requests += c.bad_requests.get();
    out.timeouts += c.timeouts.get();
    out.bytes_in += c.bytes_in.get();
    out.bytes_out += c.bytes_out.get();
    out.websockets_open += c.websockets_open.get();
    out.websocket_messages_in += c.websocket_messages_in.get();
    out.websocket_messages_out += c.websocket_messages_out.get();
    out.websocket_overflows += c.websocket_overflows.get();
    out.mailbox_depth += loop->mailbox_depth();
  }
  out.connections_accepted = s.shared->accepted.load();
  out.connections_refused = s.shared->refused.load();
  out.websocket_queued_messages =
      static_cast<std::uint64_t>(std::max<std::int64_t>(s.shared->queued_messages.load(), 0));
  out.websocket_queued_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(s.shared->queued_bytes.load(), 0));
  return out;
}

}  // namespace carillon::http
