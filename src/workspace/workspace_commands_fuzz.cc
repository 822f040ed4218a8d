// Goal: no command, whatever its values, breaks the decider: configuration of queues, workflows, workers, channels and activities,
//       and the tasks, offers and chats that then live under it.
// Input: lines. A command as the journal writes it, with stand-ins for ids (stand_ins.h); "+S" lets S seconds pass with a tick at
//        every deadline, "~S" without, "!S" restarts after so long.
// Checks: invariants after every entry; a command reads back as itself; a refusal is the caller's fault, says why and changes
//         nothing; rows load again; the journal replays to the same state.
#include <charconv>

#include "base/check.h"
#include "base/testing/fuzz_input.h"
#include "http/parse/utf8.h"
#include "workspace/testing/center.h"
#include "workspace/testing/stand_ins.h"

namespace carillon::workspace::testing {
namespace {

constexpr int kMostLines = 60;
constexpr int kMostTicks = 100;
constexpr std::int64_t kMostSeconds = 86'400 * 40;

// True when nothing is due any more, so that what changes next is the command's doing.
bool is_quiet(Center& center) {
  for (int i = 0; i < kMostTicks && center.state->next_deadline() <= center.now(); ++i) center.must(Tick{});
  return center.state->next_deadline() > center.now();
}

void pass(Center& center, Duration by) {
  const Instant to = center.now() + by;
  for (int i = 0; i < kMostTicks && center.state->next_deadline() <= to; ++i) {
    if (center.state->next_deadline() > center.now()) center.oversleep(center.state->next_deadline() - center.now());
    center.must(Tick{});
  }
  if (to > center.now()) center.oversleep(to - center.now());
}

void say(Center& center, Command command, bool compares) {
  // A row of the database's, which nobody outside writes.
  if (auto* talk = std::get_if<conversations::Command>(&command)) {
    if (auto* open = std::get_if<conversations::OpenContact>(talk)) open->reopen = {}, open->reopen_sid = {};
  }
  if (std::holds_alternative<Restarted>(command)) return;  // "!S" says it
  const std::string text = encode(command);
  const auto again = decode<Command>(text);
  CARILLON_CHECK(again.ok() && *again == command && encode(*again) == text);
  const bool quiet = is_quiet(center);
  const std::string before = quiet && compares ? center.state->hash() : std::string();
  const Effects& effects = center.apply(command);
  if (effects.outcome) return;
  const Error& error = effects.outcome.error();
  CARILLON_CHECK(error.http_status() >= 400 && error.http_status() < 500);
  CARILLON_CHECK(!error.message.empty() && http::is_utf8(error.message) && http::is_utf8(error.expected));
  if (!quiet) return;
  CARILLON_CHECK(!effects.changed && effects.events.empty());
  if (compares) CARILLON_CHECK(center.state->hash() == before);
}

void read_line(Center& center, std::string_view line, int number) {
  if (line.empty()) return;
  const char kind = line.front();
  if (kind == '+' || kind == '~' || kind == '!') {
    std::int64_t seconds = 0;
    std::from_chars(line.data() + 1, line.data() + line.size(), seconds);
    const Duration by = Duration::seconds(std::clamp<std::int64_t>(seconds, 0, kMostSeconds));
    if (kind == '+') return pass(center, by);
    if (kind == '~') return center.oversleep(by);
    return center.restart(by);
  }
  auto command = decode<Command>(with_real_sids(line, *center.state));
  if (command) say(center, *std::move(command), number % 4 == 3);  // a hash is dear
}

}  // namespace
}  // namespace carillon::workspace::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace carillon::workspace::testing;
  carillon::testing::FuzzInput input(data, size);
  Center center(7);
  for (int i = 0; i < kMostLines && !input.empty(); ++i) read_line(center, input.piece('\n'), i);
  CARILLON_CHECK(center.hash_of_replay() == center.state->hash());
  center.restart({});
  return 0;
}
