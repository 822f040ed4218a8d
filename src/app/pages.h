// The pages outside /api/v1: health, metrics, the contract and its reading version.
//
// Thread: set up on one thread. Example: add_pages(api, {.ready = [&] { return runtime.accepting(); }, .metrics = ...});
#pragma once

#include <functional>
#include <string>

#include "door/api.h"

namespace carillon::app {

struct PagesGiven {
  std::function<bool()> ready;
  std::function<std::string()> metrics;  // Prometheus text
};

void add_pages(door::Api& api, PagesGiven given);
std::string metrics_text(const runtime::Runtime& runtime, const door::Pool& pool);

}  // namespace carillon::app
