// Where accounts can be reached: REGISTER and its bindings (RFC 3261 section 10.3), and who may be called an account.
//
// What:   all or nothing for each REGISTER; a binding ends with its time, its connection or its account.
// Owns:   accounts and bindings.
// Errors: whoever proves nothing gets the same 401, whether the account exists or not.
// Limits: RegistrarRules.
// Thread: that of the stack.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "voice/sip/digest.h"
#include "voice/sip/gate.h"
#include "voice/sip/transactions.h"
#include "voice/sip/uri.h"

namespace carillon::voice::sip {

// Where an account can be called: Invite::target and Invite::flow.
struct Binding {
  std::string contact;
  Flow flow;
  Instant expires;
  std::string user_agent;
};

class Registrar {
 public:
  Registrar(Context& context, Wire& wire, Transactions& transactions, Gate& gate);

  void set(const Account& account);
  void remove(const std::string& id);
  std::vector<Binding> bindings(const std::string& account) const;
  // Is a device of ours at this address?
  bool known(const Endpoint& remote) const { return remotes_.count(remote) != 0; }

  void on_register(Handle transaction, const Message& request, const Flow& from);
  // Who is it? Nothing when it could not be proved; the challenge or the silence has been given then.
  std::optional<std::string> authenticate(Handle transaction, const Message& request, const Flow& from);
  // WWW-Authenticate lines.
  std::string challenge(bool stale) { return digest_.challenge(context_.now, "WWW-Authenticate", stale); }
  void on_timer(Handle binding);
  void on_connection_closed(ConnectionId connection);
  std::size_t size() const { return slots_.size(); }
  // How often an address was silenced for wrong passwords.
  std::uint64_t blocked() const { return blocked_; }

 private:
  struct Held {
    Binding binding;
    Uri uri;
    std::string account, call_id;
    std::uint32_t cseq = 0;
    TimerId timer;
  };
  struct Wish {
    std::string contact;
    Uri uri;
    std::uint32_t expires = 0;
    Handle held;  // the binding it renews or ends
  };
  bool read_wishes(Handle transaction, const Message& request, const std::vector<Handle>& held,
                   std::vector<Wish>& wishes);
  void put(const std::string& account, const Wish& wish, const Message& request, const Flow& from);
  void drop(Handle handle);
  void answer(Handle transaction, const std::string& account);
  std::vector<Handle>& held_by(const std::string& account) { return by_account_[account]; }

  Context& context_;
  Wire& wire_;
  Transactions& transactions_;
  Gate& gate_;
  std::uint64_t blocked_ = 0;
  DigestServer digest_;
  std::map<std::string, Account, std::less<>> accounts_;   // by id
  std::map<std::string, std::string, std::less<>> users_;  // user to id
  Slots<Held> slots_;
  std::map<std::string, std::vector<Handle>> by_account_;
  std::unordered_map<Endpoint, int> remotes_;
  std::map<ConnectionId, std::vector<Handle>> by_connection_;
};

}  // namespace carillon::voice::sip
