#include "base/result.h"

#include <array>

namespace carillon {
namespace {
constexpr ErrorInfo kCatalogue[] = {
#define CARILLON_ERROR(name, code, status, title) {code, status, title},
#include "base/errors.def"
#undef CARILLON_ERROR
};
}  // namespace

const ErrorInfo& info(ErrorCode code) { return kCatalogue[static_cast<std::size_t>(code)]; }

std::optional<ErrorCode> error_code_from(std::string_view code) {
  for (std::size_t i = 0; i < std::size(kCatalogue); ++i) {
    if (kCatalogue[i].code == code) return static_cast<ErrorCode>(i);
  }
  return std::nullopt;
}

}  // namespace carillon
