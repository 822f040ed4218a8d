// Deliveries: hands what workers and the system say to customers to the channel it belongs to.
//
// What:    listens to what is committed; notes are left out, and what customers say themselves.
// Owns:    nothing; channels outlive it. Thread: add() before the runtime starts; committed() on the committer.
// Example:
//   Deliveries deliveries;
//   deliveries.add(chat);
//   listeners.add(deliveries);
#pragma once

#include <map>
#include <string>

#include "channels/channel.h"
#include "runtime/events.h"

namespace carillon::channels {

class Deliveries final : public runtime::EventSink {
 public:
  // The explicit list: one line a channel.
  void add(Channel& channel) { by_name_[std::string(channel.capabilities().name)] = &channel; }

  void committed(const runtime::PublishedEntryPtr& entry) override;
  void ready(WorkspaceId, std::int64_t, bool) override {}

 private:
  std::map<std::string, Channel*> by_name_;
};

}  // namespace carillon::channels
