// The pages outside /api/v1: health, metrics, the contract and its reading version.
//
// Thread: set up on one thread. Example: add_pages(api, {.health = [&] { return Health{"ok"}; }, .metrics = ...});
#pragma once

#include <functional>
#include <map>
#include <string>

#include "door/api.h"

namespace carillon::app {

// What /readyz says. Only "ok" means that it takes work.
struct Health {
  std::string status = {};                         // ok, starting, stopping, failing
  std::map<std::string, std::string> checks = {};  // a part, and how it is
};

struct PagesGiven {
  std::function<Health()> health;
  std::function<std::string()> metrics;  // Prometheus text
};

void add_pages(door::Api& api, PagesGiven given);
std::string metrics_text(const runtime::Runtime& runtime, const door::Pool& pool);

}  // namespace carillon::app
