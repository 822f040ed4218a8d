// Goal: every function is found once, with its name and length. Method: snippets of the shapes our code has.
#include "functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace carillon::house {
namespace {

std::vector<std::string> found(std::string_view cpp) {
  std::vector<std::string> names;
  for (const Function& f : functions_of(cpp))
    names.push_back(f.name + "@" + std::to_string(f.line) + "+" + std::to_string(f.lines));
  return names;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Functions, FreeOnesMembersAndTests) {
  EXPECT_THAT(found("namespace a {\n\nint f(int x) {\n  if (x) {\n  }\n}\n}\n"), ElementsAre("f@3+4"));
  EXPECT_THAT(found("struct S : B {\n  int g() const { return 1; }\n  int x = 3;\n  bool operator()(int) {\n  }\n};\n"),
              ElementsAre("g@2+1", "operator()@4+2"));
  EXPECT_THAT(found("template <class T>\nvoid S<T>::h(T t)\n    requires(x<T>) {\n}\n"), ElementsAre("S<T>::h@1+4"));
  EXPECT_THAT(found("TEST(Suite, Name) {\n}\nTEST_F(Other, One) { }\n"),
              ElementsAre("Suite.Name@1+2", "Other.One@3+1"));
}

TEST(Functions, InitialisersAndClassesAreNone) {
  EXPECT_THAT(found("int a[] = {1, 2};\nstruct T {\n  int x{f(1)};\n};\nenum class E { kOne };\nconst P p{1};\n"),
              IsEmpty());
  EXPECT_THAT(found("struct A; class B final : public C<int> {\n};\nextern \"C\" {\n}\n"), IsEmpty());
}

TEST(Functions, AFunctionThatReturnsAStructIsOne) {
  EXPECT_THAT(found("struct tm civil(int x) {\n}\nstatic const struct S* f(int) {\n}\n"),
              ElementsAre("civil@1+2", "f@3+2"));
}

TEST(Functions, BracesInTextAndMacrosDoNotCount) {
  EXPECT_THAT(found("void f() {\n  s = \"{{{\"; // {\n}\n#define X(a) \\\n  void a() {\n#undef X\nvoid g() {\n}\n"),
              ElementsAre("f@1+3", "g@7+2"));
}

TEST(Functions, ALambdaAtNamespaceScopeIsOne) {
  EXPECT_THAT(found("const auto f = [](int x) {\n  return x;\n};\nvoid g() {}\n"), testing::SizeIs(2));
}

}  // namespace
}  // namespace carillon::house
