#pragma once

// Results as text for people.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "examples/demo/summary.h"

namespace demo {

// In at most six characters up to 999 s: "4.3 ms", "43 ms", "1.2 s", "failed".
std::string FormatLatency(std::optional<Duration> latency);

// 0.031 is "3.1 %".
std::string FormatPercent(double ratio);

// One measure of every policy.
struct Row {
  std::string label;
  std::vector<std::string> cells;
};

// Every measure that the demo reports, in order. REQUIRES: all results have the
// same backends.
std::vector<Row> Rows(std::span<const PolicyResult> results);

// The rows under the policies' names, in columns of text.
std::string TextTable(std::span<const PolicyResult> results);

// One sentence: who had the fewest errors, and who the lowest p99.
// REQUIRES: results is not empty.
std::string Verdict(std::span<const PolicyResult> results);

}  // namespace demo
