// The tables of the workspace's records: one Table<T> a record. Columns and indexes stand in src/store/migrations/.
//
// Thread: constants.
#pragma once

#include "calls/core/records.h"
#include "conversations/core/records.h"
#include "conversations/core/state.h"
#include "metrics/core/fold.h"
#include "presence/core/records.h"
#include "routing/core/records.h"
#include "runtime/rows.h"
#include "workspace/core/commands.h"

namespace carillon::runtime {

using NoColumns = std::array<std::string_view, 0>;
template <std::size_t N>
using Columns = std::array<std::string_view, N>;

struct ConfigurationTable : TableDefaults {
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<1> kFixed{"seq"};
  static constexpr bool kCreatedAt = true;
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kLive = " AND \"deleted_at\" IS NULL";
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};

template <>
struct Table<workspace::WorkspaceRecord> : TableDefaults {
  static constexpr std::string_view kName = "workspaces";
  static constexpr NoColumns kKeys{};
  static constexpr Columns<1> kFixed{"sid"};
  static constexpr bool kCreatedAt = true;
  static constexpr bool kUpdatedAt = true;
};
template <>
struct Table<routing::Settings> : TableDefaults {
  static constexpr std::string_view kName = "routing_settings";
  static constexpr NoColumns kKeys{};
};
template <>
struct Table<conversations::Settings> : TableDefaults {
  static constexpr std::string_view kName = "conversation_settings";
  static constexpr NoColumns kKeys{};
};

template <>
struct Table<routing::TaskChannelRecord> : ConfigurationTable {
  static constexpr std::string_view kName = "task_channels";
};
template <>
struct Table<routing::TaskQueueRecord> : ConfigurationTable {
  static constexpr std::string_view kName = "task_queues";
};
template <>
struct Table<routing::WorkflowRecord> : ConfigurationTable {
  static constexpr std::string_view kName = "workflows";
};
template <>
struct Table<routing::WorkerRecord> : ConfigurationTable {
  static constexpr std::string_view kName = "workers";
};
template <>
struct Table<presence::ActivityRecord> : ConfigurationTable {
  static constexpr std::string_view kName = "activities";
};
template <>
struct Table<presence::PresenceRecord> : TableDefaults {
  static constexpr std::string_view kName = "presences";
  static constexpr Columns<1> kKeys{"worker_sid"};
  static constexpr Columns<1> kFixed{"seq"};
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};

template <>
struct Table<routing::TaskRecord> : TableDefaults {
  static constexpr std::string_view kName = "tasks";
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<3> kFixed{"seq", "created_at", "contact_sid"};
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kLive = " AND \"ended_at\" = 0";
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};
template <>
struct Table<routing::ReservationRecord> : TableDefaults {
  static constexpr std::string_view kName = "reservations";
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<5> kFixed{"seq", "created_at", "task_sid", "worker_sid", "contact_sid"};
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kLive = " AND \"ended_at\" = 0";
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};
template <>
struct Table<routing::QueueEntryRecord> : TableDefaults {
  static constexpr std::string_view kName = "queue_entries";
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<4> kFixed{"task_sid", "task_queue_sid", "entered_at", "contact_sid"};
};

template <>
struct Table<conversations::ConversationRecord> : TableDefaults {
  static constexpr std::string_view kName = "conversations";
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<4> kFixed{"seq", "created_at", "channel", "channel_identity"};
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kLive = " AND \"status\" = 'open'";
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};
template <>
struct Table<conversations::ContactRecord> : TableDefaults {
  static constexpr std::string_view kName = "contacts";
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<3> kFixed{"seq", "created_at", "conversation_sid"};
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kLive = " AND \"status\" = 'open'";
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};

template <>
struct Table<calls::NumberRecord> : ConfigurationTable {
  static constexpr std::string_view kName = "numbers";
};
template <>
struct Table<calls::DiallingRecord> : TableDefaults {
  static constexpr std::string_view kName = "dialling";
  static constexpr NoColumns kKeys{};
};
template <>
struct Table<calls::CallRecord> : TableDefaults {
  static constexpr std::string_view kName = "calls";
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<5> kFixed{"seq", "created_at", "number_sid", "from", "to"};
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kLive = " AND \"status\" <> 'ended'";
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};

template <>
struct Table<calls::CallbackRecord> : TableDefaults {
  static constexpr std::string_view kName = "callbacks";
  static constexpr Columns<1> kKeys{"sid"};
  static constexpr Columns<5> kFixed{"seq", "created_at", "to", "number_sid", "asked_in_sid"};
  static constexpr bool kUpdatedAt = true;
  static constexpr std::string_view kLive = " AND \"ended_at\" = 0";
  static constexpr std::string_view kOrder = " ORDER BY \"seq\"";
};

template <>
struct Table<metrics::QueueInterval> : TableDefaults {
  static constexpr std::string_view kName = "queue_intervals";
  static constexpr Columns<3> kKeys{"interval_start", "task_queue_sid", "task_channel_sid"};
  static constexpr RowMode kMode = RowMode::add;
  static constexpr Columns<1> kMaxima{"answer_wait_max_us"};
};
template <>
struct Table<metrics::WorkerInterval> : TableDefaults {
  static constexpr std::string_view kName = "worker_intervals";
  static constexpr Columns<3> kKeys{"interval_start", "worker_sid", "activity_sid"};
  static constexpr RowMode kMode = RowMode::add;
};
template <>
struct Table<metrics::CenterInterval> : TableDefaults {
  static constexpr std::string_view kName = "center_intervals";
  static constexpr Columns<2> kKeys{"interval_start", "task_channel_sid"};
  static constexpr RowMode kMode = RowMode::add;
};

}  // namespace carillon::runtime
