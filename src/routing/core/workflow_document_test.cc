// Goal: a document that is wrong says where, in words that can be shown; one that is right keeps what it does not know.
#include "routing/core/workflow_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expr/core/utf8.h"

namespace carillon::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

constexpr char kQueue[] = "WQ00000000000000000000000000000001";

std::string with_target(const std::string& members) {
  return R"({"task_routing":{"filters":[{"expression":"1 == 1","targets":[{"queue":")" + std::string(kQueue) + "\"," +
         members + "}]}]}}";
}

TEST(WorkflowDocument, WarnsOfUnknownKeysByPointersThatLeadThere) {
  const auto document = compile_workflow(with_target(R"("a/b":1,"~":2)"));
  ASSERT_TRUE(document.ok());
  EXPECT_THAT(document->warnings, ElementsAre(StartsWith("/task_routing/filters/0/targets/0/a~1b: "),
                                              StartsWith("/task_routing/filters/0/targets/0/~0: ")));
}

TEST(WorkflowDocument, ShowsTheBeginOfALongNameOnly) {
  const auto document = compile_workflow(with_target("\"" + std::string(5000, 'n') + "\":1"));
  ASSERT_TRUE(document.ok());
  ASSERT_EQ(document->warnings.size(), 1u);
  EXPECT_LT(document->warnings[0].size(), 200u);
}

TEST(WorkflowDocument, NeverCutsACharacterInTwo) {
  std::string letters;
  for (int i = 0; i < 40; ++i) letters += "\xc3\xa9";  // é
  for (const std::string& shift : {std::string(), std::string("x")}) {
    const auto wrong = compile_workflow(with_target("\"timeout\":\"" + shift + letters + "\""));
    ASSERT_FALSE(wrong.ok());
    EXPECT_EQ(expr::valid_utf8_bytes(wrong.error().message), wrong.error().message.size()) << wrong.error().message;
    const auto named = compile_workflow(with_target("\"" + shift + letters + letters + "\":1"));
    ASSERT_TRUE(named.ok());
    EXPECT_EQ(expr::valid_utf8_bytes(named->warnings[0]), named->warnings[0].size());
  }
}

TEST(WorkflowDocument, AKnownWorkerThatCannotBeReadIsAFaultOfThatTextAlone) {
  const auto wrong = compile_workflow(with_target(R"("known_worker_sid":"task.agent[")"));
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, ErrorCode::kWorkflowFault);
  EXPECT_EQ(wrong.error().field, "/task_routing/filters/0/targets/0/known_worker_sid");
  EXPECT_EQ(wrong.error().column, 0);
  EXPECT_TRUE(compile_workflow(with_target(R"("known_worker_friendly_name":"O'Neil \\ sons")")).ok());
}

}  // namespace
}  // namespace carillon::routing
