// Numbers: what an admin may set, and whether one is open.
#include <algorithm>

#include "base/names.h"
#include "calls/core/state.h"

namespace carillon::calls {

namespace {

constexpr std::size_t kMaxAddress = 128;
constexpr std::size_t kMaxPrompt = 128;
constexpr std::size_t kMaxText = 2'000;
constexpr std::size_t kMaxOpenings = 4'000;
constexpr std::size_t kMaxBlocked = 1'000;
constexpr std::size_t kMaxHours = 128 << 10;
constexpr Duration kShortestAnnouncing = Duration::seconds(15);
constexpr Duration kLongestAnnouncing = Duration::hours(1);
constexpr Duration kShortestWait = Duration::seconds(10), kLongestWait = Duration::hours(24);
constexpr Duration kShortestRetry = Duration::seconds(1);
constexpr std::int64_t kMostDays = 36'500;
constexpr Duration kShortestVoicemail = Duration::seconds(5), kLongestVoicemail = Duration::minutes(15);
constexpr Duration kLongestShortest = Duration::minutes(1);

Error too_long(std::size_t found, std::size_t at_most, const char* field) {
  return Error(ErrorCode::kTooLong,
               "found " + std::to_string(found) + " bytes; expected at most " + std::to_string(at_most))
      .at(field);
}

Result<void> check_words(const Words& words, const char* field) {
  if (words.prompt.size() > kMaxPrompt) return too_long(words.prompt.size(), kMaxPrompt, field);
  if (words.text.size() > kMaxText) return too_long(words.text.size(), kMaxText, field);
  return {};
}

// "+" and digits, or the user part of a SIP address: visible ASCII without what separates there.
Result<void> check_address(const std::string& address) {
  if (address.empty()) {
    return Error(ErrorCode::kMissingField, "found no address; say a phone number or the user part of a SIP address")
        .at("address");
  }
  if (address.size() > kMaxAddress) return too_long(address.size(), kMaxAddress, "address");
  for (const char c : address) {
    const bool fine = c > ' ' && c < 0x7f && std::string_view("@:;,<>\"/?").find(c) == std::string_view::npos;
    if (fine) continue;
    return Error(ErrorCode::kInvalidValue,
                 "found '" + address + "'; expected a number like +4930123456, or a name like shop")
        .at("address");
  }
  return {};
}

Result<void> check_openings(const std::vector<Opening>& openings) {
  if (openings.size() > kMaxOpenings) {
    return Error(ErrorCode::kLimit, "found " + std::to_string(openings.size()) + " openings; expected at most " +
                                        std::to_string(kMaxOpenings))
        .at("openings");
  }
  for (std::size_t i = 0; i < openings.size(); ++i) {
    const bool in_order = openings[i].from < openings[i].until && (i == 0 || openings[i - 1].until <= openings[i].from);
    if (in_order) continue;
    return Error(ErrorCode::kInvalidValue, "found opening " + std::to_string(i) +
                                               " ending before it begins or before the one before it has ended")
        .at("openings");
  }
  return {};
}

Error out_of_range(Duration found, Duration least, Duration most, const char* field) {
  return Error(ErrorCode::kOutOfRange, "found " + std::to_string(found.us / 1'000'000) + " s; expected " +
                                           std::to_string(least.us / 1'000'000) + " to " +
                                           std::to_string(most.us / 1'000'000) + " s")
      .at(field);
}

Result<void> check_key(const std::string& key, const char* field) {
  const bool fine = key.empty() || (key.size() == 1 && std::string_view("0123456789*#").find(key) != std::string::npos);
  if (fine) return {};
  return Error(ErrorCode::kInvalidValue, "found '" + key + "'; expected one key of 0-9, * and #, or none").at(field);
}

Result<void> check_days(std::int64_t days, const char* field) {
  if (days >= -1 && days <= kMostDays) return {};
  return Error(ErrorCode::kOutOfRange,
               "found " + std::to_string(days) + " days; expected 0 (for ever) to 36500, or -1 for the workspace's")
      .at(field);
}

// What whoever waits may do, and what they get who cannot be served; what may be recorded and how long it is kept.
Result<void> check_waiting(const NumberRecord& row) {
  if (auto ok = check_key(row.voicemail_key, "voicemail_key"); !ok) return ok;
  if (row.max_wait.us != 0 && (row.max_wait < kShortestWait || row.max_wait > kLongestWait)) {
    return out_of_range(row.max_wait, kShortestWait, kLongestWait, "max_wait_s");
  }
  if (row.voicemail_max < kShortestVoicemail || row.voicemail_max > kLongestVoicemail) {
    return out_of_range(row.voicemail_max, kShortestVoicemail, kLongestVoicemail, "voicemail_max_s");
  }
  if (row.voicemail_min.us < 0 || row.voicemail_min > kLongestShortest) {
    return out_of_range(row.voicemail_min, {}, kLongestShortest, "voicemail_min_s");
  }
  if (row.consent != ConsentRule::none && row.consent_words == Words{}) {
    return Error(ErrorCode::kMissingField, "found no words for the caller's consent; say what they are told or asked")
        .at("consent_words");
  }
  if (row.consent == ConsentRule::ask && (row.voicemail_key == "1" || row.voicemail_key == "2")) {
    return Error(ErrorCode::kInvalidValue, "found '" + row.voicemail_key +
                                               "', which answers whether the caller agrees "
                                               "to be recorded; choose another key")
        .at("voicemail_key");
  }
  if (row.sample_percent < 0 || row.sample_percent > 100) {
    return Error(ErrorCode::kOutOfRange, "found " + std::to_string(row.sample_percent) + " %; expected 0 to 100")
        .at("sample_percent");
  }
  if (auto ok = check_days(row.recordings_kept_days, "recordings_kept_days"); !ok) return ok;
  if (auto ok = check_days(row.voicemails_kept_days, "voicemails_kept_days"); !ok) return ok;
  if (auto ok = check_words(row.consent_words, "consent_words"); !ok) return ok;
  if (auto ok = check_words(row.key_words, "key_words"); !ok) return ok;
  if (auto ok = check_words(row.max_wait_words, "max_wait_words"); !ok) return ok;
  return check_words(row.voicemail_words, "voicemail_words");
}

// Its key must mean nothing else, and its calls must go to a queue: only there is a place that can be kept.
Result<void> check_callback(const NumberRecord& row) {
  const CallbackSettings& callback = row.callback;
  if (auto ok = check_key(callback.key, "callback/key"); !ok) return ok;
  if (auto ok = check_words(callback.words, "callback/words"); !ok) return ok;
  if (callback.tries < 1 || callback.tries > static_cast<std::int64_t>(kMaxTries)) {
    return Error(ErrorCode::kOutOfRange, "found " + std::to_string(callback.tries) + " tries; expected 1 to 10")
        .at("callback/tries");
  }
  if (callback.retry_after < kShortestRetry || callback.retry_after > kLongestWait) {
    return out_of_range(callback.retry_after, kShortestRetry, kLongestWait, "callback/retry_after_s");
  }
  if (callback.key.empty()) return {};
  const bool asks = row.consent == ConsentRule::ask && (callback.key == "1" || callback.key == "2");
  if (asks || callback.key == row.voicemail_key) {
    return Error(ErrorCode::kInvalidValue,
                 "found '" + callback.key + "', which means something else already; choose another key")
        .at("callback/key");
  }
  if (!row.worker_sid) return {};
  return Error(ErrorCode::kInvalidValue, "found a key to be called back at a direct number; its calls go to no queue")
      .at("callback/key");
}

Result<void> check_number(const NumberRecord& row) {
  if (auto ok = check_name(row.friendly_name); !ok) return ok;
  if (auto ok = check_address(row.address); !ok) return ok;
  const int targets = !row.workflow_sid.empty() + !row.task_queue_sid.empty() + !row.worker_sid.empty();
  if (targets != 1) {
    return Error(ErrorCode::kInvalidValue, "found " + std::to_string(targets) +
                                               " of workflow_sid, task_queue_sid, worker_sid; expected exactly one")
        .at("workflow_sid");
  }
  if (row.priority < 0 || row.priority > 2'147'483'647) {
    return Error(ErrorCode::kOutOfRange, "found priority " + std::to_string(row.priority)).at("priority");
  }
  if (row.announce_every < kShortestAnnouncing || row.announce_every > kLongestAnnouncing) {
    return Error(ErrorCode::kOutOfRange, "found " + std::to_string(row.announce_every.us / 1'000'000) +
                                             " s between announcements; expected 15 to 3600 s")
        .at("announce_every_s");
  }
  if (row.hours.text.size() > kMaxHours) return too_long(row.hours.text.size(), kMaxHours, "hours");
  if (row.music.size() > kMaxPrompt) return too_long(row.music.size(), kMaxPrompt, "music");
  if (row.blocked.size() > kMaxBlocked) {
    return Error(ErrorCode::kLimit, "found " + std::to_string(row.blocked.size()) +
                                        " blocked callers; expected at most " + std::to_string(kMaxBlocked))
        .at("blocked");
  }
  for (const auto& one : row.blocked) {
    if (one.size() > kMaxAddress) return too_long(one.size(), kMaxAddress, "blocked");
  }
  if (auto ok = check_waiting(row); !ok) return ok;
  if (auto ok = check_callback(row); !ok) return ok;
  if (auto ok = check_words(row.greeting, "greeting"); !ok) return ok;
  if (auto ok = check_words(row.closed_words, "closed_words"); !ok) return ok;
  if (auto ok = check_words(row.nobody_words, "nobody_words"); !ok) return ok;
  if (auto ok = check_words(row.full_words, "full_words"); !ok) return ok;
  return check_openings(row.openings);
}

Error no_number(NumberId sid) { return Error(ErrorCode::kNotFound, "found no number " + sid.str()).at("sid"); }

Error stale(std::int64_t found, std::int64_t present) {
  return Error(ErrorCode::kVersionMismatch, "found version " + std::to_string(found) + ", present is " +
                                                std::to_string(present) + "; read it again and repeat the change")
      .at("version");
}

}  // namespace

bool is_open(const NumberRecord& number, Instant at) {
  if (number.always_open) return true;
  const auto after = std::upper_bound(number.openings.begin(), number.openings.end(), at,
                                      [](Instant now, const Opening& one) { return now < one.from; });
  return after != number.openings.begin() && at < std::prev(after)->until;
}

Result<std::string> State::on(Context& entry, const PutNumber& c) {
  NumberRecord wanted = c.number;
  std::sort(wanted.blocked.begin(), wanted.blocked.end());
  wanted.blocked.erase(std::unique(wanted.blocked.begin(), wanted.blocked.end()), wanted.blocked.end());
  if (auto ok = check_number(wanted); !ok) return ok.error();
  const auto present = numbers_.find(wanted.sid);
  if (!wanted.sid.empty() && present == numbers_.end()) return no_number(wanted.sid);
  if (present != numbers_.end() && wanted.version != 0 && wanted.version != present->second.version) {
    return stale(wanted.version, present->second.version);
  }
  if (const auto taken = by_address_.find(wanted.address); taken != by_address_.end() && taken->second != wanted.sid) {
    return Error(ErrorCode::kNameTaken, "the address '" + wanted.address + "' is another number's; choose another")
        .at("address");
  }
  if (present == numbers_.end()) {
    if (numbers_.size() >= kMaxNumbers) {
      return Error(ErrorCode::kLimit, "found " + std::to_string(kMaxNumbers) + " numbers, the most there may be");
    }
    wanted.sid = entry.ids.next<NumberId>();
    wanted.seq = entry.entry * kSeqsAnEntry + made_in_entry_++;
    wanted.version = 1;
  } else {
    wanted.seq = present->second.seq;
    wanted.version = present->second.version + 1;
    by_address_.erase(present->second.address);
  }
  by_address_[wanted.address] = wanted.sid;
  const bool is_new = present == numbers_.end();
  NumberRecord& row = numbers_[wanted.sid] = std::move(wanted);
  changes_.numbers.push_back(&row);
  entry.events.push_back(
      {.type = is_new ? events::EventType::kNumberCreated : events::EventType::kNumberUpdated, .number_sid = row.sid});
  return row.sid.str();
}

// Calls that came in there go on; they know what they need.
Result<std::string> State::on(Context& entry, const DeleteNumber& c) {
  const auto found = numbers_.find(c.sid);
  if (found == numbers_.end()) return no_number(c.sid);
  if (c.version != 0 && c.version != found->second.version) return stale(c.version, found->second.version);
  by_address_.erase(found->second.address);
  numbers_.erase(found);
  changes_.deleted_numbers.push_back(c.sid);
  entry.events.push_back({.type = events::EventType::kNumberDeleted, .number_sid = c.sid});
  return c.sid.str();
}

}  // namespace carillon::calls
