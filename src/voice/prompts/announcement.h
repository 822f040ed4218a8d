// What is said of a caller's place and wait: the names of recorded pieces, and the same as a text to speak.
//
// Thread: any; pure functions.
// Limits: places and minutes to 999; beyond is not said. A wait is rounded up to minutes.
// Example:
//   pieces_of({.place = 3, .expected_wait = Duration::minutes(2)});   // queue-thereare, digits/3, queue-callswaiting, ..
//   text_of({.place = 3}, "de");                                      // "Sie sind Nummer 3 in der Warteschlange. .."
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "voice/prompts/prompts.h"

namespace carillon::prompts {

// Names as Debian's English recordings have them; empty when there is nothing to say.
std::vector<std::string> pieces_of(const Standing& standing);
// 1 to 999 from digits/..; empty beyond.
std::vector<std::string> number_pieces(int number);

struct SpokenText {
  std::string text;
  std::string language;  // "en" where the wanted one is not written here
};
SpokenText text_of(const Standing& standing, std::string_view language);

// Minutes that are said: rounded up; 0 is less than one; nothing where the wait is not to be said.
std::optional<int> minutes_of(const Standing& standing);

}  // namespace carillon::prompts
