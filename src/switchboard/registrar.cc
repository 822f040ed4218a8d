// Desk phones: accounts of the registrar, and who is registered.
#include "switchboard/switchboard.h"

namespace carillon::switchboard {

void Switchboard::set_account(const desk_phones::Account& account) {
  voice::sip::Account out{.id = desk_phones::name_of(account.workspace, account.worker),
                          .user = account.username,
                          .ha1_md5 = account.ha1_md5,
                          .ha1_sha256 = account.ha1_sha256};
  const bool posted = post([out = std::move(out)](Turn turn) { turn.stack.set_account(out); });
  if (!posted) world_.log("a desk phone's password was not handed to the registrar: too much waits; set it once more");
}

void Switchboard::remove_account(WorkspaceId workspace, WorkerId worker) {
  const bool posted =
      post([name = desk_phones::name_of(workspace, worker)](Turn turn) { turn.stack.remove_account(turn.now, name); });
  if (!posted) world_.log("a desk phone was not taken from the registrar: too much waits; remove it once more");
}

void Switchboard::registrations(WorkspaceId workspace, WorkerId worker,
                                std::function<void(std::vector<desk_phones::Registration>)> done) {
  const bool posted = post([name = desk_phones::name_of(workspace, worker), done](Turn turn) {
    std::vector<desk_phones::Registration> out;
    for (const voice::sip::Binding& one : turn.stack.bindings(name)) {
      out.push_back({.contact = one.contact,
                     .address = one.flow.remote.text(),
                     .transport = std::string(voice::sip::transport_name(one.flow.transport)),
                     .user_agent = one.user_agent,
                     .expires_at = one.expires});
    }
    done(std::move(out));
  });
  if (!posted) done({});
}

std::vector<std::string> Switchboard::servers() const {
  std::vector<std::string> out;
  for (const voice::sip::Listener& one : listeners()) {
    voice::IpAddress ip = one.bound.ip;
    if (ip.is_unspecified()) ip = one.own;
    const std::string host = !one.public_host.empty() ? one.public_host : ip.host_text();
    out.push_back("sip:" + host + ":" + std::to_string(one.bound.port) +
                  ";transport=" + std::string(voice::sip::transport_param(one.transport)));
  }
  return out;
}

}  // namespace carillon::switchboard
