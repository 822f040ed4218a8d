#include "voice/media/g711.h"

#include <array>

#include "base/check.h"

namespace carillon::media::g711 {
namespace {

constexpr std::int16_t mu_to_linear(std::uint8_t byte) {
  byte = static_cast<std::uint8_t>(~byte);
  const int exponent = byte >> 4 & 7, mantissa = byte & 15;
  const int magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84;
  return static_cast<std::int16_t>(byte & 0x80 ? -magnitude : magnitude);
}

constexpr std::int16_t a_to_linear(std::uint8_t byte) {
  byte ^= 0x55;
  const int exponent = byte >> 4 & 7, mantissa = byte & 15;
  int magnitude = (mantissa << 4) + 8;
  if (exponent > 0) magnitude = (magnitude + 0x100) << (exponent - 1);
  return static_cast<std::int16_t>(byte & 0x80 ? magnitude : -magnitude);
}

constexpr std::uint8_t linear_to_mu(int sample) {
  const int sign = sample < 0 ? 0x80 : 0;
  int magnitude = sample < 0 ? -sample : sample;
  magnitude = (magnitude > 32635 ? 32635 : magnitude) + 0x84;
  int exponent = 7;
  while (exponent > 0 && !(magnitude & (0x80 << exponent))) --exponent;
  const int mantissa = magnitude >> (exponent + 3) & 15;
  return static_cast<std::uint8_t>(~(sign | (exponent << 4) | mantissa));
}

constexpr std::uint8_t linear_to_a(int sample) {
  const int sign = sample >= 0 ? 0x80 : 0;
  int magnitude = sample >= 0 ? sample : -sample - 1;
  if (magnitude > 32767) magnitude = 32767;
  int exponent = 7;
  while (exponent > 0 && !(magnitude & (0x80 << exponent))) --exponent;
  const int mantissa = exponent > 0 ? magnitude >> (exponent + 3) & 15 : magnitude >> 4 & 15;
  return static_cast<std::uint8_t>((sign | (exponent << 4) | mantissa) ^ 0x55);
}

// The lowest two bits of a sample never matter, so a quarter of the table does.
struct Tables {
  std::array<std::int16_t, 256> mu_decode{}, a_decode{};
  std::array<std::uint8_t, 16384> mu_encode{}, a_encode{};
};

constexpr Tables make_tables() {
  Tables t;
  for (int i = 0; i < 256; ++i) {
    t.mu_decode[static_cast<std::size_t>(i)] = mu_to_linear(static_cast<std::uint8_t>(i));
    t.a_decode[static_cast<std::size_t>(i)] = a_to_linear(static_cast<std::uint8_t>(i));
  }
  for (int i = 0; i < 16384; ++i) {
    const int sample = static_cast<std::int16_t>(i << 2);
    t.mu_encode[static_cast<std::size_t>(i)] = linear_to_mu(sample);
    t.a_encode[static_cast<std::size_t>(i)] = linear_to_a(sample);
  }
  return t;
}

constinit const Tables kTables = make_tables();

constexpr std::size_t index_of(std::int16_t sample) { return static_cast<std::uint16_t>(sample) >> 2; }

}  // namespace

std::int16_t decode(Law law, std::uint8_t byte) {
  return (law == Law::kMu ? kTables.mu_decode : kTables.a_decode)[byte];
}

std::uint8_t encode(Law law, std::int16_t sample) {
  return (law == Law::kMu ? kTables.mu_encode : kTables.a_encode)[index_of(sample)];
}

void decode(Law law, std::span<const std::uint8_t> in, std::span<std::int16_t> out) {
  CARILLON_CHECK(out.size() >= in.size());
  const auto& table = law == Law::kMu ? kTables.mu_decode : kTables.a_decode;
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = table[in[i]];
}

void encode(Law law, std::span<const std::int16_t> in, std::span<std::uint8_t> out) {
  CARILLON_CHECK(out.size() >= in.size());
  const auto& table = law == Law::kMu ? kTables.mu_encode : kTables.a_encode;
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = table[index_of(in[i])];
}

}  // namespace carillon::media::g711
