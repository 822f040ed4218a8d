#include "runtime/pack.h"

#include <zlib.h>

#include <cstdint>

namespace carillon::runtime {
namespace {

constexpr std::size_t kWorthIt = 8 * 1024;  // below it, starting zlib costs more than it saves
constexpr std::uint64_t kMost = 256u << 20;
constexpr std::size_t kHead = 9;

Error not_ours() { return Error(ErrorCode::kInternal, "found packed bytes that are not ours; restore a backup"); }

}  // namespace

std::string pack(std::string_view text) {
  if (text.size() >= kWorthIt) {
    uLongf size = compressBound(static_cast<uLong>(text.size()));
    std::string bytes(kHead + size, 'z');
    for (int i = 0; i < 8; ++i) bytes[1 + i] = static_cast<char>(text.size() >> (8 * i) & 0xff);
    auto* to = reinterpret_cast<Bytef*>(bytes.data() + kHead);
    if (compress2(to, &size, reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()), 1) == Z_OK) {
      bytes.resize(kHead + size);
      return bytes;
    }
  }
  std::string bytes = "t";
  bytes += text;
  return bytes;
}

Result<std::string> unpack(std::string_view bytes) {
  if (bytes.empty()) return not_ours();
  if (bytes[0] == 't') return std::string(bytes.substr(1));
  if (bytes[0] != 'z' || bytes.size() < kHead) return not_ours();
  std::uint64_t size = 0;
  for (int i = 0; i < 8; ++i) size |= std::uint64_t{static_cast<unsigned char>(bytes[1 + i])} << (8 * i);
  if (size > kMost) return not_ours();
  std::string text(size, '\0');
  auto got = static_cast<uLongf>(size);
  const int done =
      uncompress(reinterpret_cast<Bytef*>(text.data()), &got, reinterpret_cast<const Bytef*>(bytes.data() + kHead),
                 static_cast<uLong>(bytes.size() - kHead));
  if (done != Z_OK || got != size) return not_ours();
  return text;
}

}  // namespace carillon::runtime
