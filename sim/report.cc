#include "sim/report.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace els_sim {
namespace {

using Row = std::vector<std::string>;

// 2^63 ns are 292 years: no run waits that long in all.
Duration Sum(absl::Span<const Duration> durations) {
  Duration sum = {};
  for (const Duration duration : durations) sum += duration;
  return sum;
}

double Ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0
                    : static_cast<double>(part) / static_cast<double>(whole);
}

FractionalDuration Mean(absl::Span<const Duration> durations) {
  if (durations.empty()) return {};
  return FractionalDuration(Sum(durations)) /
         static_cast<double>(durations.size());
}

std::optional<FractionalDuration> StandardError(
    absl::Span<const Result> results) {
  if (results.size() < 2) return std::nullopt;
  const double n = static_cast<double>(results.size());
  double sum = 0;
  for (const Result& result : results) sum += Mean(result.costs).count();
  double squares = 0;
  for (const Result& result : results) {
    const double difference = Mean(result.costs).count() - sum / n;
    squares += difference * difference;
  }
  return FractionalDuration(std::sqrt(squares / (n - 1) / n));
}

void SetPercentiles(std::vector<Duration> costs, Summary& summary) {
  if (costs.empty()) return;
  std::sort(costs.begin(), costs.end());
  summary.p50 = NearestRank(costs, 500);
  summary.p90 = NearestRank(costs, 900);
  summary.p99 = NearestRank(costs, 990);
  summary.p999 = NearestRank(costs, 999);
}

std::string Milliseconds(FractionalDuration duration) {
  return absl::StrFormat("%.2f", duration.count() / 1e6);
}

double InSeconds(Duration duration) {
  return FractionalDuration(duration).count() / 1e9;
}

std::string Percent(double ratio) {
  return absl::StrFormat("%.2f", 100 * ratio);
}

Row Header(std::size_t servers) {
  Row row = {"policy", "mean ms", "+-",       "p50",      "p90",
             "p99",    "p99.9",   "errors %", "attempts", "end s"};
  for (std::size_t i = 0; i < servers; ++i) {
    row.push_back(absl::StrFormat("b%d %%", i));
  }
  return row;
}

Row Cells(const Summary& summary) {
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
  for (const double share : summary.shares) row.push_back(Percent(share));
  return row;
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
  std::vector<Duration> costs;
  for (const Result& result : results) {
    const WindowResult& window = result.windows[index];
    summary.watched += ShareOf(window, watched) / n;
    summary.unevenness += Unevenness(window, watched) / n;
    summary.far += FarOfAll(window) / n;
    summary.peak += static_cast<double>(PeakOf(window, watched)) / n;
    errors += window.errors;
    const auto arrived = CostsIn(window, result.costs);
    costs.insert(costs.end(), arrived.begin(), arrived.end());
  }
  summary.error_rate = Ratio(errors, costs.size());
  if (costs.empty()) return summary;
  std::sort(costs.begin(), costs.end());
  summary.p99 = NearestRank(costs, 990);
  return summary;
}

Row WindowCells(std::string_view policy, const WindowSummary& summary) {
  return {std::string(policy),
          Percent(summary.watched),
          Percent(summary.unevenness),
          Percent(summary.far),
          Percent(summary.error_rate),
          Milliseconds(summary.p99),
          absl::StrFormat("%.1f", summary.peak)};
}

// The first column to the left, the others to the right.
std::string Table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    absl::StrAppendFormat(&text, "%-*s", static_cast<int>(widths[0]), row[0]);
    for (std::size_t i = 1; i < row.size(); ++i) {
      absl::StrAppendFormat(&text, "  %*s", static_cast<int>(widths[i]),
                            row[i]);
    }
    text += '\n';
  }
  return text;
}

std::string Traffic(const Scenario& scenario) {
  const std::string retries =
      scenario.retries == 0 ? ""
                            : absl::StrFormat(", retries %d", scenario.retries);
  const auto* poisson = std::get_if<PoissonArrivals>(&scenario.arrivals);
  if (poisson == nullptr) return "burst" + retries;
  return absl::StrFormat("load %g%s%s", poisson->load,
                         poisson->capacity == Capacity::kAtStart
                             ? " of the servers at the start"
                             : "",
                         retries);
}

std::string RenderWindow(const Scenario& scenario, std::size_t index,
                         absl::Span<const Summary> summaries) {
  std::vector<Row> rows = {
      {"policy", "watched %", "uneven %", "far %", "errors %", "p99", "peak"}};
  for (const Summary& summary : summaries) {
    rows.push_back(WindowCells(summary.policy, summary.windows[index]));
  }
  const Window& window = scenario.windows[index];
  std::string watched;
  for (const std::size_t server : Watched(scenario)) {
    absl::StrAppendFormat(&watched, " b%d", server);
  }
  return absl::StrFormat("%s, %g s to %g s, watched:%s\n%s", window.name,
                         InSeconds(window.from), InSeconds(window.until),
                         watched, Table(rows));
}

}  // namespace

Duration NearestRank(absl::Span<const Duration> sorted,
                     std::uint64_t thousandths) {
  const std::uint64_t rank = (sorted.size() * thousandths + 999) / 1000;
  return sorted[rank - 1];
}

Summary Summarise(std::string_view policy, absl::Span<const Result> results,
                  absl::Span<const std::size_t> watched) {
  Summary summary = {.policy = policy};
  std::vector<Duration> costs;
  std::vector<Duration> ends;
  std::vector<std::uint64_t> picks(results.front().picks.size());
  std::uint64_t errors = 0;
  std::uint64_t attempts = 0;
  for (const Result& result : results) {
    costs.insert(costs.end(), result.costs.begin(), result.costs.end());
    ends.push_back(result.end.time_since_epoch());
    errors += result.failed + result.timed_out;
    for (std::size_t i = 0; i < picks.size(); ++i) {
      picks[i] += result.picks[i];
      attempts += result.picks[i];
    }
  }
  summary.mean = Mean(costs);
  summary.standard_error = StandardError(results);
  summary.error_rate = Ratio(errors, costs.size());
  summary.attempts_per_request = Ratio(attempts, costs.size());
  for (const std::uint64_t count : picks) {
    summary.shares.push_back(Ratio(count, attempts));
  }
  summary.end = Mean(ends);
  SetPercentiles(std::move(costs), summary);
  for (std::size_t i = 0; i < results.front().windows.size(); ++i) {
    summary.windows.push_back(SummariseWindow(i, results, watched));
  }
  return summary;
}

std::string Render(const Scenario& scenario, Seeds seeds,
                   absl::Span<const Summary> summaries) {
  std::vector<Row> rows = {Header(scenario.servers.size())};
  for (const Summary& summary : summaries) rows.push_back(Cells(summary));
  std::string text = absl::StrFormat(
      "%s: %s\n%s, access points %d, seeds %d to %d\n\n%s", scenario.name,
      scenario.description, Traffic(scenario), scenario.access_points,
      seeds.first, seeds.first + (seeds.count - 1), Table(rows));
  for (std::size_t i = 0; i < scenario.windows.size(); ++i) {
    absl::StrAppend(&text, "\n", RenderWindow(scenario, i, summaries));
  }
  return text;
}

}  // namespace els_sim
