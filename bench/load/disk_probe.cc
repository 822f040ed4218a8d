#include "bench/load/disk_probe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "bench/load/loop.h"

namespace carillon::bench {

namespace {
constexpr double kProbeEvery = 0.02;
}

std::vector<double> DiskProbe::stop() {
  stopping_ = true;
  thread_.join();
  ::unlink(path_.c_str());
  return std::move(took_);
}

void DiskProbe::run() {
  const int fd = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) give_up("cannot write " + path_);
  const std::array<char, 4096> block{};
  Moment next = moment();
  while (!stopping_) {
    const Moment began = moment();
    if (::write(fd, block.data(), block.size()) < 0 || ::fdatasync(fd) != 0) give_up("the disk refused a write");
    took_.push_back(1000 * seconds_between(began, moment()));
    next = std::max(moment(), after_seconds(next, kProbeEvery));
    std::this_thread::sleep_until(next);
  }
  ::close(fd);
}

}  // namespace carillon::bench
