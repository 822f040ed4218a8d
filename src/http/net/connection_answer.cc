// Writing: from a Response to bytes, from memory or from a file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/net/connection.h"
#include "http/net/response_head.h"
#include "http/parse/target.h"

namespace carillon::http {
namespace {

constexpr std::size_t kCopiedBody = 16 << 10;  // up to here one buffer and one system call beat two
constexpr std::size_t kPieceBytes = 64 << 10;

bool has_no_body(int status) { return status == 204 || status == 304 || status < 200; }

}  // namespace

struct Connection::OpenFile {
  int fd = -1;
  std::uint64_t size = 0;
  std::string etag;
  std::uint64_t at = 0;
  std::uint64_t left = 0;
  std::string piece;

  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
};

struct Connection::FilePiece {
  std::string bytes;
  bool failed = false;
};

void Connection::answer(std::uint64_t ticket, Response response) {
  if (loop_->in_thread()) return take_answer(ticket, std::move(response));
  loop_->post([self = shared_from_this(), ticket, r = std::move(response)]() mutable {
    self->take_answer(ticket, std::move(r));
  });
}

void Connection::abandoned(std::uint64_t ticket) {
  const auto give_500 = [self = shared_from_this(), ticket] {
    if (self->phase_ != Phase::kHandling || ticket != self->ticket_) return;
    self->log_request(LogLevel::kError, "reply_abandoned", "a handler dropped its Reply without an answer");
    self->take_answer(
        ticket, Response::problem(Error(ErrorCode::kInternal, "the request got lost on our side"), self->now_.path));
  };
  if (loop_->in_thread()) return give_500();
  loop_->post(give_500);
}

void Connection::take_answer(std::uint64_t ticket, Response response) {
  // Too late, or the client has gone: nobody waits for it.
  if (phase_ != Phase::kHandling || ticket != ticket_) return;
  if (std::exchange(now_.running, false)) loop_->counters().requests_running.sub();
  send_answer(std::move(response));
}

// The problem document, with all that is known of it for the log: messages of the door itself quote no input.
Response Connection::explained(const Error& error) const {
  Response out = Response::problem(error, now_.path);
  out.note += ": " + error.message;
  return out;
}

void Connection::send_answer(Response response) {
  if (phase_ == Phase::kClosed) return;
  if (now_.decision.cors) add_cors_headers(*now_.decision.cors, now_.decision.origin, response);
  if (std::holds_alternative<FileBody>(response.body)) return open_file(std::move(response));
  send_memory(std::move(response));
}

// RFC 9110 sections 13 and 14: turns a 200 into 304, 206 or 416 where the request asks for it.
void Connection::apply_conditions(Response& response, std::uint64_t size, std::uint64_t& from, std::uint64_t& length) {
  if (response.status != 200) return;
  const std::string etag(response.headers.value("ETag"));
  if (!etag.empty() && !now_.if_none_match.empty() && etag_matches(now_.if_none_match, etag)) {
    response.status = 304;
    length = 0;
    return;
  }
  if (now_.method != Method::kGet || now_.range.empty() || response.headers.value("Accept-Ranges") != "bytes") return;
  if (!now_.if_range.empty() && now_.if_range != etag) return;
  const auto range = parse_range(now_.range, size);
  if (!range) {
    const Response problem = Response::problem(range.error(), now_.path);
    response.status = problem.status;
    response.body = problem.body;
    response.headers.set("Content-Type", problem.headers.value("Content-Type"));
    response.headers.set("Content-Range", "bytes */" + std::to_string(size));
    from = 0;
    length = std::get<std::string>(response.body).size();
  } else if (*range) {
    from = (*range)->first;
    length = (*range)->last - from + 1;
    response.status = 206;
    response.headers.set("Content-Range", "bytes " + std::to_string(from) + "-" + std::to_string((*range)->last) + "/" +
                                              std::to_string(size));
  }
}

void Connection::write_head(const Response& response, std::optional<std::uint64_t> content_length) {
  now_.status = response.status;
  if (now_.status >= 500)
    log_request(LogLevel::kWarning, "failed", response.note);
  else if (now_.status >= 400)
    log_request(LogLevel::kInfo, "bad_request", response.note);
  keep_alive_ = !close_after_ && !shared_.draining.load(std::memory_order_relaxed);
  HeadFacts facts;
  facts.date = loop_->date();
  facts.request_id = now_.id;
  facts.content_length = content_length;
  facts.keep_alive = keep_alive_;
  facts.http_1_1 = now_.http_1_1;
  facts.hsts = shared_.options.hsts && transport_->is_tls();
  out_.clear();
  append_head(out_, response, facts);
  phase_ = Phase::kWriting;
  set_deadline(shared_.options.limits.write_timeout);
}

void Connection::send_memory(Response response) {
  const auto view_of = [](const Response::Body& body) {
    const auto* own = std::get_if<std::string>(&body);
    if (own) return std::string_view(*own);
    const auto& common = std::get<std::shared_ptr<const std::string>>(body);
    return common ? std::string_view(*common) : std::string_view{};
  };
  std::uint64_t from = 0;
  std::uint64_t length = view_of(response.body).size();
  apply_conditions(response, length, from, length);
  const bool silent = has_no_body(response.status);
  write_head(response, silent ? std::nullopt : std::optional(length));
  const bool body = !silent && now_.method != Method::kHead;
  std::string_view second;
  if (body && length <= kCopiedBody) {
    out_.append(view_of(response.body).substr(from, length));
  } else if (body) {
    held_ = std::move(response.body);
    second = view_of(held_).substr(from, length);
  }
  loop_->counters().bytes_out.add(out_.size() + second.size());
  transport_->write(out_, second);
}

// --- files ---------------------------------------------------------------------------------------------------------------------

void Connection::open_file(Response response) {
  phase_ = Phase::kDisk;
  set_deadline(shared_.options.limits.write_timeout);
  auto job = [self = shared_from_this(), r = std::move(response)]() mutable {
    auto file = std::make_shared<OpenFile>();
    const std::string& path = std::get<FileBody>(r.body).path;
    file->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat about {};
    if (file->fd < 0 || ::fstat(file->fd, &about) != 0 || !S_ISREG(about.st_mode)) {
      file = nullptr;
    } else {
      file->size = static_cast<std::uint64_t>(about.st_size);
      file->etag = "\"" + std::to_string(about.st_mtim.tv_sec) + "-" + std::to_string(about.st_mtim.tv_nsec) + "-" +
                   std::to_string(about.st_size) + "\"";
    }
    self->loop_->post([self, r2 = std::move(r), file]() mutable { self->file_opened(std::move(r2), std::move(file)); });
  };
  if (!shared_.files.post(std::move(job))) close();
}

void Connection::file_opened(Response response, std::shared_ptr<OpenFile> file) {
  if (phase_ != Phase::kDisk) return;
  if (!file) {
    Response none = Response::problem(Error(ErrorCode::kNotFound, "the file is not there any more"), now_.path);
    return send_memory(std::move(none));
  }
  if (!response.headers.has("ETag")) response.headers.add("ETag", file->etag);
  response.headers.set("Accept-Ranges", "bytes");
  std::uint64_t from = 0;
  std::uint64_t length = file->size;
  apply_conditions(response, file->size, from, length);
  if (response.status == 416 || response.status == 304) {
    if (response.status == 304) response.body = std::string();
    now_.range.clear(), now_.if_none_match.clear();
    return send_memory(std::move(response));
  }
  write_head(response, length);
  loop_->counters().bytes_out.add(out_.size());
  file->at = from;
  file->left = now_.method == Method::kHead ? 0 : length;
  file_ = std::move(file);
  if (file_->left == 0) return transport_->write(out_);
  read_piece();
}

void Connection::read_piece() {
  phase_ = Phase::kDisk;
  auto job = [self = shared_from_this(), file = file_] {
    auto piece = std::make_shared<FilePiece>();
    piece->bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(file->left, kPieceBytes)));
    const ssize_t n = ::pread(file->fd, piece->bytes.data(), piece->bytes.size(), static_cast<off_t>(file->at));
    piece->failed = n <= 0;
    piece->bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    self->loop_->post([self, piece] { self->piece_read(*piece); });
  };
  if (!shared_.files.post(std::move(job))) close();
}

