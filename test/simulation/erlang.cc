#include "simulation/erlang.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace carillon::simulation {
namespace {

// Stationary distribution of the chain, cut where it no longer matters.
std::vector<double> stationary(const Load& load, double give_up_rate) {
  const double service_rate = 1 / load.handle_time_s;
  std::vector<double> p{1};
  double sum = 1;
  for (int k = 1; k < 1'000'000; ++k) {
    const double deaths = std::min(k, load.agents) * service_rate + std::max(0, k - load.agents) * give_up_rate;
    p.push_back(p.back() * load.arrivals_per_s / deaths);
    sum += p.back();
    if (k > load.agents && p.back() < sum * 1e-15) break;
  }
  for (double& x : p) x /= sum;
  return p;
}

Answer answer(const Load& load, double give_up_rate) {
  const std::vector<double> p = stationary(load, give_up_rate);
  Answer out;
  double queue = 0, busy = 0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    const int n = static_cast<int>(k);
    queue += p[k] * std::max(0, n - load.agents);
    busy += p[k] * std::min(n, load.agents);
    if (n >= load.agents) out.delayed += p[k];
  }
  out.wait_s = queue / load.arrivals_per_s;  // Little's law
  out.abandoned = give_up_rate * out.wait_s;
  out.occupancy = busy / load.agents;
  return out;
}

}  // namespace

Answer erlang_c(const Load& load) { return answer(load, 0); }
Answer erlang_a(const Load& load) { return answer(load, 1 / load.patience_s); }

}  // namespace carillon::simulation
