// Assertions that stay on in release builds.
//
// What:   CARILLON_CHECK(x) holds or calls the thread's handler: inside the decider it throws BrokenInvariant, which
//         quarantines one workspace; elsewhere it logs to stderr and aborts the process.
// Thread: any; the mode belongs to the calling thread (see InvariantScope).
// Example:
//   CARILLON_CHECK(used <= total);
#pragma once

#include <stdexcept>
#include <string>

namespace carillon {

class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// While one lives on this thread, a failed check throws BrokenInvariant instead of aborting.
class InvariantScope {
 public:
  InvariantScope();
  ~InvariantScope();
  InvariantScope(const InvariantScope&) = delete;
  InvariantScope& operator=(const InvariantScope&) = delete;

 private:
  bool before_;
};

[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace carillon

#define CARILLON_CHECK(x) (static_cast<bool>(x) ? void(0) : ::carillon::check_failed(#x, __FILE__, __LINE__))