void Connection::piece_read(FilePiece& piece) {
  if (phase_ != Phase::kDisk || !file_) return;
  if (piece.failed) {
    log_request(LogLevel::kWarning, "file_cut", "a file became shorter while it was sent");
    return close();  // the length was promised: only a cut tells the client
  }
  file_->piece = std::move(piece.bytes);
  file_->at += file_->piece.size();
  file_->left -= file_->piece.size();
  phase_ = Phase::kWriting;
  set_deadline(shared_.options.limits.write_timeout);
  loop_->counters().bytes_out.add(file_->piece.size());
  transport_->write(out_, file_->piece);
}

// --- after the last byte -------------------------------------------------------------------------------------------------------

void Connection::on_write_progress() { set_deadline(shared_.options.limits.write_timeout); }

void Connection::on_written() {
  if (std::exchange(writing_continue_, false)) return want_read();
  if (phase_ != Phase::kWriting) return;
  out_.clear();
  if (file_ && file_->left > 0) return read_piece();
  finish_answer();
}

void Connection::finish_answer() {
  if (out_.capacity() > 2 * kCopiedBody) out_ = std::string();
  held_ = std::string();
  file_.reset();
  const auto took = std::chrono::steady_clock::now() - now_.began;
  loop_->counters().by_route[now_.decision.metric].count(now_.status, took);
  log_request(LogLevel::kDebug, "request", "");
  if (keep_alive_) return next_request(false);
  // Closing at once could reset the connection under an answer the client has not read yet.
  phase_ = Phase::kLinger;
  set_deadline(shared_.options.limits.linger_timeout);
  transport_->shutdown_send();
  begin_ = end_ = 0;
  want_read();
}

void Connection::log_request(LogLevel level, std::string_view event, std::string_view message) {
  if (!shared_.wants(level)) return;
  LogEvent line;
  line.level = level;
  line.event = event;
  line.message = message;
  line.request_id = now_.id;
  line.remote = remote_;
  line.method = now_.known_method ? method_name(now_.method) : "";
  line.path = now_.path;
  line.status = now_.status;
  line.took = Duration::micros(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - now_.began).count());
  shared_.log(line);
}

}  // namespace carillon::http
