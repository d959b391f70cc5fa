#pragma once

// Collects faults, field by field. Parts of scenario_check.h.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/files/duration_text.h"
#include "sim/files/scenario_check.h"

namespace els_sim {

// The limits of what a run can hold, far above what makes sense. Times beyond a
// day would outgrow it long before they outgrow a Duration.
inline constexpr Duration kLongest = std::chrono::hours(24);
inline constexpr std::size_t kMaxServers = 10'000;
inline constexpr std::size_t kMaxAccessPoints = 1'000'000;
inline constexpr std::size_t kMaxZones = 100;
inline constexpr std::uint64_t kMaxRequests = std::uint64_t{1} << 32;
inline constexpr std::size_t kMaxRetries = 100;
inline constexpr double kHuge = 1e9;

inline std::string Text(double value) {
  return value == kHuge ? "1e9" : absl::StrFormat("%.10g", value);
}
inline std::string Text(std::uint64_t value) { return absl::StrCat(value); }
inline std::string Text(Duration value) { return DurationText(value); }

enum class Ends { kClosed, kLowOpen, kOpen };

// Of the fields below a prefix.
class Checker {
 public:
  Checker(std::string prefix, std::vector<Fault>& faults)
      : prefix_(std::move(prefix)), faults_(faults) {}

  Checker Below(const std::string& name) const {
    return {prefix_ + name + ".", faults_};
  }
  Checker Below(const std::string& name, std::size_t index) const {
    return {absl::StrCat(prefix_, name, "[", index, "]."), faults_};
  }

  void Add(const std::string& name, std::string what) {
    faults_.push_back({prefix_ + name, std::move(what)});
  }

  // NaN is in no range.
  template <typename Value>
  void In(const std::string& name, Value value, Value low, Value high,
          Ends ends = Ends::kClosed) {
    const bool above = ends == Ends::kClosed ? value >= low : value > low;
    const bool below = ends == Ends::kOpen ? value < high : value <= high;
    if (above && below) return;
    Add(name, absl::StrCat("is ", Text(value), "; it must be in ",
                           ends == Ends::kClosed ? "[" : "(", Text(low), ", ",
                           Text(high), ends == Ends::kOpen ? ")" : "]"));
  }

  void Long(const std::string& name, Duration value) {
    In(name, value, Duration::zero(), kLongest);
  }
  void LongAboveZero(const std::string& name, Duration value) {
    In(name, value, Duration::zero(), kLongest, Ends::kLowOpen);
  }

  template <typename Value>
  void NotBelow(const std::string& name, Value value,
                const std::string& other_name, Value other) {
    if (!(value < other)) return;
    Add(name, absl::StrCat("is ", Text(value), "; it must not be below ",
                           prefix_, other_name, ", which is ", Text(other)));
  }
  void After(const std::string& name, Duration value,
             const std::string& other_name, Duration other) {
    if (value > other) return;
    Add(name, absl::StrCat("is ", Text(value), "; it must be after ", prefix_,
                           other_name, ", which is ", Text(other)));
  }

 private:
  const std::string prefix_;
  std::vector<Fault>& faults_;
};

}  // namespace els_sim
