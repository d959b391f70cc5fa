#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

namespace els::internal {

// Latencies in buckets on a logarithmic scale, eight to each factor of two, as
// in HdrHistogram. A bucket is no wider than an eighth of its latencies. From
// 2 us to 2^41 ns, which is 36 minutes; what is outside counts as the nearest
// latency that is not.
//
// Weights are halved from one period to the next, and when their sum reaches
// kMostWeight: a float counts exactly up to 2^24, and more latencies would not
// make a quantile better. A plain value of 1 KiB.
class LatencyHistogram {
 public:
  static constexpr std::size_t kBuckets = 240;
  static constexpr double kMostWeight = 1 << 20;

  // The latencies of a bucket are at most its edge, and those of the next are
  // not. REQUIRES: bucket < kBuckets.
  static constexpr std::int64_t Edge(std::size_t bucket) {
    const auto eighths = static_cast<std::int64_t>(bucket % kPerOctave) + 9;
    return eighths << (bucket / kPerOctave + kLowestBit - kPartBits);
  }

  static constexpr std::size_t BucketOf(std::int64_t latency_ns) {
    // So that an edge belongs to the bucket below it.
    const std::int64_t ns =
        std::clamp(latency_ns, kLowest + 1, kHighest + 1) - 1;
    const auto bits = static_cast<std::uint64_t>(ns);
    const auto top = static_cast<std::size_t>(std::bit_width(bits)) - 1;
    const std::size_t part = (bits >> (top - kPartBits)) % kPerOctave;
    return (top - kLowestBit) * kPerOctave + part;
  }

  // Brings the weights up to the period, without halving their sum to less than
  // `least`. An earlier period changes nothing. REQUIRES: least > 0.
  void FadeTo(std::int64_t period, double least) {
    if (period <= period_) return;
    const int most = Halvings(period);
    int halvings = 0;
    while (halvings < most && std::ldexp(weight_, -halvings - 1) >= least) {
      ++halvings;
    }
    if (halvings > 0) Scale(std::ldexp(1.0F, -halvings));
    period_ = period;
  }

  void Add(std::int64_t latency_ns) {
    if (weight_ >= kMostWeight) Scale(0.5F);
    const std::size_t bucket = BucketOf(latency_ns);
    buckets_[bucket] += 1;
    weight_ += 1;
    end_ = std::max(end_, bucket + 1);
  }

  // How many latencies there are, the latest of which have a weight of 1.
  double weight() const { return weight_; }

  // Returns what the weight would be at the period if it were always halved.
  double WeightAt(std::int64_t period) const {
    if (period <= period_) return weight_;
    return std::ldexp(weight_, -Halvings(period));
  }

  // Returns the lowest edge that at most a part `above` of the weight is above,
  // in nanoseconds, after mixing in `others` as if they had `others_weight`.
  // Empty if there is no weight. REQUIRES: 0 < above < 1.
  std::optional<std::int64_t> EdgeBelow(double above,
                                        const LatencyHistogram& others,
                                        double others_weight) const {
    if (others.weight_ <= 0) others_weight = 0;
    const double total = weight_ + others_weight;
    if (total <= 0) return std::nullopt;
    const double each = others_weight > 0 ? others_weight / others.weight_ : 0;
    double passed = 0;
    // The bucket that the sum passes the bound in, or, where rounding has kept
    // it from that, the lowest.
    std::size_t bucket = std::max(end_, others.end_);
    while (bucket > 0 && passed <= above * total) {
      --bucket;
      passed += static_cast<double>(buckets_[bucket]) +
                static_cast<double>(others.buckets_[bucket]) * each;
    }
    return Edge(bucket);
  }

 private:
  static constexpr std::size_t kPartBits = 3;
  static constexpr std::size_t kPerOctave = std::size_t{1} << kPartBits;
  static constexpr std::size_t kLowestBit = 11;
  static constexpr std::int64_t kLowest = std::int64_t{1} << kLowestBit;
  static constexpr std::int64_t kHighest =
      (std::int64_t{1} << (kLowestBit + kBuckets / kPerOctave)) - 1;

  // After so many nothing is left of any weight.
  int Halvings(std::int64_t period) const {
    return static_cast<int>(std::min<std::int64_t>(period - period_, 200));
  }

  void Scale(float factor) {
    for (std::size_t i = 0; i < end_; ++i) buckets_[i] *= factor;
    weight_ *= static_cast<double>(factor);
  }

  std::array<float, kBuckets> buckets_ = {};
  double weight_ = 0;  // The sum of the buckets.
  std::int64_t period_ = 0;
  std::size_t end_ = 0;  // All buckets from there on are empty.
};

}  // namespace els::internal
