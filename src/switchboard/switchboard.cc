#include "switchboard/switchboard.h"

#include "conversations/arrival.h"
#include "customers/customers.h"
#include "routing/why_view.h"

namespace carillon::switchboard {

namespace {

constexpr int kMostWhysASecond = 100;  // each is a look at all workers of a queue

// The number is a customer's phone; any other address of theirs is known by an earlier contact only.
Result<CallerFacts> facts_of(store::Reader& reader, WorkspaceId workspace, const std::string& identity) {
  CallerFacts facts;
  auto customer = customers::find_by_identity(reader, workspace, customers::IdentityType::phone, identity);
  if (!customer) return customer.error();
  if (*customer) {
    facts.customer = **customer;
    auto rendered = customers::render_customers(reader, workspace, {facts.customer});
    if (!rendered) return rendered.error();
    if (!rendered->empty()) facts.name = rendered->front().display_name;
  }
  conversations::OpenContact open;
  open.channel = "voice";
  open.channel_identity = identity;
  open.customer_sid = facts.customer;
  auto earlier = conversations::look_up_arrival(reader, workspace, open);
  if (!earlier) return earlier.error();
  facts.last_worker = earlier->last_worker;
  return facts;
}

}  // namespace

Switchboard::Switchboard(World world, const Config& config) : world_(std::move(world)), strain_(config.most) {}
Switchboard::~Switchboard() { stop(); }

Result<std::unique_ptr<Switchboard>> Switchboard::open(World world, Config config) {
  std::unique_ptr<Switchboard> made(new Switchboard(std::move(world), config));
  Switchboard* const self = made.get();
  config.media.on_events = [self] {
    // One turn takes all that waits: a busy engine must not fill the host's mailbox.
    if (self->sound_waits_.exchange(true)) return;
    if (!self->post([self](Turn turn) { self->take_sound(turn); })) self->sound_waits_ = false;
  };
  made->evidence_ = config.evidence;
  config.sip.settings.realm = desk_phones::kRealm;
  config.sip.settings.trace = config.evidence != nullptr;
  auto host = voice::net::SipHost::open(config.sip, made->world_.clock,
                                        [self](voice::sip::Stack& stack, Instant now, voice::sip::Event& event) {
                                          self->board_->on(Turn{stack, now}, event);
                                          if (std::holds_alternative<voice::sip::IncomingCall>(event)) {
                                            self->weigh(Turn{stack, now});
                                          }
                                        });
  if (!host) return host.error();
  made->host_ = std::move(*host);
  auto engine = media::Engine::start(config.media);
  if (!engine) return engine.error();
  made->engine_ = std::move(*engine);
  made->files_ = config.files, made->recording_key_ = config.recording_key;
  made->board_ = std::make_unique<Board>(self->board_world(config));
  made->host_->post([self, trunks = config.trunks](voice::sip::Stack& stack, Instant now) {
    for (const auto& trunk : trunks) {
      auto set = stack.set_trunk(now, trunk);
      if (!set) self->world_.log("trunk " + trunk.id + ": " + set.error().message);
    }
  });
  return made;
}

Board::World Switchboard::board_world(const Config& config) {
  std::vector<std::string> trunks;
  for (const auto& trunk : config.trunks) {
    if (!trunk.next_hops.empty()) trunks.push_back(trunk.id);
  }
  return {
      .engine = *engine_,
      .prompts = world_.prompts,
      .seeds = world_.seeds,
      .public_v4 = config.public_v4,
      .silent_line_ends = config.silent_line_ends,
      .tell = [this](WorkspaceId workspace, calls::Command command,
                     auto done) { tell(workspace, std::move(command), std::move(done)); },
      .tell_arrival = [this](WorkspaceId workspace, calls::Arrive arrival, const std::string& channel,
                             auto done) { tell_arrival(workspace, std::move(arrival), channel, std::move(done)); },
      .look_up = [this](WorkspaceId workspace, std::string identity,
                        auto done) { look_up(workspace, std::move(identity), std::move(done)); },
      .standing = [this](WorkspaceId workspace, CallId call, auto done) { standing(workspace, call, std::move(done)); },
      .listed = [this](WorkspaceId workspace, const std::string& address,
                       auto done) { listed(workspace, address, std::move(done)); },
      .remember = [this](WorkspaceId workspace, std::string number, std::string name,
                         auto done) { remember(workspace, std::move(number), std::move(name), std::move(done)); },
      .link =
          [this](WorkspaceId workspace, const conversations::SetCustomer& link) {
            world_.runtime.submit({.workspace = workspace,
                                   .command = conversations::Command(link),
                                   .actor = {},
                                   .reply = [](const Result<runtime::Committed>&) {}});
          },
      .record = [this](const RecordingWish& wish, auto done) { record(wish, std::move(done)); },
      .recorded = [this](WorkspaceId workspace, RecordingId sid,
                         const media::RecordingDone& done) { recorded(workspace, sid, done); },
      .agent_words = [this](WorkspaceId workspace, CallId call, WorkerId worker,
                            auto done) { agent_words(workspace, call, worker, std::move(done)); },
      .post = [this](auto work) { (void)post(std::move(work)); },
      .after =
          [this](Duration time, auto work) {
            (void)host_->after(time, [work = std::move(work)](voice::sip::Stack& stack, Instant now) {
              work(Turn{stack, now});
            });
          },
      .why = [this](WorkspaceId workspace, ContactId contact, TaskId task,
                    auto done) { why(workspace, contact, task, std::move(done)); },
      .witness = {.listeners = host_->listeners(),
                  .keep =
                      [this](evidence::Record record) {
                        if (evidence_) (void)evidence_->keep(std::move(record));
                      }},
      .log = world_.log,
      .trunks = std::move(trunks),
      .trunk_rules = config.trunk_rules,
      .direct_calls = config.direct_calls};
}

void Switchboard::start() { host_->start(); }

void Switchboard::stop() {
  if (stopped_.exchange(true)) return;
  if (host_ && board_) (void)post([this](Turn turn) { board_->keep_evidence(turn); });
  if (host_) host_->stop();
  std::lock_guard held(making_);
  engine_.reset();
}

std::vector<voice::sip::Listener> Switchboard::listeners() const { return host_->listeners(); }
media::Engine::Counts Switchboard::sound() const { return engine_->counts(); }

Counts Switchboard::counts() const {
  const Board::Size size = board_->size();
  return {.sip = host_->counts(),
          .sound = engine_->counts(),
          .evidence = evidence_ ? evidence_->counts() : evidence::Keeper::Counts{},
          .lines = size.lines,
          .calls = size.talks,
          .phones = size.desks,
          .commands_waiting = commands_waiting_,
          .overloaded = overloaded_,
          .overloads = overloads_,
          .silent_ends = size.silent_ends};
}

// Looks whether there is too much to do: at each new call, and four times a second while there is.
void Switchboard::weigh(Turn turn) {
  const Load now{.commands = commands_waiting_,
                 .calls = board_->size().lines,
                 .works = host_->counts().works_waiting,
                 .sound = engine_->counts().mailbox_depth};
  const bool before = strain_.overloaded();
  const std::string what = before ? std::string() : strain_.what(now);
  if (strain_.weigh(now) != before) {
    turn.stack.set_overloaded(!before);
    overloaded_ = !before;
    if (!before) ++overloads_;
    world_.log(before ? "new calls are taken again" : "too much to do, new calls are refused: " + what);
  }
  if (!strain_.overloaded() || weighs_again_) return;
  weighs_again_ = host_->after(Duration::millis(250), [this](voice::sip::Stack& stack, Instant at) {
    weighs_again_ = false;
    weigh(Turn{stack, at});
  });
}

bool Switchboard::post(std::function<void(Turn)> work) {
  return host_->post([work = std::move(work)](voice::sip::Stack& stack, Instant now) { work(Turn{stack, now}); });
}

void Switchboard::take_sound(Turn turn) {
  sound_waits_ = false;
  engine_->poll([&](const media::Event& event) { board_->on(turn, event); });
}

void Switchboard::tell(WorkspaceId workspace, calls::Command command, Told done) {
  submit({.workspace = workspace, .command = std::move(command), .actor = {}, .reply = {}}, std::move(done));
}

// Which conversation runs is read in the same step as the call begins.
void Switchboard::tell_arrival(WorkspaceId workspace, calls::Arrive arrival, const std::string& channel, Told done) {
  runtime::Submission submission{.workspace = workspace, .command = calls::Command(arrival), .actor = {}, .reply = {}};
  submission.prepare = [arrival = std::move(arrival), channel](const runtime::View& view,
                                                               workspace::Command& command) -> Result<void> {
    calls::Arrive joined = arrival;
    const auto* running = view.state.conversations().any_open_contact_of(channel, arrival.identity);
    if (running) joined.conversation_sid = running->conversation_sid;
    command = calls::Command(std::move(joined));
    return {};
  };
  submit(std::move(submission), std::move(done));
}

void Switchboard::submit(runtime::Submission submission, Told done) {
  ++commands_waiting_;
  submission.reply = [this, done = std::move(done)](Result<runtime::Committed> committed) {
    --commands_waiting_;
    Result<std::string> answer =
        committed ? Result<std::string>(committed->sid) : Result<std::string>(committed.error());
    post([done, answer = std::move(answer)](Turn turn) { done(turn, answer); });
  };
  world_.runtime.submit(std::move(submission));
}

// Whoever cannot be looked up is a stranger: the call goes on.
void Switchboard::look_up(WorkspaceId workspace, std::string identity, std::function<void(Turn, CallerFacts)> done) {
  if (identity.empty()) return (void)post([done](Turn turn) { done(turn, {}); });
  const bool taken = world_.pool.post([this, workspace, identity, done] {
    CallerFacts facts;
    if (auto reader = world_.store.readers().lease()) {
      auto found = facts_of(**reader, workspace, identity);
      if (found) {
        facts = std::move(*found);
      } else {
        world_.log("a caller could not be looked up: " + found.error().message);
      }
    }
    post([done, facts = std::move(facts)](Turn turn) { done(turn, facts); });
  });
  if (!taken) post([done](Turn turn) { done(turn, {}); });
}

// Numbers are not proved, so two of one number can be made at once; the oldest is found then.
void Switchboard::remember(WorkspaceId workspace, std::string number, std::string name,
                           std::function<void(Turn, CustomerId)> done) {
  customers::NewCustomer wanted{.display_name = std::move(name),
                                .identities = {{customers::IdentityType::phone, number, false}}};
  runtime::RecordChange change = customers::make_customer(workspace, wanted, world_.clock.now());
  change.reply = [this, done = std::move(done)](Result<runtime::Committed> made) {
    if (!made) world_.log("a caller could not be remembered: " + made.error().message);
    const CustomerId sid = made ? CustomerId::parse(made->sid).value_or(CustomerId{}) : CustomerId{};
    post([done, sid](Turn turn) { done(turn, sid); });
  };
  world_.runtime.commit(std::move(change));
}

// Seldom enough that answering does not suffer.
void Switchboard::why(WorkspaceId workspace, ContactId contact, TaskId task,
                      std::function<void(Turn, const std::string&)> done) {
  const Instant now = world_.clock.now();
  if (now - whys_from_ >= Duration::seconds(1)) whys_from_ = now, whys_asked_ = 0;
  if (++whys_asked_ > kMostWhysASecond) return;
  const std::int64_t position = world_.runtime.events().position(workspace);
  const auto read = [contact, task, position](const runtime::View& view) {
    const auto* row = view.state.conversations().contact(contact);
    const TaskId of = task || !row || row->tasks.empty() ? task : row->tasks.front().task_sid;
    const auto why = view.state.routing().why(of, view.now, routing::kMostCandidates);
    std::string out;
    if (why) routing::render_why(out, view.state.routing(), *why, view.now, position);
    return out;
  };
  world_.runtime.ask(
      workspace, read,
      [this, done](Result<runtime::Answer<std::string>> answer) {
        if (answer) post([done, json = std::move(answer->value)](Turn turn) { done(turn, json); });
      },
      runtime::Release::immediate);
}

void Switchboard::evidence_of(WorkspaceId workspace, CallId call,
                              std::function<void(std::optional<evidence::Record>)> done) {
  const bool posted =
      post([this, workspace, call, done](Turn turn) { done(board_->evidence_of(turn, workspace, call)); });
  if (!posted) done(std::nullopt);
}

void Switchboard::standing(WorkspaceId workspace, CallId call, std::function<void(Turn, prompts::Standing)> done) {
  const auto read = [call](const runtime::View& view) {
    prompts::Standing out;
    const auto* row = view.state.calls().call(call);
    const auto* number = row ? view.state.calls().number(row->number_sid) : nullptr;
    const auto* contact = row ? view.state.conversations().contact(row->contact_sid) : nullptr;
    if (!number || !contact || contact->tasks.empty()) return out;
    const auto estimate = view.state.routing().estimate(contact->tasks.front().task_sid);
    if (number->announce_position) out.place = static_cast<int>(std::min<std::int64_t>(estimate.position, 1000));
    if (number->announce_wait && estimate.known) out.expected_wait = estimate.high;
    return out;
  };
  world_.runtime.ask(
      workspace, read,
      [this, done](Result<runtime::Answer<prompts::Standing>> answer) {
        post([done, standing = answer ? answer->value : prompts::Standing{}](Turn turn) { done(turn, standing); });
      },
      runtime::Release::immediate);
}

// ---- what the workspaces say ----

void Switchboard::committed(const runtime::PublishedEntryPtr& entry) {
  for (const auto& event : entry->events) {
    if (event.type != "worker.deleted") continue;
    if (const auto worker = WorkerId::parse(event.resource_sid)) remove_account(entry->workspace, *worker);
  }
  if (!entry->numbers.empty() || !entry->deleted_numbers.empty()) {
    board_->numbers().committed(entry->workspace, entry->position, entry->numbers, entry->deleted_numbers);
  }
  if (entry->calls.empty()) return;
  const bool posted = post([this, entry](Turn turn) {
    for (const auto& call : entry->calls) board_->call_changed(turn, entry->workspace, call, entry->at);
    seen_[entry->workspace] = entry->position;
  });
  // Far too much waits: what was missed is read anew.
  if (!posted && !stopped_) world_.pool.post([this, workspace = entry->workspace] { ready(workspace, 0, false); });
}

void Switchboard::ready(WorkspaceId workspace, std::int64_t, bool) {
  struct Rows {
    std::vector<calls::NumberRecord> numbers;
    std::vector<calls::CallRecord> calls;
    Instant now;
  };
  const auto read = [](const runtime::View& view) {
    Rows rows{.numbers = {}, .calls = {}, .now = view.now};
    for (const auto* number : view.state.calls().numbers()) rows.numbers.push_back(*number);
    for (const auto* call : view.state.calls().calls()) rows.calls.push_back(*call);
    return rows;
  };
  world_.runtime.ask(workspace, read, [this, workspace](Result<runtime::Answer<Rows>> rows) {
    if (!rows) return;  // it is rebuilt again, and then ready() comes once more
    const bool posted = post([this, workspace, position = rows->position, rows = std::move(rows->value)](Turn turn) {
      // A commit may overtake the answer, which then is older than what is known here.
      if (position < seen_[workspace]) return ready(workspace, position, false);
      if (!board_->numbers().replace(workspace, position, rows.numbers)) return ready(workspace, position, false);
      board_->calls_are(turn, workspace, rows.calls, rows.now);
    });
    if (!posted && !stopped_) world_.pool.post([this, workspace] { ready(workspace, 0, false); });
  });
}

// ---- what desktops say ----

void Switchboard::connect(const calls::Desk& desk, std::string offer, calls::Phones::Answered answered) {
  const bool posted = post(
      [this, desk, offer = std::move(offer), answered](Turn turn) { board_->connect(turn, desk, offer, answered); });
  if (!posted) answered(Error(ErrorCode::kOverloaded, "too many calls and phones want something at once; try again"));
}

void Switchboard::disconnect(const calls::Desk& desk) {
  post([this, desk](Turn turn) { board_->disconnect(turn, desk); });
}

void Switchboard::press(WorkspaceId workspace, CallId call, WorkerId worker, std::string digits,
                        std::function<void(Result<void>)> done) {
  const bool posted = post([this, workspace, call, worker, digits = std::move(digits), done](Turn) {
    done(board_->press(workspace, call, worker, digits));
  });
  if (!posted) done(Error(ErrorCode::kOverloaded, "too many calls and phones want something at once; try again"));
}

void Switchboard::gather_secret(WorkspaceId workspace, CallId call, calls::SecretWish wish,
                                std::function<void(Result<calls::SecretDigits>)> done) {
  const bool posted = post(
      [this, workspace, call, wish, done](Turn turn) { board_->gather_secret(turn, workspace, call, wish, done); });
  if (!posted) done(Error(ErrorCode::kOverloaded, "too many calls and phones want something at once; try again"));
}

void Switchboard::stop_secret(WorkspaceId workspace, CallId call, std::function<void(Result<void>)> done) {
  const bool posted = post([this, workspace, call, done](Turn) { done(board_->stop_secret(workspace, call)); });
  if (!posted) done(Error(ErrorCode::kOverloaded, "too many calls and phones want something at once; try again"));
}

// ---- what customers' pages say ----

void Switchboard::call(const calls::GuestLine& line, calls::GuestCall call, std::string offer,
                       calls::Guests::Answered answered) {
  const bool posted = post([this, line, call = std::move(call), offer = std::move(offer), answered](Turn turn) {
    board_->guest_calls(turn, line, call, offer, answered);
  });
  if (!posted) answered(Error(ErrorCode::kOverloaded, "too many calls and phones want something at once; try again"));
}

void Switchboard::resume(const calls::GuestLine& line, std::string offer, calls::Guests::Answered answered) {
  const bool posted = post([this, line, offer = std::move(offer), answered](Turn turn) {
    board_->guest_resumes(turn, line, offer, answered);
  });
  if (!posted) answered(Error(ErrorCode::kOverloaded, "too many calls and phones want something at once; try again"));
}

void Switchboard::left(const calls::GuestLine& line) {
  post([this, line](Turn turn) { board_->guest_left(turn, line); });
}

void Switchboard::hang_up(const calls::Guest& guest) {
  post([this, guest](Turn turn) { board_->guest_hangs_up(turn, guest); });
}

}  // namespace carillon::switchboard
