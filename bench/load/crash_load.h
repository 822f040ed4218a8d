// CrashLoad: one round's load, and its notes of what was acknowledged.
//
// What:   the agents' floor in a closed loop; tasks into the kept queue, the oldest canceled again when it grows long; visitors
//         and their workers who write. Everything asked has a name; every acknowledgement goes into the deeds, also those that
//         are read after the server was killed: they had been sent.
// Owns:   its lines. Loop, center and deeds outlive it.
// Thread: the loop's.
// Example:
//   CrashLoad load(loop, port, center, deeds, random);
//   load.connect();
//   load.begin();   loop.run_for(1);   server.kill_now();
//   load.end();     // reads what is left
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "bench/load/crash_center.h"
#include "bench/load/floor.h"

namespace carillon::bench {

class CrashLoad {
 public:
  CrashLoad(Loop& loop, std::uint16_t port, const CrashCenter& center, Deeds& deeds, std::mt19937_64& random);

  void connect();
  void begin();
  // Asks nothing more, and reads until every line has closed.
  void end();
  // Lets the floor do all that it has, and brings nothing new.
  void finish(std::size_t still_open);

  Floor& floor() { return floor_; }
  static std::string kept_request(const CrashCenter& center, const Deeds& deeds, std::size_t n);

 private:
  FloorEvents events();
  void post_served();
  void post_kept();
  void cancel_kept();
  void say_next(std::size_t chat);
  void reply_next(std::size_t chat);
  std::string random_kept_body(std::size_t n);
  void every(double seconds, std::function<void()> work);

  Loop& loop_;
  const CrashCenter& center_;
  Deeds& deeds_;
  std::mt19937_64& random_;
  const std::uint16_t port_;
  const std::size_t first_;  // number of the first task posted here
  bool going_ = false;
  Floor floor_;
  HttpLine kept_, cancels_;
  std::vector<std::unique_ptr<StreamLine>> visitor_streams_;
  std::vector<std::unique_ptr<HttpLine>> visitors_, workers_;
};

// Notes what a created task's answer says of it.
void note_kept(KeptTask& task, const boost::json::value& answer, std::int64_t position);
Deadlines deadlines_of(const boost::json::value& task);

}  // namespace carillon::bench
