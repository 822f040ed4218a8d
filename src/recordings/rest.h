// Recordings over HTTP: listed, listened to, deleted, held (spec/paths/recordings.yaml, legal-holds.yaml).
//
// Rules:  a listening is committed before the sound goes out. Null `key`: this server cannot make or read recordings (503).
// Owns:   nothing. Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   recordings::add_routes(api, {"var/files", key});
#pragma once

#include <memory>
#include <string>

#include "door/api.h"
#include "recordings/key.h"

namespace carillon::recordings {

struct RestGiven {
  std::string files;  // DATA/files
  std::shared_ptr<const Key> key;
};

void add_hold_routes(door::Api& api);
// All of them.
void add_routes(door::Api& api, const RestGiven& given);

}  // namespace carillon::recordings
