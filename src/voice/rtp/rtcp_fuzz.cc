// Goal: no bytes make the RTCP reader misbehave; what it takes, written and read again, says the same.
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "voice/rtp/rtcp.h"
#include "voice/rtp/statistics.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon;
  const auto in = rtp::parse_rtcp({data, size});
  if (!in) return 0;
  CARILLON_CHECK(in->block_count <= rtp::kMaxReportBlocks && in->nack_count <= rtp::kMaxNacks);
  for (const rtp::ReportBlock& block : in->blocks()) (void)rtp::round_trip_of(block, Instant{1'800'000'000'000'000});
  std::array<std::uint8_t, 500> out;
  const std::size_t bytes = rtp::write_report(out, {in->ssrc, in->sender, in->blocks(), "again", in->bye});
  const auto again = rtp::parse_rtcp(std::span(out).first(bytes));
  CARILLON_CHECK(again && again->ssrc == in->ssrc && again->sender == in->sender && again->bye == in->bye);
  CARILLON_CHECK(again->block_count == in->block_count);
  for (std::size_t i = 0; i < in->block_count; ++i) CARILLON_CHECK(again->block_list[i] == in->block_list[i]);
  return 0;
}
