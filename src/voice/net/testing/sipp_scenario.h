// A SIPp scenario, said in few words.
//
// Example:
//   Scenario caller;
//   caller.send("INVITE", 1, {.sdp = true}).may_receive(100).receive(180).send("CANCEL", 1, {.branch = "inv"}) ..
//   Sipp sipp({"-sf", caller.write(folder), ...});
#pragma once

#include <filesystem>
#include <string>

namespace carillon::voice::net {

class Scenario {
 public:
  struct Words {
    std::string branch =
        "";  // "": a new one. Requests of one transaction (CANCEL, the ACK of a refusal) say the same word.
    std::string fields = "";  // header lines, each with its end
    std::string type = "application/sdp";
    std::string body = "";
    bool sdp = false;       // the body is an audio description
    std::string uri = "";   // "": the called user
    bool in_dialog = true;  // To with the peer's tag
  };

  explicit Scenario(std::string user = "answer") : user_(std::move(user)) {}

  // As the caller.
  Scenario& send(const std::string& method, int cseq, const Words& words);
  Scenario& send(const std::string& method, int cseq) { return send(method, cseq, Words()); }
  // To the request received last.
  Scenario& respond(int status, const Words& words);
  Scenario& respond(int status) { return respond(status, Words()); }
  Scenario& receive(int status) {
    return add("  <recv response=\"" + std::to_string(status) + "\" auth=\"false\"/>\n");
  }
  Scenario& receive_challenge(int status) {
    return add("  <recv response=\"" + std::to_string(status) + "\" auth=\"true\"/>\n");
  }
  Scenario& may_receive(int status) {
    return add("  <recv response=\"" + std::to_string(status) + "\" optional=\"true\"/>\n");
  }
  // The message must match `pattern` in this header.
  Scenario& receive_with(int status, const std::string& header, const std::string& pattern);
  Scenario& receive_request(const std::string& method) { return add("  <recv request=\"" + method + "\"/>\n"); }
  Scenario& pause(int milliseconds) {
    return add("  <pause milliseconds=\"" + std::to_string(milliseconds) + "\"/>\n");
  }

  std::string text() const;

 private:
  Scenario& add(const std::string& element);
  std::string content(const Words& words) const;

  std::string user_, elements_;
  int messages_ = 0, checks_ = 0;
};

}  // namespace carillon::voice::net
