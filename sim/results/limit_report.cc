#include "sim/results/limit_report.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/str_format.h"
#include "sim/results/ratio.h"

namespace els_sim {
namespace {

constexpr std::array<const char*, els::kPriorities> kServed = {
    "sheddable ok %", "normal ok %", "critical ok %"};

bool Has(const Scenario& scenario, els::Priority priority) {
  const auto& [sheddable, critical] = scenario.priorities;
  switch (priority) {
    case els::Priority::kSheddable:
      return sheddable > 0;
    case els::Priority::kNormal:
      return sheddable + critical > 0 && sheddable + critical < 1;
    case els::Priority::kCritical:
      return critical > 0;
  }
  return false;
}

double Apart(const std::vector<std::uint64_t>& succeeded) {
  std::uint64_t sum = 0;
  for (const std::uint64_t each : succeeded) sum += each;
  if (sum == 0) return 0;
  const double mean = Ratio(sum, succeeded.size());
  double worst = 0;
  for (const std::uint64_t each : succeeded) {
    worst = std::max(worst, std::abs(static_cast<double>(each) / mean - 1));
  }
  return worst;
}

std::string Percent(double ratio) {
  return absl::StrFormat("%.2f", 100 * ratio);
}

}  // namespace

LimitSummary SummariseLimit(absl::Span<const LimitTally* const> tallies,
                            FractionalDuration length) {
  LimitTally sum = *tallies.front();
  for (const LimitTally* tally : tallies.subspan(1)) sum.Merge(*tally);
  const PriorityTally all = sum.All();
  LimitSummary summary = {.refused = Ratio(all.refused, all.requests),
                          .p99 = sum.latencies.Quantile(990),
                          .apart = Apart(sum.succeeded)};
  if (length > FractionalDuration::zero()) {
    summary.goodput = static_cast<double>(all.succeeded) /
                      (length.count() / kNanosecondsPerSecond);
  }
  for (std::size_t i = 0; i < els::kPriorities; ++i) {
    const PriorityTally& of = sum.priorities[i];
    summary.served[i] = Ratio(of.succeeded, of.requests);
  }
  return summary;
}

void AppendLimitHeads(const Scenario& scenario, TextRow& row) {
  if (!scenario.limit.has_value()) return;
  for (const char* head : {"refused %", "goodput/s", "admitted p99"}) {
    row.emplace_back(head);
  }
  if (scenario.access_points > 1) row.emplace_back("apart %");
  for (std::size_t i = 0; i < els::kPriorities; ++i) {
    if (Has(scenario, static_cast<els::Priority>(i)))
      row.emplace_back(kServed[i]);
  }
}

void AppendLimitCells(const Scenario& scenario, const LimitSummary& summary,
                      TextRow& row) {
  if (!scenario.limit.has_value()) return;
  row.push_back(Percent(summary.refused));
  row.push_back(absl::StrFormat("%.1f", summary.goodput));
  row.push_back(absl::StrFormat(
      "%.2f", Nanoseconds(summary.p99) / kNanosecondsPerMillisecond));
  if (scenario.access_points > 1) row.push_back(Percent(summary.apart));
  for (std::size_t i = 0; i < els::kPriorities; ++i) {
    if (!Has(scenario, static_cast<els::Priority>(i))) continue;
    row.push_back(Percent(summary.served[i]));
  }
}

}  // namespace els_sim
