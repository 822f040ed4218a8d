// The wrap-up rule of a task queue or task channel, as it comes in a body: sent as a whole.
//
// Thread: any.
#pragma once

#include <optional>

#include "door/words.h"
#include "routing/core/records.h"

namespace carillon::routing {

struct WrapUpField {
  WrapUpMode mode = WrapUpMode::none;
  Duration time;
  std::int64_t extensions = 0;
};

// `without`: the modes that do not fit here.
inline std::optional<WrapUpField> read_wrap_up(http::Fields& in, std::initializer_list<WrapUpMode> without) {
  auto fields = in.optional_fields("wrap_up");
  if (!fields) return std::nullopt;
  WrapUpField out;
  out.mode = door::required_word<WrapUpMode>(*fields, "mode", without);
  out.time = Duration::seconds(fields->required_int("seconds", 0, 86'400));
  out.extensions = fields->required_int("extensions", 0, 20);
  return out;
}

template <class Record>
void put_wrap_up(Record& record, const std::optional<WrapUpField>& wanted) {
  if (!wanted) return;
  record.wrap_up = wanted->mode;
  record.wrap_up_time = wanted->time;
  record.wrap_up_extensions = wanted->extensions;
}

}  // namespace carillon::routing
