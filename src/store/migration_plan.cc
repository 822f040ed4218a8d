#include "store/migration_plan.h"

namespace carillon::store {
namespace {

Error newer(const AppliedStep& found, std::span<const Migration> steps) {
  const std::string last = steps.empty() ? "none" : std::string(steps.back().name);
  return Error(ErrorCode::kConfig, "the database is of a newer version: it has step " + found.name +
                                       ", this program knows steps up to " + last +
                                       "; run the newer program, or restore a backup made by this one");
}

Error changed(const AppliedStep& found, const Migration& known) {
  return Error(ErrorCode::kConfig,
               "step " + std::string(known.name) + " was applied to the database with another text (as " + found.name +
                   ", checksum " + std::to_string(found.checksum) +
                   "); steps are never edited: put the change into a new step, and restore the old");
}

Error missed(const AppliedStep& found, const Migration& known) {
  return Error(ErrorCode::kConfig, "the database has step " + found.name + " but not the earlier " +
                                       std::string(known.name) + "; give the new step a number after the last one");
}

}  // namespace

Result<std::span<const Migration>> missing_steps(std::span<const AppliedStep> applied, std::span<const Migration> steps,
                                                 Dialect dialect) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (i >= steps.size() || applied[i].version < steps[i].version) return newer(applied[i], steps);
    if (applied[i].version > steps[i].version) return missed(applied[i], steps[i]);
    if (applied[i].checksum != steps[i].checksum(dialect)) return changed(applied[i], steps[i]);
  }
  return steps.subspan(applied.size());
}

}  // namespace carillon::store
