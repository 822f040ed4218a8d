#include "routing/why_view.h"

#include "runtime/json_out.h"

namespace carillon::routing {
namespace {

void render_interval(std::string& out, runtime::JsonOut& json, const WaitEstimate& estimate) {
  if (!estimate.known) {
    json.raw("estimated_wait", "null");
    return;
  }
  json.key("estimated_wait");
  runtime::JsonOut both(out);
  both.seconds("low_s", estimate.low).number("high_s", (estimate.high.us + 999'999) / 1'000'000);
  both.end();
}

}  // namespace

void render_why(std::string& out, const State& state, const Why& why, Instant now, std::int64_t position) {
  const TaskQueueRecord* queue = state.task_queue(why.task_queue_sid);
  const WaitEstimate estimate = state.estimate(why.task_sid);
  runtime::JsonOut json(out);
  json.id("task_sid", why.task_sid).time("at", now).number("position", position).word("status", why.status);
  json.id("task_queue_sid", why.task_queue_sid)
      .text_or_null("task_queue_friendly_name", queue ? queue->friendly_name : "");
  json.text("target", why.target).time("next_change_at", why.next_change_at).text("next_change", why.next_change);
  estimate.position > 0 ? json.number("position_in_queue", estimate.position) : json.raw("position_in_queue", "null");
  render_interval(out, json, estimate);
  json.number("eligible_workers", why.eligible).number("available_workers", why.available).key("candidates");
  out += '[';
  for (std::size_t i = 0; i < why.candidates.size(); ++i) {
    if (i) out += ',';
    const WhyCandidate& candidate = why.candidates[i];
    runtime::JsonOut one(out);
    one.id("worker_sid", candidate.worker_sid).text("worker_friendly_name", candidate.friendly_name);
    one.text("verdict", candidate.verdict).text("detail", candidate.detail);
    one.end();
  }
  out += ']';
  json.end();
}

}  // namespace carillon::routing
