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

void describe(const Error& error, boost::json::object& out) {
  out["code"] = info(error.code).code;
  if (!error.message.empty()) out["detail"] = text(error.message);
  if (!error.field.empty()) out["field"] = text(error.field);
  if (!error.expected.empty()) out["expected"] = text(error.expected);
  if (error.column > 0) out["column"] = error.column;
}

}  // namespace

std::string problem_json(const Error& error, std::string_view instance, std::span<const Error> faults) {
  const ErrorInfo& about = info(error.code);
  boost::json::object out;
  out["type"] = "/problems/" + std::string(about.code);
  out["title"] = about.title;
  out["status"] = about.http_status;
  describe(error, out);
  if (!instance.empty()) out["instance"] = text(instance);
  if (faults.size() > 1) {
    boost::json::array list;
    for (const Error& fault : faults) describe(fault, list.emplace_back(boost::json::object{}).as_object());
    out["faults"] = std::move(list);
  }
  return boost::json::serialize(out);
}

}  // namespace carillon::http
