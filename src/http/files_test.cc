// Goal: folders, files on disk and uploads are served and taken in bounded memory, and nothing outside them can be reached.
// Method: a temporary folder, real sockets.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "http/testing/client.h"
#include "http/testing/test_server.h"

namespace carillon::http {
namespace {

namespace fs = std::filesystem;
using testing::Answer;
using testing::Client;
using testing::RawClient;
using testing::TestServer;

class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "carillon-http-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempFolder() { fs::remove_all(path_); }
  void write(const std::string& name, std::string_view bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  fs::path path_;
};

struct Site {
  explicit Site(StaticOptions options = {.spa = true}) {
    folder.write("index.html", "<!doctype html>");
    folder.write("assets/app-1a2b.js", "let x = 1;");
    folder.write("assets/app-1a2b.js.gz", "GZIPPED");
    folder.write("docs/index.html", "docs");
    folder.write(".hidden", "secret");
    folder.write("ring.mp3", "0123456789");
    fs::create_symlink("/etc/passwd", folder.path("link.txt"));
    server.emplace([&](Router& r) {
      ASSERT_EQ(*r.static_files("/console", folder.path(), std::move(options)), 4u);
      r.add(Method::kGet, "/console/api", [](Request, Reply reply) { reply(Response::text(200, "api")); });
    });
  }
  TempFolder folder;
  std::optional<TestServer> server;
};

TEST(StaticFiles, ServesWithTypesCachingAndSecurityHeaders) {
  Site site;
  Client client(site.server->port());
  const Answer index = client.get("/console/");
  EXPECT_EQ(index.body, "<!doctype html>");
  EXPECT_EQ(index.headers.value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(index.headers.value("Cache-Control"), "no-cache");
  const std::string policy(index.headers.value("Content-Security-Policy"));
  EXPECT_NE(policy.find("default-src 'self'"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(index.headers.value("X-Frame-Options"), "DENY");
  EXPECT_EQ(index.headers.value("Referrer-Policy"), "same-origin");
  EXPECT_EQ(index.headers.value("X-Content-Type-Options"), "nosniff");
  const Answer again = client.get("/console/", {{"If-None-Match", std::string(index.headers.value("ETag"))}});
  EXPECT_EQ(again.status, 304);
  const Answer script = client.get("/console/assets/app-1a2b.js");
  EXPECT_EQ(script.body, "let x = 1;");
  EXPECT_EQ(script.headers.value("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.headers.value("Cache-Control"), "public, max-age=31536000, immutable");
  const Answer zipped = client.get("/console/assets/app-1a2b.js", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(zipped.body, "GZIPPED");
  EXPECT_EQ(zipped.headers.value("Content-Encoding"), "gzip");
  EXPECT_EQ(zipped.headers.value("Vary"), "Accept-Encoding");
  EXPECT_NE(zipped.headers.value("ETag"), script.headers.value("ETag"));
  EXPECT_EQ(client.request("HEAD", "/console/").headers.value("Content-Length"), "15");
}

TEST(StaticFiles, FallsBackForPagesOnly) {
  Site site;
  Client client(site.server->port());
  EXPECT_EQ(client.get("/console/agents/WK1").body, "<!doctype html>");
  EXPECT_EQ(client.get("/console/missing.js").code(), "not_found");
  EXPECT_EQ(client.get("/console/docs/").body, "docs");
  EXPECT_EQ(client.get("/console/api").body, "api");  // a route wins
  const Answer bare = client.get("/console?door=agent");
  EXPECT_EQ(bare.status, 302);
  EXPECT_EQ(bare.headers.value("Location"), "/console/?door=agent");
  EXPECT_EQ(client.post("/console/", "{}").status, 405);
}

TEST(StaticFiles, NothingOutsideTheFolderCanBeReached) {
  Site site(StaticOptions{});
  Client client(site.server->port());
  for (const char* path :
       {"/console/../../../etc/passwd", "/console/..%2f..%2fetc/passwd", "/console/%2e%2e/index.html",
        "/console//etc/passwd", "/console/.hidden", "/console/link.txt", "/console/assets/../index.html",
        "/console/assets\\..\\index.html", "/console/nothing"}) {
    EXPECT_EQ(client.get(path).status, 404) << path;
  }
}

TEST(StaticFiles, ServesRangesForPlayers) {
  Site site;
  Client client(site.server->port());
  const Answer part = client.get("/console/ring.mp3", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.headers.value("Content-Range"), "bytes 2-4/10");
}

TEST(StaticFiles, OtherSitesMayLoadWhatIsMeantForThem) {
  Site site(StaticOptions{.frame_ancestors = "*", .allow_cross_origin = true});
  const Answer a = Client(site.server->port()).get("/console/");
  EXPECT_EQ(a.headers.value("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(a.headers.value("Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_FALSE(a.headers.has("X-Frame-Options"));
}

TEST(StaticFiles, RefusesAFolderThatIsMissingOrTooLarge) {
  TempFolder folder;
  folder.write("a", "0123456789");
  Router router;
  EXPECT_EQ(router.static_files("/a", folder.path("none")).error().code, ErrorCode::kConfig);
  EXPECT_EQ(router.static_files("/a", folder.path(), {.max_total_bytes = 9}).error().code, ErrorCode::kConfig);
}

// --- files on disk -------------------------------------------------------------------------------------------------------------

TEST(DiskFiles, AreSentInPiecesWithRangesAndValidators) {
  TempFolder folder;
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes.push_back(static_cast<char>('a' + i % 26));
  folder.write("call.wav", bytes);
  TestServer server([&](Router& r) {
    r.add(Method::kGet, "/f/{name}", [&](Request request, Reply reply) {
      reply(Response::file(folder.path(std::string(request.param("name"))), "audio/wav", "call.wav"));
    });
  });
  Client client(server.port());
  const Answer whole = client.get("/f/call.wav");
  ASSERT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, bytes);
  EXPECT_EQ(whole.headers.value("Accept-Ranges"), "bytes");
  const std::string etag(whole.headers.value("ETag"));
  const Answer part = client.get("/f/call.wav", {{"Range", "bytes=100000-299999"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, bytes.substr(100'000));
  EXPECT_EQ(client.get("/f/call.wav", {{"Range", "bytes=-5"}}).body, bytes.substr(299'995));
  const Answer outside = client.get("/f/call.wav", {{"Range", "bytes=300000-"}});
  EXPECT_EQ(outside.code(), "range_not_satisfiable");
  EXPECT_EQ(outside.headers.value("Content-Range"), "bytes */300000");
  EXPECT_EQ(client.get("/f/call.wav", {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(client.get("/f/call.wav", {{"Range", "bytes=0-1"}, {"If-Range", "\"other\""}}).status, 200);
  EXPECT_EQ(client.get("/f/call.wav", {{"Range", "bytes=0-1"}, {"If-Range", etag}}).status, 206);
  const Answer head = client.request("HEAD", "/f/call.wav");
  EXPECT_EQ(head.headers.value("Content-Length"), "300000");
  EXPECT_EQ(client.get("/f/none").code(), "not_found");
  EXPECT_EQ(client.get("/f/..").code(), "not_found");  // a folder is no file
  EXPECT_EQ(client.get("/f/call.wav").status, 200);
}

TEST(DiskFiles, AClientThatLeavesInTheMiddleIsHarmless) {
  TempFolder folder;
  folder.write("big", std::string(20 << 20, 'x'));
  TestServer server([&](Router& r) {
    r.add(Method::kGet, "/big", [&](Request, Reply reply) { reply(Response::file(folder.path("big"), "a/b")); });
  });
  for (int i = 0; i < 5; ++i) {
    RawClient client(server.port());
    client.send(testing::request_text("GET", "/big"));
    EXPECT_FALSE(client.receive().empty());
    client.reset();
  }
  EXPECT_EQ(Client(server.port()).get("/big").body.size(), 20u << 20);
  EXPECT_TRUE(TestServer::eventually([&] { return server.server().metrics().connections_open == 0; }));
}

// --- uploads -------------------------------------------------------------------------------------------------------------------

struct Counts {
  std::atomic<int> made{0}, finished{0}, gone{0};
  std::atomic<std::size_t> largest{0}, bytes{0};
};

struct CountingSink final : BodySink {
  explicit CountingSink(Counts& c) : counts(c) { ++counts.made; }
  ~CountingSink() override { ++counts.gone; }
  Result<void> write(std::span<const char> piece) override {
    counts.bytes += piece.size();
    counts.largest = std::max(counts.largest.load(), piece.size());
    if (piece[0] == 'E') return Error(ErrorCode::kStore, "the disk is full");
    if (piece[0] == 'T') throw std::runtime_error("oops");
    return {};
  }
  Result<void> finish() override { return ++counts.finished, Result<void>(); }
  Counts& counts;
};

struct Uploads {
  Counts counts;
  TestServer server{[this](Router& r) {
    RouteOptions options;
    options.max_body_bytes = 10 << 20;
    options.sink = [this](const Request& request) -> Result<std::unique_ptr<BodySink>> {
      if (request.header("Content-Type") == "bad/type") return Error(ErrorCode::kUnsupportedMediaType, "no such files");
      return std::unique_ptr<BodySink>(std::make_unique<CountingSink>(counts));
    };
    r.add(Method::kPut, "/up", options, [this](Request request, Reply reply) {
      EXPECT_TRUE(request.sink != nullptr);
      EXPECT_TRUE(request.body.empty());
      reply(Response::json(201, {{"bytes", counts.bytes.load()}}));
    });
  }};
};

TEST(Uploads, StreamIntoASinkInSmallPieces) {
  Uploads up;
  Client client(up.server.port());
  const Answer a = client.request("PUT", "/up", std::string(5 << 20, 'x'));
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(a.json().at("bytes"), 5 << 20);
  EXPECT_LE(up.counts.largest, 128u << 10);
  EXPECT_EQ(up.counts.finished, 1);
  RawClient raw(up.server.port());
  raw.send("PUT /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(raw.receive_answer().status, 201);
  raw.send("PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(raw.receive_answer().status, 201);
  EXPECT_EQ(up.counts.finished, 3);
}

TEST(Uploads, AreRefusedEarly) {
  Uploads up;
  RawClient raw(up.server.port());
  raw.send("PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: 11000000\r\n\r\n");
  EXPECT_EQ(raw.receive_answer().status, 413);
  EXPECT_EQ(up.counts.made, 0);
  EXPECT_EQ(Client(up.server.port()).request("PUT", "/up", "x", {{"Content-Type", "bad/type"}}).status, 415);
}

TEST(Uploads, ASinkThatFailsEndsTheUpload) {
  Uploads up;
  Client client(up.server.port());
  EXPECT_EQ(client.request("PUT", "/up", "E" + std::string(3 << 20, 'x')).code(), "store");
  EXPECT_EQ(client.request("PUT", "/up", "T").code(), "store");
  EXPECT_EQ(client.request("PUT", "/up", "fine").status, 201);
  EXPECT_EQ(up.counts.finished, 1);
}

TEST(Uploads, AClientThatLeavesInTheMiddleDestroysItsSink) {
  Uploads up;
  {
    RawClient raw(up.server.port());
    raw.send("PUT /up HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n" + std::string(100'000, 'x'));
    EXPECT_TRUE(TestServer::eventually([&] { return up.counts.bytes > 0; }));
    raw.reset();
  }
  EXPECT_TRUE(TestServer::eventually([&] { return up.counts.gone == 1; }));
  EXPECT_EQ(up.counts.finished, 0);
}

}  // namespace
}  // namespace carillon::http
