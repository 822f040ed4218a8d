// Uploads: pieces of a body go to the file thread, and reading waits for each, so that the disk sets the pace.
#include "http/net/connection.h"

namespace carillon::http {

struct Connection::SinkJob {
  std::unique_ptr<BodySink> sink;
  std::string piece;
  bool last = false;
  Result<void> result;
};

void Connection::feed_sink(bool last) {
  phase_ = Phase::kDisk;
  now_.body_deadline = deadline_;
  now_.disk_began = std::chrono::steady_clock::now();
  set_deadline(shared_.options.limits.write_timeout);
  auto job = std::make_shared<SinkJob>();
  job->sink = std::move(sink_);
  job->piece = std::move(reader_.body());
  reader_.body().clear();
  job->last = last;
  const bool posted = shared_.files.post([self = shared_from_this(), job] {
    try {
      if (!job->piece.empty()) job->result = job->sink->write(job->piece);
      if (job->result && job->last) job->result = job->sink->finish();
    } catch (const std::exception& e) {
      job->result = Error(ErrorCode::kStore, std::string("the upload could not be kept: ") + e.what());
    }
    // A sink may touch the disk when it goes: not on the loop, if it can be helped.
    if (!job->result) job->sink.reset();
    if (!self->loop_->post([self, job] { self->sink_done(*job); })) job->sink.reset();
  });
  if (!posted) close();
}

void Connection::sink_done(SinkJob& job) {
  if (phase_ != Phase::kDisk) return discard_sink(std::move(job.sink));
  if (!job.result) {
    if (!job.last) close_after_ = true;  // the rest of the body is not wanted
    return send_answer(Response::problem(job.result.error(), now_.path));
  }
  sink_ = std::move(job.sink);
  if (job.last) return on_request();
  phase_ = Phase::kBody;
  deadline_ = now_.body_deadline + (std::chrono::steady_clock::now() - now_.disk_began);
  pump();
}

void Connection::discard_sink(std::unique_ptr<BodySink> sink) {
  if (!sink) return;
  shared_.files.post([held = std::shared_ptr<BodySink>(std::move(sink))]() mutable { held.reset(); });
}

}  // namespace carillon::http
