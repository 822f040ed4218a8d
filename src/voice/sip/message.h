// One SIP message: the start line and where its header fields are (RFC 3261 section 7).
//
// What:   read() goes over the bytes once; values are looked into only when asked for. Folded lines are joined in place.
// Owns:   the message's bytes; every view it gives lives as long as the Message stays where it is and is not read again.
// Errors: a Fault says what to do: kNotSip is dropped, kBad and kVersion are answered with 400 and 505 from what could be
//         read, kTooLarge with 513.
// Limits: see Limits; what is beyond is a fault, never a truncation.
// Thread: one at a time.
// Example:
//   Message message;
//   if (message.read(std::move(bytes), Framing::kDatagram) == Fault::kNone && message.method() == Method::kInvite) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "voice/sip/names.h"
#include "voice/sip/syntax.h"

namespace carillon::voice::sip {

struct Limits {
  std::size_t message_bytes = 65535;
  std::size_t header_bytes = 32768;
  std::size_t fields = 128;
  std::size_t vias = 70;  // Max-Forwards begins at 70
};

enum class Framing : std::uint8_t { kDatagram, kStream };
enum class Fault : std::uint8_t { kNone, kNotSip, kBad, kVersion, kTooLarge };

class Message {
 public:
  Message() = default;
  // The views it keeps point into its own text, which stays in place when moved (no message fits a short string).
  Message(Message&&) = default;
  Message& operator=(Message&&) = default;
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  Fault read(std::string bytes, Framing framing, const Limits& limits = {});

  bool is_request() const { return status_ == 0; }
  Method method() const { return method_; }  // of a response: that of its CSeq
  std::string_view method_name() const { return method_name_.in(text_); }
  std::string_view request_uri() const { return uri_.in(text_); }
  int status() const { return status_; }  // 0 for a request
  std::string_view reason() const { return uri_.in(text_); }

  // The first value line of a header, trimmed; "" with a null pointer when there is none.
  std::string_view first(Header id) const;
  bool has(Header id) const { return first(id).data() != nullptr; }
  int count(Header id) const;
  // A header that has no number here, by its name in any letter case.
  std::string_view named(std::string_view name) const;
  // Calls see(value line) for each field of this header, in order.
  template <class See>
  void each(Header id, See see) const {
    for (const Field& field : fields_) {
      if (field.id == id) see(field.value.in(text_));
    }
  }
  template <class See>
  void each_field(See see) const {
    for (const Field& field : fields_) see(field.id, field.name.in(text_), field.value.in(text_));
  }
  // Is `token` in one of the fields of this header?
  bool lists(Header id, std::string_view token) const;

  std::string_view body() const { return body_.in(text_); }
  std::string_view text() const { return text_; }  // folded lines joined
  std::string_view why() const { return why_; }    // of a fault, for the reason phrase

  // What every message is matched by; read by read(), empty where missing or broken.
  std::string_view call_id() const { return first(Header::kCallId); }
  const std::optional<Via>& via() const { return via_; }
  const std::optional<Cseq>& cseq() const { return cseq_; }
  const std::optional<NameAddr>& from() const { return from_; }
  const std::optional<NameAddr>& to() const { return to_; }
  std::string_view from_tag() const { return from_ ? from_->tag() : std::string_view(); }
  std::string_view to_tag() const { return to_ ? to_->tag() : std::string_view(); }

 private:
  struct Span {
    std::uint32_t at = 0, size = 0;
    bool none = true;
    std::string_view in(std::string_view text) const { return none ? std::string_view() : text.substr(at, size); }
  };
  struct Field {
    Span name, value;
    Header id;
  };

  Fault fail(Fault fault, std::string_view why);
  Fault read_start(std::string_view line, std::size_t at);
  Fault read_request_line(std::string_view line, std::size_t at);
  Fault read_status_line(std::string_view line, std::size_t at);
  Fault read_fields(std::size_t at, const Limits& limits);
  Fault read_body(std::size_t at, Framing framing);
  void read_keys();
  Span span(std::size_t at, std::size_t size) const {
    return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(size), false};
  }

  std::string text_;
  std::vector<Field> fields_;
  Method method_ = Method::kOther;
  int status_ = 0;
  Span method_name_, uri_, body_;
  std::string_view why_;
  std::optional<Via> via_;
  std::optional<Cseq> cseq_;
  std::optional<NameAddr> from_, to_;
};

// The body of this type: the whole body, or the first part of a multipart one. Nothing when there is none.
std::optional<std::string_view> body_of_type(const Message& message, std::string_view type);

}  // namespace carillon::voice::sip
