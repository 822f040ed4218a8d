// Goal: no text makes the reader of RFC 3339 misbehave, and what it reads it prints and reads again as the same instant.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto at = carillon::parse_rfc3339({reinterpret_cast<const char*>(data), size});
  if (at && at->us >= 0) CARILLON_CHECK(carillon::parse_rfc3339(carillon::to_rfc3339(*at)) == at);
  return 0;
}
