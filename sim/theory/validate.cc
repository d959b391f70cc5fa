#include "sim/theory/validate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace els_sim {
namespace {

constexpr double kMostErrors = 4;
constexpr double kMostRelativeError = 0.01;

constexpr std::array<std::pair<Verdict, std::string_view>, 4> kVerdicts = {{
    {Verdict::kPass, "pass"},
    {Verdict::kFail, "FAIL"},
    {Verdict::kImprecise, "IMPRECISE"},
    {Verdict::kReported, "reported"},
}};

std::string_view NameOf(Verdict verdict) {
  return std::find_if(kVerdicts.begin(), kVerdicts.end(),
                      [&](const auto& entry) { return entry.first == verdict; })
      ->second;
}

// All that validation takes from a run.
double Observed(const Result& result, const Reference& reference,
                Duration mean_size) {
  const auto& costs = result.windows.front().costs;
  const FractionalDuration time =
      reference.thousandths.has_value()
          ? FractionalDuration(costs.Quantile(*reference.thousandths))
          : costs.Mean();
  return time / FractionalDuration(mean_size);
}

Estimate EstimateOf(absl::Span<const Result> results,
                    const Reference& reference, Duration mean_size) {
  const double n = static_cast<double>(results.size());
  std::vector<double> values;
  double sum = 0;
  for (const Result& result : results) {
    values.push_back(Observed(result, reference, mean_size));
    sum += values.back();
  }
  double squares = 0;
  for (const double value : values) {
    squares += (value - sum / n) * (value - sum / n);
  }
  return {.value = sum / n, .standard_error = std::sqrt(squares / (n - 1) / n)};
}

std::string NameOf(const ValidationCase& each, const Reference& reference) {
  if (!reference.thousandths.has_value())
    return absl::StrCat(each.name, " mean");
  return absl::StrFormat("%s p%g", each.name,
                         static_cast<double>(*reference.thousandths) / 10);
}

// How many standard errors the estimate is from the reference.
double Errors(const ValidationRow& row) {
  return (row.estimate.value - row.reference.value) /
         row.estimate.standard_error;
}

}  // namespace

Verdict VerdictOf(const Reference& reference, const Estimate& estimate) {
  const double difference = std::abs(estimate.value - reference.value);
  const double error = estimate.standard_error;
  if (!reference.judged) return Verdict::kReported;
  // In this form, anything that is not a number does not pass.
  if (!(difference <= kMostErrors * error + reference.allowance)) {
    return Verdict::kFail;
  }
  return error <= kMostRelativeError * reference.value ? Verdict::kPass
                                                       : Verdict::kImprecise;
}

std::size_t CountRuns(absl::Span<const ValidationCase> cases) {
  std::size_t runs = 0;
  for (const ValidationCase& each : cases) runs += each.seeds.count;
  return runs;
}

std::vector<ValidationRow> Validate(absl::Span<const ValidationCase> cases,
                                    std::size_t threads,
                                    const std::function<void()>& on_run) {
  std::vector<ValidationRow> rows;
  for (const ValidationCase& each : cases) {
    const std::vector<Result> results = RunSeeds(
        each.scenario, *FindPolicy(each.policy), each.seeds, threads, on_run);
    for (const Reference& reference : each.references) {
      const Estimate estimate =
          EstimateOf(results, reference, each.scenario.sizes.mean);
      rows.push_back({.name = NameOf(each, reference),
                      .reference = reference,
                      .estimate = estimate,
                      .verdict = VerdictOf(reference, estimate)});
    }
  }
  return rows;
}

bool AllPass(absl::Span<const ValidationRow> rows) {
  return std::all_of(rows.begin(), rows.end(), [](const ValidationRow& row) {
    return row.verdict == Verdict::kPass || row.verdict == Verdict::kReported;
  });
}

std::string RenderValidation(absl::Span<const ValidationRow> rows) {
  std::size_t name = std::string_view("case").size();
  std::size_t source = std::string_view("source").size();
  for (const ValidationRow& row : rows) {
    name = std::max(name, row.name.size());
    source = std::max(source, row.reference.source.size());
  }
  std::string text = absl::StrFormat(
      "%-*s  %-*s  %9s %8s %9s %8s %7s  %s\n", static_cast<int>(name), "case",
      static_cast<int>(source), "source", "theory", "+-own", "estimate", "+-SE",
      "diff/SE", "verdict");
  for (const ValidationRow& row : rows) {
    absl::StrAppend(
        &text,
        absl::StrFormat("%-*s  %-*s  %9.5f %8.5f %9.5f %8.5f %+7.2f  %s\n",
                        static_cast<int>(name), row.name,
                        static_cast<int>(source), row.reference.source,
                        row.reference.value, row.reference.allowance,
                        row.estimate.value, row.estimate.standard_error,
                        Errors(row), NameOf(row.verdict)));
  }
  absl::StrAppend(&text, "\n");
  for (const auto& [verdict, label] : kVerdicts) {
    std::size_t count = 0;
    for (const ValidationRow& row : rows) {
      if (row.verdict == verdict) ++count;
    }
    if (count > 0) text += absl::StrFormat("%s %d\n", label, count);
  }
  return text;
}

}  // namespace els_sim
