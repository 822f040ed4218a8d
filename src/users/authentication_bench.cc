// What a request pays for being known: authenticate() by cookie, API key and visitor token, with 1,000 users.
#include <benchmark/benchmark.h>

#include "secrets/secrets.h"
#include "users/api_keys.h"
#include "users/testing/town.h"

namespace carillon::users {
namespace {

testing::Town& town() {
  static testing::Town* made = [] {
    auto* one = new testing::Town;
    for (int i = 0; i < 1'000; ++i) one->user("user" + std::to_string(i), Role::agent);
    return one;
  }();
  return *made;
}

void run(benchmark::State& state, const http::Request& request) {
  for (auto _ : state) benchmark::DoNotOptimize(town().authentication->authenticate(request).ok());
}

void by_cookie(benchmark::State& state) { run(state, testing::request_of(town().sign_in("user500"))); }

void by_api_key(benchmark::State& state) {
  auto key = make_api_key(*town().directory, {.workspace = town().home, .friendly_name = "k", .scopes = 1},
                          town().clock.now());
  CARILLON_CHECK(town().keeps(key->decided).ok());
  run(state, testing::bearing(key->secret));
}

void by_visitor_token(benchmark::State& state) {
  const VisitorClaim claim{secrets::random_id<VisitorId>(), secrets::random_id<WidgetId>(), town().home, false,
                           town().clock.now() + Duration::hours(1)};
  run(state, testing::bearing(issue_visitor_token(town().directory->visitor_keys(), claim)));
}

BENCHMARK(by_cookie);
BENCHMARK(by_api_key);
BENCHMARK(by_visitor_token);

}  // namespace
}  // namespace carillon::users
