#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace carillon {
namespace {
thread_local bool throwing = false;
}

InvariantScope::InvariantScope() : before_(throwing) { throwing = true; }
InvariantScope::~InvariantScope() { throwing = before_; }

void check_failed(const char* expression, const char* file, int line) {
  std::string text = std::string("broken invariant: ") + expression + " at " + file + ":" + std::to_string(line);
  if (throwing) throw BrokenInvariant(text);
  std::fprintf(stderr, "%s\n", text.c_str());
  std::abort();
}

}  // namespace carillon
