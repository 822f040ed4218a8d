// Cursor pages: keyset pagination, so that a page costs the same however far one has turned.
#include <charconv>

#include "door/api.h"
#include "door/name_page.h"
#include "store/params_check.h"

namespace carillon::door {
ListSql::ListSql(std::string select, std::string key, std::string tie, bool descending)
    : key_(std::move(key)), tie_(std::move(tie)), descending_(descending), text_(std::move(select)) {}

ListSql& ListSql::where(std::string_view condition) {
  text_ += first_ ? " WHERE " : " AND ";
  first_ = false;
  text_ += condition;
  return *this;
}

ListSql& ListSql::where(std::string_view condition, store::Value value, std::string_view after) {
  params_.push_back(std::move(value));
  where(condition);
  text_ += "?" + std::to_string(params_.size());
  text_ += after;
  return *this;
}

std::string ListSql::bind(store::Value value) {
  params_.push_back(std::move(value));
  return "?" + std::to_string(params_.size());
}

ListSql& ListSql::where_in(std::string_view column, const std::vector<std::string>& words) {
  if (words.empty()) return *this;
  std::string list = std::string(column) + " IN (";
  for (std::size_t i = 0; i < words.size(); ++i) {
    params_.emplace_back(words[i]);
    list += (i ? ",?" : "?") + std::to_string(params_.size());
  }
  return where(list + ")");
}

Result<void> ListSql::page(http::QueryFields& query) {
  page_size_ = static_cast<std::size_t>(query.optional_int("page_size", 1, 200).value_or(50));
  const auto cursor = query.optional_string("cursor", 1, kLongestCursor);
  if (!cursor) return {};
  const Error invalid =
      Error(ErrorCode::kCursorInvalid, "found a cursor that is not one of ours; use next_cursor as it came")
          .at("cursor");
  const auto text = decode_cursor(*cursor);
  if (!text || text->size() < 2 || !text->starts_with("1")) return invalid;
  std::int64_t key = 0;
  const char* begin = text->data() + 1;
  const char* end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(begin, end, key);
  if (failed != std::errc() || (stop != end && *stop != '|')) return invalid;
  const std::string tie = stop == end ? "" : std::string(stop + 1, end);
  if (!store::is_storable_text(tie)) return invalid;
  const std::string compare = descending_ ? "<" : ">";
  params_.emplace_back(key);
  const std::string key_at = "?" + std::to_string(params_.size());
  if (tie_.empty()) {
    where("\"" + key_ + "\" " + compare + " " + key_at);
    return {};
  }
  params_.emplace_back(tie);
  const std::string tie_at = "?" + std::to_string(params_.size());
  where("(\"" + key_ + "\" " + compare + " " + key_at + " OR (\"" + key_ + "\" = " + key_at + " AND \"" + tie_ + "\" " +
        compare + " " + tie_at + "))");
  return {};
}

store::Sql ListSql::sql() const {
  const std::string direction = descending_ ? " DESC" : " ASC";
  std::string text = text_ + " ORDER BY \"" + key_ + "\"" + direction;
  if (!tie_.empty()) text += ", \"" + tie_ + "\"" + direction;
  text += " LIMIT " + std::to_string(page_size_ + 1);
  return store::Sql::dynamic(text);
}

bool PageWriter::add(std::int64_t key, std::string_view tie, const std::function<void(std::string&)>& render) {
  if (items_ == list_.page_size()) {
    more_ = true;
    return false;
  }
  if (items_++) text_ += ',';
  render(text_);
  last_key_ = key;
  last_tie_ = tie;
  return true;
}

http::Response PageWriter::finish() {
  text_ += "],\"next_cursor\":";
  if (more_) {
    text_ += '"' + encode_cursor("1" + std::to_string(last_key_) + (last_tie_.empty() ? "" : "|" + last_tie_)) + '"';
  } else {
    text_ += "null";
  }
  text_ += '}';
  return http::Response::json_text(200, std::move(text_));
}

}  // namespace carillon::door
