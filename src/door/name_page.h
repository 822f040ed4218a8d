// NamePage: cursor pages of what has a name, ordered by it and then by sid, from a list in memory.
//
// Why:    configuration is small and lives in memory or in one small table, so a page costs one pass over it; a cursor
//         holds the last name and sid, so what is made or removed meanwhile shifts nothing.
// Owns:   the cursor it was given. Thread: any; one at a time.
// Errors: kCursorInvalid, kOutOfRange (page_size).
// Limits: names of 512 bytes: 128 characters of four.
// Example:
//   NamePage page;
//   if (auto fine = page.read(query); !fine) return call.fail(fine.error());
//   return page.write(view.state.routing().task_queues(), [](const auto& q) { return q.friendly_name; }, render);
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/parse/query_fields.h"
#include "http/request.h"

namespace carillon::door {

// base64url without padding (RFC 4648 section 5).
std::string encode_cursor(std::string_view text);
std::optional<std::string> decode_cursor(std::string_view text);

inline constexpr std::size_t kLongestCursor = 1024;  // of the contract

class NamePage {
 public:
  // Reads page_size and cursor.
  Result<void> read(http::QueryFields& query);

  std::size_t size() const { return size_; }
  // Of the cursor, for lists that SQL orders: what comes after (name, sid).
  bool is_begun() const { return begun_; }
  const std::string& after_name() const { return name_; }
  const std::string& after_sid() const { return sid_; }
  bool is_after(std::string_view name, std::string_view sid) const;

  // Sorts what is after the cursor and keeps one page of it, and one more if there is one.
  template <class T, class NameOf>
  std::vector<const T*> pick(const std::vector<const T*>& all, NameOf name_of) const {
    std::vector<const T*> picked;
    for (const T* one : all) {
      if (is_after(name_of(*one), one->sid.str())) picked.push_back(one);
    }
    const auto less = [&](const T* a, const T* b) {
      const std::string_view x = name_of(*a), y = name_of(*b);
      return x != y ? x < y : a->sid < b->sid;
    };
    const auto end = picked.begin() + static_cast<std::ptrdiff_t>(std::min(picked.size(), size_ + 1));
    std::partial_sort(picked.begin(), end, picked.end(), less);
    picked.erase(end, picked.end());
    return picked;
  }

  // The page; render(out, item) appends an item's JSON.
  template <class T, class NameOf, class Render>
  http::Response write(const std::vector<const T*>& all, NameOf name_of, Render render) const {
    const std::vector<const T*> picked = pick(all, name_of);
    const std::size_t shown = std::min(picked.size(), size_);
    std::string text = "{\"items\":[";
    for (std::size_t i = 0; i < shown; ++i) {
      if (i) text += ',';
      render(text, *picked[i]);
    }
    const bool more = picked.size() > size_;
    return finish(std::move(text), more ? next(name_of(*picked[shown - 1]), picked[shown - 1]->sid.str()) : "");
  }

  // The cursor of what comes after this one.
  std::string next(std::string_view name, std::string_view sid) const;
  // Ends what began with {"items":[ ; "" is the last page.
  static http::Response finish(std::string text, std::string_view next_cursor);

 private:
  std::size_t size_ = 50;
  bool begun_ = false;
  std::string name_, sid_;
};

}  // namespace carillon::door
