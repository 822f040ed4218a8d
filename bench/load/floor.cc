#include "bench/load/floor.h"

namespace carillon::bench {
namespace {

constexpr std::uint64_t kSaidRefusals = 10;

// The text behind `"name":"`, from `at` on. Scanning is enough: the server writes these frames, and parsing all of each
// would cost what the server should have.
std::string_view text_behind(std::string_view text, std::string_view name, std::size_t at) {
  const std::size_t found = text.find(name, at);
  if (found == std::string_view::npos) return {};
  const std::size_t begin = found + name.size();
  return text.substr(begin, text.find('"', begin) - begin);
}

}  // namespace

Floor::Floor(Loop& loop, std::uint16_t port, const Center& center, FloorEvents events)
    : loop_(loop), center_(center), events_(std::move(events)), port_(port), authorization_(center.authorization()) {
  for (std::size_t i = 0; i < center.agents.size(); ++i) {
    commands_.push_back(std::make_unique<HttpLine>(loop_, port_));
    posting_.push_back(std::make_unique<HttpLine>(loop_, port_));
  }
}

void Floor::open() {
  for (std::size_t i = 0; i < center_.agents.size(); ++i) {
    const Agent& agent = center_.agents[i];
    streams_.push_back(std::make_unique<StreamLine>(loop_, port_, offers_target(agent), stream_fields(agent),
                                                    [this, i](std::string_view text) { on_text(i, text); }));
  }
  const Moment began = moment();
  loop_.run_until([&] {
    for (const auto& stream : streams_) {
      if (!stream->refusal().empty()) give_up("a stream was refused: " + stream->refusal());
    }
    if (seconds_between(began, moment()) > 60) give_up("streams were not opened within a minute");
    return greeted_ == streams_.size();
  });
}

bool Floor::is_connected() const {
  for (const auto& stream : streams_) {
    if (!stream->is_open()) return false;
  }
  return true;
}

bool Floor::fine(const char* what, const Answer& answer) {
  if (answer.ok()) return true;
  if (answer.status != 0 && ++refused_ <= kSaidRefusals) {
    say(std::string(what) + " was answered " + std::to_string(answer.status) + " " +
        std::string(answer.body.substr(0, 300)));
  }
  return false;
}

std::size_t Floor::post() { return post(R"({"topic":"billing","language":"en","customer_name":"Ada"})", {}); }

std::size_t Floor::post(std::string_view attributes, std::string_view more_fields) {
  const std::size_t number = posts_++;
  std::string body =
      R"({"task_queue_sid":")" + center_.queue + R"(","task_channel_sid":")" + center_.channel + R"(","attributes":)";
  body.append(attributes).append("}");
  HttpLine& line = *posting_[number % posting_.size()];
  line.ask(request_text("POST", "/api/v1/tasks", authorization_ + std::string(more_fields), body),
           [this, number](const Answer& answer) {
             fine("a task", answer);
             events_.posted(number, answer);
           });
  return number;
}

void Floor::on_text(std::size_t agent, std::string_view text) {
  if (text.starts_with(R"({"type":"hello")")) {
    ++greeted_;
    return;
  }
  constexpr std::string_view kOffer = R"("type":"reservation.created")";
  for (std::size_t at = text.find(kOffer); at != std::string_view::npos; at = text.find(kOffer, at + kOffer.size())) {
    take(agent, text_behind(text, R"("task_sid":")", at), text_behind(text, R"("resource_sid":")", at));
  }
}

void Floor::take(std::size_t agent, std::string_view task_sid, std::string_view reservation_sid) {
  events_.offered(task_sid, reservation_sid);
  const std::string target = "/api/v1/reservations/" + std::string(reservation_sid) + "/accept";
  commands_[agent]->ask(
      request_text("POST", target, authorization_),
      [this, agent, task = std::string(task_sid), reservation = std::string(reservation_sid)](const Answer& answer) {
        if (!fine("an accept", answer)) return;
        events_.accepted(task, reservation);
        finish(agent, task);
      });
}

void Floor::finish(std::size_t agent, std::string_view task_sid) {
  const std::string target = "/api/v1/tasks/" + std::string(task_sid) + "/complete";
  commands_[agent]->ask(request_text("POST", target, authorization_, "{}"),
                        [this, task = std::string(task_sid)](const Answer& answer) {
                          if (!fine("a completion", answer)) return;
                          ++completed_;
                          events_.completed(task);
                        });
}

}  // namespace carillon::bench
