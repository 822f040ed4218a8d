#include "http/reply.h"

namespace carillon::http {
namespace {

class FunctionPort final : public ReplyPort {
 public:
  explicit FunctionPort(std::function<void(Response)> take) : take_(std::move(take)) {}
  void answer(std::uint64_t, Response response) override { take_(std::move(response)); }
  void abandoned(std::uint64_t) override {
    take_(Response::problem(Error(ErrorCode::kInternal, "the handler gave no answer")));
  }

 private:
  std::function<void(Response)> take_;
};

}  // namespace

Reply Reply::to(std::function<void(Response)> take) {
  return Reply(std::make_shared<FunctionPort>(std::move(take)), 0);
}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this != &other) {
    if (port_) std::exchange(port_, nullptr)->abandoned(ticket_);
    port_ = std::move(other.port_);
    ticket_ = other.ticket_;
  }
  return *this;
}

Reply::~Reply() {
  if (port_) port_->abandoned(ticket_);
}

void Reply::operator()(Response response) {
  CARILLON_CHECK(port_ != nullptr);
  // Let go of the port before it works: what it calls may destroy this.
  std::exchange(port_, nullptr)->answer(ticket_, std::move(response));
}

}  // namespace carillon::http
