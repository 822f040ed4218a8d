// Floor: agents at work on their streams, and customers' tasks that come to them.
//
// What:   each agent has a stream of its own offers and a line for commands; an offer is accepted, its task completed. Tasks
//         are posted on lines of their own. Who listens learns of each step when its answer has come.
// Owns:   its lines. Loop and center outlive it.
// Thread: the loop's.
// Errors: answers other than 2xx are counted and the first of them said; whoever posted may go on.
// Limits: one post at a time on a line; there are as many lines as agents, further posts wait their turn.
// Example:
//   Floor floor(loop, port, center, {.completed = [&](std::size_t) { floor.post(); }});
//   floor.open();
//   floor.post();
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/center.h"
#include "bench/load/line.h"

namespace carillon::bench {

struct FloorEvents {
  std::function<void(std::size_t post, const Answer&)> posted = [](std::size_t, const Answer&) {};
  std::function<void(std::string_view task_sid, std::string_view reservation_sid)> offered = [](std::string_view,
                                                                                                std::string_view) {};
  std::function<void(std::string_view task_sid, std::string_view reservation_sid)> accepted = [](std::string_view,
                                                                                                 std::string_view) {};
  std::function<void(std::string_view task_sid)> completed = [](std::string_view) {};
};

class Floor {
 public:
  Floor(Loop& loop, std::uint16_t port, const Center& center, FloorEvents events);

  // Opens all streams and waits until the server has taken them.
  void open();
  // Posts a task; the number counts posts. `attributes` is a JSON object, `more_fields` are header lines.
  std::size_t post();
  std::size_t post(std::string_view attributes, std::string_view more_fields);
  // What agent number `agent` was offered, or has: as if the offer had just come, or been accepted.
  void take(std::size_t agent, std::string_view task_sid, std::string_view reservation_sid);
  void finish(std::size_t agent, std::string_view task_sid);

  std::uint64_t completed() const { return completed_; }
  std::uint64_t refused() const { return refused_; }
  std::size_t posts() const { return posts_; }
  bool is_connected() const;  // no stream has closed

 private:
  void on_text(std::size_t agent, std::string_view text);
  bool fine(const char* what, const Answer& answer);

  Loop& loop_;
  const Center& center_;
  FloorEvents events_;
  const std::uint16_t port_;
  const std::string authorization_;
  std::vector<std::unique_ptr<StreamLine>> streams_;
  std::vector<std::unique_ptr<HttpLine>> commands_, posting_;
  std::size_t posts_ = 0, greeted_ = 0;
  std::uint64_t completed_ = 0, refused_ = 0;
};

}  // namespace carillon::bench
