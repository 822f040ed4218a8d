// What a key means where it stands. Inside the module only.
#pragma once

#include <string_view>

#include "base/result.h"
#include "expr/core/lexer.h"

namespace carillon::expr {

// The attribute or fact that a key token names in `scope`, or the fault with its column.
Result<KeyPtr> resolve(const Lexer& lexer, const Token& token, Scope scope);

}  // namespace carillon::expr
