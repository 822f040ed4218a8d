#include "http/parse/pointer.h"

#include "http/parse/utf8.h"

namespace carillon::http {

std::string pointer_token(std::string_view name) {
  std::string out;
  for (const char c : utf8_cut(name, 64)) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

void prepend_pointer(std::string& pointer, std::string_view name) {
  pointer.insert(0, pointer_token(name));
  pointer.insert(pointer.begin(), '/');
}

}  // namespace carillon::http
