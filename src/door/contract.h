// Contract: spec/openapi.yaml as the server reads it, so that address, rights and limits are said in one place.
//
// What:    the embedded document, and of each operation its method, path, who may call it, scope and rate class.
// Owns:    its values. Thread: any; immutable. Errors: kConfig when the document lacks what the door needs.
// Example:
//   const Operation* op = contract.find("create_task");
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "door/caller.h"
#include "http/parse/token_bucket.h"
#include "http/request.h"

namespace carillon::door {

// Who may call: bits.
enum Principals : std::uint8_t {
  kAnyone = 1,
  kVisitor = 2,
  kAgent = 4,
  kSupervisor = 8,
  kAdmin = 16,
  kInstanceAdmin = 32,
  kApiKey = 64,
};

struct Operation {
  std::string id;
  http::Method method = http::Method::kGet;
  std::string path;  // with /api/v1 where it belongs
  std::uint8_t principals = 0;
  Scope scope = Scope::none;
  std::string rate_class;
  bool is_idempotent_by_key = false;  // takes Idempotency-Key
  bool needs_version = false;         // If-Match is required
  bool takes_query = false;           // names a query parameter; else every one is unknown
};

struct RateClass {
  http::RateRule rule;
  http::RateRule api_key;  // the same where the contract has none of its own
};

// The name under which the limiter knows the budget of API keys.
inline std::string api_key_rate_class(const std::string& rate_class) { return rate_class + ".api_key"; }

class Contract {
 public:
  static Result<Contract> parse(std::string_view json);
  static const Contract& embedded();        // aborts when the embedded document is broken
  static std::string_view embedded_text();  // /api/openapi.json

  const Operation* find(std::string_view id) const;
  const std::map<std::string, Operation, std::less<>>& operations() const { return operations_; }
  const std::map<std::string, RateClass, std::less<>>& rate_classes() const { return rate_classes_; }

 private:
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, RateClass, std::less<>> rate_classes_;
};

}  // namespace carillon::door
