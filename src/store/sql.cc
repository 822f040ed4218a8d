#include "store/sql.h"

#include <cstring>

namespace carillon::store {

Sql Sql::dynamic(std::string_view text) {
  char* copy = new char[text.size() + 1];
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  return Sql(copy, text.size(), fnv1a(text), true);
}

Sql Sql::copy_of(const Sql& other) { return dynamic(other.text()); }

}  // namespace carillon::store
