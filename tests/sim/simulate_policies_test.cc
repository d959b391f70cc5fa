// What a simulation tells its policies.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "sim/files/catalogue.h"
#include "sim/model/policy.h"
#include "sim/model/simulate.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Takes the first of the nearest.
class Nearest final : public Policy {
 public:
  explicit Nearest(const PolicySetup& setup) { SetMembers(setup.members, {}); }

  void SetMembers(absl::Span<const Member> members, Time) override {
    nearest_ = members.front();
    for (const Member& member : members) {
      if (member.distance < nearest_.distance) nearest_ = member;
    }
  }

  Attempt Pick(Time, absl::Span<const std::uint32_t>) override {
    return {.server = nearest_.server};
  }

  void Finish(const Attempt&, els::Outcome, Duration, Time) override {}

 private:
  Member nearest_;
};

TEST(Simulate, PutsEveryOtherAccessPointNearToEachOfTwoZones) {
  const PolicyInfo nearest = {
      "nearest", "", [](const PolicySetup& setup) -> std::unique_ptr<Policy> {
        return std::make_unique<Nearest>(setup);
      }};
  Scenario scenario;
  scenario.arrivals = BurstArrivals{.requests = 1000};
  scenario.servers = {{}, {.zone = 1}, {.zone = 1}};
  scenario.access_points = 4;
  scenario.zones = 2;
  scenario.far = 10;
  scenario.windows = {{"all", seconds(0), seconds(1)}};
  const WindowResult window = Simulate(scenario, nearest, 1).windows.front();
  EXPECT_EQ(window.attempts[0], window.zones[0].near);
  EXPECT_EQ(window.attempts[1], window.zones[1].near);
  EXPECT_EQ(window.attempts[2], 0);
  for (const WindowResult::Zone& zone : window.zones) {
    EXPECT_NEAR(static_cast<double>(zone.near), 500, 4 * std::sqrt(250));
    EXPECT_EQ(zone.far, 0);
  }
}

// Checks what the simulation tells it against what it has picked.
class Auditor final : public Policy {
 public:
  explicit Auditor(const PolicySetup& setup) : servers_(setup.members.size()) {}
  ~Auditor() override { EXPECT_TRUE(sent_.empty()) << "not finished"; }

  void SetMembers(absl::Span<const Member>, Time) override {}

  Attempt Pick(Time now, absl::Span<const std::uint32_t>) override {
    EXPECT_GE(now, latest_);
    latest_ = now;
    const auto token = static_cast<std::uint32_t>(starts_.size());
    starts_.push_back(now);
    sent_.insert(token);
    return {.server = static_cast<std::uint32_t>(token % servers_),
            .token = token};
  }

  void Finish(const Attempt& attempt, els::Outcome outcome, Duration latency,
              Time now) override {
    EXPECT_GE(now, latest_);
    latest_ = now;
    EXPECT_EQ(sent_.erase(attempt.token), 1) << "finished before, or unknown";
    EXPECT_EQ(attempt.server, attempt.token % servers_);
    EXPECT_EQ(starts_[attempt.token] + latency, now);
    EXPECT_TRUE(outcome != els::Outcome::kTimeout || latency == seconds(1));
    EXPECT_TRUE(outcome != els::Outcome::kFailure ||
                latency == milliseconds(1));
  }

 private:
  const std::size_t servers_;
  Time latest_;
  std::vector<Time> starts_;
  std::set<std::uint32_t> sent_;
};

TEST(Simulate, FinishesEachAttemptOnceAtItsOwnAccessPointWithItsLatency) {
  const PolicyInfo auditor = {
      "auditor", "", [](const PolicySetup& setup) -> std::unique_ptr<Policy> {
        return std::make_unique<Auditor>(setup);
      }};
  for (const char* name : {"slow", "failing", "silent"}) {
    const Result result = Simulate(*FindScenario(name), auditor, 1);
    EXPECT_GT(result.failed + result.timed_out, 0) << name;
  }
}

}  // namespace
}  // namespace els_sim
