#include "channels/chat/visit.h"

#include <boost/json.hpp>

#include "customers/customers.h"

namespace carillon::chat {
namespace {

constexpr int kMostAttempts = 3;
// A message left on the last evening before the holidays is still there after them: the longest a task may live.
constexpr Duration kMessageLives = Duration::seconds(14 * 86'400);
constexpr const char* kCallChannel = "voice";
constexpr Duration kToWhomTheyTalk = Duration::seconds(20);

Error overloaded() {
  return Error(ErrorCode::kOverloaded, "too many requests are being answered; try again in a moment");
}

// One visit being prepared, step by step.
class Preparation : public std::enable_shared_from_this<Preparation> {
 public:
  Preparation(ChatWorld& world, VisitWish wish, std::function<void(Result<PreparedVisitPtr>)> then)
      : world_(world), wish_(std::move(wish)), then_(std::move(then)) {}

  // Everything is looked up anew: somebody else may have changed it meanwhile.
  void run() {
    const bool posted = world_.pool.post([self = shared_from_this()] {
      if (auto done = self->look(); !done) self->then_(done.error());
    });
    if (!posted) then_(overloaded());
  }

 private:
  // What this attempt has found out; dropped when another attempt takes its place.
  using Found = PreparedVisitPtr;

  Result<void> look() {
    auto found = std::make_shared<PreparedVisit>();
    if (!take_ticket(*found, "visit|" + wish_.visitor.sid.str())) return {};
    auto reader = world_.store.readers().lease();
    if (!reader) return reader.error();
    auto before = said_before(**reader);
    if (!before) return before.error();
    if (!before->empty()) {
      found->said_before = *before;
      then_(found);
      return {};
    }
    auto known = find_visitor(**reader, wish_.visitor.workspace, wish_.visitor.widget, wish_.visitor.sid);
    if (!known) return known.error();
    found->visitor = *known;
    take_over(found->visitor, wish_.visitor);
    found->visitor_is_new = !(found->visitor == *known);
    auto customer = customer_of(**reader, found->visitor, wish_.verified);
    if (!customer) return customer.error();
    if (!*customer && is_somebody(found->visitor, wish_.verified)) return make_customer(found->visitor);
    return look_up(**reader, std::move(found), customer->value_or(CustomerId{}));
  }

  // False: somebody has it, and we begin again when they are done.
  bool take_ticket(PreparedVisit& found, const std::string& key) {
    auto ticket = world_.once->begin(key, [self = shared_from_this()] { self->run(); });
    if (!ticket) return false;
    found.tickets.push_back(std::move(ticket));
    return true;
  }

  Result<std::string> said_before(store::Reader& reader) const {
    if (wish_.client_message_id.empty()) return std::string();
    auto rows = reader.query(
        "SELECT sid FROM messages WHERE workspace_id = ?1 AND author_type = 'customer' AND author_sid = ?2 AND "
        "client_message_id = ?3",
        {wish_.visitor.workspace, wish_.visitor.sid, wish_.client_message_id});
    if (!rows) return rows.error();
    return rows->empty() ? std::string() : (*rows)[0].str(0);
  }

  Result<void> make_customer(const Visitor& v) {
    if (++attempts_ > kMostAttempts)
      return Error(ErrorCode::kOverloaded, "the customer could not be made just now; try again");
    auto change = customer_from(v, wish_.verified, world_.clock.now());
    // Whoever was quicker made them: looking again finds them.
    change.reply = [self = shared_from_this()](Result<runtime::Committed> done) {
      if (!done && done.error().code != ErrorCode::kNameTaken) return self->then_(done.error());
      self->run();
    };
    world_.runtime.commit(std::move(change));
    return {};
  }

  Result<void> look_up(store::Reader& reader, Found found, CustomerId customer) {
    const Visitor& visitor = found->visitor;
    auto& open = found->open;
    open.channel = kChannel;
    open.channel_identity = visitor.sid.str();
    open.identity_verified = wish_.verified;
    open.customer_sid = customer;
    open.workflow_sid = wish_.widget->workflow;
    open.priority = wish_.widget->priority;
    open.live = !wish_.leaves_message;
    if (wish_.leaves_message) open.time_to_live = kMessageLives;
    open.attributes.text =
        task_attributes(*wish_.widget, visitor, wish_.verified, wish_.attributes, wish_.leaves_message);
    auto facts = conversations::look_up_arrival(reader, visitor.workspace, open);
    if (!facts) return facts.error();
    if (facts->candidate.sid) {
      if (!take_ticket(*found, conversations::arrival_key(visitor.workspace, facts->candidate.sid))) return {};
      // Under the ticket nobody reopens it, so what is read now stays true until we are done.
      facts = conversations::look_up_arrival(reader, visitor.workspace, open);
      if (!facts) return facts.error();
    }
    conversations::fill(open, *facts);
    found->posting = conversations::begin_posting({.author = conversations::Author::customer,
                                                   .author_sid = visitor.sid.str(),
                                                   .author_name = visitor.display_name,
                                                   .text = wish_.text,
                                                   .client_message_id = wish_.client_message_id});
    open.message_sid = found->posting->row.sid;
    then_(std::move(found));
    return {};
  }

  ChatWorld& world_;
  const VisitWish wish_;
  const std::function<void(Result<PreparedVisitPtr>)> then_;
  int attempts_ = 0;
};

}  // namespace

bool is_somebody(const Visitor& v, bool verified) {
  return !v.display_name.empty() || !v.email.empty() || (verified && !v.external_id.empty());
}

runtime::RecordChange customer_from(const Visitor& v, bool verified, Instant now) {
  using customers::IdentityType;
  customers::NewCustomer wanted{.display_name = v.display_name.empty() ? v.email : v.display_name};
  if (verified && !v.external_id.empty()) wanted.identities.push_back({IdentityType::external_id, v.external_id, true});
  wanted.identities.push_back({IdentityType::visitor, v.sid.str(), true});
  if (!v.email.empty()) wanted.identities.push_back({IdentityType::email, v.email, false});
  if (wanted.display_name.empty()) wanted.display_name = v.external_id;
  return customers::make_customer(v.workspace, wanted, now);
}

std::string task_attributes(const Widget& widget, const Visitor& v, bool verified, const std::string& hints,
                            bool left_message) {
  boost::system::error_code failed;
  auto all = boost::json::parse(widget.attributes, failed);
  if (failed || !all.is_object()) all = boost::json::object();
  auto said = boost::json::parse(hints, failed);
  boost::json::object& out = all.get_object();
  out["channel"] = kChannel;
  out["widget_sid"] = widget.sid.str();
  out["visitor"] = failed || !said.is_object() ? boost::json::value(boost::json::object()) : std::move(said);
  // Ours, not the visitor's to claim.
  boost::json::object customer{{"verified", verified}};
  const auto say = [](boost::json::object& into, const char* name, const std::string& text) {
    if (!text.empty()) into[name] = text;
  };
  say(customer, "name", v.display_name), say(customer, "email", v.email);
  if (verified) say(customer, "external_id", v.external_id);
  out["customer"] = std::move(customer);
  say(out, "customer_name", v.display_name), say(out, "page_url", v.page_url), say(out, "locale", v.locale);
  if (left_message) out["left_message"] = true;
  return boost::json::serialize(all);
}

void prepare_visit(ChatWorld& world, VisitWish wish, std::function<void(Result<PreparedVisitPtr>)> then) {
  std::make_shared<Preparation>(world, std::move(wish), std::move(then))->run();
}

Result<void> prepare_open(const PreparedVisit& visit, const runtime::View& view, workspace::Command& command) {
  conversations::OpenContact open = visit.open;
  if (auto fine = conversations::check_facts(view, open); !fine) return fine;
  // Who talks with somebody here writes to them too.
  if (const auto* call = view.state.conversations().any_open_contact_of(kCallChannel, open.channel_identity)) {
    open.join_sid = call->conversation_sid;
    open.last_worker_for = kToWhomTheyTalk;
    if (const WorkerId worker = conversations::State::worker_of(*call)) open.last_worker_sid = worker;
  }
  if (!view.state.routing().workflow(open.workflow_sid)) {
    open.workflow_sid = {};
    open.task_queue_sid = view.state.workspace().last_resort_queue_sid;
  }
  command = conversations::Command{std::move(open)};
  return {};
}

void companion_open(PreparedVisit& visit, const runtime::Applied& applied, runtime::Companion& companion) {
  conversations::companion_post(*visit.posting, visit.visitor.workspace, applied, companion);
  if (visit.visitor_is_new) companion.statements.push_back(put_visitor(visit.visitor, applied.now));
}

void begin_visit(ChatWorld& world, VisitWish wish, runtime::Reply reply) {
  auto held = std::make_shared<runtime::Reply>(std::move(reply));
  prepare_visit(world, wish, [&world, wish, held](Result<PreparedVisitPtr> prepared) {
    if (!prepared) return (*held)(prepared.error());
    PreparedVisitPtr visit = *prepared;
    if (!visit->said_before.empty()) {
      runtime::Committed done;
      done.sid = visit->said_before;
      return (*held)(std::move(done));
    }
    runtime::Submission submission;
    submission.workspace = wish.visitor.workspace;
    submission.command = workspace::Tick{};
    submission.actor = {"visitor", wish.visitor.sid.str(), visit->visitor.display_name};
    submission.prepare = [visit](const runtime::View& view, workspace::Command& command) {
      return prepare_open(*visit, view, command);
    };
    submission.companion = [visit](const runtime::Applied& applied, runtime::Companion& companion) {
      companion_open(*visit, applied, companion);
    };
    submission.reply = [&world, wish, held, visit](Result<runtime::Committed> done) {
      if (!done && done.error().code == ErrorCode::kStoreConflict) return begin_visit(world, wish, *held);
      (*held)(std::move(done));
    };
    world.runtime.submit(std::move(submission));
  });
}

}  // namespace carillon::chat
