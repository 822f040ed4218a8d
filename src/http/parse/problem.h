// Problem documents (RFC 9457) from the error catalogue.
//
// What:   {"type":"/api/docs#error-<code>","title","status","code","detail","field","expected","column","instance","faults":[...]}.
//         Members without content are left out.
// Thread: any. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace carillon::http {

// The compact JSON text. `faults` (when more than one) lists every fault with code, detail, field, expected.
std::string problem_json(const Error& error, std::string_view instance = {}, std::span<const Error> faults = {});

inline constexpr std::string_view kProblemType = "application/problem+json";

}  // namespace carillon::http
