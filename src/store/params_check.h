// What both drivers refuse in parameters before the database sees them, so that they cannot disagree.
//
// Thread: any; pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/value.h"
#include "store/writer.h"

namespace carillon::store {

// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF) without U+0000.
bool is_storable_text(std::string_view text);

// kInvalidUtf8 or kInvalidValue, with the parameter as field ("?3").
Result<void> check_params(const Params& params);
Result<void> check_params(const Change& change);

}  // namespace carillon::store
