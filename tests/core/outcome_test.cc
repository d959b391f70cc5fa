// What each outcome does to latency, success rate and outstanding requests, row
// by row of the table at els::Outcome, with numbers worked out by hand.

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;

enum class Way { kFinish, kAnswer, kDrop };

struct Row {
  std::string name;
  Way way;
  Outcome outcome;
  int latency_ms;
  // Of the backend, afterwards.
  double latency;
  double failure_latency;
  double success_rate;
  int outstanding;
  double expected_latency;
};

double Milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// So long a memory that in a second nothing is forgotten.
Options LongMemory() {
  Options options;
  options.seed = 1;
  options.latency_memory = std::chrono::hours(24);
  options.success_memory = std::chrono::hours(24);
  options.failure_cost_memory = std::chrono::hours(24);
  options.turn_memory = std::chrono::hours(24);
  options.failure_cost_factor = 5;
  options.turn_slope = 0.3;
  options.turn_limit = 0.15;
  return options;
}

// A request to b succeeds in 100 ms, one to a in 200 ms, and then one more to a
// is under test. Until that ends the fleet's mean is 150 ms. With one supposed
// observation of that, a's latency is (200 + 150) / 2 = 175 ms, its success
// rate is 1, and a failure costs at least 5 * 150 = 750 ms. Of the picks a has
// 2 of 3, with one supposed for each 3 of 5, or 1.2 fair shares: its turn is
// 1 + 0.3 * 0.2 = 1.06.
class OutcomeTest : public testing::TestWithParam<Row> {
 protected:
  OutcomeTest() {
    EXPECT_TRUE(
        balancer_.SetBackends({{.id = "a"}, {.id = "b"}}, clock_.now()).ok());
    Ticket b = balancer_.Pick(clock_.now(), {"a"});
    b.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(100)));
    Ticket a = balancer_.Pick(clock_.now(), {"b"});
    a.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(200)));
    ticket_ = balancer_.Pick(clock_.now(), {"b"});
  }

  BackendSnapshot A() { return balancer_.Snapshot(clock_.now()).at(0); }

  VirtualClock clock_;
  Balancer balancer_{LongMemory()};
  Ticket ticket_;
};

// A second is 1e-5 of a day.
void ExpectNear(double value, double expected) {
  EXPECT_NEAR(value, expected, 1e-5 * expected);
}

TEST_P(OutcomeTest, TeachesWhatItsRowSays) {
  const Row& row = GetParam();
  const BackendSnapshot before = A();
  ExpectNear(Milliseconds(before.latency), 175);
  ExpectNear(before.turn, 1.06);
  EXPECT_EQ(before.outstanding, 1);

  clock_.Advance(milliseconds(row.latency_ms));
  if (row.way == Way::kFinish) ticket_.Finish(row.outcome, clock_.now());
  if (row.way == Way::kAnswer) ticket_.Answered(row.outcome, clock_.now());
  if (row.way == Way::kDrop) ticket_ = Ticket();

  const BackendSnapshot after = A();
  ExpectNear(Milliseconds(after.latency), row.latency);
  ExpectNear(Milliseconds(after.failure_latency), row.failure_latency);
  ExpectNear(after.success_rate, row.success_rate);
  EXPECT_EQ(after.outstanding, row.outstanding);
  ExpectNear(Milliseconds(after.expected_latency), row.expected_latency);
  EXPECT_EQ(after.mean_age, Duration::zero());
  EXPECT_EQ(after.overdue, 1);
}

// A success at 500 ms makes the fleet's mean 800 / 3 = 266.667 ms, and a's
// (200 + 500 + 266.667) / 3 = 322.222 ms. A longer wait without an answer makes
// a's (200 + 500 + 150) / 3 = 283.333 ms. A timeout leaves 0.6 of the 200 ms,
// and counts as at least the 750 ms that a failure costs: (0.6 * 200 + 750 +
// 150) / 2.6 = 392.308 ms. A failure leaves 0.6 of the success: the success
// rate is (0.6 + 1) / 2.6, so that E has 0.625 of what it costs; its latency is
// that and 150 ms in the mean.
INSTANTIATE_TEST_SUITE_P(
    Table, OutcomeTest,
    testing::Values(
        Row{"Success", Way::kFinish, Outcome::kSuccess, 500,  //
            322.2222, 266.6667, 1, 0, 322.2222 * 1.06},
        Row{"Failure", Way::kFinish, Outcome::kFailure, 500,  //
            175, 325, 1.6 / 2.6, 0, (175 + 468.75) * 1.06},
        Row{"FailureAtOnce", Way::kFinish, Outcome::kFailure, 1,  //
            175, 75.5, 1.6 / 2.6, 0, (175 + 468.75) * 1.06},
        Row{"FailureThatTakesLong", Way::kFinish, Outcome::kFailure, 5000,  //
            175, 2575, 1.6 / 2.6, 0, (175 + 1609.375) * 1.06},
        Row{"TimeoutLongerThanAFailureCosts", Way::kFinish, Outcome::kTimeout,
            1000,  //
            488.4615, 150, 1, 0, 488.4615 * 1.06},
        Row{"TimeoutShorterThanThat", Way::kFinish, Outcome::kTimeout, 100,  //
            392.3077, 150, 1, 0, 392.3077 * 1.06},
        Row{"CancelledLongerThanUsual", Way::kFinish, Outcome::kCancelled,
            500,  //
            283.3333, 150, 1, 0, 283.3333 * 1.06},
        Row{"CancelledShorterThanUsual", Way::kFinish, Outcome::kCancelled,
            100,  //
            175, 150, 1, 0, 175 * 1.06},
        Row{"Dropped", Way::kDrop, Outcome::kSuccess, 500,  //
            175, 150, 1, 0, 175 * 1.06},
        Row{"AnsweredWithSuccess", Way::kAnswer, Outcome::kSuccess, 500,  //
            322.2222, 266.6667, 1, 1, 2 * 322.2222 * 1.06},
        Row{"AnsweredWithFailure", Way::kAnswer, Outcome::kFailure, 500,  //
            175, 325, 1.6 / 2.6, 1, 2 * (175 + 468.75) * 1.06},
        Row{"AnsweredByTimeout", Way::kAnswer, Outcome::kTimeout, 1000,  //
            488.4615, 150, 1, 1, 2 * 488.4615 * 1.06},
        Row{"AnsweredByCancelling", Way::kAnswer, Outcome::kCancelled, 500,  //
            283.3333, 150, 1, 1, 2 * 283.3333 * 1.06}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace els
