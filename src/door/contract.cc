#include "door/contract.h"

#include <boost/json.hpp>

#include "base/codec.h"

namespace carillon::door {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint8_t principal_bit(std::string_view word) {
  if (word == "anyone") return kAnyone;
  if (word == "visitor") return kVisitor;
  if (word == "agent") return kAgent;
  if (word == "supervisor") return kSupervisor;
  if (word == "admin") return kAdmin;
  if (word == "instance_admin") return kInstanceAdmin;
  if (word == "api_key") return kApiKey;
  return 0;
}

double number_of(const json::object& object, std::string_view key, double otherwise) {
  const auto* value = object.if_contains(key);
  boost::system::error_code failed;
  const double number = value && value->is_number() ? value->to_number<double>(failed) : otherwise;
  return failed ? otherwise : number;
}

// A parameter may stand in place or be a reference into components.
const json::object* resolve(const json::value& document, const json::value& value) {
  const auto* object = value.if_object();
  if (!object) return nullptr;
  const auto* ref = object->if_contains("$ref");
  if (!ref || !ref->is_string() || !ref->get_string().starts_with("#/")) return object;
  boost::system::error_code failed;
  const auto* found = document.find_pointer(std::string_view(ref->get_string()).substr(1), failed);
  return found && found->is_object() ? &found->get_object() : object;
}

Result<Operation> read_operation(const json::value& document, std::string_view path, http::Method method,
                                 const json::object& from) {
  Operation out;
  out.id = text_of(from, "operationId");
  out.method = method;
  const bool outside = path == "/healthz" || path == "/readyz" || path == "/metrics" || path.starts_with("/api/");
  out.path = (outside ? "" : "/api/v1") + std::string(path);
  out.rate_class = text_of(from, "x-rate-class");
  if (out.id.empty() || !from.contains("x-principals")) {
    return Error(ErrorCode::kConfig,
                 "the contract has an operation without operationId or x-principals at " + std::string(path));
  }
  for (const auto& word : from.at("x-principals").as_array()) out.principals |= principal_bit(word.as_string());
  if (const std::string scope = text_of(from, "x-scope"); !scope.empty()) {
    const auto known = codec::enum_from<Scope>(scope);
    if (!known) return Error(ErrorCode::kConfig, "operation " + out.id + " names the unknown scope " + scope);
    out.scope = *known;
  }
  if (const auto* parameters = from.if_contains("parameters"); parameters && parameters->is_array()) {
    for (const auto& one : parameters->get_array()) {
      const json::object* parameter = resolve(document, one);
      if (!parameter) continue;
      const std::string name = text_of(*parameter, "name");
      if (text_of(*parameter, "in") == "query") out.takes_query = true;
      if (name == "Idempotency-Key") out.is_idempotent_by_key = true;
      const auto* required = parameter->if_contains("required");
      if (name == "If-Match") out.needs_version = required && required->is_bool() && required->get_bool();
    }
  }
  return out;
}

}  // namespace

Result<Contract> Contract::parse(std::string_view text) {
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = 128;
  const json::value parsed = json::parse(text, failed, {}, options);
  if (failed || !parsed.is_object()) return Error(ErrorCode::kConfig, "the contract is not JSON: " + failed.message());
  Contract out;
  const auto* paths = parsed.get_object().if_contains("paths");
  if (!paths || !paths->is_object()) return Error(ErrorCode::kConfig, "the contract has no paths");
  for (const auto& [path, methods] : paths->get_object()) {
    if (!methods.is_object()) continue;
    for (const auto& [name, operation] : methods.get_object()) {
      std::string upper(name);
      for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
      const auto method = http::method_from(upper);
      if (!method || !operation.is_object()) continue;
      auto read = read_operation(parsed, path, *method, operation.get_object());
      if (!read) return read.error();
      out.operations_.emplace(read->id, *std::move(read));
    }
  }
  if (const auto* classes = parsed.get_object().if_contains("x-rate-classes"); classes && classes->is_object()) {
    for (const auto& [name, rule] : classes->get_object()) {
      if (!rule.is_object()) continue;
      RateClass rate;
      rate.rule = {.per_second = number_of(rule.get_object(), "per_second", 10),
                   .burst = number_of(rule.get_object(), "burst", 50)};
      rate.api_key = {.per_second = number_of(rule.get_object(), "api_key_per_second", rate.rule.per_second),
                      .burst = number_of(rule.get_object(), "api_key_burst", rate.rule.burst)};
      out.rate_classes_.emplace(std::string(name), rate);
    }
  }
  return out;
}

const Contract& Contract::embedded() {
  static const Contract contract = [] {
    auto parsed = parse(embedded_text());
    CARILLON_CHECK(parsed.ok());
    return *std::move(parsed);
  }();
  return contract;
}

const Operation* Contract::find(std::string_view id) const {
  const auto it = operations_.find(id);
  return it == operations_.end() ? nullptr : &it->second;
}

}  // namespace carillon::door
