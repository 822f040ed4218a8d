#include "switchboard/witness.h"

#include <algorithm>

namespace carillon::switchboard {

namespace sip = voice::sip;

namespace {

// One time for both, so that what is due first stands first.
constexpr Duration kLook = Duration::seconds(3), kUntilKept = kLook;
constexpr int kMostLooks = 10;  // a call whose row is not there after half a minute never becomes one

evidence::QualitySample sample_of(const media::Quality& q, Instant now) {
  return {.at = now,
          .loss_in = q.loss_in,
          .loss_out = q.loss_out,
          .jitter = q.jitter,
          .round_trip = q.round_trip,
          .mos = q.mos,
          .packets_in = q.packets_in,
          .packets_out = q.packets_out,
          .lost_in = q.lost_in};
}

}  // namespace

void Witness::message(sip::Trace& trace, Instant now) {
  auto found = telephones_.find(trace.leg);
  if (found == telephones_.end()) {
    if (telephones_.size() >= kMostTelephones) return;
    found = telephones_.emplace(trace.leg, Telephone{evidence::Strip(world_.limits), {}, {}}).first;
    due_.push_back({now + kLook, trace.leg, {}});
  }
  evidence::Strip& strip = found->second.strip;
  if (bytes_ >= static_cast<std::int64_t>(world_.limits.all_bytes)) return strip.left_out();
  bytes_ += strip.add(evidence::SipMessage{.at = now,
                                           .sent = trace.sent,
                                           .transport = std::string(sip::transport_name(trace.flow.transport)),
                                           .ours = ours(trace.flow),
                                           .theirs = trace.flow.remote,
                                           .text = std::move(trace.bytes)});
}

// Bound to all addresses: the one that this machine has towards them.
voice::Endpoint Witness::ours(const sip::Flow& flow) const {
  const sip::Listener* found = nullptr;
  if (flow.transport == sip::Transport::kUdp) {
    if (flow.listener < world_.listeners.size()) found = &world_.listeners[flow.listener];
  } else {
    for (const sip::Listener& one : world_.listeners) {
      if (one.transport == flow.transport && (!found || one.bound.ip.family == flow.remote.ip.family)) found = &one;
    }
  }
  if (!found)
    return {flow.remote.ip.is_v6() ? voice::IpAddress{voice::IpFamily::kV6, {}} : voice::IpAddress::v4(0, 0, 0, 0), 0};
  voice::Endpoint out = found->bound;
  if (out.ip.is_unspecified() && !found->own.empty())
    out.ip = flow.remote.ip.is_loopback() ? flow.remote.ip : found->own;
  return out;
}

void Witness::begins(WorkspaceId workspace, CallId call, Instant began) {
  if (call.empty() || calls_.size() >= kMostTelephones) return;
  calls_.try_emplace(call, Call{workspace, began, false, {}, {}, {}});
}

void Witness::dials(sip::LegId leg, WorkspaceId workspace, CallId call, LegId row_leg, Instant began) {
  if (telephones_.size() >= kMostTelephones) return;
  telephones_.try_emplace(leg, Telephone{evidence::Strip(world_.limits), {}, {}});
  belongs(leg, workspace, call, row_leg, began);
}

void Witness::belongs(sip::LegId leg, WorkspaceId workspace, CallId call, LegId row_leg, Instant began) {
  const auto found = telephones_.find(leg);
  if (found == telephones_.end() || found->second.call == call || call.empty()) return;
  Call& of = calls_.try_emplace(call, Call{workspace, began, false, {}, {}, {}}).first->second;
  if (of.telephones.size() >= world_.limits.parties) return;
  found->second.call = call, found->second.leg = row_leg;
  of.telephones.push_back(leg);
}

void Witness::gone(sip::LegId leg) {
  const auto found = telephones_.find(leg);
  if (found != telephones_.end()) found->second.gone = true;
}

void Witness::quality(sip::LegId leg, Instant now, const media::Quality& quality) {
  const auto found = telephones_.find(leg);
  if (found != telephones_.end()) found->second.strip.add(sample_of(quality, now));
}

void Witness::change(sip::LegId leg, Instant now, std::string what, std::string detail) {
  const auto found = telephones_.find(leg);
  if (found != telephones_.end())
    found->second.strip.add(evidence::SoundChange{now, std::move(what), std::move(detail)});
}

evidence::Strip* Witness::strip_of(CallId call, WorkerId worker) {
  const auto found = calls_.find(call);
  if (found == calls_.end()) return nullptr;
  auto& browsers = found->second.browsers;
  const auto known = browsers.find(worker);
  if (known != browsers.end()) return &known->second;
  if (browsers.size() >= world_.limits.parties) return nullptr;
  return &browsers.emplace(worker, evidence::Strip(world_.limits)).first->second;
}

void Witness::quality(CallId call, WorkerId worker, Instant now, const media::Quality& quality) {
  if (evidence::Strip* strip = strip_of(call, worker)) strip->add(sample_of(quality, now));
}

void Witness::change(CallId call, WorkerId worker, Instant now, std::string what, std::string detail) {
  evidence::Strip* strip = strip_of(call, worker);
  if (strip) strip->add(evidence::SoundChange{now, std::move(what), std::move(detail)});
}

void Witness::why(CallId call, evidence::WhyThen why) {
  const auto found = calls_.find(call);
  if (found != calls_.end() && found->second.whys.size() < world_.limits.whys)
    found->second.whys.push_back(std::move(why));
}

void Witness::over(CallId call, Instant now) {
  const auto found = calls_.find(call);
  if (found == calls_.end() || found->second.over) return;
  found->second.over = true;
  due_.push_back({now + kUntilKept, {}, call});
}

bool Witness::tick(Instant now) {
  for (; !due_.empty() && due_.front().at <= now; due_.pop_front()) {
    const Due due = due_.front();
    if (!due.call.empty()) {
      keep(due.call, now);
      continue;
    }
    const auto found = telephones_.find(due.leg);
    if (found == telephones_.end() || !found->second.call.empty()) continue;  // goes with its call
    if (found->second.gone || ++found->second.looks >= kMostLooks) {
      forget(due.leg);
    } else {
      due_.push_back({now + kLook, due.leg, {}});
    }
  }
  return !due_.empty();
}

void Witness::keep(CallId sid, Instant now) {
  const auto found = calls_.find(sid);
  if (found == calls_.end()) return;
  evidence::Record record = record_of(sid, found->second, now);
  const std::vector<sip::LegId> telephones = std::move(found->second.telephones);
  calls_.erase(found);
  // What still has a word to say says it to nobody: it is forgotten when it has gone.
  for (const sip::LegId leg : telephones) forget(leg);
  // Of a call that a restart cut off there may be more on the disk than here.
  if (!record.parties.empty() || !record.whys.empty()) world_.keep(std::move(record));
}

void Witness::forget(sip::LegId leg) {
  const auto found = telephones_.find(leg);
  if (found == telephones_.end()) return;
  bytes_ -= found->second.strip.bytes();
  telephones_.erase(found);
}

void Witness::keep_all(Instant now) {
  std::vector<CallId> all;
  for (const auto& [sid, call] : calls_) all.push_back(sid);
  std::sort(all.begin(), all.end());
  for (const CallId sid : all) keep(sid, now);
}

evidence::Record Witness::record_of(CallId sid, const Call& call, Instant now) const {
  evidence::Record out{
      .workspace = call.workspace, .call = sid, .from = call.began, .until = now, .parties = {}, .whys = call.whys};
  for (const sip::LegId leg : call.telephones) {
    const auto found = telephones_.find(leg);
    if (found == telephones_.end()) continue;
    out.parties.push_back(found->second.strip.party());
    out.parties.back().leg = found->second.leg;
  }
  for (const auto& [worker, strip] : call.browsers) {
    out.parties.push_back(strip.party());
    out.parties.back().worker = worker;
  }
  return out;
}

std::optional<evidence::Record> Witness::evidence_of(WorkspaceId workspace, CallId sid, Instant now) const {
  const auto found = calls_.find(sid);
  if (found == calls_.end() || found->second.workspace != workspace) return std::nullopt;
  return record_of(sid, found->second, now);
}

}  // namespace carillon::switchboard
