// What expressions may look at of a worker, gathered for one evaluation. Private to src/routing/core.
//
// Why:    capacity by channel is computed only when an expression can see it.
// Owns:   the views it hands to expr; lives as long as one evaluation.
#pragma once

#include "routing/core/live.h"

namespace carillon::routing {

// Attributes, sid and name only: for expressions that is_dynamic() is false of.
inline bool evaluate_static(const expr::Expression& expression, const LiveWorker& worker) {
  if (expression.is_always()) return true;
  const expr::WorkerFacts facts{.sid = worker.sid_text,
                                .friendly_name = worker.row.friendly_name,
                                .activity_name = {},
                                .available = false,
                                .channels = {}};
  return expr::evaluate(
      expression, {.task = nullptr, .worker = &worker.attributes, .worker_facts = &facts, .queue_facts = nullptr});
}

class Facts {
 public:
  Facts(const State::Impl& state, const LiveWorker& worker) : worker_(worker) {
    for (Slot c = 0; c < state.channels.slots.size(); ++c) {
      const LiveChannel& channel = state.channels[c];
      if (!channel.live) continue;
      const bool used = c < worker.channels.size();
      channels_.push_back(
          {channel.row.unique_name, state.available_capacity(worker, c), used ? worker.channels[c].assigned : 0});
    }
    facts_ = {.sid = worker.sid_text,
              .friendly_name = worker.row.friendly_name,
              .activity_name = worker.row.activity_name,
              .available = worker.row.available,
              .channels = channels_};
  }
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  expr::Env env() const {
    return {.task = nullptr, .worker = &worker_.attributes, .worker_facts = &facts_, .queue_facts = nullptr};
  }
  bool evaluate(const expr::Expression& expression) const { return expr::evaluate(expression, env()); }
  expr::SortKey sort_key(const expr::OrderBy& order) const { return expr::sort_key(order, env()); }

 private:
  const LiveWorker& worker_;
  std::vector<expr::ChannelFacts> channels_;
  expr::WorkerFacts facts_;
};

}  // namespace carillon::routing
