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

// What the traffic sees of one conversation it plays in.
struct Scene {
  ConversationId conversation;
  ContactId contact;
  TaskId task;
  WorkerId worker;  // of the task, when assigned
  bool customer_is_ours = false;
  bool worker_is_ours = false;
  bool wrapping = false;
  bool waits_for_customer = false;
  std::int64_t messages = 0;
  std::string identity;
};

struct Look {
  std::vector<std::pair<ReservationId, Instant>> offers;  // to our agents
  std::vector<Scene> scenes;
  std::size_t waiting = 0, ours_open = 0;
};

class Traffic final : public DemoTraffic {
 public:
  explicit Traffic(Server::Parts& parts, WorkflowId workflow, TaskChannelId chat, std::vector<WorkerId> ours)
      : p_(parts), workspace_(parts.doors.workspace), workflow_(workflow), chat_(chat), ours_(std::move(ours)) {
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
      scene.customer_is_ours = conversation && conversation->channel_identity.starts_with("demo-");
      if (conversation) scene.identity = conversation->channel_identity;
      scene.waits_for_customer = contact->waiting_for_customer;
      scene.messages = contact->messages;
      if (scene.customer_is_ours) ++out.ours_open;
      for (const auto& of_contact : contact->tasks) {
        const TaskId sid = of_contact.task_sid;
        const auto* task = routing.task(sid);
        if (!task) continue;
        if (task->status == routing::TaskStatus::pending || task->status == routing::TaskStatus::reserved)
          ++out.waiting;
        if (task->status != routing::TaskStatus::assigned && task->status != routing::TaskStatus::wrapping) continue;
        scene.task = sid;
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
    if (seen.ours_open < 14 && roll(pause) == 0) arrive();
  }

  // Each step waits a while after the last, as people do.
  void play(const Scene& scene, Instant now) {
    auto& at = next_at_[scene.contact];
    if (at.us == 0) at = now + Duration::seconds(3 + static_cast<std::int64_t>(roll(8)));
    if (now < at) return;
    at = now + Duration::seconds(5 + static_cast<std::int64_t>(roll(14)));
    if (next_at_.size() > 500) next_at_.clear();
    if (scene.worker_is_ours && scene.wrapping)
      return submit(routing::Command{routing::CompleteTask{scene.task, "", events::Reason::by_worker}});
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
    if (scene.customer_is_ours && scene.waits_for_customer && scene.worker) {
      const auto number = static_cast<std::size_t>(std::strtoull(scene.identity.c_str() + 5, nullptr, 10));
      const Story& story = kStories[number % std::size(kStories)];
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
      draft.author_name = name_of(scene.identity);
      draft.author_sid = "";
    }
    conversations::post_message(*p_.runtime, workspace_, std::move(draft), {}, [](Result<runtime::Committed>) {});
  }

  static std::string name_of(const std::string& identity) {
    const auto number = std::strtoull(identity.c_str() + 5, nullptr, 10);
    return kNames[number % std::size(kNames)];
  }

  void arrive() {
    const std::uint64_t number = roll(1'000'000'000);
    const std::string identity = "demo-" + std::to_string(number);
    const Story& story = kStories[number % std::size(kStories)];
    conversations::Draft draft;
    draft.author = Author::customer;
    draft.channel = "chat";
    draft.channel_identity = identity;
    draft.author_name = name_of(identity);
    draft.text = story.customer[0];
    const auto posting = conversations::begin_posting(std::move(draft));
    conversations::OpenContact open;
    open.channel = "chat";
    open.channel_identity = identity;
    open.task_channel_sid = chat_;
    open.live = true;
    open.workflow_sid = workflow_;
    open.message_sid = posting->row.sid;
    open.attributes = {R"({"channel":"chat","customer_name":")" + name_of(identity) + R"(","visitor":{"topic":")" +
                       story.topic + R"("}})"};
    runtime::Submission submission;
    submission.workspace = workspace_;
    submission.command = conversations::Command{std::move(open)};
    submission.companion = [posting, workspace = workspace_](const runtime::Applied& applied,
                                                             runtime::Companion& companion) {
      conversations::companion_post(*posting, workspace, applied, companion);
    };
    submission.reply = [](Result<runtime::Committed>) {};
    p_.runtime->submit(std::move(submission));
  }

  void submit(workspace::Command command) {
    runtime::Submission submission;
    submission.workspace = workspace_;
    submission.command = std::move(command);
    submission.reply = [](Result<runtime::Committed>) {};
    p_.runtime->submit(std::move(submission));
  }

  Server::Parts& p_;
  const WorkspaceId workspace_;
  const WorkflowId workflow_;
  const TaskChannelId chat_;
  const std::vector<WorkerId> ours_;
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
  struct Found {
    WorkflowId workflow;
    TaskChannelId chat;
    std::vector<WorkerId> ours;
  };
  const auto found = std::make_shared<std::promise<Found>>();
  auto answer = found->get_future();
  p.runtime->ask(
      p.doors.workspace,
      [ours = simulated_workers(p, p.doors.workspace)](const runtime::View& view) {
        Found out;
        for (const auto* workflow : view.state.routing().workflows()) {
          if (workflow->friendly_name == "Shop chats") out.workflow = workflow->sid;
        }
        if (const auto* chat = view.state.routing().task_channel("chat")) out.chat = chat->sid;
        for (const WorkerId worker : ours) {
          const auto* presence = view.state.presence().presence(worker);
          if (presence && !presence->requires_connection) out.ours.push_back(worker);
        }
        return out;
      },
      [found](Result<runtime::Answer<Found>> seen) { found->set_value(seen ? std::move(seen->value) : Found{}); });
  Found world = answer.get();
  if (!world.workflow || !world.chat) return nullptr;
  return std::make_unique<Traffic>(p, world.workflow, world.chat, std::move(world.ours));
}

}  // namespace carillon::app
