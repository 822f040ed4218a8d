#include "app/demo.h"

#include <fstream>
#include <future>

#include "app/server_parts.h"
#include "secrets/secrets.h"
#include "users/people.h"

namespace carillon::app {
namespace {

constexpr const char* kShop = "Lumen & Co.";
constexpr const char* kPassword = "carillon-demo";
constexpr const char* kShopAddress = "shop";

struct Person {
  const char *username, *display_name, *role, *about, *attributes;  // attributes: "" for no worker
};
constexpr Person kPeople[] = {
    {"alice", "Alice Andersen", "agent", "Your agent: orders and technical help, English and German",
     R"({"skills":["orders","technical","calls"],"languages":["en","de"],"level":3})"},
    {"bruno", "Bruno Bianchi", "agent", "Simulated agent: orders",
     R"({"skills":["orders"],"languages":["en","it"],"level":2})"},
    {"carla", "Carla Cruz", "agent", "Simulated agent: orders",
     R"({"skills":["orders"],"languages":["en","es"],"level":1})"},
    {"deniz", "Deniz Demir", "agent", "Simulated agent: technical help",
     R"({"skills":["technical"],"languages":["en","tr"],"level":3})"},
    {"elena", "Elena Eriksson", "agent", "Simulated agent: both queues",
     R"({"skills":["orders","technical"],"languages":["en","sv"],"level":2})"},
    {"sofia", "Sofia Santos", "supervisor", "Your supervisor: queues, agents and numbers live", ""},
    {"adam", "Adam Abara", "admin", "Your admin: people, queues, workflows, settings", ""},
};

bool is_simulated(const Person& person) { return std::string_view(person.about).starts_with("Simulated"); }

// The workspace that was furnished: where the simulated agents are. Others may have been made beside it.
WorkspaceId furnished_workspace(const users::Directory& directory) {
  for (const Person& person : kPeople) {
    const auto user = is_simulated(person) ? directory.find_username(person.username) : nullptr;
    if (!user) continue;
    for (const auto& workspace : directory.workspaces()) {
      if (directory.worker_of(user->sid, workspace.sid)) return workspace.sid;
    }
  }
  return directory.workspaces().front().sid;
}

// Waits for one command; only while nobody else is served.
Result<runtime::Committed> run(Server::Parts& p, WorkspaceId workspace, workspace::Command command,
                               std::vector<store::Statement> rows = {}) {
  std::promise<Result<runtime::Committed>> promise;
  auto done = promise.get_future();
  runtime::Submission submission;
  submission.workspace = workspace;
  submission.command = std::move(command);
  if (!rows.empty()) {
    submission.companion = [held = std::make_shared<std::vector<store::Statement>>(std::move(rows))](
                               const runtime::Applied&, runtime::Companion& c) { c.statements = std::move(*held); };
  }
  submission.reply = [&promise](Result<runtime::Committed> answer) { promise.set_value(std::move(answer)); };
  p.runtime->submit(std::move(submission));
  return done.get();
}

Result<runtime::Committed> run(Server::Parts& p, runtime::RecordChange change) {
  std::promise<Result<runtime::Committed>> promise;
  auto done = promise.get_future();
  change.reply = [&promise](Result<runtime::Committed> answer) { promise.set_value(std::move(answer)); };
  p.runtime->commit(std::move(change));
  return done.get();
}

template <class T, class Read>
T look(Server::Parts& p, WorkspaceId workspace, Read read) {
  std::promise<T> promise;
  auto done = promise.get_future();
  p.runtime->ask(workspace, std::move(read), [&promise](Result<runtime::Answer<T>> answer) {
    promise.set_value(answer ? std::move(answer->value) : T{});
  });
  return done.get();
}

Result<QueueId> add_queue(Server::Parts& p, WorkspaceId workspace, const std::string& name,
                          const std::string& expression) {
  routing::TaskQueueRecord row;
  row.friendly_name = name;
  row.expression = expression;
  row.service_level = Duration::seconds(30);
  row.wrap_up = routing::WrapUpMode::timed;
  row.wrap_up_time = Duration::seconds(60);
  row.wrap_up_extensions = 2;
  auto done = run(p, workspace, routing::Command{routing::PutTaskQueue{row}});
  if (!done) return done.error();
  return *QueueId::parse(done->sid);
}

Result<void> add_person(Server::Parts& p, WorkspaceId workspace, const Person& person, ActivityId available) {
  users::NewUser wanted;
  wanted.username = person.username;
  wanted.display_name = person.display_name;
  wanted.password = kPassword;
  wanted.workspace = workspace;
  wanted.role = *codec::enum_from<door::Role>(person.role);
  auto made = users::make_user(*p.directory, *p.passwords, wanted, p.clock.now());
  if (!made) return made.error();
  const std::string attributes = person.attributes;
  if (attributes.empty()) {
    runtime::RecordChange change;
    change.change = std::move(made->rows);
    change.sid = made->sid;
    if (auto done = run(p, std::move(change)); !done) return done.error();
    p.directory->apply(made->edits);
    return {};
  }
  const bool simulated = is_simulated(person);
  const UserId user = *UserId::parse(made->sid);
  auto command = users::worker_command(user, {person.display_name, attributes, !simulated});
  if (!simulated) command.worker.total_capacity = 133;  // a call fits beside a chat: it may be the same customer's
  auto done = run(p, workspace, std::move(command), std::move(made->rows.statements));
  if (!done) return done.error();
  p.directory->apply(made->edits);
  const WorkerId worker = *WorkerId::parse(done->sid);
  p.directory->put_worker(workspace, worker, user);
  if (!simulated) return {};
  auto set = run(p, workspace, presence::Command{presence::SetActivity{worker, available, false, true}});
  if (!set) return set.error();
  return {};
}

Result<WorkflowId> add_workflow(Server::Parts& p, WorkspaceId workspace, QueueId orders, QueueId technical) {
  routing::WorkflowRecord row;
  row.friendly_name = "Shop chats";
  row.document = {R"({"task_routing":{"filters":[
  {"filter_friendly_name":"Technical questions","expression":"visitor.topic == 'technical'","targets":[
    {"queue":")" + technical.str() +
                  R"(","timeout":60,"order_by":"worker.level DESC","carillon":{"last_worker_s":15}},
    {"queue":")" + orders.str() +
                  R"("}]},
  {"filter_friendly_name":"Everything else","expression":"1 == 1","targets":[
    {"queue":")" + orders.str() +
                  R"(","timeout":90,"carillon":{"last_worker_s":15}},
    {"queue":")" + orders.str() +
                  R"(","priority":10}]}],
  "default_filter":{"queue":")" +
                  orders.str() + R"("}}})"};
  auto done = run(p, workspace, routing::Command{routing::PutWorkflow{row, false}});
  if (!done) return done.error();
  return *WorkflowId::parse(done->sid);
}

