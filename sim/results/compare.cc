#include "sim/results/compare.h"

#include <algorithm>
#include <deque>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "sim/files/hedge_text.h"
#include "sim/results/report.h"

namespace els_sim {
namespace {

// A scenario, and what follows the policy's name in a report.
struct Variant {
  Scenario scenario;
  std::string name;
};

std::vector<Variant> VariantsOf(const Scenario& scenario,
                                const Variants& variants) {
  std::vector<Variant> limited;
  for (const std::string& limiter : variants.limits) {
    Variant& variant =
        limited.emplace_back(Variant{scenario, absl::StrCat(", ", limiter)});
    if (!variant.scenario.limit.has_value()) variant.scenario.limit.emplace();
    variant.scenario.limit->limiter = limiter;
  }
  if (limited.empty()) limited.push_back({scenario, ""});
  if (variants.hedges.empty()) return limited;
  std::vector<Variant> all;
  for (const Variant& each : limited) {
    for (const std::string& hedge : variants.hedges) {
      Variant& variant = all.emplace_back(each);
      absl::StrAppend(&variant.name, ", ", hedge);
      if (!variant.scenario.hedge.has_value()) variant.scenario.hedge.emplace();
      ParseHedge(hedge, *variant.scenario.hedge);
    }
  }
  return all;
}

}  // namespace

std::size_t Variants::Count() const {
  return std::max<std::size_t>(limits.size(), 1) *
         std::max<std::size_t>(hedges.size(), 1);
}

std::string Compare(const Scenario& scenario,
                    absl::Span<const PolicyInfo* const> policies, Seeds seeds,
                    std::size_t threads, const std::function<void()>& on_run,
                    const Variants& variants) {
  const std::vector<std::size_t> watched = Watched(scenario);
  const std::vector<Variant> all = VariantsOf(scenario, variants);
  std::deque<std::string> names;  // Summaries refer to them.
  std::vector<Summary> summaries;
  // One policy after the other: the results of one are all that is in memory.
  for (const PolicyInfo* policy : policies) {
    for (const Variant& variant : all) {
      names.push_back(std::string(policy->name) + variant.name);
      summaries.push_back(
          Summarise(names.back(),
                    RunSeeds(variant.scenario, *policy, seeds, threads, on_run),
                    watched, scenario.windows));
    }
  }
  Scenario head = all.front().scenario;
  if (variants.limits.size() > 1) head.limit->limiter = "as the rows say";
  if (variants.hedges.size() > 1) head.hedge.reset();
  return Render(head, seeds, summaries);
}

}  // namespace els_sim
