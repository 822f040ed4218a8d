// Goal: a message loses its secrets and nothing else, and what lies on the disk, whatever it became, is refused or read; what was read
// is written as it was read.
// Input: '{' begins a record as text, everything else is a SIP message.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "evidence/core/pcapng.h"
#include "evidence/core/redact.h"
#include "evidence/core/text.h"

using namespace carillon;

namespace {

void check_message(const std::string& message) {
  const std::string shown = evidence::without_secrets(message);
  CARILLON_CHECK(shown.size() == message.size());
  CARILLON_CHECK(std::count(shown.begin(), shown.end(), '\n') == std::count(message.begin(), message.end(), '\n'));
  CARILLON_CHECK(evidence::without_secrets(shown) == shown);
  CARILLON_CHECK(evidence::method_of(shown).size() <= shown.size());
  (void)evidence::status_of(shown);
  (void)evidence::field_of(shown, "Call-ID", 'i');
}

void check_record(std::string_view text) {
  const auto record = evidence::read_record(text);
  if (!record) return;
  // Written once it has no secrets any more, and numbers as they are kept: from then on it stays as it is.
  const auto kept = evidence::read_record(evidence::write_record(*record));
  CARILLON_CHECK(kept.ok());
  CARILLON_CHECK(evidence::write_record(*evidence::read_record(evidence::write_record(*kept))) ==
                 evidence::write_record(*kept));
  (void)evidence::parties_json(*kept);
  (void)evidence::routing_json(*kept);
  CARILLON_CHECK(evidence::pcapng_of(*kept).size() % 4 == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  text.starts_with('{') ? check_record(text) : check_message(text);
  return 0;
}
