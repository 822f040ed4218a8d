// The benches of this program, one function each; main.cc reads the command line.
//
// Errors: give_up().
#pragma once

#include <cstdint>
#include <string>

namespace carillon::bench {

struct Options {
  std::string server;         // the binary
  std::string data;           // data directory, made when it is not there
  double seconds = 30;        // of each measurement of `durable`
  double quiet_seconds = 60;  // before `start` looks at memory
  int agents = 200;
  int rounds = 100;        // of `crash`
  int calls = 100'000;     // of `soak`
  std::uint64_t seed = 0;  // of `crash`; 0: drawn
};

void run_durable(const Options& options);
void run_start(const Options& options);
void run_crash(const Options& options);
void run_ring(const Options& options);
void run_calls(const Options& options);
void run_soak(const Options& options);

}  // namespace carillon::bench
