// Changes of records under If-Match: 412 with the present ETag, whether the version was old when read or became so meanwhile.
//
// Thread: any.
// Example:
//   if (auto fine = check_version(call.version(), row.version); !fine) return fail_version(std::move(call), fine.error(), row.version);
//   change.change.run_expecting(1, kUpdate, ..., row.version);
//   door::change(std::move(call), std::move(change), versioned({.row = customer_row, .sid = sid.str()}));
#pragma once

#include "door/api.h"

namespace carillon::door {

inline void fail_version(Call call, const Error& error, std::int64_t present) {
  if (error.code != ErrorCode::kVersionMismatch) return call.fail(error);
  call.answer(http::Response::problem(error, call.request.path).etag(present));
}

// The answer needs `row` and `sid`.
inline Answer versioned(Answer answer) {
  answer.refused = [before = std::move(answer.refused)](Call& call, Error& error) {
    if (error.code == ErrorCode::kStoreConflict) {
      error =
          Error(ErrorCode::kVersionMismatch, "it was changed while you changed it; read it again and repeat the change")
              .at("If-Match");
    }
    return before ? before(call, error) : false;
  };
  return answer;
}

}  // namespace carillon::door