// Simulated agents are there only while somebody plays them: offers to nobody would make real customers wait.
void set_simulated(Server::Parts& p, WorkspaceId workspace, bool playing) {
  struct Found {
    ActivityId activity;
    std::vector<WorkerId> workers;
  };
  const auto found =
      look<Found>(p, workspace, [playing, ours = simulated_workers(p, workspace)](const runtime::View& view) {
        Found out;
        for (const auto* activity : view.state.presence().activities()) {
          const bool wanted =
              playing ? activity->activity_class == presence::ActivityClass::available : activity->offline;
          if (wanted && !out.activity) out.activity = activity->sid;
        }
        for (const WorkerId worker : ours) {
          const auto* presence = view.state.presence().presence(worker);
          if (presence && !presence->requires_connection) out.workers.push_back(worker);
        }
        return out;
      });
  for (const WorkerId worker : found.workers) {
    auto done = run(p, workspace, presence::Command{presence::SetActivity{worker, found.activity, false, true}});
    if (!done) log_line(Level::warning, "demo: " + done.error().message);
  }
}

// Only where that changes from one start to the next: somebody may have come in by the door of one of them.
void simulate(Server::Parts& p, WorkspaceId workspace) {
  const std::string file = p.config.data + "/demo-traffic", wanted = p.config.demo_traffic ? "on" : "off";
  std::string before;
  std::ifstream(file) >> before;
  if (before == wanted) return;
  set_simulated(p, workspace, p.config.demo_traffic);
  std::ofstream(file, std::ios::trunc) << wanted << "\n";
}

// The shop's page calls the shop's number.
Result<void> furnish_calls(Server::Parts& p, WorkspaceId workspace, WidgetId widget) {
  const auto number = look<NumberId>(p, workspace, [](const runtime::View& view) {
    const auto* shop = view.state.calls().number_at(kShopAddress);
    return shop ? shop->sid : NumberId{};
  });
  return call_from_widget(p, widget, number);
}

