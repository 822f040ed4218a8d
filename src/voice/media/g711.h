// G.711: 16-bit samples to A-law and mu-law and back (ITU-T G.711), by table.
//
// Thread: any.
// Example:
//   g711::decode(g711::Law::kMu, payload, samples);   // as many samples as bytes
#pragma once

#include <cstdint>
#include <span>

namespace carillon::media::g711 {

enum class Law : std::uint8_t { kMu, kA };

// What stands for silence on the wire.
constexpr std::uint8_t silence_of(Law law) { return law == Law::kMu ? 0xff : 0xd5; }

std::int16_t decode(Law law, std::uint8_t byte);
std::uint8_t encode(Law law, std::int16_t sample);

// `out` has at least as many elements as `in`.
void decode(Law law, std::span<const std::uint8_t> in, std::span<std::int16_t> out);
void encode(Law law, std::span<const std::int16_t> in, std::span<std::uint8_t> out);

}  // namespace carillon::media::g711
