// What each outcome teaches, in C: the same as in C++.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "els/c_api.h"
#include "tests/core/outcome_rows.h"

namespace els {
namespace {

els_outcome ToC(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSuccess:
      return ELS_SUCCESS;
    case Outcome::kFailure:
      return ELS_FAILURE;
    case Outcome::kTimeout:
      return ELS_TIMEOUT;
    case Outcome::kCancelled:
      return ELS_CANCELLED;
    case Outcome::kNeutral:
      return ELS_NEUTRAL;
  }
  return 0;
}

// A balancer of C whose requests are reported as rows say.
class InC {
 public:
  InC() {
    const Options wanted = LongMemory();
    els_options options;
    EXPECT_EQ(els_options_init(&options, sizeof options), ELS_OK);
    options.seed = 1;
    options.latency_memory_ns = options.success_memory_ns =
        options.failure_cost_memory_ns = options.turn_memory_ns =
            std::uint64_t{86'400} * 1'000'000'000;
    options.failure_cost_factor = wanted.failure_cost_factor;
    options.turn_slope = wanted.turn_slope;
    options.turn_limit = wanted.turn_limit;
    options.turn_premium = wanted.turn_premium;
    options.answered_weight = wanted.answered_weight;
    EXPECT_EQ(els_balancer_new(&options, &balancer_, nullptr, 0), ELS_OK);
    els_backend set[] = {ELS_BACKEND_INIT, ELS_BACKEND_INIT};
    set[0].id = {"a", 1};
    set[1].id = {"b", 1};
    EXPECT_EQ(els_balancer_set_backends(balancer_, set, 2, now_ns_, nullptr, 0),
              ELS_OK);
  }
  ~InC() {
    els_ticket_drop(&ticket_);
    els_balancer_free(balancer_);
  }
  InC(const InC&) = delete;
  InC& operator=(const InC&) = delete;

  void Pick(const char* avoid) {
    const els_id id = {avoid, 1};
    EXPECT_EQ(els_balancer_pick(balancer_, &id, 1, now_ns_, &ticket_), ELS_OK);
  }

  void Report(Way way, Outcome outcome, int latency_ms) {
    now_ns_ += std::int64_t{latency_ms} * 1'000'000;
    if (way == Way::kFinish) return Finish(outcome);
    if (way == Way::kDrop) return Drop();
    EXPECT_EQ(els_ticket_answered(&ticket_, ToC(outcome), now_ns_), ELS_OK);
    if (way == Way::kAnswer) return;
    if (way == Way::kAnswerAndDrop) return Drop();
    Finish(SecondOutcome(way));
  }

  Seen A() const {
    els_snapshot* snapshot = nullptr;
    els_backend_snapshot a = ELS_BACKEND_SNAPSHOT_INIT;
    EXPECT_EQ(els_balancer_snapshot(balancer_, now_ns_, &snapshot), ELS_OK);
    EXPECT_EQ(els_snapshot_get(snapshot, 0, &a), ELS_OK);
    els_snapshot_free(snapshot);
    return {
        .latency_ms = static_cast<double>(a.latency_ns) / 1e6,
        .failure_latency_ms = static_cast<double>(a.failure_latency_ns) / 1e6,
        .success_rate = a.success_rate,
        .expected_latency_ms = static_cast<double>(a.expected_latency_ns) / 1e6,
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
        .mean_age_ms = static_cast<double>(a.mean_age_ns) / 1e6};
  }

 private:
  void Finish(Outcome outcome) {
    EXPECT_EQ(els_ticket_finish(&ticket_, ToC(outcome), now_ns_), ELS_OK);
  }
  void Drop() { EXPECT_EQ(els_ticket_drop(&ticket_), ELS_OK); }

  std::uint64_t now_ns_ = 3'600'000'000'000;
  els_balancer* balancer_ = nullptr;
  els_ticket ticket_ = {};
};

class COutcomeTest : public testing::TestWithParam<Row> {};

TEST_P(COutcomeTest, TeachesWhatItsRowSays) { ExpectTeaches<InC>(GetParam()); }

std::string NameOf(const testing::TestParamInfo<Row>& row) {
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P(Table, COutcomeTest,
                         testing::ValuesIn(RowsOfTheTable()), NameOf);
INSTANTIATE_TEST_SUITE_P(AtOnce, COutcomeTest,
                         testing::ValuesIn(RowsWithoutALatency()), NameOf);
INSTANTIATE_TEST_SUITE_P(Answered, COutcomeTest,
                         testing::ValuesIn(AnswersAndEnds()), NameOf);

}  // namespace
}  // namespace els
