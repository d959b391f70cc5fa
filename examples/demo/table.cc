#include "examples/demo/table.h"

#include <algorithm>
#include <cstdio>

namespace demo {
namespace {

std::string Print(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

template <typename CellOf>
Row MakeRow(std::string label, std::span<const PolicyResult> results,
            CellOf cell_of) {
  Row row{std::move(label), {}};
  for (const PolicyResult& result : results) {
    row.cells.push_back(cell_of(result, Ranking(result.samples)));
  }
  return row;
}

std::string Join(const std::vector<std::string>& names) {
  std::string joined = names.front();
  for (std::size_t i = 1; i < names.size(); ++i) {
    joined += (i + 1 < names.size() ? ", " : " and ") + names[i];
  }
  return joined;
}

// The policies that have the lowest cost, and that cost.
template <typename Cost>
struct Best {
  std::vector<std::string> policies;
  std::optional<Cost> cost;
};

template <typename Cost, typename CostOf>
Best<Cost> FindBest(std::span<const PolicyResult> results, CostOf cost_of) {
  Best<Cost> best;
  for (const PolicyResult& result : results) {
    const std::optional<Cost> cost = cost_of(Ranking(result.samples));
    if (!cost || (best.cost && *cost > *best.cost)) continue;
    if (best.cost && *cost < *best.cost) best.policies.clear();
    best.cost = cost;
    best.policies.push_back(result.policy);
  }
  return best;
}

std::string Pad(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

std::string FormatLatency(std::optional<Duration> latency) {
  if (!latency) return "failed";
  const double ms = std::chrono::duration<double, std::milli>(*latency).count();
  if (ms >= 999.5) return Print("%.1f s", ms / 1e3);
  return Print(ms < 9.95 ? "%.1f ms" : "%.0f ms", ms);
}

std::string FormatPercent(double ratio) {
  return Print("%.1f %%", 100 * ratio);
}

std::vector<Row> Rows(std::span<const PolicyResult> results) {
  std::vector<Row> rows;
  rows.push_back(MakeRow(
      "requests", results,
      [](const auto&, const Ranking& r) { return std::to_string(r.size()); }));
  for (const auto& [label, q] :
       {std::pair("p50", 0.5), std::pair("p90", 0.9), std::pair("p99", 0.99)}) {
    rows.push_back(
        MakeRow(label, results, [q = q](const auto&, const Ranking& r) {
          return FormatLatency(r.Quantile(q));
        }));
  }
  rows.push_back(MakeRow("errors", results, [](const auto&, const Ranking& r) {
    return FormatPercent(r.ErrorRatio());
  }));
  if (results.empty()) return rows;
  for (std::size_t i = 0; i < results.front().shares.size(); ++i) {
    rows.push_back(MakeRow("share of " + results.front().shares[i].backend,
                           results,
                           [i](const PolicyResult& result, const auto&) {
                             return FormatPercent(Share(result, i));
                           }));
  }
  return rows;
}

std::string TextTable(std::span<const PolicyResult> results) {
  std::vector<Row> rows = Rows(results);
  Row header;
  for (const PolicyResult& result : results) {
    header.cells.push_back(result.policy);
  }
  rows.insert(rows.begin(), header);

  std::size_t label_width = 0;
  std::vector<std::size_t> widths(results.size());
  for (const Row& row : rows) {
    label_width = std::max(label_width, row.label.size());
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], row.cells[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    text += row.label + std::string(label_width - row.label.size(), ' ');
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text += "   " + Pad(row.cells[i], widths[i]);
    }
    text += "\n";
  }
  return text;
}

std::string Verdict(std::span<const PolicyResult> results) {
  const auto errors = FindBest<double>(
      results, [](const Ranking& r) { return std::optional(r.ErrorRatio()); });
  const auto p99 = FindBest<Duration>(
      results, [](const Ranking& r) { return r.Quantile(0.99); });
  const std::string fewest =
      "the fewest errors (" + FormatPercent(*errors.cost) + ")";
  if (!p99.cost) {
    return Join(errors.policies) + " had " + fewest +
           "; under every policy the p99 was a failed request.";
  }
  const std::string lowest = "the lowest p99 (" + FormatLatency(p99.cost) + ")";
  if (errors.policies == p99.policies) {
    return Join(errors.policies) + " had both " + fewest + " and " + lowest +
           ".";
  }
  return Join(errors.policies) + " had " + fewest + ", " + Join(p99.policies) +
         " " + lowest + ".";
}

}  // namespace demo
