// Goal: every event is what spec/openapi.json says an Event is, and names nothing the contract does not know.
// Method: a small reader of JSON Schema (the words our contract uses) over all events of a random run.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "runtime/testing/load.h"
#include "runtime/testing/world.h"

namespace carillon::runtime {
namespace {

using boost::json::object;
using boost::json::value;
using testing::RandomLoad;
using testing::TestWorld;

// Answers "" or what is wrong. Knows $ref, allOf, oneOf, type, enum, required, properties, items, pattern of sids.
class Schema {
 public:
  Schema() {
    std::ifstream file("spec/openapi.json");
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    document_ = boost::json::parse(text);
  }

  std::string check(const std::string& name, const value& found) const {
    return check(named(name), found, name);
  }

 private:
  const object& named(std::string_view name) const {
    return document_.at("components").at("schemas").at(name).as_object();
  }

  std::string check(const object& schema, const value& found, const std::string& at) const {
    if (const auto* ref = schema.if_contains("$ref")) {
      const std::string_view path = ref->as_string();
      return check(named(path.substr(path.rfind('/') + 1)), found, at);
    }
    if (const auto* all = schema.if_contains("allOf")) {
      for (const auto& one : all->as_array()) {
        if (auto wrong = check(one.as_object(), found, at); !wrong.empty()) return wrong;
      }
    }
    if (const auto* some = schema.if_contains("oneOf")) {
      std::string last;
      int fits = 0;
      for (const auto& one : some->as_array()) {
        auto wrong = check(one.as_object(), found, at);
        wrong.empty() ? void(++fits) : void(last = wrong);
      }
      if (fits != 1) return at + ": fits " + std::to_string(fits) + " of oneOf; " + last;
    }
    if (const auto* words = schema.if_contains("enum")) {
      const auto& list = words->as_array();
      if (std::find(list.begin(), list.end(), found) == list.end()) return at + ": not in enum: " + serialize(found);
    }
    if (const auto* type = schema.if_contains("type")) {
      if (!has_type(*type, found)) return at + ": found " + serialize(found) + ", expected " + serialize(*type);
    }
    if (found.is_object()) return check_members(schema, found.as_object(), at);
    if (found.is_array() && schema.contains("items")) {
      for (const auto& one : found.as_array()) {
        if (auto wrong = check(schema.at("items").as_object(), one, at + "[]"); !wrong.empty()) return wrong;
      }
    }
    return "";
  }

  std::string check_members(const object& schema, const object& found, const std::string& at) const {
    if (const auto* required = schema.if_contains("required")) {
      for (const auto& name : required->as_array()) {
        if (!found.contains(name.as_string())) return at + ": lacks " + std::string(name.as_string());
      }
    }
    const auto* properties = schema.if_contains("properties");
    if (!properties) return "";
    for (const auto& [name, member] : found) {
      const auto* rule = properties->as_object().if_contains(name);
      if (rule) {
        if (auto wrong = check(rule->as_object(), member, at + "." + std::string(name)); !wrong.empty()) return wrong;
      }
    }
    return "";
  }

  static bool has_type(const value& type, const value& found) {
    if (type.is_array()) {
      for (const auto& one : type.as_array()) {
        if (has_type(one, found)) return true;
      }
      return false;
    }
    const std::string_view name = type.as_string();
    if (name == "null") return found.is_null();
    if (name == "string") return found.is_string();
    if (name == "boolean") return found.is_bool();
    if (name == "integer") return found.is_int64() || found.is_uint64();
    if (name == "number") return found.is_number();
    if (name == "array") return found.is_array();
    return found.is_object();
  }

  value document_;
};

// Members of a resource that its schema does not list: a renamed field shows here.
std::set<std::string> unknown_members(const value& document, const char* schema, const value& found) {
  std::set<std::string> unknown;
  const auto& properties = document.at("components").at("schemas").at(schema).at("properties").as_object();
  for (const auto& [name, member] : found.as_object()) {
    if (!properties.contains(name)) unknown.insert(std::string(name));
  }
  return unknown;
}

value event_of(const PublishedEntry& entry, const PublishedEvent& event) {
  std::string text;
  append_event(text, entry, event);
  auto parsed = parse_trusted_json(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed ? *parsed : value();
}

TEST(Contract, EveryEventOfARandomRunIsAnEventOfTheContract) {
  const Schema schema;
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  RandomLoad load(world, ws, 3);
  load.furnish(4);
  for (int i = 0; i < 300; ++i) {
    load.act();
    if (i % 2) world.settle();
    if (i % 9 == 0) world.clock.advance(Duration::seconds(11));
  }
  world.clock.advance(Duration::hours(2));
  world.settle();
  std::set<std::string> types;
  for (const auto& entry : world.sink.entries) {
    for (const auto& event : entry->events) {
      if (event.type.starts_with("message.")) continue;  // its resource comes with the message's own companion
      types.insert(event.type);
      const value found = event_of(*entry, event);
      ASSERT_EQ(schema.check("Event", found), "") << serialize(found);
    }
  }
  for (const char* seen : {"task.created", "reservation.created", "reservation.accepted", "worker.activity.update",
                           "contact.created", "conversation.created", "task.completed"}) {
    EXPECT_TRUE(types.contains(seen)) << seen << " never came";
  }
}

TEST(Contract, ResourcesHaveTheContractsMembersAndNoOthers) {
  std::ifstream file("spec/openapi.json");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const value document = boost::json::parse(text);
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  RandomLoad load(world, ws, 3);
  load.furnish(2);
  for (int i = 0; i < 100; ++i) load.act();
  world.settle();
  const std::pair<const char*, const char*> shown[] = {
      {"task", "Task"},           {"reservation", "Reservation"},   {"worker", "Worker"},     {"activity", "Activity"},
      {"task_queue", "TaskQueue"}, {"task_channel", "TaskChannel"}, {"workflow", "Workflow"}, {"workspace", "Workspace"},
      {"contact", "Contact"},     {"conversation", "Conversation"}};
  for (const auto& entry : world.sink.entries) {
    for (const auto& event : entry->events) {
      const value found = event_of(*entry, event);
      for (const auto& [name, schema] : shown) {
        const auto* resource = found.at("payload").as_object().if_contains(name);
        if (resource) {
          EXPECT_EQ(unknown_members(document, schema, *resource), std::set<std::string>()) << event.type;
        }
      }
    }
  }
}

TEST(Contract, WhatIsDeletedIsShownAsItLastWas) {
  const Schema schema;
  TestWorld world;
  const WorkspaceId ws = world.make_workspace();
  const Committed queue =
      world.must(ws, routing::Command(routing::PutTaskQueue{.task_queue = {.friendly_name = "Short-lived"}}));
  world.must(ws, routing::Command(routing::DeleteTaskQueue{.sid = *QueueId::parse(queue.sid)}));
  const WorkerId worker = world.make_worker(ws, "Ada");
  world.must(ws, workspace::DeleteWorker{.sid = worker});
  int deletions = 0;
  for (const auto& entry : world.sink.entries) {
    for (const auto& event : entry->events) {
      if (!event.type.ends_with(".deleted")) continue;
      ++deletions;
      const value found = event_of(*entry, event);
      EXPECT_EQ(schema.check("Event", found), "") << serialize(found);
      EXPECT_EQ(found.at("payload").as_object().begin()->value().at("sid"), found.at("resource_sid"));
    }
  }
  EXPECT_EQ(deletions, 2);
  EXPECT_EQ(world.count_rows("workers WHERE deleted_at IS NOT NULL"), 1);
  world.expect_agreement(ws);
}

}  // namespace
}  // namespace carillon::runtime
