// ChatChannel: web chat as a channel: its transport is our own WebSocket, so delivery can be made up from rows at any time.
//
// Thread: any. Owns: nothing; the hub outlives it.
// Example:
//   ChatChannel chat(hub);
//   deliveries.add(chat);
#pragma once

#include "channels/channel.h"
#include "channels/chat/visitor_hub.h"
#include "files/files.h"

namespace carillon::chat {

class ChatChannel final : public channels::Channel {
 public:
  explicit ChatChannel(VisitorHub& hub) : hub_(hub) {}

  const channels::Capabilities& capabilities() const override {
    static constexpr channels::Capabilities kCapabilities{.name = kChannel,
                                                          .task_channel = "chat",
                                                          .live = true,
                                                          .shows_typing = true,
                                                          .shows_read_marks = true,
                                                          .recomputed = true,
                                                          .max_text = conversations::kMaxMessageText,
                                                          .max_attachments = conversations::kMaxAttachments,
                                                          .max_attachment_bytes = files::kMaxFileBytes};
    return kCapabilities;
  }

  // To every open tab; who has none finds it on returning. Read marks say when it was seen.
  void deliver(const channels::Outgoing& message, Done done) override {
    hub_.deliver(message);
    done(channels::Delivery::sent, {});
  }

 private:
  VisitorHub& hub_;
};

}  // namespace carillon::chat
