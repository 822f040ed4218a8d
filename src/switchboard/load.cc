#include "switchboard/load.h"

#include <array>

namespace carillon::switchboard {

namespace {

struct Part {
  const char* name;
  std::size_t Load::*of;
};
constexpr std::array<Part, 4> kParts{{{"commands", &Load::commands},
                                      {"calls", &Load::calls},
                                      {"works of signalling", &Load::works},
                                      {"commands of sound", &Load::sound}}};

}  // namespace

bool Strain::weigh(const Load& now) {
  bool too_much = false;
  for (const Part& part : kParts) {
    const std::size_t most = most_.*part.of;
    too_much = too_much || now.*part.of >= (overloaded_ ? most - most / 4 : most);
  }
  return overloaded_ = too_much;
}

std::string Strain::what(const Load& now) const {
  std::string out;
  for (const Part& part : kParts) {
    if (now.*part.of < most_.*part.of - most_.*part.of / 4) continue;
    out += (out.empty() ? "" : ", ") + std::string(part.name) + " " + std::to_string(now.*part.of) + " of " +
           std::to_string(most_.*part.of);
  }
  return out;
}

}  // namespace carillon::switchboard
