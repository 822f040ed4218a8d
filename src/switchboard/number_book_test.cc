// Goal: an address leads to whoever listed it first, and what is read late never undoes what was committed.
#include "switchboard/number_book.h"

#include <gtest/gtest.h>

namespace carillon::switchboard {
namespace {

const WorkspaceId kOne{1, 1}, kTwo{2, 2};

calls::NumberRecord number(std::uint64_t id, const std::string& address) {
  calls::NumberRecord out;
  out.sid = NumberId{0, id};
  out.address = address;
  return out;
}

TEST(NumberBook, TheFirstToListAnAddressKeepsItUntilTheyGiveItUp) {
  NumberBook book;
  book.committed(kOne, 1, {number(1, "shop")}, {});
  book.committed(kTwo, 1, {number(2, "shop")}, {});
  EXPECT_EQ(book.find("shop"), (Listed{kOne, NumberId{0, 1}}));
  book.committed(kOne, 2, {}, {NumberId{0, 1}});
  EXPECT_EQ(book.find("shop"), (Listed{kTwo, NumberId{0, 2}}));
}

TEST(NumberBook, ANumberMayMoveToAnotherAddress) {
  NumberBook book;
  book.committed(kOne, 1, {number(1, "shop")}, {});
  book.committed(kOne, 2, {number(1, "store")}, {});
  EXPECT_FALSE(book.find("shop"));
  EXPECT_TRUE(book.find("store"));
}

TEST(NumberBook, WhatIsReadReplacesUnlessACommitHasOvertakenIt) {
  NumberBook book;
  book.committed(kOne, 5, {number(1, "old"), number(2, "kept")}, {});
  EXPECT_FALSE(book.replace(kOne, 4, {}));
  EXPECT_TRUE(book.find("old"));
  EXPECT_TRUE(book.replace(kOne, 6, {number(2, "kept"), number(3, "new")}));
  EXPECT_FALSE(book.find("old"));
  EXPECT_TRUE(book.find("kept"));
  EXPECT_TRUE(book.find("new"));
  EXPECT_EQ(book.size(), 2u);
}

}  // namespace
}  // namespace carillon::switchboard
