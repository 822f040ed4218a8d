// Simulated customers and agents of the demo: they use the commands everybody uses, so what moves on the boards is real.
#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "app/demo.h"
#include "app/server_parts.h"
#include "conversations/post_message.h"
#include "routing/dispositions.h"
#include "secrets/secrets.h"

namespace carillon::app {
namespace {

using conversations::Author;

struct Story {
  const char* topic;
  std::array<const char*, 4> customer;
};
constexpr Story kStories[] = {
    {"orders",
     {"Hi, my order 4711 has not arrived yet. Can you look?", "It was ordered last Tuesday.",
      "Ah, good to know. When will it be here?", "Perfect, thank you!"}},
    {"orders",
     {"Can I change the delivery address of my order?", "To my office: 12 Harbour Street.", "Yes, that is right.",
      "Great, thanks a lot."}},
    {"orders",
     {"Is the Halo lamp in stock in white?", "One would be enough.", "Could you put one aside for me?",
      "Lovely, bye!"}},
    {"technical",
     {"My Luna pendant flickers since yesterday.", "Yes, I tried another bulb.", "A dimmer from the hardware store.",
      "I will try that. Thank you!"}},
    {"technical",
     {"How do I take the shade off the Arco?", "There is a small screw on the side.", "Got it, it turns!",
      "Works. Thanks!"}},
    {"orders",
     {"I would like to send a lamp back.", "It is simply too bright for the room.", "Unopened, yes.",
      "Thank you for the quick help."}},
};
constexpr const char* kAgentLines[] = {
    "Hello! Let me have a look at that for you.",
    "Thank you, one moment please.",
    "I have found it. You will get a confirmation by mail in a minute.",
    "Happy to help. Have a good day!",
};
constexpr const char* kNames[] = {"Mia",    "Jonas", "Olga", "Pierre", "Chiara", "Samir",
                                  "Ingrid", "Tomás", "Yuki", "Noor",   "Felix",  "Zofia"};
constexpr const char* kFamilies[] = {"Becker", "Lind",   "Ivanova", "Moreau", "Ricci", "Haddad",
                                     "Berg",   "Vargas", "Tanaka",  "Jansen", "Weber", "Nowak"};
// So many people live in the demo; they come again and are known then.
constexpr std::uint64_t kPeople = std::size(kNames) * std::size(kFamilies);

// Visitors of ours have ids that begin like no random one, so that they are known again after a restart.
constexpr std::uint64_t kSimulated = 0x00de3000de3000de;

VisitorId visitor_of(std::uint64_t person) { return {kSimulated, person + 1}; }

std::optional<std::uint64_t> person_of(const std::string& identity) {
  const auto visitor = VisitorId::parse(identity);
  if (!visitor || visitor->hi != kSimulated) return std::nullopt;
  return visitor->lo - 1;
}

std::string name_of(std::uint64_t person) {
  return std::string(kNames[person % std::size(kNames)]) + " " +
         kFamilies[(person / std::size(kNames)) % std::size(kFamilies)];
}

// What the traffic sees of one conversation it plays in.
struct Scene {
  ConversationId conversation;
  ContactId contact;
  TaskId task;
  WorkerId worker;  // of the task, when assigned
  QueueId queue;
  std::optional<std::uint64_t> person;  // whom we play
  bool worker_is_ours = false;
  bool wrapping = false;
  bool waits_for_customer = false;
  std::int64_t messages = 0;
};

struct Look {
  std::vector<std::pair<ReservationId, Instant>> offers;  // to our agents
  std::vector<Scene> scenes;
  std::size_t waiting = 0, ours_open = 0;
};

class Traffic final : public DemoTraffic {
 public:
  Traffic(Server::Parts& parts, std::vector<WorkerId> ours, std::vector<routing::DispositionRecord> outcomes)
      : p_(parts), workspace_(parts.doors.workspace), ours_(std::move(ours)), outcomes_(std::move(outcomes)) {
    const Seed seed = secrets::random_seed();
    dice_ = seed.lo | 1;
    thread_ = std::thread([this] { run(); });
  }
  ~Traffic() override {
    {
      std::lock_guard held(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    // A look under way still refers to us.
    std::unique_lock held(mutex_);
    wake_.wait(held, [&] { return !busy_; });
  }

 private:
  // xorshift64 (Marsaglia 2003): it only has to look lively.
  std::uint64_t roll(std::uint64_t sides) {
    dice_ ^= dice_ << 13, dice_ ^= dice_ >> 7, dice_ ^= dice_ << 17;
    return dice_ % sides;
  }

  bool ours(WorkerId worker) const { return std::find(ours_.begin(), ours_.end(), worker) != ours_.end(); }

  void run() {
    for (;;) {
      std::unique_lock held(mutex_);
      wake_.wait_for(held, std::chrono::seconds(1), [&] { return stopping_; });
      if (stopping_) return;
      if (busy_) continue;
      busy_ = true;
      held.unlock();
      p_.runtime->ask(
          workspace_, [this](const runtime::View& view) { return look(view); },
          [this](Result<runtime::Answer<Look>> seen) {
            {
              std::lock_guard again(mutex_);
              busy_ = false;
              wake_.notify_all();
              if (!seen || stopping_) return;
              seen_ = std::move(seen->value);
            }
          },
          runtime::Release::immediate);
      act();
    }
  }

  Look look(const runtime::View& view) const {
    Look out;
    const auto& routing = view.state.routing();
    for (const auto* r : routing.reservations()) {
      if (r->status == routing::ReservationStatus::pending && ours(r->worker_sid))
        out.offers.emplace_back(r->sid, r->created_at);
    }
    for (const auto* contact : view.state.conversations().contacts()) {
      const auto* conversation = view.state.conversations().conversation(contact->conversation_sid);
      Scene scene;
      scene.conversation = contact->conversation_sid;
      scene.contact = contact->sid;
      if (conversation) scene.person = person_of(conversation->channel_identity);
      scene.waits_for_customer = contact->waiting_for_customer;
      scene.messages = contact->messages;
      if (scene.person) ++out.ours_open;
      for (const auto& of_contact : contact->tasks) {
        const TaskId sid = of_contact.task_sid;
        const auto* task = routing.task(sid);
        if (!task) continue;
        if (task->status == routing::TaskStatus::pending || task->status == routing::TaskStatus::reserved)
          ++out.waiting;
        if (task->status != routing::TaskStatus::assigned && task->status != routing::TaskStatus::wrapping) continue;
        scene.task = sid;
        scene.queue = task->task_queue_sid;
        scene.worker = task->worker_sid;
        scene.worker_is_ours = ours(task->worker_sid);
        scene.wrapping = task->status == routing::TaskStatus::wrapping;
      }
      out.scenes.push_back(std::move(scene));
    }
    return out;
  }

  void act() {
    Look seen;
    {
      std::lock_guard held(mutex_);
      seen = seen_;
    }
    const Instant now = p_.clock.now();
    for (const auto& [sid, since] : seen.offers) {
      if (now - since > Duration::seconds(2 + static_cast<std::int64_t>(roll(6))))
        submit(routing::Command{routing::AcceptReservation{sid}});
    }
    for (const Scene& scene : seen.scenes) play(scene, now);
    const std::uint64_t pause = seen.waiting > 4 ? 40 : 9;
    if (seen.ours_open < 14 && roll(pause) == 0) arrive(seen);
  }

  // Each step waits a while after the last, as people do.
  void play(const Scene& scene, Instant now) {
    auto& at = next_at_[scene.contact];
    if (at.us == 0) at = now + Duration::seconds(3 + static_cast<std::int64_t>(roll(8)));
    if (now < at) return;
    at = now + Duration::seconds(5 + static_cast<std::int64_t>(roll(14)));
    if (next_at_.size() > 500) next_at_.clear();
    if (scene.worker_is_ours && scene.wrapping) return complete(scene);
    if (!scene.task || scene.wrapping) return;
    const auto turn = static_cast<std::size_t>(scene.messages) / 2;
    if (scene.worker_is_ours && !scene.waits_for_customer) {
      if (turn >= std::size(kAgentLines))
        return submit(routing::Command{routing::WrapUpTask{scene.task, events::Reason::by_worker}});
      return say(scene, Author::worker, kAgentLines[turn]);
    }
    if (scene.worker_is_ours && scene.waits_for_customer && turn >= 4) {
      return submit(routing::Command{routing::WrapUpTask{scene.task, events::Reason::by_worker}});
    }
    if (scene.person && scene.waits_for_customer && scene.worker) {
      const Story& story = kStories[*scene.person % std::size(kStories)];
      say(scene, Author::customer, story.customer[std::min<std::size_t>(std::max<std::size_t>(turn, 1), 3)]);
    }
  }

  void say(const Scene& scene, Author author, const char* text) {
    conversations::Draft draft;
    draft.conversation = scene.conversation;
    draft.contact = scene.contact;
    draft.author = author;
    draft.text = text;
    if (author == Author::worker) {
      draft.worker = scene.worker;
    } else {
      draft.author_name = name_of(*scene.person);
      draft.author_sid = visitor_of(*scene.person).str();
    }
    conversations::post_message(*p_.runtime, workspace_, std::move(draft), {}, [](Result<runtime::Committed>) {});
  }

  // Most say what came of it, as most people do.
  void complete(const Scene& scene) {
    std::vector<DispositionId> fitting;
    for (const auto& outcome : outcomes_) {
      const auto& queues = outcome.task_queue_sids;
      if (queues.empty() || std::find(queues.begin(), queues.end(), scene.queue) != queues.end())
        fitting.push_back(outcome.sid);
    }
    const bool says = !fitting.empty() && roll(5) != 0;
    const DispositionId outcome = says ? fitting[roll(fitting.size())] : DispositionId{};
    submit(routing::Command{routing::CompleteTask{scene.task, outcome.str(), events::Reason::by_worker}}, outcome);
  }

  // By the same way as a customer at the widget.
  void arrive(const Look& seen) {
    const std::uint64_t person = roll(kPeople);
    for (const Scene& scene : seen.scenes) {
      if (scene.person == person) return;
    }
    const Story& story = kStories[person % std::size(kStories)];
    chat::VisitWish wish;
    wish.widget = p_.widgets->find(p_.doors.widget);
    if (!wish.widget) return;  // an admin took it away
    wish.visitor.sid = visitor_of(person);
    wish.visitor.workspace = workspace_;
    wish.visitor.widget = wish.widget->sid;
    wish.visitor.display_name = name_of(person);
    wish.text = story.customer[0];
    wish.attributes = R"({"topic":")" + std::string(story.topic) + R"("})";
    chat::begin_visit(*p_.chat_world, std::move(wish), [](Result<runtime::Committed>) {});
  }

  // `outcome`: the disposition that it gives, if any.
  void submit(workspace::Command command, DispositionId outcome = {}) {
    runtime::Submission submission;
    submission.workspace = workspace_;
    submission.command = std::move(command);
    if (outcome) {
      submission.companion = [workspace = workspace_, outcome](const runtime::Applied&, runtime::Companion& companion) {
        companion.statements.push_back(routing::use_disposition(workspace, outcome));
      };
    }
    submission.reply = [](Result<runtime::Committed>) {};
    p_.runtime->submit(std::move(submission));
  }

  Server::Parts& p_;
  const WorkspaceId workspace_;
  const std::vector<WorkerId> ours_;
  const std::vector<routing::DispositionRecord> outcomes_;
  std::uint64_t dice_ = 1;
  std::map<ContactId, Instant> next_at_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false, busy_ = false;
  Look seen_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<DemoTraffic> start_traffic(Server::Parts& p) {
  std::promise<std::vector<WorkerId>> promise;
  auto answer = promise.get_future();
  p.runtime->ask(
      p.doors.workspace,
      [](const runtime::View& view) {
        std::vector<WorkerId> ours;
        for (const auto* worker : view.state.routing().workers()) {
          const auto* presence = view.state.presence().presence(worker->sid);
          if (presence && !presence->requires_connection) ours.push_back(worker->sid);
        }
        return ours;
      },
      [&promise](Result<runtime::Answer<std::vector<WorkerId>>> seen) {
        promise.set_value(seen ? std::move(seen->value) : std::vector<WorkerId>{});
      });
  std::vector<WorkerId> ours = answer.get();
  std::vector<routing::DispositionRecord> outcomes;
  if (auto reader = p.store->readers().lease()) {
    if (auto read = routing::read_dispositions(**reader, p.doors.workspace)) outcomes = *std::move(read);
  }
  return std::make_unique<Traffic>(p, std::move(ours), std::move(outcomes));
}

}  // namespace carillon::app
