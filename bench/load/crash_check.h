// CrashCheck: after a crash, is all there that was acknowledged, once, in order, with its deadlines?
//
// What:   asks again what nobody acknowledged, with its old name; then reads everything over the API and holds it against the
//         deeds. Each fault is said, and counted in the verdict.
// Thread: one; blocks. Errors: give_up() when the server does not answer at all.
// Example:
//   CrashCheck check(port, center, deeds, verdict);
//   check.ask_again();
//   check.served();  check.kept(restarts);  check.watched(restarts, last_seen);  check.chats();
#pragma once

#include <vector>

#include "bench/load/crash_center.h"
#include "bench/load/crash_load.h"
#include "bench/load/dead_rows.h"

namespace carillon::bench {

class CrashCheck {
 public:
  CrashCheck(std::uint16_t port, const CrashCenter& center, Deeds& deeds, Verdict& verdict);

  void ask_again();
  void served();
  void kept(const std::vector<Restart>& restarts);
  void watched(const std::vector<Restart>& restarts, Instant last_seen);
  void chats();
  // Hands the floor what its agents were offered or have in hand; the number of such tasks.
  std::size_t carry_on(Floor& floor);

  // At the very end: every task of all rounds once, and the kept queue served in its order.
  void served_in_all();
  void drain_kept();

  void lost(const std::string& what) { ++verdict_.lost, fault("lost: " + what); }
  void duplicated(const std::string& what) { ++verdict_.duplicated, fault("twice: " + what); }
  void order_broken(const std::string& what) { ++verdict_.order_broken, fault("order: " + what); }

 private:
  void fault(const std::string& what);
  void state_of(const std::string& sid, const TaskState& state, const boost::json::object* found);
  void settle();
  void kept_task(KeptTask& note, const boost::json::object* found, const std::vector<Restart>& restarts);
  void kept_cancel(KeptTask& note);
  void kept_order(std::vector<const KeptTask*> waiting);
  void deadline(const std::string& what, Instant now, Instant wanted);
  void chat(Chat& chat);
  void messages(const Chat& chat, std::vector<Message>& told, const std::vector<boost::json::object>& found);

  const std::uint16_t port_;
  const CrashCenter& center_;
  Deeds& deeds_;
  Verdict& verdict_;
  Caller key_;
  int said_ = 0;
};

}  // namespace carillon::bench
