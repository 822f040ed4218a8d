#include "runtime/replay.h"

#include <chrono>

#include "runtime/journal.h"
#include "runtime/live_rows.h"
#include "runtime/load.h"

namespace carillon::runtime {
namespace {

constexpr store::Sql kEntries =
    "SELECT entry, now, seed_hi, seed_lo, engine_version, command, digest, redacted FROM journal "
    "WHERE workspace_id = ?1 AND entry > ?2 AND entry <= ?3 ORDER BY entry";
constexpr store::Sql kOldestEntry = "SELECT entry FROM journal WHERE workspace_id = ?1 ORDER BY entry LIMIT 1";
constexpr store::Sql kOldestCheckpoint =
    "SELECT entry, hash, live_rows FROM checkpoints WHERE workspace_id = ?1 AND entry >= ?2 ORDER BY entry LIMIT 1";
constexpr store::Sql kCheckpointBefore =
    "SELECT entry, hash, live_rows FROM checkpoints WHERE workspace_id = ?1 AND entry <= ?2 ORDER BY entry DESC LIMIT "
    "1";
constexpr store::Sql kCheckpointAt = "SELECT hash FROM checkpoints WHERE workspace_id = ?1 AND entry = ?2";

// Decodes one command after the other without asking the heap for JSON.
class CommandDecoder {
 public:
  Result<workspace::Command> decode(std::string_view text) {
    boost::json::monotonic_resource arena(buffer_, sizeof buffer_);
    boost::json::parse_options options;
    options.max_depth = 256;
    boost::system::error_code failed;
    const boost::json::value value = boost::json::parse(text, failed, &arena, options);
    if (failed) return Error(ErrorCode::kMalformedJson, failed.message());
    return decode_value<workspace::Command>(value);
  }

 private:
  unsigned char buffer_[64 * 1024];
};

struct Start {
  std::unique_ptr<workspace::State> state;
  std::int64_t entry = 0;
};

Result<Start> from_checkpoint(const store::Row& row) {
  auto rows = decode<workspace::Rows>(row.text(2));
  if (!rows) return rows.error();
  auto state = state_of(std::move(*rows));
  if (!state) return state.error();
  return Start{std::move(*state), row.integer(0)};
}

Result<Start> begin_at(store::Reader& reader, WorkspaceId workspace, const ReplayOptions& options) {
  auto oldest = reader.query(kOldestEntry, {workspace});
  if (!oldest) return oldest.error();
  const std::int64_t first = oldest->empty() ? 1 : (*oldest)[0].integer(0);
  if (options.from == 0 && first == 1) return Start{std::make_unique<workspace::State>(), 0};
  auto found = options.from == 0 ? reader.query(kOldestCheckpoint, {workspace, first - 1})
                                 : reader.query(kCheckpointBefore, {workspace, options.from});
  if (!found) return found.error();
  if (!found->empty() && (*found)[0].integer(0) >= first - 1) return from_checkpoint((*found)[0]);
  if (first == 1) return Start{std::make_unique<workspace::State>(), 0};
  return Error(ErrorCode::kNotFound, "found no checkpoint to begin with: the journal goes back to entry " +
                                         std::to_string(first) + ", ask for a later one");
}

class Replaying {
 public:
  Replaying(const ReplayOptions& options, workspace::State& state, ReplayReport& report)
      : options_(options), state_(state), report_(report) {}

  Result<void> take(const store::Row& row) {
    const workspace::Entry entry{
        row.integer(0), row.instant(1),
        Seed{static_cast<std::uint64_t>(row.integer(2)), static_cast<std::uint64_t>(row.integer(3))}};
    if (entry.number != report_.last + 1) {
      return Error(ErrorCode::kInternal, "found entry " + std::to_string(entry.number) + " after entry " +
                                             std::to_string(report_.last) + ": the journal has a gap");
    }
    auto command = decoder_.decode(row.text(5));
    if (!command) return at(entry, command.error().message);
    try {
      InvariantScope scope;
      const workspace::Effects& effects = state_.apply(entry, *command);
      if (digest_of(effects) != row.integer(6)) note(entry, *command, row.integer(4));
      if (options_.after_each) options_.after_each(state_, effects, entry);
    } catch (const std::exception& broken) {
      return at(entry, broken.what());
    }
    if (report_.entries++ == 0) report_.first = entry.number;
    report_.last = entry.number;
    if (row.flag(7)) ++report_.redacted;
    return {};
  }

 private:
  static Error at(const workspace::Entry& entry, const std::string& what) {
    return Error(ErrorCode::kInternal, "entry " + std::to_string(entry.number) + ": " + what);
  }
  void note(const workspace::Entry& entry, const workspace::Command& command, std::int64_t engine) {
    ++report_.different;
    if (report_.differences.size() >= options_.differences_kept) return;
    report_.differences.push_back({entry.number, std::string(kind_of(command)), engine});
  }

  const ReplayOptions& options_;
  workspace::State& state_;
  ReplayReport& report_;
  CommandDecoder decoder_;
};

// The hash the rows have at the last entry replayed, where anybody knows it.
Result<std::string> expected_hash(store::Reader& reader, WorkspaceId workspace, const Head& head, std::int64_t last) {
  if (last == head.last_entry) {
    auto loaded = read_workspace(reader, workspace);
    if (!loaded) return loaded.error();
    auto state = state_of(std::move(loaded->rows));
    if (!state) return state.error();
    return (*state)->hash();
  }
  auto checkpoint = reader.query(kCheckpointAt, {workspace, last});
  if (!checkpoint) return checkpoint.error();
  return checkpoint->empty() ? std::string() : (*checkpoint)[0].str(0);
}

}  // namespace

Result<ReplayReport> replay(store::Reader& reader, WorkspaceId workspace, const ReplayOptions& options) {
  auto snapshot = reader.snapshot();
  if (!snapshot) return snapshot.error();
  auto head = read_head(reader, workspace);
  if (!head) return head.error();
  if (!*head) return Error(ErrorCode::kNotFound, "found no workspace " + workspace.str());
  auto start = begin_at(reader, workspace, options);
  if (!start) return start.error();
  const auto began = std::chrono::steady_clock::now();
  ReplayReport report;
  report.checkpoint = report.last = start->entry;
  Replaying replaying(options, *start->state, report);
  const std::int64_t to = options.to > 0 ? options.to : (*head)->last_entry;
  auto read =
      reader.each(kEntries, {workspace, start->entry, to}, [&](const store::Row& row) { return replaying.take(row); });
  if (!read) return read.error();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  report.hash_replayed = start->state->hash();
  auto expected = expected_hash(reader, workspace, **head, report.last);
  if (!expected) return expected.error();
  report.hash_expected = std::move(*expected);
  const bool hash_differs = !report.hash_expected.empty() && report.hash_expected != report.hash_replayed;
  if (report.different > 0 || hash_differs) {
    report.verdict = report.redacted > 0 ? ReplayReport::Verdict::redacted : ReplayReport::Verdict::differs;
  }
  return report;
}

}  // namespace carillon::runtime
