// Goal: no bytes of a connection make the request reader, or what reads the parts of a request, misbehave; and how the bytes
//       are cut changes nothing.
// Method: the first byte says where to cut; the same bytes are then read whole and in pieces and must give the same requests.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "http/parse/query_fields.h"
#include "http/parse/route_table.h"
#include "http/parse/target.h"
#include "http/wire/request_reader.h"

namespace carillon::http {
namespace {

constexpr std::size_t kMaxHeader = 1024;
constexpr std::uint64_t kMaxBody = 4096;

const RouteTable& routes() {
  static const RouteTable table = [] {
    RouteTable t;
    t.add("/", 0, 0);
    t.add("/api/v1/tasks", 0, 1);
    t.add("/api/v1/tasks/{sid}", 2, 2);
    t.add("/api/v1/tasks/{sid}/reservations/{rid}", 4, 3);
    t.add("/api/v1/tasks/mine", 0, 4);
    t.add_prefix("/console", 0);
    t.add_prefix("/", 1);
    return t;
  }();
  return table;
}

void read_parts(const RequestHead& head) {
  const auto target = parse_target(head.target);
  if (target) {
    const RouteTable::Found found = routes().find(target->path);
    for (const auto& p : found.params)
      CARILLON_CHECK(!p.value.empty() && p.value.size() <= RouteTable::kMaxParamLength);
    (void)percent_decode(target->path);
    if (const auto query = QueryParams::parse(target->query)) {
      QueryFields fields(*query);
      fields.optional_int("page_size", 1, 200);
      fields.optional_string("after", 1, 34);
      fields.optional_sid<TaskId>("sid");
      fields.strings("tag", 3);
      (void)fields.finish();
    }
  }
  for (std::size_t i = 0; i < head.headers.size(); ++i) {
    const auto [name, value] = head.headers.at(i);
    CARILLON_CHECK(Headers::is_token(name) && Headers::is_safe_value(value));
    if (const auto range = parse_range(value, 1000); range && *range) CARILLON_CHECK((*range)->first <= (*range)->last);
    (void)etag_matches(value, "\"17\"");
    (void)accepts_gzip(value);
    (void)list_has_token(value, "upgrade");
    (void)find_cookie(value, "carillon_1");
  }
}

struct Outcome {
  std::vector<std::string> requests;
  bool refused = false;
};

Outcome read_all(std::string_view bytes, std::size_t step) {
  Outcome out;
  RequestReader reader(kMaxHeader);
  std::string pending;
  while (true) {
    std::size_t used = 0;
    const auto result = reader.feed(pending, used);
    CARILLON_CHECK(used <= pending.size());
    pending.erase(0, used);
    if (!result) {
      out.refused = true;
      return out;
    }
    if (*result == RequestReader::Step::kHeader) {
      read_parts(reader.head());
      if (!reader.set_body_limit(kMaxBody)) {
        out.refused = true;
        return out;
      }
    } else if (*result == RequestReader::Step::kDone) {
      CARILLON_CHECK(reader.body_bytes() <= kMaxBody && reader.body().size() == reader.body_bytes());
      out.requests.push_back(reader.head().method + " " + reader.head().target + "\n" + reader.body());
      reader.reset();
    } else {
      // What waits unparsed is bounded, whatever comes.
      CARILLON_CHECK(pending.size() <= kMaxHeader + step);
      if (bytes.empty()) return out;
      pending += bytes.substr(0, step);
      bytes.remove_prefix(std::min(step, bytes.size()));
    }
    if (out.requests.size() > 64) return out;
  }
}

}  // namespace
}  // namespace carillon::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = 1 + data[0] % 64;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = carillon::http::read_all(bytes, bytes.size());
  const auto pieces = carillon::http::read_all(bytes, step);
  // A fault may show earlier in one than in the other, and limits are counted by what has come; requests never differ.
  const std::size_t common = std::min(whole.requests.size(), pieces.requests.size());
  for (std::size_t i = 0; i < common; ++i) CARILLON_CHECK(whole.requests[i] == pieces.requests[i]);
  if (!whole.refused && !pieces.refused) CARILLON_CHECK(whole.requests.size() == pieces.requests.size());
  return 0;
}