// The shop's number, once. Simulated agents have no ears, so its queue is of those who take calls.
Result<void> furnish_number(Server::Parts& p, WorkspaceId workspace) {
  const bool listed = look<bool>(
      p, workspace, [](const runtime::View& view) { return view.state.calls().number_at(kShopAddress) != nullptr; });
  if (listed) return {};
  auto queue = add_queue(p, workspace, "Calls", "skills HAS 'calls'");
  if (!queue) return queue.error();
  calls::NumberRecord number;
  number.friendly_name = "Shop";
  number.address = kShopAddress;
  number.task_queue_sid = *queue;
  number.greeting.text = std::string("Welcome to Lumen and Company. The next free colleague is yours.");
  number.announce_every = Duration::seconds(30);
  number.callback.key = "1";
  number.turn_away_unstaffed = false;  // whoever tries the demo calls first and signs in then
  auto done = run(p, workspace, calls::Command{calls::PutNumber{number}});
  if (!done) return done.error();
  return {};
}

}  // namespace

std::vector<WorkerId> simulated_workers(const Server::Parts& p, WorkspaceId workspace) {
  std::vector<WorkerId> out;
  for (const Person& person : kPeople) {
    const auto user = is_simulated(person) ? p.directory->find_username(person.username) : nullptr;
    const WorkerId worker = user ? p.directory->worker_of(user->sid, workspace) : WorkerId{};
    if (worker) out.push_back(worker);
  }
  return out;
}

Result<DemoDoors> furnish_demo(Server::Parts& p) {
  DemoDoors doors;
  for (const Person& person : kPeople) {
    doors.accounts.push_back({person.role, person.display_name, person.username, kPassword, person.about});
  }
  doors.traffic = p.config.demo_traffic;
  if (!p.directory->workspaces().empty()) {
    doors.workspace = furnished_workspace(*p.directory);
    auto widget = demo_widget(p, doors.workspace);
    if (!widget) return widget.error();
    doors.widget = *widget;
    simulate(p, doors.workspace);
    if (auto done = furnish_number(p, doors.workspace); !done) return done.error();
    if (auto done = furnish_calls(p, doors.workspace, doors.widget); !done) return done.error();
    return doors;
  }
  doors.workspace = secrets::random_id<WorkspaceId>();
  const WorkspaceId ws = doors.workspace;
  if (auto done = run(p, ws, workspace::CreateWorkspace{ws, kShop, "UTC"}); !done) return done.error();
  p.directory->put_workspace(ws, kShop);
  const auto available = look<ActivityId>(p, ws, [](const runtime::View& view) {
    for (const auto* activity : view.state.presence().activities()) {
      if (activity->activity_class == presence::ActivityClass::available) return activity->sid;
    }
    return ActivityId{};
  });
  auto orders = add_queue(p, ws, "Orders", "skills HAS 'orders'");
  if (!orders) return orders.error();
  auto technical = add_queue(p, ws, "Technical help", "skills HAS 'technical'");
  if (!technical) return technical.error();
  if (auto done = furnish_dispositions(p, ws, *orders, *technical); !done) return done.error();
  for (const Person& person : kPeople) {
    if (auto done = add_person(p, ws, person, available); !done) return done.error();
  }
  auto workflow = add_workflow(p, ws, *orders, *technical);
  if (!workflow) return workflow.error();
  auto widget = furnish_widget(p, ws, *workflow);
  if (!widget) return widget.error();
  doors.widget = *widget;
  if (auto done = furnish_number(p, ws); !done) return done.error();
  if (auto done = furnish_calls(p, ws, doors.widget); !done) return done.error();
  simulate(p, ws);
  return doors;
}

void print_demo(const Server::Parts& p) {
  const std::string& address = p.addresses.front();
  const auto colon = address.rfind(':');
  const std::string port = address.substr(colon + 1);
  std::string out = "\n  Carillon demo: open " + address + "/\n\n";
  for (const DemoAccount& account : p.doors.accounts) {
    if (!account.about.starts_with("Your")) continue;
    out += "    " + account.role + std::string(12 - std::min<std::size_t>(11, account.role.size()), ' ') +
           account.username + std::string(10 - std::min<std::size_t>(9, account.username.size()), ' ') +
           account.password + "\n";
  }
  out += "    customer    " + address + "/demo/\n\n";
  out += "  From another machine: ssh -L " + port + ":127.0.0.1:" + port + " THIS-HOST, then the same address there;\n";
  out += "  or scripts/run --listen 0.0.0.0:" + port + " --tls-self-signed, then https://THIS-HOST:" + port +
         "/ (browsers warn once).\n";
  if (p.switchboard) {
    const auto listener = p.switchboard->listeners().front();
    out += "  Call the shop from a softphone on this machine: sip:" + std::string(kShopAddress) + "@" +
           listener.bound.text() + " (alice answers in her browser).\n";
  }
  out += p.config.demo_traffic ? "  Simulated customers and agents are at work (--no-demo-traffic for silence).\n"
                               : "  No simulated traffic.\n";
  std::printf("%s\n", out.c_str());
  std::fflush(stdout);
}

}  // namespace carillon::app
