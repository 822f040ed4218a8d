// Load: whether the server has so much to do that new calls are better refused (503, Retry-After) than served badly.
//
// Why:    a refused call goes to another server or comes again in seconds; a call that waits for its answer does neither, and slows
//         down those that are going on.
// Thread: a plain value. Once it is too much, it must fall to three quarters before calls are taken again: no flutter.
// Example:
//   if (strain.weigh(load) != before) stack.set_overloaded(strain.overloaded());
#pragma once

#include <cstddef>
#include <string>

namespace carillon::switchboard {

struct Load {
  std::size_t commands = 0;  // told to workspaces and not answered yet
  std::size_t calls = 0;     // telephones with a line
  std::size_t works = 0;     // waiting for the thread of signalling
  std::size_t sound = 0;     // commands waiting for the media thread
};

class Strain {
 public:
  explicit Strain(const Load& most) : most_(most) {}

  // Overloaded or not, from now on.
  bool weigh(const Load& now);
  bool overloaded() const { return overloaded_; }
  // What is too much, for the log: "commands 2001 of 2000".
  std::string what(const Load& now) const;

 private:
  Load most_;
  bool overloaded_ = false;
};

}  // namespace carillon::switchboard
