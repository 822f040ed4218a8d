// Goal: no body makes parse_json or Fields misbehave; what is accepted is within the limits, and every fault has a place and a code.
#include <boost/json/serialize.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "http/parse/fields.h"
#include "http/parse/json_body.h"
#include "http/parse/problem.h"
#include "http/parse/utf8.h"

namespace carillon::http {
namespace {

enum class Order { kFifo, kLifo };
constexpr EnumName<Order> kOrders[] = {{"fifo", Order::kFifo}, {"lifo", Order::kLifo}};

void read(const boost::json::value& doc) {
  Fields in(doc);
  in.required_string("friendly_name", 1, 64);
  in.optional_int("priority", 0, 1000);
  in.optional_number("x", 0, 1);
  in.optional_bool("on");
  in.nullable_time("at");
  in.optional_enum("order", kOrders);
  in.nullable_sid<QueueId>("queue_sid");
  in.optional_sids<TaskId>("tasks", 0, 3);
  in.optional_strings("tags", 0, 3, {.max = 5});
  const auto attributes = in.optional_object("attributes", {.max_depth = 3, .max_bytes = 200});
  if (attributes) CARILLON_CHECK(json_depth(*attributes) <= 3);
  in.optional_json("any");
  if (auto targets = in.optional_list("targets", 0, 4)) {
    for (Fields& t : *targets) t.required_sid<QueueId>("queue"), t.optional_int("timeout", 1, 9);
  }
  if (auto rule = in.optional_fields("rule")) rule->required_bool("a");
  const auto result = in.finish();
  CARILLON_CHECK(result.ok() == in.faults().empty() && in.faults().size() <= Fields::kMaxFaults);
  for (const Error& e : in.faults())
    CARILLON_CHECK(is_utf8(e.field) && is_utf8(e.message) && e.http_status() / 100 == 4);
  if (!result) (void)problem_json(result.error(), "/x", in.faults());
}

}  // namespace
}  // namespace carillon::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon::http;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto doc = parse_json(text, {.max_bytes = 4096, .max_depth = 8});
  if (!doc) {
    CARILLON_CHECK(!doc.error().message.empty());
    (void)problem_json(doc.error());
    return 0;
  }
  CARILLON_CHECK(json_depth(*doc) <= 8);
  CARILLON_CHECK(parse_json(boost::json::serialize(*doc), {.max_bytes = 1 << 20}).ok());
  read(*doc);
  return 0;
}
