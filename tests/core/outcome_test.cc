// What each outcome teaches, in C++.

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "els/balancer.h"
#include "tests/core/outcome_rows.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;

double Milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// A balancer of C++ whose requests are reported as rows say.
class InCpp {
 public:
  InCpp() {
    EXPECT_TRUE(
        balancer_.SetBackends({{.id = "a"}, {.id = "b"}}, clock_.now()).ok());
  }

  void Pick(const char* avoid) {
    ticket_ = balancer_.Pick(clock_.now(), {avoid});
  }

  void Report(Way way, Outcome outcome, int latency_ms) {
    clock_.Advance(milliseconds(latency_ms));
    if (way == Way::kFinish) return ticket_.Finish(outcome, clock_.now());
    if (way == Way::kDrop) return Drop();
    ticket_.Answered(outcome, clock_.now());
    if (way == Way::kAnswer) return;
    if (way == Way::kAnswerAndDrop) return Drop();
    ticket_.Finish(SecondOutcome(way), clock_.now());
  }

  Seen A() const {
    const BackendSnapshot a = balancer_.Snapshot(clock_.now()).at(0);
    return {.latency_ms = Milliseconds(a.latency),
            .failure_latency_ms = Milliseconds(a.failure_latency),
            .success_rate = a.success_rate,
            .expected_latency_ms = Milliseconds(a.expected_latency),
            .spared = a.spared,
            .outstanding = a.outstanding,
            .answered = a.answered,
            .counts = {.successes = a.successes,
                       .failures = a.failures,
                       .timeouts = a.timeouts,
                       .cancelled = a.cancelled,
                       .neutral = a.neutral,
                       .cut = a.cut,
                       .dropped = a.dropped},
            .late_finishes = a.late_finishes,
            .mean_age_ms = Milliseconds(a.mean_age)};
  }

 private:
  void Drop() { ticket_ = Ticket(); }

  VirtualClock clock_;
  Balancer balancer_{LongMemory()};
  Ticket ticket_;
};

class OutcomeTest : public testing::TestWithParam<Row> {};

TEST_P(OutcomeTest, TeachesWhatItsRowSays) { ExpectTeaches<InCpp>(GetParam()); }

std::string NameOf(const testing::TestParamInfo<Row>& row) {
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P(Table, OutcomeTest,
                         testing::ValuesIn(RowsOfTheTable()), NameOf);
INSTANTIATE_TEST_SUITE_P(AtOnce, OutcomeTest,
                         testing::ValuesIn(RowsWithoutALatency()), NameOf);
INSTANTIATE_TEST_SUITE_P(Answered, OutcomeTest,
                         testing::ValuesIn(AnswersAndEnds()), NameOf);

}  // namespace
}  // namespace els
