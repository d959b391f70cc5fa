#include "els/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using testing::HasSubstr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(OptionsTest, TheDefaultsAreValid) {
  EXPECT_EQ(Options().Validate(), absl::OkStatus());
}

struct BadOption {
  std::string name;
  std::function<void(Options&)> set;
  std::string range;
};

const std::vector<BadOption>& BadOptions() {
  static const auto* const kBad = new std::vector<BadOption>{
      {"initial_latency",
       [](Options& o) { o.initial_latency = nanoseconds(0); },
       "from 1ns to 1h"},
      {"latency_memory", [](Options& o) { o.latency_memory = hours(25); },
       "from 1ms to 24h"},
      {"success_memory", [](Options& o) { o.success_memory = nanoseconds(-5); },
       "from 1ms to 24h"},
      {"failure_cost_memory",
       [](Options& o) { o.failure_cost_memory = nanoseconds(1); },
       "from 1ms to 24h"},
      {"turn_memory", [](Options& o) { o.turn_memory = Duration::max(); },
       "from 1ms to 24h"},
      {"removed_memory",
       [](Options& o) { o.removed_memory = milliseconds(-1); },
       "from 0 to 24h"},
      {"latency_memory_picks", [](Options& o) { o.latency_memory_picks = -1; },
       "from 0 to 1e+06"},
      {"success_memory_picks",
       [](Options& o) { o.success_memory_picks = kNan; }, "from 0 to 1e+06"},
      {"success_memory_spread", [](Options& o) { o.success_memory_spread = 1; },
       "from 0 to 0.9"},
      {"trust_after_failure", [](Options& o) { o.trust_after_failure = 1.5; },
       "from 0 to 1"},
      {"outage_growth", [](Options& o) { o.outage_growth = -1; },
       "from 0 to 10"},
      {"prior_weight", [](Options& o) { o.prior_weight = 0; },
       "from 0.01 to 100"},
      {"unproven_factor", [](Options& o) { o.unproven_factor = 0.5; },
       "from 1 to 100"},
      {"failure_cost_factor",
       [](Options& o) { o.failure_cost_factor = kInfinity; }, "from 0 to 100"},
      {"overdue_factor", [](Options& o) { o.overdue_factor = 0; },
       "from 1 to 1000"},
      {"turn_limit", [](Options& o) { o.turn_limit = 1; }, "from 0 to 0.9"},
      {"turn_premium", [](Options& o) { o.turn_premium = -0.1; },
       "from 0 to 0.9"},
      {"turn_slope", [](Options& o) { o.turn_slope = -0.1; }, "from 0 to 10"},
      {"first_contact_limit", [](Options& o) { o.first_contact_limit = 0; },
       "from 1 to 1e+06"},
      {"answered_weight", [](Options& o) { o.answered_weight = 1.1; },
       "from 0 to 1"},
      {"queue_by_work", [](Options& o) { o.queue_by_work = 1.1; },
       "from 0 to 1"},
      {"tail", [](Options& o) { o.tail = 10.5; }, "from 0 to 10"},
      {"parallelism", [](Options& o) { o.parallelism = -0.1; }, "from 0 to 1"},
      {"choice", [](Options& o) { o.choice = static_cast<Choice>(7); },
       "one of the values of els::Choice"},
  };
  return *kBad;
}

TEST(OptionsTest, AnErrorNamesTheFieldAndItsRange) {
  for (const BadOption& bad : BadOptions()) {
    Options options;
    bad.set(options);
    const absl::Status status = options.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << bad.name;
    const std::string message(status.message());
    EXPECT_EQ(message.rfind(bad.name + " is ", 0), 0u) << message;
    EXPECT_THAT(message, HasSubstr(bad.range));
  }
}

TEST(OptionsTest, TheEndsOfARangeBelongToIt) {
  Options options;
  options.initial_latency = nanoseconds(1);
  options.latency_memory = hours(24);
  options.latency_memory_picks = 0;
  options.turn_limit = 0.9;
  options.removed_memory = nanoseconds(0);
  EXPECT_EQ(options.Validate(), absl::OkStatus());
}

}  // namespace
}  // namespace els
