// Calls from a web page: who calls is looked up, the offer is handed to whoever holds the media, and how the call stands is told.
#include "channels/chat/visitor_frames.h"
#include "channels/chat/visitor_hub.h"
#include "channels/chat/visitors.h"

namespace carillon::chat {
namespace {

constexpr int kMostAttempts = 3;

}  // namespace

// A call that is being begun: its visitor is looked up, and made a customer where they said who they are.
struct VisitorHub::Wish {
  StreamPtr stream;
  std::uint64_t attempt = 0;
  std::string sdp;
  WidgetPtr widget;
  int attempts = 0;
};

std::optional<Error> VisitorHub::refused_call(const Stream& stream) {
  if (!guests_) return Error(ErrorCode::kUnavailable, "this server has no telephony");
  const WidgetPtr widget = chat_.widgets.find(stream.who.widget);
  if (!widget || widget->number.empty()) return Error(ErrorCode::kForbidden, "nobody is called from this page");
  auto wait = call_limits_.refuse(kCallsOfVisitor, stream.who.visitor.str());
  if (!wait) wait = call_limits_.refuse(kCallsOfAddress, stream.request.remote);
  if (!wait) return std::nullopt;
  return Error(ErrorCode::kRateLimited,
               "found too many calls within a minute; come back in " + std::to_string(wait->us / 1'000'000 + 1) + " s");
}

void VisitorHub::begin_call(const StreamPtr& stream, TabCalls wish) {
  if (const auto refused = refused_call(*stream)) return (void)stream->socket->send(call_failed_frame(*refused));
  const std::uint64_t attempt = ++stream->call_attempt;
  if (wish.resumes) {
    const calls::GuestLine line{{stream->who.workspace, stream->who.visitor}, stream->number};
    return guests_->resume(line, std::move(wish.sdp), [this, stream, attempt](Result<std::string> sdp) {
      post([this, stream, attempt, sdp = std::move(sdp)] { call_answered(stream, attempt, sdp); });
    });
  }
  auto held = std::make_shared<Wish>();
  held->stream = stream, held->attempt = attempt, held->sdp = std::move(wish.sdp);
  held->widget = chat_.widgets.find(stream->who.widget);
  prepare_call(held);
}

void VisitorHub::prepare_call(const std::shared_ptr<Wish>& wish) {
  const auto fail = [this, wish](const Error& error) {
    post([this, wish, error] { call_answered(wish->stream, wish->attempt, error); });
  };
  const bool posted = chat_.pool.post([this, wish, fail] {
    if (auto done = look_who_calls(wish); !done) fail(done.error());
  });
  if (!posted) fail(Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment"));
}

// As for a chat: who was quicker to make the customer made them, and looking again finds them.
Result<void> VisitorHub::look_who_calls(const std::shared_ptr<Wish>& wish) {
  const Viewer& who = wish->stream->who;
  auto ticket = chat_.once->begin("visit|" + who.visitor.str(), [this, wish] { prepare_call(wish); });
  if (!ticket) return {};
  auto reader = chat_.store.readers().lease();
  if (!reader) return reader.error();
  auto visitor = find_visitor(**reader, who.workspace, who.widget, who.visitor);
  if (!visitor) return visitor.error();
  auto customer = customer_of(**reader, *visitor, who.verified);
  if (!customer) return customer.error();
  if (!*customer && is_somebody(*visitor, who.verified) && ++wish->attempts <= kMostAttempts) {
    auto change = customer_from(*visitor, who.verified, chat_.clock.now());
    change.reply = [this, wish, ticket](const Result<runtime::Committed>&) mutable {
      ticket.reset();
      prepare_call(wish);
    };
    chat_.runtime.commit(std::move(change));
    return {};
  }
  calls::GuestCall call{.number = wish->widget->number,
                        .name = visitor->display_name,
                        .verified = who.verified,
                        .customer = customer->value_or(CustomerId{}),
                        .attributes = {task_attributes(*wish->widget, *visitor, who.verified, "{}")},
                        .thread_channel = std::string(kChannel)};
  guests_->call({{who.workspace, who.visitor}, wish->stream->number}, std::move(call), std::move(wish->sdp),
                [this, wish](Result<std::string> sdp) {
                  post([this, wish, sdp = std::move(sdp)] { call_answered(wish->stream, wish->attempt, sdp); });
                });
  return {};
}

// A call that is still being begun is hung up as soon as it is there.
void VisitorHub::hang_up(const StreamPtr& stream) {
  if (stream->call_attempt) stream->hung_up = ++stream->call_attempt;
  guests_->hang_up({stream->who.workspace, stream->who.visitor});
}

void VisitorHub::call_answered(const StreamPtr& stream, std::uint64_t attempt, const Result<std::string>& sdp) {
  if (sdp && attempt < stream->hung_up) return guests_->hang_up({stream->who.workspace, stream->who.visitor});
  if (stream->gone || stream->call_attempt != attempt) return;
  if (!sdp) return (void)stream->socket->send(call_failed_frame(sdp.error()));
  stream->socket->send(call_answered_frame(*sdp));
  const auto it = parties_.find({stream->who.workspace, stream->who.visitor});
  if (it == parties_.end()) return;
  // The tab that had it hears that it is here now.
  Party& party = *it->second;
  party.call_stream = stream->number;
  if (party.call.call.empty() || party.call.state == CallState::ended) return;  // how it stands is being looked up
  for (const StreamPtr& one : party.streams) {
    one->give(std::make_shared<const std::string>(call_frame(party.call, one == stream)));
  }
}

// ---- how it stands ----

void VisitorHub::hand_calls(const runtime::PublishedEntry& entry) {
  for (const calls::CallRecord& row : entry.calls) {
    const auto visitor = VisitorId::parse(row.identity);
    if (!visitor) continue;
    const auto it = parties_.find({entry.workspace, *visitor});
    if (it == parties_.end()) continue;
    const PartyPtr party = it->second;
    if (row.status == calls::CallStatus::ended) {
      if (party->call.call != row.sid) continue;
      give_call(*party,
                {.call = row.sid, .state = CallState::ended, .worker_name = {}, .place = {}, .reason = row.reason});
      party->call = {};
      party->call_stream = 0;
      continue;
    }
    if (party->call.call != row.sid) {
      party->call = {.call = row.sid, .state = CallState::ended, .worker_name = {}, .place = {}};
    }
    look_at_calls(entry.workspace, {party}, runtime::Release::committed);
  }
}

void VisitorHub::look_at_calls(WorkspaceId workspace, std::vector<PartyPtr> parties, runtime::Release release) {
  std::vector<CallId> calls;
  for (const PartyPtr& party : parties) calls.push_back(party->call.call);
  chat_.runtime.ask(
      workspace,
      [calls](const runtime::View& view) {
        std::vector<CallSight> out;
        for (const CallId& call : calls) out.push_back(call_at(view.state, call));
        return out;
      },
      [this, parties = std::move(parties)](Result<runtime::Answer<std::vector<CallSight>>> seen) {
        if (!seen) return;
        post([this, parties, seen = std::move(seen->value)] {
          for (std::size_t i = 0; i < parties.size(); ++i) give_call(*parties[i], seen[i]);
        });
      },
      release);
}

void VisitorHub::give_call(Party& party, const CallSight& call) {
  if (call.call.empty() || call.call != party.call.call || call == party.call) return;
  const Instant now = chat_.clock.now();
  CallSight drifted = party.call;
  drifted.place.low = call.place.low, drifted.place.high = call.place.high;
  if (drifted == call && now - party.call_place_at < kWaitEvery) return;
  party.call = call;
  party.call_place_at = now;
  for (const StreamPtr& stream : party.streams) {
    stream->give(std::make_shared<const std::string>(call_frame(call, stream->number == party.call_stream)));
  }
}

}  // namespace carillon::chat
