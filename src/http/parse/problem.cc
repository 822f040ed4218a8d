#include "http/parse/problem.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

// What a client sent may stand in a message; a problem document is JSON all the same.
boost::json::string text(std::string_view from) {
  if (is_utf8(from)) return boost::json::string(from);
  boost::json::string out;
  for (const char c : from) out.push_back(static_cast<unsigned char>(c) < 0x80 ? c : '?');
  return out;
}

// Never without a detail: whoever reads it must not have to guess.
boost::json::string detail(const Error& error) {
  return text(error.message.empty() ? info(error.code).title : std::string_view(error.message));
}

// One of several: every member is there.
boost::json::object fault_of(const Error& error) {
  boost::json::object out;
  out["code"] = info(error.code).code;
  out["field"] = text(error.field);
  out["column"] = error.column > 0 ? boost::json::value(error.column) : boost::json::value();
  out["message"] = detail(error);
  out["expected"] = text(error.expected);
  return out;
}

}  // namespace

std::string problem_json(const Error& error, std::string_view instance, std::span<const Error> faults) {
  const ErrorInfo& about = info(error.code);
  boost::json::object out;
  out["type"] = "/api/docs#error-" + std::string(about.code);
  out["title"] = about.title;
  out["status"] = about.http_status;
  out["code"] = about.code;
  out["detail"] = detail(error);
  if (!error.field.empty()) out["field"] = text(error.field);
  if (!error.expected.empty()) out["expected"] = text(error.expected);
  if (error.column > 0) out["column"] = error.column;
  if (!instance.empty()) out["instance"] = text(instance);
  if (faults.size() > 1) {
    boost::json::array list;
    for (const Error& fault : faults) list.emplace_back(fault_of(fault));
    out["faults"] = std::move(list);
  }
  return boost::json::serialize(out);
}

}  // namespace carillon::http
