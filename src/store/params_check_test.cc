// Goal: only well-formed UTF-8 without U+0000 passes; compared with the table of RFC 3629 section 4 at every border.
#include "store/params_check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace carillon::store {
namespace {

TEST(StorableText, TakesWellFormedTextOfEveryLength) {
  for (const char* text : {"", "a", "\x01", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
                           "Gr\xC3\xBC\xC3\x9F"
                           "e an alle \xF0\x9F\x8E\xB6"}) {
    EXPECT_TRUE(is_storable_text(text)) << text;
  }
}

TEST(StorableText, RefusesWhatIsMalformed) {
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x20", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xE1\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(is_storable_text(text));
  }
}

TEST(StorableText, FindsAFaultAtEveryPlace) {
  for (std::size_t size = 1; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (char fault : {'\0', '\xFF'}) {
        std::string text(size, 'x');
        EXPECT_TRUE(is_storable_text(text));
        text[at] = fault;
        EXPECT_FALSE(is_storable_text(text)) << size << " " << at;
      }
    }
  }
}

TEST(CheckParams, NamesTheParameter) {
  const Result<void> text = check_params(Params::of(1, std::string_view("a\0b", 3)));
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().code, ErrorCode::kInvalidUtf8);
  EXPECT_EQ(text.error().field, "?2");
  EXPECT_EQ(check_params(Params::of(std::nan(""))).error().code, ErrorCode::kInvalidValue);
  EXPECT_EQ(check_params(Params::of(std::numeric_limits<double>::infinity())).error().code, ErrorCode::kInvalidValue);
  EXPECT_TRUE(check_params(Params::of(Value::blob(std::string_view("\0\xFF", 2)), 1.5)).ok());
}

}  // namespace
}  // namespace carillon::store
