// Witness: keeps what telephones and browsers of live calls show: SIP messages, quality of sound, why the call was routed so.
//
// What:   messages come before it is known whose they are; belongs() says so. Some seconds after a call has ended, when its last
//         200 has gone, its Record goes to `keep`. What never becomes a call is forgotten.
// Why:    nothing is decided here and nothing waits: a message is moved into memory, and that is all.
// Owns:   strips of telephones and calls, until they are kept.
// Thread: one, the board's.
// Limits: evidence::Limits; kMostTelephones at once.
// Example:
//   witness.message(trace, now);  witness.belongs(leg, workspace, call, row_leg, now);  witness.over(call, now);  witness.tick(now);
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "evidence/core/strip.h"
#include "voice/media/words.h"
#include "voice/sip/events.h"
#include "voice/sip/settings.h"

namespace carillon::switchboard {

inline constexpr std::size_t kMostTelephones = 20'000;

class Witness {
 public:
  struct World {
    std::vector<voice::sip::Listener> listeners;  // our addresses
    std::function<void(evidence::Record)> keep;
    evidence::Limits limits = {};
  };
  explicit Witness(World world) : world_(std::move(world)) {}

  void message(voice::sip::Trace& trace, Instant now);
  // A call that goes on, whoever is in it: browsers need no telephone.
  void begins(WorkspaceId workspace, CallId call, Instant began);
  // We call somebody: their messages will be that leg's.
  void dials(voice::sip::LegId leg, WorkspaceId workspace, CallId call, LegId row_leg, Instant began);
  // This SIP leg is that leg of a call. Again and again is fine.
  void belongs(voice::sip::LegId leg, WorkspaceId workspace, CallId call, LegId row_leg, Instant began);
  // It has ended; where it is no call's it is forgotten before long.
  void gone(voice::sip::LegId leg);

  void quality(voice::sip::LegId leg, Instant now, const media::Quality& quality);
  void change(voice::sip::LegId leg, Instant now, std::string what, std::string detail);
  // Of a browser's phone that is in the call.
  void quality(CallId call, WorkerId worker, Instant now, const media::Quality& quality);
  void change(CallId call, WorkerId worker, Instant now, std::string what, std::string detail);
  void why(CallId call, evidence::WhyThen why);

  // The call's row has ended.
  void over(CallId call, Instant now);
  // Keeps and forgets what is due. True while something will be.
  bool tick(Instant now);
  // All calls, as they are: the server stops.
  void keep_all(Instant now);

  std::optional<evidence::Record> evidence_of(WorkspaceId workspace, CallId call, Instant now) const;
  std::size_t telephones() const { return telephones_.size(); }
  std::size_t calls() const { return calls_.size(); }

 private:
  struct Telephone {
    evidence::Strip strip;
    LegId leg;
    CallId call;  // empty: not known (yet)
    bool gone = false;
    int looks = 0;  // while it is nobody's
  };
  struct Call {
    WorkspaceId workspace;
    Instant began;
    bool over = false;
    std::vector<voice::sip::LegId> telephones;
    std::map<WorkerId, evidence::Strip> browsers;
    std::vector<evidence::WhyThen> whys;
  };
  struct Due {
    Instant at;
    voice::sip::LegId leg;  // to look at, if `call` is empty
    CallId call;            // to keep
  };
  evidence::Strip* strip_of(CallId call, WorkerId worker);
  voice::Endpoint ours(const voice::sip::Flow& flow) const;
  evidence::Record record_of(CallId sid, const Call& call, Instant now) const;
  void keep(CallId call, Instant now);
  void forget(voice::sip::LegId leg);

  World world_;
  std::map<voice::sip::LegId, Telephone> telephones_;
  std::unordered_map<CallId, Call> calls_;
  std::deque<Due> due_;  // by time: each waits equally long
  std::int64_t bytes_ = 0;
};

}  // namespace carillon::switchboard
