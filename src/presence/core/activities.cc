// Activities as things: made, edited, deleted; and what an edit means for the workers in them.
#include <algorithm>

#include "base/check.h"
#include "base/names.h"
#include "presence/core/state.h"

namespace carillon::presence {

using events::EventType;

namespace {

Error no_such_activity(ActivityId sid) {
  return Error(ErrorCode::kNotFound, "found no activity " + sid.str() + "; list them with GET /api/v1/activities")
      .at("sid");
}

Result<void> check_version(std::int64_t wanted, std::int64_t current) {
  if (wanted == 0 || wanted == current) return {};
  return Error(ErrorCode::kVersionMismatch, "found version " + std::to_string(current) + ", you changed version " +
                                                std::to_string(wanted) + "; read it again and repeat the change")
      .at("version");
}

}  // namespace

Result<std::string> State::on(Context& entry, const PutActivity& c) {
  if (auto ok = check(c.activity); !ok) return ok.error();
  if (!c.activity.sid) return make_activity(entry, c.activity);
  return replace_activity(entry, c.activity);
}

// What holds of a new and of an edited activity alike.
Result<void> State::check(const ActivityRecord& wanted) const {
  if (auto ok = check_name(wanted.friendly_name); !ok) return ok.error();
  for (const auto& [sid, other] : activities_) {
    if (sid == wanted.sid || other.friendly_name != wanted.friendly_name) continue;
    return Error(ErrorCode::kNameTaken,
                 "found another activity named '" + wanted.friendly_name + "' (" + sid.str() + "); choose another name")
        .at("friendly_name");
  }
  if (wanted.maximum.us < 0 || wanted.maximum > kLongestMaximum) {
    return Error(ErrorCode::kOutOfRange, "found a maximum of " + std::to_string(wanted.maximum.us / 1'000'000) +
                                             " s; expected 0 (no limit) to 604800 s")
        .at("maximum");
  }
  if (wanted.offline && wanted.activity_class != ActivityClass::system) {
    return Error(ErrorCode::kInvalidValue, "found the offline activity in a class other than system; leave it there")
        .at("activity_class");
  }
  return {};
}

Result<std::string> State::make_activity(Context& entry, const ActivityRecord& wanted) {
  if (wanted.offline && offline_) {
    return Error(ErrorCode::kInvalidValue, "found an offline activity already (" + offline_.str() + "); edit that one")
        .at("offline");
  }
  if (activities_.size() >= kMaxActivities) {
    return Error(ErrorCode::kLimit, "found " + std::to_string(kMaxActivities) + " activities, the most there may be");
  }
  ActivityRecord made = wanted;
  made.sid = entry.ids.next<ActivityId>();
  made.seq = draw_seq(entry);
  made.version = 1;
  if (made.offline) offline_ = made.sid;
  const ActivityId sid = made.sid;
  changes_.activities.push_back(&activities_.emplace(sid, std::move(made)).first->second);
  entry.events.push_back({.type = EventType::kActivityCreated, .activity = sid});
  return sid.str();
}

Result<std::string> State::replace_activity(Context& entry, const ActivityRecord& wanted) {
  const auto it = activities_.find(wanted.sid);
  if (it == activities_.end()) return no_such_activity(wanted.sid);
  ActivityRecord& row = it->second;
  if (auto ok = check_version(wanted.version, row.version); !ok) return ok.error();
  if (wanted.offline != row.offline) {
    return Error(ErrorCode::kInvalidValue, "found a change of 'offline', which never changes; make another activity")
        .at("offline");
  }
  const ActivityRecord before = row;
  row = wanted;
  row.seq = before.seq;
  row.version = before.version;
  if (row == before) return row.sid.str();
  touch(row);
  entry.events.push_back({.type = EventType::kActivityUpdated, .activity = row.sid});
  activity_changed(row, before, entry.now);
  return row.sid.str();
}

void State::activity_changed(const ActivityRecord& activity, const ActivityRecord& before, Instant now) {
  const bool renamed = activity.friendly_name != before.friendly_name;
  const bool limit_moved = activity.maximum != before.maximum;
  if (!renamed && !limit_moved && activity.activity_class == before.activity_class) return;
  for (Live* live : by_seq()) {
    if (live->row.activity_sid != activity.sid) continue;
    const Instant ends = activity.maximum.us > 0 ? live->row.activity_since + activity.maximum : Instant::never();
    // Whoever was told of already is told of again only past a new limit.
    if (limit_moved && !(live->row.overstayed && ends <= now)) {
      touch(*live);
      live->row.overstayed = false;
      live->row.overstays_at = ends;
      arm(*live);
    }
    tell(*live, false, renamed);
  }
}

Result<std::string> State::on(Context& entry, const DeleteActivity& c) {
  const auto it = activities_.find(c.sid);
  if (it == activities_.end()) return no_such_activity(c.sid);
  if (auto ok = check_version(c.version, it->second.version); !ok) return ok.error();
  if (it->second.offline) {
    return Error(ErrorCode::kStateForbids, "found the offline activity, which every signed-out worker has; it stays");
  }
  const auto used = std::count_if(workers_.begin(), workers_.end(), [&](const auto& item) {
    return item.second.row.activity_sid == c.sid || item.second.row.pending_activity_sid == c.sid;
  });
  if (used > 0) {
    return Error(ErrorCode::kInUse,
                 "found " + std::to_string(used) + " workers in it or waiting for it; set them another activity first");
  }
  std::erase(changes_.activities, &it->second);
  activities_.erase(it);
  changes_.deleted_activities.push_back(c.sid);
  entry.events.push_back({.type = EventType::kActivityDeleted, .activity = c.sid});
  return c.sid.str();
}

void State::touch(ActivityRecord& row) {
  if (std::find(changes_.activities.begin(), changes_.activities.end(), &row) != changes_.activities.end()) return;
  ++row.version;
  changes_.activities.push_back(&row);
}

const ActivityRecord* State::activity(ActivityId sid) const {
  const auto it = activities_.find(sid);
  return it == activities_.end() ? nullptr : &it->second;
}

const ActivityRecord* State::offline_activity() const { return offline_ ? activity(offline_) : nullptr; }

std::vector<const ActivityRecord*> State::activities() const {
  std::vector<const ActivityRecord*> out;
  for (const auto& [sid, row] : activities_) out.push_back(&row);
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->seq < b->seq; });
  return out;
}

}  // namespace carillon::presence
