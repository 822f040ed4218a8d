// A Record as JSON, and back: what lies on the disk, and what goes out as the contract's CallEvidence's "parties" and "routing".
//
// Errors: read_record(): kInvalidValue for what is no record of this version.
// Thread: any. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "evidence/core/record.h"

namespace carillon::evidence {

// {"version":1,...}. Its messages lose their secrets here.
std::string write_record(const Record& record);
Result<Record> read_record(std::string_view text);

// The contract's arrays of CallParty and RoutingMoment, as JSON.
std::string parties_json(const Record& record);
std::string routing_json(const Record& record);

}  // namespace carillon::evidence
