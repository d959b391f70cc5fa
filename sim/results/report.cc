#include "sim/results/report.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/files/hedge_text.h"
#include "sim/results/ratio.h"
#include "sim/results/text_table.h"

namespace els_sim {
namespace {

using Row = TextRow;

std::optional<FractionalDuration> StandardError(
    absl::Span<const Result> results) {
  if (results.size() < 2) return std::nullopt;
  const double n = static_cast<double>(results.size());
  double sum = 0;
  for (const Result& result : results) sum += result.costs.Mean().count();
  double squares = 0;
  for (const Result& result : results) {
    const double difference = result.costs.Mean().count() - sum / n;
    squares += difference * difference;
  }
  return FractionalDuration(std::sqrt(squares / (n - 1) / n));
}

std::string Milliseconds(FractionalDuration duration) {
  return absl::StrFormat("%.2f", duration.count() / 1e6);
}

std::string Percent(double ratio) {
  return absl::StrFormat("%.2f", 100 * ratio);
}

// Whether an access point may refuse a request.
bool MayShed(const Scenario& scenario) {
  return std::any_of(scenario.servers.begin(), scenario.servers.end(),
                     [](const ServerPlan& server) {
                       return server.max_outstanding.has_value();
                     });
}

Row Header(const Scenario& scenario) {
  Row row = {"policy", "mean ms", "+-",       "p50",      "p90",
             "p99",    "p99.9",   "errors %", "attempts", "end s"};
  if (MayShed(scenario)) row.emplace_back("shed %");
  AppendLimitHeads(scenario, row);
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
    row.push_back(absl::StrFormat("b%d %%", i));
  }
  return row;
}

Row Cells(const Scenario& scenario, const Summary& summary) {
  Row row = {std::string(summary.policy),
             Milliseconds(summary.mean),
             summary.standard_error.has_value()
                 ? Milliseconds(*summary.standard_error)
                 : "-",
             Milliseconds(summary.p50),
             Milliseconds(summary.p90),
             Milliseconds(summary.p99),
             Milliseconds(summary.p999),
             Percent(summary.error_rate),
             absl::StrFormat("%.2f", summary.attempts_per_request),
             absl::StrFormat("%.1f", summary.end.count() / 1e9)};
  if (MayShed(scenario)) row.push_back(Percent(summary.shed_rate));
  AppendLimitCells(scenario, summary.limit, row);
  for (const double share : summary.shares) row.push_back(Percent(share));
  return row;
}

SizeSummary SummariseSize(const Histogram& costs) {
  return {.mean = costs.Mean(),
          .p50 = costs.Quantile(500),
          .p99 = costs.Quantile(990),
          .p999 = costs.Quantile(999)};
}

void AppendCells(const SizeSummary& size, Row& row) {
  row.push_back(Milliseconds(size.mean));
  for (const Duration quantile : {size.p50, size.p99, size.p999}) {
    row.push_back(Milliseconds(quantile));
  }
}

std::string RenderSizes(absl::Span<const Summary> summaries) {
  std::vector<Row> rows = {{"policy", "light ms", "p50", "p99", "p99.9",
                            "heavy ms", "p50", "p99", "p99.9"}};
  for (const Summary& summary : summaries) {
    Row row = {std::string(summary.policy)};
    AppendCells(summary.light, row);
    AppendCells(summary.heavy, row);
    rows.push_back(std::move(row));
  }
  return "\nlight requests, smaller than the mean, and heavy ones\n" +
         RenderTable(rows);
}

double FarOfAll(const WindowResult& window) {
  WindowResult::Zone all;
  for (const WindowResult::Zone& zone : window.zones) {
    all.near += zone.near;
    all.far += zone.far;
  }
  return FarShare(all);
}

WindowSummary SummariseWindow(std::size_t index,
                              absl::Span<const Result> results,
                              absl::Span<const std::size_t> watched) {
  WindowSummary summary;
  const auto n = static_cast<double>(results.size());
  std::uint64_t errors = 0;
  Histogram costs;
  for (const Result& result : results) {
    const WindowResult& window = result.windows[index];
    summary.watched += ShareOf(window, watched) / n;
    summary.unevenness += Unevenness(window, watched) / n;
    summary.far += FarOfAll(window) / n;
    summary.peak += static_cast<double>(PeakOf(window, watched)) / n;
    errors += window.errors;
    costs.Merge(window.costs);
  }
  summary.error_rate = Ratio(errors, costs.count());
  summary.p99 = costs.Quantile(990);
  return summary;
}

// Of a run that has a limit: as a whole and by window.
void SummariseLimits(absl::Span<const Result> results,
                     absl::Span<const Window> windows, Summary& summary) {
  const auto n = static_cast<double>(results.size());
  std::vector<const LimitTally*> tallies;
  for (const Result& result : results) tallies.push_back(&*result.limit);
  summary.limit = SummariseLimit(tallies, summary.end * n);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    tallies.clear();
    for (const Result& result : results) {
      tallies.push_back(&result.limit_windows[i]);
    }
    const FractionalDuration length = windows[i].until - windows[i].from;
    summary.windows[i].limit = SummariseLimit(tallies, length * n);
  }
}

