#include "voice/net/testing/sipp_scenario.h"

namespace carillon::voice::net {
namespace {

constexpr const char* kSdp =
    "v=0\no=sipp 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 0\n"
    "a=rtpmap:0 PCMU/8000\n";

}  // namespace

Scenario& Scenario::add(const std::string& element) {
  elements_ += element;
  ++messages_;
  return *this;
}

std::string Scenario::content(const Words& words) const {
  std::string out = words.fields;
  const std::string body = words.sdp ? kSdp : words.body;
  if (!body.empty()) out += "Content-Type: " + words.type + "\n";
  return out + "Content-Length: [len]\n\n" + body;
}

Scenario& Scenario::send(const std::string& method, int cseq, const Words& words) {
  // SIPp's own branches are drawn for each message of a scenario; a word of ours with the call's number is as unique.
  const std::string branch = words.branch.empty() ? "[branch]" : "z9hG4bK-" + words.branch + "-[pid]-[call_number]";
  const std::string uri = words.uri.empty() ? "sip:" + user_ + "@[remote_ip]:[remote_port]" : words.uri;
  const bool repeats = method != "ACK";
  return add(std::string("  <send") + (repeats ? " retrans=\"500\"" : "") + "><![CDATA[\n" + method + ' ' + uri +
             " SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=" + branch +
             "\nFrom: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]T[call_number]\nTo: <sip:" + user_ +
             "@[remote_ip]:[remote_port]>" + (words.in_dialog ? "[peer_tag_param]" : "") +
             "\nCall-ID: [call_id]\nCSeq: " + std::to_string(cseq) + ' ' + method +
             "\nContact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\nMax-Forwards: 70\n" +
             content(words) + "]]></send>\n");
}

Scenario& Scenario::respond(int status, const Words& words) {
  return add("  <send><![CDATA[\nSIP/2.0 " + std::to_string(status) +
             " Said\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
             "Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n" +
             content(words) + "]]></send>\n");
}

Scenario& Scenario::receive_with(int status, const std::string& header, const std::string& pattern) {
  const std::string name = std::to_string(++checks_);
  return add("  <recv response=\"" + std::to_string(status) + "\"><action><ereg regexp=\"" + pattern +
             "\" search_in=\"hdr\" header=\"" + header + "\" check_it=\"true\" assign_to=\"" + name +
             "\"/></action></recv>\n");
}

std::string Scenario::text() const {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE scenario SYSTEM \"sipp.dtd\">\n<scenario name=\"" + user_ +
      "\">\n" + elements_;
  if (checks_ > 0) {
    // SIPp refuses variables that nobody reads.
    out += "  <Reference variables=\"";
    for (int i = 1; i <= checks_; ++i) out += (i > 1 ? "," : "") + std::to_string(i);
    out += "\"/>\n";
  }
  return out + "</scenario>\n";
}

}  // namespace carillon::voice::net
