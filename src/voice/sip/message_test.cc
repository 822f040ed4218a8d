// Goal: messages read as RFC 3261 says, oddities included, and what is broken is named.
#include "voice/sip/message.h"

#include <gtest/gtest.h>

#include "voice/sip/check.h"
#include "voice/sip/framer.h"
#include "voice/sip/uri.h"

namespace carillon::voice::sip {
namespace {

constexpr const char* kInvite =
    "INVITE sip:bob@example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport\r\n"
    "Via: SIP/2.0/TCP a.example.com, SIP/2.0/UDP b.example.com\r\n"
    "f: \"Alice, \\\"A\\\"\" <sip:alice@example.com>;tag=1\r\n"
    "To: Bob <sip:bob@example.com>\r\n"
    "i: abc@192.0.2.1\r\n"
    "CSeq: 0009\r\n  INVITE\r\n"
    "Subject:\r\n"
    "m: <sip:alice@192.0.2.1>\r\n"
    "c: application/sdp\r\n"
    "l: 4\r\n\r\nv=0\r";

Message read(std::string text, Fault expected = Fault::kNone, Framing framing = Framing::kDatagram) {
  Message message;
  EXPECT_EQ(message.read(std::move(text), framing), expected) << message.why();
  return message;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(Message, ReadsARequestWithCompactFormsAndFolding) {
  Message message;
  ASSERT_EQ(message.read(kInvite, Framing::kDatagram), Fault::kNone);
  EXPECT_EQ(message.method(), Method::kInvite);
  EXPECT_EQ(message.request_uri(), "sip:bob@example.com");
  EXPECT_EQ(message.via()->branch(), "z9hG4bK1");
  EXPECT_EQ(message.via()->port, 5060);
  EXPECT_EQ(message.cseq()->number, 9u);
  EXPECT_EQ(message.from_tag(), "1");
  EXPECT_EQ(unquote(message.from()->display), "Alice, \"A\"");
  EXPECT_EQ(message.call_id(), "abc@192.0.2.1");
  EXPECT_EQ(message.body(), "v=0\r");
  EXPECT_TRUE(message.has(Header::kContact));
  EXPECT_FALSE(message.has(Header::kRoute));
  EXPECT_TRUE(check_request(message).fine()) << check_request(message).why;
}

TEST(Message, ReadsAResponse) {
  Message message;
  ASSERT_EQ(message.read(
                "SIP/2.0 200 \r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n"
                "Call-ID: x\r\nCSeq: 7 BYE\r\n\r\n",
                Framing::kDatagram),
            Fault::kNone);
  EXPECT_EQ(message.status(), 200);
  EXPECT_EQ(message.reason(), "");
  EXPECT_EQ(message.method(), Method::kBye);
  EXPECT_TRUE(check_response(message));
}

TEST(Message, FaultsAreNamed) {
  read("", Fault::kNotSip);
  read("hello\r\n\r\n", Fault::kNotSip);
  read("GET / HTTP/1.1\r\n\r\n", Fault::kNotSip);
  read("SIP/2.0 4294967301 OK\r\n\r\n", Fault::kNotSip);
  read(replaced(kInvite, "SIP/2.0", "SIP/7.0"), Fault::kVersion);
  read(replaced(kInvite, "l: 4", "l: 400"), Fault::kBad);
  read(replaced(kInvite, "l: 4", "l: -4"), Fault::kBad);
  read(replaced(kInvite, "INVITE sip", "INVITE  sip"), Fault::kBad);
  read(replaced(kInvite, "Subject:", "Sub ject"), Fault::kBad);
  read(replaced(kInvite, "l: 4\r\n", ""), Fault::kBad, Framing::kStream);
  // A last line without an end has no body behind it.
  EXPECT_EQ(read("OPTIONS sip:a@b SIP/2.0\r\nX: y", Fault::kBad).body(), "");
  std::string many = "OPTIONS sip:a@b SIP/2.0\r\n";
  for (int i = 0; i < 200; ++i) many += "X: y\r\n";
  read(many + "\r\n", Fault::kTooLarge);
  read("OPTIONS sip:a@b SIP/2.0\r\nX: " + std::string(40000, 'x') + "\r\n\r\n", Fault::kTooLarge);
}

TEST(Message, WhatIsAgainstTheRulesIs400) {
  const std::pair<const char*, const char*> changes[] = {
      {"CSeq: 0009", "CSeq: 36893488147419103232"},
      {"i: abc@192.0.2.1\r\n", ""},
      {"Subject:", "Max-Forwards: 300"},
      {"Subject:", "Max-Forwards: 70\r\nMax-Forwards: 71"},
      {"Subject:", "CSeq: 5 INVITE"},
      {"Subject:", "Expires: 99999999999999999999"},
      {"INVITE\r\nSubject", "OPTIONS\r\nSubject"},
      {"\"Alice, \\\"A\\\"\"", "\"Alice"},
      {"To: Bob <", "To: Bob, B <"},
      {"To: Bob <sip", "To: Bob < sip"},
      {"m: <sip:alice@192.0.2.1>", "m: sip:a@b?Route=%3Csip:x%3E"},
      {"m: <sip:alice@192.0.2.1>", "m: <sip:a@b>;;,"},
      {"b.example.com", "b.example.com;;"},
      {"sip:bob@example.com SIP", "sip:bob@exa%mple.com SIP"},
      {"sip:bob@example.com SIP", "<sip:bob@example.com> SIP"},
  };
  for (const auto& [from, to] : changes) {
    Message message;
    ASSERT_EQ(message.read(replaced(kInvite, from, to), Framing::kDatagram), Fault::kNone) << to << message.why();
    EXPECT_EQ(check_request(message).status, 400) << to;
  }
  Message strange;
  ASSERT_EQ(strange.read(replaced(kInvite, "sip:bob@example.com SIP", "soap.beep://x SIP"), Framing::kDatagram),
            Fault::kNone);
  EXPECT_EQ(check_request(strange).status, 416);
}

TEST(Message, FindsTheDescriptionInAMultipartBody) {
  const std::string body =
      "--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1\r\nContent-Type: "
      "application/sdp\r\n\r\nv=0\r\ns=-\r\n\r\n--b1--\r\n";
  Message message;
  std::string text = replaced(kInvite, "l: 4\r\n\r\nv=0\r", "l: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  ASSERT_EQ(message.read(replaced(text, "application/sdp", "multipart/mixed;boundary=\"b1\""), Framing::kDatagram),
            Fault::kNone);
  EXPECT_EQ(body_of_type(message, "application/sdp"), "v=0\r\ns=-\r\n");
  EXPECT_FALSE(body_of_type(message, "text/html"));
}

TEST(Syntax, ListsRespectQuotesAndBrackets) {
  std::string_view rest = "\"a,b\" <sip:x,y@z>;p=\"1,2\", <sip:q> ,, ";
  EXPECT_EQ(*next_value(rest), "\"a,b\" <sip:x,y@z>;p=\"1,2\"");
  EXPECT_EQ(*next_value(rest), "<sip:q>");
  EXPECT_EQ(*next_value(rest), "");
  EXPECT_EQ(*next_value(rest), "");
  EXPECT_FALSE(next_value(rest));
}

TEST(Uri, ReadsAndPrintsItself) {
  for (const char* text :
       {"sip:alice@example.com", "sips:a:b@[2001:db8::1]:5061;transport=tcp;lr", "tel:+1-201-555-0123;ext=7",
        "sip:sip%3Auser%40example.com@company.com;other-param=summit", "urn:service:sos",
        "sip:user;par=u%40example.net@example.com", "sip:a@b?Replaces=x%3Bto-tag%3D1&y=z"}) {
    const auto uri = Uri::parse(text);
    ASSERT_TRUE(uri) << text;
    EXPECT_EQ(uri->text(), text);
  }
  for (const char* text : {"", "sip:", "sip:@b", "sip:a@", "sip:a@b:99999", "sip:a b@c", "sip:a%4@b", "sip:a@b;;x",
                           "nothing", "tel:", "tel:abcg", "sip:a@[::1", "sip:a@b c"}) {
    EXPECT_FALSE(Uri::parse(text)) << text;
  }
}

TEST(Uri, ComparesAsSection19Says) {
  const auto same = [](const char* a, const char* b) { return Uri::parse(a)->same_as(*Uri::parse(b)); };
  EXPECT_TRUE(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"));
  EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same("sip:biloxi.com;transport=tcp;method=REGISTER", "sip:biloxi.com;method=REGISTER;transport=tcp"));
  EXPECT_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  EXPECT_FALSE(same("sip:a%00@b", "sip:a@b"));
  EXPECT_TRUE(same("tel:+1-201-5550123", "tel:+12015550123"));
}

TEST(Uri, FindsTelephoneNumbers) {
  EXPECT_EQ(Uri::parse("sip:%2B49-30(1)2@x")->number(), "+493012");
  EXPECT_EQ(Uri::parse("tel:+49.30")->number(), "+4930");
  EXPECT_EQ(Uri::parse("sip:alice@x")->number(), "");
  EXPECT_EQ(Uri::parse("sip:a@b?Replaces=x%3Bto-tag%3D1&y=z")->header("replaces"), "x;to-tag=1");
}

TEST(Framer, CutsWhateverThePieces) {
  const std::string one = replaced(kInvite, "Subject:\r\n", "");
  const std::string stream = "\r\n\r\n" + one + "\r\n\r\n" + one;
  for (std::size_t piece = 1; piece < 40; ++piece) {
    StreamFramer framer;
    int messages = 0, pings = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      framer.feed(std::string_view(stream).substr(at, piece));
      while (const auto message = framer.take()) {
        EXPECT_EQ(*message, one);
        ++messages;
      }
      pings += framer.take_pings();
    }
    EXPECT_EQ(messages, 2);
    EXPECT_EQ(pings, 2);
    EXPECT_FALSE(framer.broken() || framer.in_message());
  }
}

TEST(Framer, AStreamThatCannotBeCutIsBroken) {
  for (const char* bad : {"l: -1", "l: 4\r\nContent-Length: 5", "l: 99999999", "X: y"}) {
    StreamFramer framer;
    framer.feed(replaced(kInvite, "l: 4", bad));
    framer.take();
    EXPECT_TRUE(framer.broken()) << bad;
  }
  StreamFramer endless;
  for (int i = 0; i < 40; ++i) endless.feed(std::string(1000, 'x')), endless.take();
  EXPECT_TRUE(endless.broken());
}

}  // namespace
}  // namespace carillon::voice::sip
