#include "sim/policies/orca_weighted.h"

#include <algorithm>
#include <cstddef>

#include "els/server_load.h"

namespace els_sim {
namespace {

constexpr double kLargest = 65535;
constexpr std::uint64_t kModulus = 65535;
constexpr std::uint64_t kOffset = kModulus / 2;
constexpr double kMostOfMean = 10;
constexpr double kLeastOfMean = 0.1;

}  // namespace

StaticStride::StaticStride(absl::Span<const std::optional<double>> weights,
                           std::uint64_t sequence)
    : weights_(weights.size(), kModulus), sequence_(sequence) {
  double sum = 0;
  double largest = 0;
  double known = 0;
  for (const std::optional<double>& weight : weights) {
    if (!weight.has_value()) continue;
    sum += *weight;
    largest = std::max(largest, *weight);
    ++known;
  }
  if (known < 2) return;
  const double mean = sum / known;
  const double scale = kLargest / std::min(largest, kMostOfMean * mean);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double weight = std::clamp(weights[i].value_or(mean),
                                     kLeastOfMean * mean, kMostOfMean * mean);
    weights_[i] =
        static_cast<std::uint64_t>(std::min(kLargest, weight * scale + 0.5));
  }
}

std::size_t StaticStride::Pick() {
  for (;;) {
    const std::uint64_t sequence = sequence_++;
    const std::uint64_t index = sequence % weights_.size();
    const std::uint64_t generation = sequence / weights_.size();
    const std::uint64_t weight = weights_[index];
    const std::uint64_t at =
        (weight * (generation % kModulus) + index * kOffset) % kModulus;
    if (at >= kModulus - weight) return index;
  }
}

OrcaWeighted::OrcaWeighted(const PolicySetup& setup)
    : candidates_(setup.members),
      nodes_(candidates_.Places()),
      truth_(*setup.truth),
      random_(setup.random) {
  Schedule(Time());
}

void OrcaWeighted::SetMembers(absl::Span<const Member> members, Time now) {
  const Candidates before = candidates_;
  candidates_.Set(members);
  nodes_.resize(std::max(nodes_.size(), candidates_.Places()));
  for (const std::uint32_t server : candidates_.All()) {
    if (!before.Has(server)) nodes_[server] = {};
  }
  Schedule(now);
}

std::optional<double> OrcaWeighted::WeightOf(std::uint32_t server, Time now) {
  Node& node = nodes_[server];
  if (!node.since.has_value()) return std::nullopt;
  if (now - node.told >= kExpiration) {
    node.since.reset();
    return std::nullopt;
  }
  if (now - *node.since < kBlackout) return std::nullopt;
  return node.weight;
}

void OrcaWeighted::Schedule(Time now) {
  std::vector<std::optional<double>> weights;
  for (const std::uint32_t server : candidates_.All()) {
    weights.push_back(WeightOf(server, now));
  }
  // Access points that begin at the same server would march in step.
  stride_.emplace(weights, stride_.has_value() ? stride_->sequence()
                                               : random_.Bits() >> 32);
  scheduled_ = now;
}

Attempt OrcaWeighted::Pick(Time now, absl::Span<const std::uint32_t> avoid) {
  if (now - scheduled_ >= kUpdate) Schedule(now);
  const auto left = candidates_.Without(avoid);
  for (std::size_t i = 0; i < 2 * candidates_.All().size(); ++i) {
    const std::uint32_t server = candidates_.All()[stride_->Pick()];
    if (std::find(left.begin(), left.end(), server) != left.end()) {
      return {.server = server};
    }
  }
  return {.server = left.front()};
}

void OrcaWeighted::Finish(const Attempt& attempt, els::Outcome outcome,
                          Duration, Time now) {
  if (outcome != els::Outcome::kSuccess && outcome != els::Outcome::kFailure) {
    return;
  }
  const std::optional<els::ServerLoad> load = truth_.Told(attempt.server);
  if (!load.has_value()) return;
  const double qps = load->requests_per_second.value_or(0);
  const double busy = load->utilization.value_or(0);
  if (qps <= 0 || busy <= 0) return;
  Node& node = nodes_[attempt.server];
  const double errors = load->errors_per_second.value_or(0) / qps;
  node.weight = qps / (busy + errors * kErrorPenalty);
  node.told = now;
  if (!node.since.has_value()) node.since = now;
}

}  // namespace els_sim
