#pragma once

// What a run showed, in numbers. A failed request counts as slower than every
// request that succeeded: otherwise a policy would look fast by failing.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "examples/demo/load.h"

namespace demo {

struct BackendShare {
  std::string backend;
  // Requests that reached it, as it counted them itself: a retried request
  // counts at each backend that it was sent to.
  std::uint64_t attempts = 0;
};

// One policy's run.
struct PolicyResult {
  std::string policy;
  std::vector<Sample> samples;
  std::vector<BackendShare> shares;
};

// A run's requests in the order of their latency, the failed ones last.
class Ranking {
 public:
  explicit Ranking(std::span<const Sample> samples);

  std::size_t size() const { return succeeded_.size() + failed_; }

  // The latency of the request with rank ceil(q * size()), from 1; empty if
  // that one failed or if there are none. REQUIRES: 0 < q <= 1.
  std::optional<Duration> Quantile(double q) const;

  // The failed share of all requests; 0 if there are none.
  double ErrorRatio() const;

 private:
  std::vector<Duration> succeeded_;
  std::size_t failed_ = 0;
};

// A backend's part of all attempts; 0 if there were none.
double Share(const PolicyResult& result, std::size_t backend);

// The samples by the second in which each was due; at least one entry per
// second up to the last that has a sample.
std::vector<std::vector<Sample>> BySecond(std::span<const Sample> samples);

// The q-quantile of how late the generator itself was in sending; zero if it
// sent nothing. REQUIRES: 0 < q <= 1.
Duration GeneratorLateness(std::span<const Sample> samples, double q);

}  // namespace demo
