#pragma once

// What the tests of policies share.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "sim/model/policy.h"

namespace els_sim {

inline constexpr Time kStart;

inline const PolicyInfo& Named(std::string_view name) {
  return *FindPolicy(name);
}

inline std::vector<const PolicyInfo*> AllPolicies() {
  std::vector<const PolicyInfo*> all;
  for (const PolicyInfo& policy : Policies()) all.push_back(&policy);
  return all;
}

inline std::vector<Member> MembersOf(
    std::initializer_list<std::uint32_t> servers) {
  std::vector<Member> members;
  for (const std::uint32_t server : servers) {
    members.push_back({.server = server});
  }
  return members;
}

// The members are 0 to `servers` - 1.
inline PolicySetup SetupOf(std::size_t servers, std::uint64_t seed = 1) {
  PolicySetup setup = {.random = els::Random(seed)};
  for (std::uint32_t i = 0; i < servers; ++i) {
    setup.members.push_back({.server = i});
  }
  return setup;
}

inline void Succeed(Policy& policy, const Attempt& attempt,
                    Duration latency = std::chrono::milliseconds(40),
                    Time now = kStart) {
  policy.Finish(attempt, els::Outcome::kSuccess, latency, now);
}

inline void Fail(Policy& policy, const Attempt& attempt,
                 Duration latency = std::chrono::milliseconds(1),
                 Time now = kStart) {
  policy.Finish(attempt, els::Outcome::kFailure, latency, now);
}

}  // namespace els_sim
