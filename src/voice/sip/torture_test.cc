// Goal: the odd and the broken messages of RFC 4475 are answered as it says when they come from a trunk, and the stack
// serves on after each. Method: a few of our own always; the whole collection when CARILLON_SHARED_DATA names it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "voice/sip/stack.h"
#include "voice/sip/testing/world.h"
#include "voice/wire/text.h"

namespace carillon::voice::sip {
namespace {

// One trunk at 192.0.2.200; gives the status codes it was answered with.
struct Tortured {
  World world{3};
  Side* side;
  Endpoint trunk{IpAddress::v4(192, 0, 2, 200), 5060};

  Tortured() {
    Settings settings = World::accepting();
    settings.unknown = UnknownCalls::kRefuse;
    side = &world.add(settings);
    Trunk carrier;
    carrier.id = "carrier";
    carrier.sources = {*IpNetwork::parse("192.0.2.200")};
    EXPECT_TRUE(side->stack->set_trunk(world.now, carrier));
    side->on_event = [this](const Event& event) {
      if (const auto* call = std::get_if<IncomingCall>(&event)) (void)side->stack->reject(world.now, call->leg, 480);
    };
  }

  std::vector<int> answers(const std::string& bytes) {
    world.strays.clear();
    world.inject(trunk, *side, bytes);
    world.run(Duration::millis(400));
    std::vector<int> out;
    for (const std::string& sent : world.strays) {
      if (sent.rfind("SIP/2.0 ", 0) == 0) out.push_back(static_cast<int>(parse_number(sent.substr(8, 3)).value_or(0)));
    }
    return out;
  }
  std::string answer_text() const { return world.strays.empty() ? "" : world.strays.front(); }
  bool alive() {
    // What is repeated for want of an ACK comes as well.
    const auto codes =
        answers("OPTIONS sip:x@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.200;branch=z9hG4bK" +
                std::to_string(world.dice.next()) +
                "\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:x@192.0.2.1>\r\nCall-ID: alive\r\nCSeq: 1 OPTIONS\r\n\r\n");
    return std::find(codes.begin(), codes.end(), 200) != codes.end();
  }
};

std::string with(const std::string& method, const std::string& more, const std::string& cseq = "1") {
  return method +
         " sip:x@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.200;branch=z9hG4bKabc\r\nFrom: <sip:a@b>;tag=1\r\n" +
         "To: <sip:x@192.0.2.1>\r\nCall-ID: c\r\nCSeq: " + cseq + " " + method +
         "\r\nContact: <sip:a@192.0.2.200>\r\n" + more + "\r\n";
}

TEST(Torture, UnknownExtensionsAreNamed) {
  Tortured t;
  EXPECT_EQ(t.answers(with("INVITE", "Require: nothingSupportsThis, 100rel\r\nProxy-Require: nor-this\r\n")),
            std::vector<int>{420});
  EXPECT_NE(t.answer_text().find("Unsupported: nothingSupportsThis, nor-this\r\n"), std::string::npos);
}

TEST(Torture, UnknownMethodsAre501AndUnwanted405) {
  Tortured t;
  EXPECT_EQ(t.answers(with("NEWMETHOD", "")), std::vector<int>{501});
  EXPECT_EQ(t.answers(with("SUBSCRIBE", "Event: x\r\n", "2")), std::vector<int>{405});
}

TEST(Torture, UnknownBodiesAre415) {
  Tortured t;
  EXPECT_EQ(t.answers(with("INVITE", "Content-Type: application/unknown\r\nContent-Length: 2\r\n") + "ab"),
            std::vector<int>{415});
  EXPECT_NE(t.answer_text().find("Accept: application/sdp\r\n"), std::string::npos);
}

TEST(Torture, ATooShortIntervalIs422) {
  Tortured t;
  EXPECT_EQ(t.answers(with("INVITE", "Session-Expires: 10\r\nSupported: timer\r\n")), std::vector<int>{422});
  EXPECT_NE(t.answer_text().find("Min-SE: 90\r\n"), std::string::npos);
}

TEST(Torture, RequestsOutsideADialogThatNeedOneAre481) {
  Tortured t;
  for (const char* method : {"BYE", "INFO", "UPDATE", "PRACK", "NOTIFY", "CANCEL"}) {
    EXPECT_EQ(t.answers(with(method, "", std::to_string(t.world.dice.below(100000)))), std::vector<int>{481}) << method;
  }
}

TEST(Torture, AResponseToNobodyAndAStrayAckAreSilence) {
  Tortured t;
  EXPECT_TRUE(
      t.answers("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
                "To: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n")
          .empty());
  EXPECT_TRUE(t.answers(with("ACK", "")).empty());
  EXPECT_TRUE(t.answers("\r\n\r\n").empty());
  EXPECT_TRUE(t.alive());
}

TEST(Torture, StrangersGetOneAnswerWhateverTheyAsk) {
  Tortured t;
  t.trunk.ip = IpAddress::v4(203, 0, 113, 9);
  const auto invite = t.answers(with("INVITE", ""));
  EXPECT_EQ(invite, std::vector<int>{403});
}

TEST(Torture, TheWholeCollection) {
  const char* folder = std::getenv("CARILLON_SHARED_DATA");
  if (folder == nullptr) GTEST_SKIP() << "CARILLON_SHARED_DATA is not set";
  const std::string path = std::string(folder) + "/sip-torture-rfc4475/";
  std::ifstream expected(path + "EXPECTED.csv");
  std::string line;
  std::getline(expected, line);
  int messages = 0;
  while (std::getline(expected, line)) {
    std::string_view rest = line;
    const std::string file(take_until(rest, ','));
    take_until(rest, ',');
    const std::string kind(take_until(rest, ',')), wanted(take_until(rest, ','));
    std::ifstream in(path + file, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    ASSERT_FALSE(text.str().empty()) << file;
    SCOPED_TRACE(file + ": " + wanted);
    ++messages;
    Tortured t;
    std::vector<int> statuses = t.answers(text.str());
    std::erase_if(statuses, [](int status) { return status < 200; });
    EXPECT_TRUE(t.alive());
    if (kind.find("response") != std::string::npos) {
      EXPECT_TRUE(statuses.empty());
      continue;
    }
    ASSERT_GE(statuses.size(), 1u);
    const int status = statuses[0];
    if (wanted.find("lenient") != std::string::npos || wanted == "no binding") {
      EXPECT_LT(status, 500);
    } else if (wanted.rfind("accept", 0) == 0) {
      // Whatever a server says that understood it; one of these demands what we do not have, or has no account here.
      EXPECT_TRUE(status != 400 && status < 500) << status;
    } else {
      EXPECT_NE(wanted.find(std::to_string(status)), std::string::npos) << status;
    }
  }
  EXPECT_EQ(messages, 49);
}

}  // namespace
}  // namespace carillon::voice::sip
