#pragma once

// Durations by the thousands of millions in bounded memory.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/virtual_time.h"

namespace els_sim {

// Counts durations in buckets that are 1/1024 of their values wide, or a
// nanosecond: the layout of Gil Tene's HdrHistogram. Each bucket also keeps the
// sum of what is in it, so that means are exact, and so are quantiles where all
// in a bucket are equal. A value; not thread-safe.
class Histogram {
 public:
  // REQUIRES: duration >= 0. O(1), but where it is the longest so far.
  void Add(Duration duration);

  // All that `other` has, too.
  void Merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  // Exact, but for a rounding; 0 of none.
  FractionalDuration Mean() const;

  // The mean of the bucket in which the value of nearest rank lies: the
  // ceil(p n)-th smallest, where p = thousandths / 1000. So within 0.1 %. 0 of
  // none. REQUIRES: 0 < thousandths <= 1000.
  Duration Quantile(std::uint64_t thousandths) const;

  // All of it in one line, and the same again from that: of each bucket that
  // is not empty its place, the count and the sum, as integers. Empty if it is
  // no such line.
  std::string Line() const;
  static std::optional<Histogram> FromLine(std::string_view line);

  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  struct Bucket {
    std::uint64_t count = 0;
    std::uint64_t above = 0;  // Sum of what the values are above its least.
    friend bool operator==(const Bucket&, const Bucket&) = default;
  };

  std::vector<Bucket> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace els_sim
