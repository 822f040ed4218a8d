// Voicemails over HTTP: the inbox, listening, marking, deleting (spec/paths/voicemails.yaml).
//
// Rules:  an agent sees messages whose task was ever put before them. A listening is committed before the sound goes out, and makes a
//         new message a heard one. Null `key`: this server cannot read recordings (503).
// Owns:   nothing. Thread: add_routes() while the server is set up; handlers run on net threads and never block.
// Example:
//   voicemails::add_routes(api, {"var/files", key});
#pragma once

#include <memory>
#include <string>

#include "door/api.h"
#include "recordings/key.h"

namespace carillon::voicemails {

struct RestGiven {
  std::string files;  // DATA/files
  std::shared_ptr<const recordings::Key> key;
};

void add_routes(door::Api& api, const RestGiven& given);

}  // namespace carillon::voicemails
