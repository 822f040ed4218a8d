#include "store/testing/power_loss_disk.h"

#include <algorithm>
#include <random>

namespace carillon::store::testing {
namespace {

constexpr std::size_t kSector = 512;

}  // namespace

PowerLossDisk::PowerLossDisk(const Files& found) : platter_(found) { put(found); }

void PowerLossDisk::cut_after(std::int64_t operations) {
  std::lock_guard lock(mutex_);
  cut_at_ = operations_ + operations;
}

bool PowerLossDisk::is_cut() const {
  std::lock_guard lock(mutex_);
  return cut_;
}

std::int64_t PowerLossDisk::operations() const {
  std::lock_guard lock(mutex_);
  return operations_;
}

bool PowerLossDisk::goes_on() {
  if (operations_ == cut_at_) cut_ = true;
  ++operations_;
  return !cut_;
}

// The write that meets the cut is in the cache too: some of it may have reached the platter.
bool PowerLossDisk::note(Unsynced operation) {
  const bool was_cut = cut_;
  const bool on = goes_on();
  if (!was_cut) cache_.push_back(std::move(operation));
  return on;
}

bool PowerLossDisk::on_create(const std::string& name) { return note({What::kCreate, name, 0, {}}); }
bool PowerLossDisk::on_remove(const std::string& name, bool durable) {
  const bool done = note({What::kRemove, name, 0, {}});
  if (done && durable) settle(name);
  return done;
}
bool PowerLossDisk::on_write(const std::string& name, std::int64_t offset, std::string_view bytes) {
  return note({What::kWrite, name, offset, std::string(bytes)});
}
bool PowerLossDisk::on_truncate(const std::string& name, std::int64_t size) {
  return note({What::kTruncate, name, size, {}});
}

bool PowerLossDisk::on_sync(const std::string& name) {
  if (!goes_on()) return false;
  settle(name);
  return true;
}

void PowerLossDisk::settle(const std::string& name) {
  std::vector<Unsynced> rest;
  for (Unsynced& operation : cache_) {
    if (operation.name == name) {
      apply(platter_, operation);
    } else {
      rest.push_back(std::move(operation));
    }
  }
  cache_ = std::move(rest);
}

void PowerLossDisk::apply(Files& files, const Unsynced& operation) {
  if (operation.what == What::kRemove) {
    files.erase(operation.name);
    return;
  }
  std::string& bytes = files[operation.name];
  const auto at = static_cast<std::size_t>(operation.at);
  if (operation.what == What::kTruncate) bytes.resize(at);
  if (operation.what == What::kWrite) {
    bytes.resize(std::max(bytes.size(), at + operation.bytes.size()));
    bytes.replace(at, operation.bytes.size(), operation.bytes);
  }
}

PowerLossDisk::Files PowerLossDisk::survivors(std::uint64_t seed) const {
  std::lock_guard lock(mutex_);
  Files files = platter_;
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return n == 0 ? 0 : random() % n; };
  // Of one write, only the sectors the predicate keeps.
  const auto apply_torn = [&](const Unsynced& operation, auto&& keeps) {
    if (operation.what != What::kWrite) return apply(files, operation);
    const auto at = static_cast<std::size_t>(operation.at);
    for (std::size_t i = 0; i < operation.bytes.size();) {
      const std::size_t length = kSector - (at + i) % kSector;  // sectors are the disk's, not the write's
      if (keeps()) {
        apply(files,
              {What::kWrite, operation.name, static_cast<std::int64_t>(at + i), operation.bytes.substr(i, length)});
      }
      i += length;
    }
  };
  switch (below(4)) {
    case 0:
      break;
    case 1: {
      const std::size_t whole = below(cache_.size() + 1);
      for (std::size_t i = 0; i < whole; ++i) apply(files, cache_[i]);
      std::size_t left = below(9);
      if (whole < cache_.size()) apply_torn(cache_[whole], [&] { return left > 0 && left--; });
      break;
    }
    case 2:
      for (const Unsynced& operation : cache_) {
        if (below(2)) apply_torn(operation, [&] { return below(4) != 0; });
      }
      break;
    default:
      for (const Unsynced& operation : cache_) apply(files, operation);
  }
  return files;
}

}  // namespace carillon::store::testing
