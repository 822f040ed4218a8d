#include "expr/core/scope.h"

#include <array>
#include <utility>

namespace carillon::expr {
namespace {

constexpr std::string_view kSkipIfKeys =
    "task.<attribute>, task.age, task.priority, workers.available, workers.eligible, queue.waiting or "
    "queue.longest_wait";

Result<KeyPtr> done(Key key) {
  name_key(key);
  return KeyPtr(std::make_shared<const Key>(std::move(key)));
}

Result<KeyPtr> fact(Fact fact) { return done(Key{.fact = fact}); }

class Resolver {
 public:
  Resolver(const Lexer& lexer, const Token& token, Scope scope) : lexer_(lexer), token_(token), scope_(scope) {}

  Result<KeyPtr> run() const {
    const std::string& root = token_.steps.front().name;
    if (root == "task") return scope_ == Scope::kQueue ? no_task_here() : task_key();
    if (root == "worker") return worker_is_known() ? worker_key() : no_worker_here();
    switch (scope_) {
      case Scope::kQueue:
        return attribute(false, 0);
      case Scope::kFilter:
        return attribute(true, 0);
      case Scope::kTarget:
        return fault("a key that begins with task. or worker., such as worker." + root + " or task." + root);
      case Scope::kSkipIf:
        return skip_if_key();
    }
    return fault("a key");
  }

 private:
  bool worker_is_known() const { return scope_ == Scope::kQueue || scope_ == Scope::kTarget; }
  std::size_t size() const { return token_.steps.size(); }
  // Step i, when it is a name.
  std::string_view name(std::size_t i) const {
    return i < size() && !token_.steps[i].is_index ? std::string_view(token_.steps[i].name) : std::string_view();
  }
  Result<KeyPtr> fault(std::string_view expected) const {
    return lexer_.make_fault(token_.begin, lexer_.describe(token_), expected);
  }
  Result<KeyPtr> no_task_here() const {
    return fault("a worker attribute: no task is known here; the attribute of that name is worker.task");
  }
  Result<KeyPtr> no_worker_here() const {
    if (scope_ == Scope::kSkipIf) return fault(std::string(kSkipIfKeys) + ": skip_if looks at no single worker");
    return fault("a task attribute: no worker is known to a filter; the attribute of that name is task.worker");
  }

  // `from`: the first step that counts.
  Result<KeyPtr> attribute(bool of_task, std::size_t from) const {
    if (from == size()) return fault("a name behind it, such as " + token_.steps.front().name + ".level");
    if (token_.steps[from].is_index) return fault("a name before the first index: attributes are no array");
    if (size() - from > static_cast<std::size_t>(kMaxSteps)) {
      return fault("at most " + std::to_string(kMaxSteps) + " names and indexes in a key");
    }
    Key key;
    key.of_task = of_task;
    key.steps.assign(token_.steps.begin() + static_cast<std::ptrdiff_t>(from), token_.steps.end());
    return done(std::move(key));
  }

  Result<KeyPtr> task_key() const {
    const bool is_fact = scope_ == Scope::kSkipIf && !token_.quoted_second && is_task_fact_name(name(1));
    if (!is_fact) return attribute(true, 1);
    if (size() > 2)
      return fault("no parts of a number; the attribute of that name is task[\"" + std::string(name(1)) + "\"]");
    return expr::fact(name(1) == "age" ? Fact::kTaskAge : Fact::kTaskPriority);
  }

  Result<KeyPtr> worker_key() const {
    const std::string_view second = name(1);
    if (token_.quoted_second || !is_worker_fact_name(second, size() > 2)) return attribute(false, 1);
    if (second == "channel") return channel_key();
    if (size() > 2) {
      return fault("no parts of worker." + std::string(second) + "; the attribute of that name is worker[\"" +
                   std::string(second) + "\"]");
    }
    if (second == "sid") return expr::fact(Fact::kWorkerSid);
    if (second == "friendly_name") return expr::fact(Fact::kWorkerFriendlyName);
    return expr::fact(second == "available" ? Fact::kWorkerAvailable : Fact::kWorkerActivityName);
  }

  Result<KeyPtr> channel_key() const {
    const bool free = name(3) == "available_capacity";
    if (size() != 4 || token_.steps[2].is_index || !(free || name(3) == "assigned_tasks")) {
      return fault(
          "worker.channel.<name>.available_capacity or worker.channel.<name>.assigned_tasks; the attribute of that "
          "name is worker[\"channel\"]");
    }
    Key key;
    key.fact = free ? Fact::kWorkerChannelAvailableCapacity : Fact::kWorkerChannelAssignedTasks;
    key.channel = name(2);
    return done(std::move(key));
  }

  Result<KeyPtr> skip_if_key() const {
    static constexpr std::array<std::pair<std::pair<std::string_view, std::string_view>, Fact>, 4> kFacts = {{
        {{"workers", "available"}, Fact::kWorkersAvailable},
        {{"workers", "eligible"}, Fact::kWorkersEligible},
        {{"queue", "waiting"}, Fact::kQueueWaiting},
        {{"queue", "longest_wait"}, Fact::kQueueLongestWait},
    }};
    for (const auto& [names, which] : kFacts) {
      if (size() == 2 && !token_.quoted_second && name(0) == names.first && name(1) == names.second) {
        return expr::fact(which);
      }
    }
    return fault(kSkipIfKeys);
  }

  const Lexer& lexer_;
  const Token& token_;
  const Scope scope_;
};

}  // namespace

Result<KeyPtr> resolve(const Lexer& lexer, const Token& token, Scope scope) {
  return Resolver(lexer, token, scope).run();
}

}  // namespace carillon::expr
