#include "voice/net/sip_host.h"

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

#include "voice/net/strand.h"

namespace carillon::voice::net {

struct SipHost::Running {
  std::unique_ptr<Strand> strand;
  std::thread thread;
};

SipHost::SipHost(std::unique_ptr<Running> running) : running_(std::move(running)) {}
SipHost::~SipHost() { stop(); }

Result<std::unique_ptr<SipHost>> SipHost::open(Config config, const Clock& clock, OnEvent on_event) {
  auto strand = Strand::open(std::move(config), clock, std::move(on_event));
  if (!strand) return strand.error();
  auto running = std::make_unique<Running>();
  running->strand = std::move(*strand);
  return std::unique_ptr<SipHost>(new SipHost(std::move(running)));
}

void SipHost::start() {
  CARILLON_CHECK(!running_->thread.joinable());
  // Signals are the main thread's, and OpenSSL's writes to a broken connection must not end the process.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  running_->thread = std::thread([strand = running_->strand.get()] {
    pthread_setname_np(pthread_self(), "sip");
    strand->run();
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool SipHost::post(Work work) {
  Strand* strand = running_->strand.get();
  return strand->loop().post([strand, work = std::move(work)] { strand->work(work); });
}

bool SipHost::after(Duration time, Work work) {
  Strand* strand = running_->strand.get();
  const Instant when = strand->loop().now() + time;
  return strand->loop().post([strand, when, work = std::move(work)]() mutable {
    strand->loop().at(when, [strand, work = std::move(work)] { strand->work(work); });
  });
}

std::vector<sip::Listener> SipHost::listeners() const { return running_->strand->listeners(); }
HostCounts SipHost::counts() const { return running_->strand->counts(); }

void SipHost::stop() {
  running_->strand->stop();
  if (!running_->thread.joinable()) return;
  CARILLON_CHECK(running_->thread.get_id() != std::this_thread::get_id());
  running_->thread.join();
}

}  // namespace carillon::voice::net