Row WindowCells(const Scenario& scenario, std::string_view policy,
                const WindowSummary& summary) {
  Row row = {std::string(policy),
             Percent(summary.watched),
             Percent(summary.unevenness),
             Percent(summary.far),
             Percent(summary.error_rate),
             Milliseconds(summary.p99),
             absl::StrFormat("%.1f", summary.peak)};
  AppendLimitCells(scenario, summary.limit, row);
  return row;
}

std::string TrafficOf(const OpenArrivals& arrivals) {
  if (arrivals.rate.has_value()) {
    return absl::StrFormat("%g requests/s", *arrivals.rate);
  }
  return absl::StrFormat("load %g%s", arrivals.load,
                         arrivals.capacity == Capacity::kAtStart
                             ? " of the servers at the start"
                             : "");
}

std::string TrafficOf(const ClosedArrivals& arrivals) {
  return absl::StrFormat("%d users", arrivals.users);
}

std::string TrafficOf(const BurstArrivals&) { return "burst"; }

std::string TrafficOf(const TraceArrivals&) { return "trace"; }

std::string Traffic(const Scenario& scenario) {
  std::string traffic =
      std::visit([](const auto& arrivals) { return TrafficOf(arrivals); },
                 scenario.arrivals);
  if (scenario.retries.most > 0) {
    absl::StrAppend(&traffic, ", retries ", scenario.retries.most);
  }
  if (scenario.hedge.has_value()) {
    absl::StrAppend(&traffic, ", hedge ", HedgeText(*scenario.hedge));
  }
  if (scenario.limit.has_value()) {
    absl::StrAppend(&traffic, ", limit ", scenario.limit->limiter);
  }
  return traffic;
}

std::string RenderWindow(const Scenario& scenario, std::size_t index,
                         absl::Span<const Summary> summaries) {
  std::vector<Row> rows = {
      {"policy", "watched %", "uneven %", "far %", "errors %", "p99", "peak"}};
  AppendLimitHeads(scenario, rows.front());
  for (const Summary& summary : summaries) {
    rows.push_back(
        WindowCells(scenario, summary.policy, summary.windows[index]));
  }
  const Window& window = scenario.windows[index];
  std::string watched;
  for (const std::size_t server : Watched(scenario)) {
    absl::StrAppendFormat(&watched, " b%d", server);
  }
  return absl::StrFormat("%s, %g s to %g s, watched:%s\n%s", window.name,
                         Seconds(window.from), Seconds(window.until), watched,
                         RenderTable(rows));
}

void SummariseCosts(const Histogram& costs, Summary& summary) {
  summary.mean = costs.Mean();
  summary.p50 = costs.Quantile(500);
  summary.p90 = costs.Quantile(900);
  summary.p99 = costs.Quantile(990);
  summary.p999 = costs.Quantile(999);
}

}  // namespace

Summary Summarise(std::string_view policy, absl::Span<const Result> results,
                  absl::Span<const std::size_t> watched,
                  absl::Span<const Window> windows) {
  Summary summary = {.policy = policy};
  Histogram costs;
  Histogram light;
  Histogram heavy;
  std::vector<std::uint64_t> picks(results.front().picks.size());
  std::uint64_t errors = 0;
  std::uint64_t shed = 0;
  std::uint64_t attempts = 0;
  for (const Result& result : results) {
    costs.Merge(result.costs);
    light.Merge(result.light_costs);
    heavy.Merge(result.heavy_costs);
    summary.end += FractionalDuration(result.end.time_since_epoch()) /
                   static_cast<double>(results.size());
    errors += result.failed + result.timed_out;
    shed += result.shed;
    for (std::size_t i = 0; i < picks.size(); ++i) {
      picks[i] += result.picks[i];
      attempts += result.picks[i];
    }
  }
  SummariseCosts(costs, summary);
  summary.standard_error = StandardError(results);
  summary.light = SummariseSize(light);
  summary.heavy = SummariseSize(heavy);
  summary.error_rate = Ratio(errors, costs.count());
  summary.shed_rate = Ratio(shed, costs.count());
  summary.attempts_per_request = Ratio(attempts, costs.count());
  for (const std::uint64_t count : picks) {
    summary.shares.push_back(Ratio(count, attempts));
  }
  for (std::size_t i = 0; i < results.front().windows.size(); ++i) {
    summary.windows.push_back(SummariseWindow(i, results, watched));
  }
  if (results.front().limit.has_value()) {
    SummariseLimits(results, windows, summary);
  }
  return summary;
}

std::string Render(const Scenario& scenario, Seeds seeds,
                   absl::Span<const Summary> summaries) {
  std::vector<Row> rows = {Header(scenario)};
  for (const Summary& summary : summaries) {
    rows.push_back(Cells(scenario, summary));
  }
  std::string text = absl::StrFormat(
      "%s: %s\n%s, access points %d, seeds %d to %d\n\n%s", scenario.name,
      scenario.description, Traffic(scenario), scenario.access_points,
      seeds.first, seeds.first + (seeds.count - 1), RenderTable(rows));
  if (AreApart(scenario.sizes)) text += RenderSizes(summaries);
  for (std::size_t i = 0; i < scenario.windows.size(); ++i) {
    absl::StrAppend(&text, "\n", RenderWindow(scenario, i, summaries));
  }
  return text;
}

}  // namespace els_sim
