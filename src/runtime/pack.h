// Packing of text for the database: zlib when it pays. The one wrapper around zlib.
//
// What:   pack() gives bytes that unpack() turns back. The first byte says how: 't' the text as it is, 'z' zlib after
//         eight bytes of length. Events of a busy workspace shrink to a tenth, because they repeat their words.
// Errors: unpack(): kInternal for bytes that are not ours, or more than 256 MiB.
// Thread: any; no state.
// Example:
//   change.run(kPut, store::Value::blob(pack(text)));
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::runtime {

std::string pack(std::string_view text);
Result<std::string> unpack(std::string_view bytes);

}  // namespace carillon::runtime
