// The phones of the workers' browsers: offers and answers between a stream and whoever holds the media.
#include "events/stream.h"

namespace carillon::events {
namespace {

constexpr http::RateRule kConnects{.per_second = 10.0 / 60, .burst = 10};

Error too_often(Duration wait) {
  return Error(ErrorCode::kRateLimited, "found more than 10 offers of a phone within a minute; come back in " +
                                            std::to_string(wait.us / 1'000'000 + 1) + " s");
}

}  // namespace

void StreamHub::phone(const StreamPtr& stream, std::string offer) {
  const door::Caller& who = *stream->who;
  const auto refuse = [&](const Error& error) { stream->send(phone_failed_frame(error)); };
  if (!who.ears())
    return refuse(Error(ErrorCode::kForbidden, "found neither a worker nor a supervisor; nobody else has a phone"));
  if (!phone_elsewhere_) return refuse(Error(ErrorCode::kUnavailable, "this server has no telephony"));
  const Instant now = world_.clock.now();
  if (!stream->phone_connects) stream->phone_connects.emplace(kConnects, now);
  if (!stream->phone_connects->take(now)) return refuse(too_often(stream->phone_connects->wait(now)));
  stream->has_phone = true;
  const std::uint64_t attempt = stream->phone_attempt = ++phone_attempts_;
  phone_elsewhere_(
      {who.workspace, who.ears(), stream->number, std::move(offer), [this, stream, attempt](Result<std::string> sdp) {
         post([this, stream, attempt, sdp = std::move(sdp)] { phone_answered(stream, attempt, sdp); });
       }});
}

// A worker has one phone: the newest offer that was answered wins, in whatever order the answers come.
void StreamHub::phone_answered(const StreamPtr& stream, std::uint64_t attempt, const Result<std::string>& sdp) {
  if (stream->gone || stream->phone_attempt != attempt) return;
  if (!sdp) return stream->send(phone_failed_frame(sdp.error()));
  stream->send(phone_connected_frame(*sdp));
  for (const auto& [key, other] : streams_) {
    const bool same = other->who->ears() == stream->who->ears() && other->who->workspace == stream->who->workspace;
    if (!same || other == stream || other->phone_attempt == 0 || other->phone_attempt > attempt) continue;
    other->phone_attempt = 0;
    other->has_phone = false;
    other->send(R"({"type":"phone.replaced"})");
  }
}

void StreamHub::put_phone_down(Stream& stream) {
  stream.phone_attempt = 0;
  if (!std::exchange(stream.has_phone, false)) return;
  phone_elsewhere_({stream.who->workspace, stream.who->ears(), stream.number, "", nullptr});
}

}  // namespace carillon::events
