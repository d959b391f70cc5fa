#pragma once

// The simulator against theory, as `els-sim validate` does it.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "sim/theory/validation_cases.h"

namespace els_sim {

enum class Verdict {
  kPass,
  kFail,       // Further from the reference than chance explains.
  kImprecise,  // Too little simulated to say: no pass either.
  kReported,   // Not judged.
};

struct Estimate {
  double value = 0;           // The mean of the replications' values,
  double standard_error = 0;  // from their differences.
};

// A pass if the estimate is within four standard errors of the reference, and
// what the reference may be off, and the standard error is 1 % of it or less.
// Reported if the reference is not to be judged by.
Verdict VerdictOf(const Reference& reference, const Estimate& estimate);

struct ValidationRow {
  std::string name = {};
  Reference reference = {};
  Estimate estimate = {};
  Verdict verdict = Verdict::kReported;
};

// The simulations in these cases: so often is `on_run` called below.
std::size_t CountRuns(absl::Span<const ValidationCase> cases);

// A row for each reference of each case, in their order. `threads` and `on_run`
// as of RunSeeds.
std::vector<ValidationRow> Validate(
    absl::Span<const ValidationCase> cases, std::size_t threads,
    const std::function<void()>& on_run = nullptr);

// Whether none that is judged does other than pass.
bool AllPass(absl::Span<const ValidationRow> rows);

// A table and the count of verdicts; each line ended by a newline.
std::string RenderValidation(absl::Span<const ValidationRow> rows);

}  // namespace els_sim
