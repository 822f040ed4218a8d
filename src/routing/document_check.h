// A workflow document before it is saved: every fault with its JSON pointer into the request's body.
//
// What:    structure and expressions (compile_workflow), and that every queue it names is there, each by its own pointer.
// Thread:  any. Errors: kWorkflowFault, kExpressionFault, and those of http::Fields; fields begin with "/document".
// Example:
//   DocumentCheck check(document);               // the object of the body
//   auto faults = check.faults([&](QueueId sid) { return state.task_queue(sid) != nullptr; });
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "base/result.h"
#include "routing/core/workflow_document.h"

namespace carillon::routing {

class DocumentCheck {
 public:
  explicit DocumentCheck(const boost::json::object& document);

  // The document as it is stored: what came, without spaces.
  const std::string& text() const { return text_; }
  // Null while it has faults of its own.
  const WorkflowDocument* compiled() const { return compiled_ ? &*compiled_ : nullptr; }
  // What has not the form of the contract: the request is refused for it, even where nothing is saved.
  const std::vector<Error>& faults_of_form() const { return form_; }
  // All that is wrong, in the order of the document; empty when nothing is.
  std::vector<Error> faults(const std::function<bool(QueueId)>& is_there) const;

 private:
  std::string text_;
  std::optional<WorkflowDocument> compiled_;
  std::vector<Error> form_, faults_;                     // of its form; of what stands in it
  std::vector<std::pair<std::string, QueueId>> queues_;  // by pointer
};

}  // namespace carillon::routing
