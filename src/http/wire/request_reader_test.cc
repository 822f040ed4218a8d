// Goal: what a connection sends is read as one request after the other, or refused; no two servers could disagree about it.
// Method: requests fed whole and byte by byte; a table of what must be refused.
#include "http/wire/request_reader.h"

#include <gtest/gtest.h>

namespace carillon::http {
namespace {

struct Read {
  std::optional<Error> error;
  std::vector<std::string> requests;  // "METHOD target body"
};

// Feeds `step` bytes at a time, as a socket would give them.
Read read(std::string_view bytes, std::size_t step, std::uint64_t limit = 1 << 20) {
  RequestReader reader(4096);
  Read out;
  std::string pending;
  while (true) {
    std::size_t used = 0;
    const auto result = reader.feed(pending, used);
    pending.erase(0, used);
    if (!result) {
      out.error = result.error();
      return out;
    }
    if (*result == RequestReader::Step::kHeader) {
      if (auto ok = reader.set_body_limit(limit); !ok) {
        out.error = ok.error();
        return out;
      }
    } else if (*result == RequestReader::Step::kDone) {
      out.requests.push_back(reader.head().method + " " + reader.head().target + " " + reader.body());
      reader.reset();
      if (pending.empty() && bytes.empty()) return out;
    } else {
      if (bytes.empty()) return out;
      pending += bytes.substr(0, step);
      bytes.remove_prefix(std::min(step, bytes.size()));
    }
  }
}

Read read_each_way(std::string_view bytes, std::uint64_t limit = 1 << 20) {
  const Read whole = read(bytes, bytes.size(), limit);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}}) {
    const Read cut = read(bytes, step, limit);
    EXPECT_EQ(whole.requests, cut.requests) << bytes;
    EXPECT_EQ(whole.error.has_value(), cut.error.has_value()) << bytes;
    if (whole.error && cut.error) {
      EXPECT_EQ(whole.error->code, cut.error->code) << bytes;
    }
  }
  return whole;
}

TEST(RequestReader, ReadsPipelinedRequests) {
  const Read r = read_each_way(
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: "
      "x\r\n\r\n"
      "GET /d HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(r.error);
  EXPECT_EQ(r.requests, (std::vector<std::string>{"GET /a ", "POST /b hello", "POST /c abcde", "GET /d "}));
}

TEST(RequestReader, RefusesWhatIsMalformed) {
  const char* const kBad[] = {
      "GET /\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
      "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",  // no Host
      "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
  };
  for (const char* bad : kBad) {
    const Read r = read_each_way(bad);
    ASSERT_TRUE(r.error.has_value()) << bad;
    EXPECT_EQ(r.error->http_status(), r.error->code == ErrorCode::kBodyTooLarge ? 413 : 400) << bad << r.error->message;
    EXPECT_TRUE(r.requests.empty()) << bad;
  }
}

TEST(RequestReader, NeverTakesABareLineFeedForTheEnd) {
  // Cut into bytes, Beast waits for the real end instead of refusing at once; the header timeout ends that.
  for (const std::size_t step : {std::size_t{1}, std::size_t{100}}) {
    EXPECT_TRUE(read("GET / HTTP/1.1\nHost: x\n\n", step).requests.empty());
    EXPECT_TRUE(read("GET / HTTP/1.1\r\nHost: x\n\n", step).requests.empty());
  }
}

TEST(RequestReader, BoundsTheHeader) {
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (const std::string& bad : {start + "A: " + std::string(5000, 'a') + "\r\n\r\n",
                                 "GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"}) {
    const Read r = read_each_way(bad);
    ASSERT_TRUE(r.error.has_value());
    EXPECT_EQ(r.error->code, ErrorCode::kHeaderTooLarge) << r.error->message;
  }
  std::string endless = start;
  for (int i = 0; i < 2000; ++i) endless += "A: b\r\n";  // never ends
  EXPECT_EQ(read_each_way(endless).error.value().code, ErrorCode::kHeaderTooLarge);
  std::string many = start;
  for (int i = 0; i < 130; ++i) many += "A: b\r\n";
  EXPECT_EQ(read_each_way(many + "\r\n").error.value().code, ErrorCode::kHeaderTooLarge);
}

TEST(RequestReader, BoundsTheBodyByLengthAndByChunk) {
  EXPECT_EQ(read_each_way("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n", 10).error.value().code,
            ErrorCode::kBodyTooLarge);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(read_each_way(chunked + "b\r\n", 10).error.value().code, ErrorCode::kBodyTooLarge);
  EXPECT_EQ(read_each_way(chunked + "6\r\n123456\r\n5\r\n", 10).error.value().code, ErrorCode::kBodyTooLarge);
  EXPECT_FALSE(read_each_way(chunked + "5\r\n12345\r\n5\r\n12345\r\n0\r\n\r\n", 10).error);
}

TEST(RequestReader, BoundsChunkLinesAndTrailers) {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_TRUE(read(chunked + "1;" + std::string(9000, 'a'), 512).error.has_value());
  std::string trailers = chunked + "0\r\n";
  for (int i = 0; i < 2000; ++i) trailers += "A: b\r\n";
  EXPECT_TRUE(read(trailers, 512).error.has_value());
}

TEST(RequestReader, KnowsWhatTheHeadAsksFor) {
  RequestReader reader(4096);
  std::size_t used = 0;
  const std::string text =
      "POST /x HTTP/1.1\r\nHost: h\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nExpect: "
      "100-continue\r\nContent-Length: 3\r\n\r\n";
  ASSERT_EQ(*reader.feed(text, used), RequestReader::Step::kHeader);
  EXPECT_EQ(used, text.size());
  EXPECT_FALSE(reader.head().keep_alive);
  EXPECT_TRUE(reader.head().upgrade);
  EXPECT_TRUE(reader.head().expect_continue);
  EXPECT_EQ(reader.head().content_length, 3u);
  EXPECT_EQ(reader.head().headers.value("host"), "h");
}

}  // namespace
}  // namespace carillon::http
