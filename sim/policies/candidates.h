#pragma once

// The servers that a policy has to choose from.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "absl/types/span.h"
#include "sim/model/policy.h"

namespace els_sim {

class Candidates {
 public:
  explicit Candidates(absl::Span<const Member> members) { Set(members); }

  void Set(absl::Span<const Member> members) {
    all_.clear();
    for (const Member& member : members) all_.push_back(member.server);
  }

  // All, in the order of the set.
  absl::Span<const std::uint32_t> All() const { return all_; }

  // All but those of `avoid`, or all if that leaves none. Valid until the next
  // call.
  absl::Span<const std::uint32_t> Without(
      absl::Span<const std::uint32_t> avoid) {
    if (avoid.empty()) return all_;
    rest_.clear();
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(rest_),
                 [&](std::uint32_t server) {
                   return std::find(avoid.begin(), avoid.end(), server) ==
                          avoid.end();
                 });
    if (rest_.empty()) return all_;
    return rest_;
  }

  bool Has(std::uint32_t server) const {
    return std::find(all_.begin(), all_.end(), server) != all_.end();
  }

  // How long an array with a place for each has to be.
  std::size_t Places() const {
    return all_.empty() ? 0 : *std::max_element(all_.begin(), all_.end()) + 1;
  }

 private:
  std::vector<std::uint32_t> all_;
  std::vector<std::uint32_t> rest_;
};

}  // namespace els_sim
