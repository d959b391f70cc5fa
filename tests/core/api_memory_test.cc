// Every call of the C++ interface but Balancer::SetBackends, which has a test
// of its own, with each of its allocations failing in turn.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "els/balancer.h"
#include "els/options_text.h"
#include "els/retry_budget.h"
#include "els/work_estimator.h"
#include "tests/core/failing_memory.h"
#include "tests/core/same_snapshot.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;

// Too long for a small string.
std::string Id(int number) {
  return "the backend with the number " + std::to_string(number);
}

std::vector<Backend> Set(int from, int to) {
  std::vector<Backend> set;
  for (int i = from; i < to; ++i) set.push_back({.id = Id(i)});
  return set;
}

// A balancer with a past: backends that are well, that failed, that have
// requests outstanding, and one that has left with a request outstanding.
class ApiMemoryTest : public testing::Test {
 protected:
  ApiMemoryTest() {
    EXPECT_TRUE(balancer_.SetBackends(Set(0, 8), clock_.now()).ok());
    constexpr Outcome kOutcomes[] = {Outcome::kSuccess, Outcome::kFailure,
                                     Outcome::kTimeout, Outcome::kCancelled};
    for (int i = 0; i < 40; ++i) {
      Ticket ticket = balancer_.Pick(clock_.now());
      ticket.Finish(kOutcomes[i % 4], clock_.Advance(milliseconds(i)));
    }
    for (int i = 0; i < 8; ++i) tickets_.push_back(balancer_.Pick(Now()));
    EXPECT_TRUE(balancer_.SetBackends(Set(1, 8), clock_.now()).ok());
  }

  TimePoint Now() const { return clock_.now(); }

  // The balancer is as it was when `before` was taken, and does its work.
  void ExpectUnharmed(const std::vector<BackendSnapshot>& before) {
    EXPECT_TRUE(AreSame(balancer_.Snapshot(Now()), before));
  }
  void ExpectServes() {
    for (int i = 0; i < 20; ++i) {
      Ticket ticket = balancer_.Pick(Now());
      ASSERT_TRUE(ticket);
      ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(10)));
    }
    EXPECT_TRUE(balancer_.SetBackends(Set(0, 30), Now()).ok());
    EXPECT_GE(balancer_.Snapshot(Now()).size(), 30u);
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
  std::vector<Ticket> tickets_;
};

TEST_F(ApiMemoryTest, ABalancerThatCannotBeMadeLeavesNothingBehind) {
  const std::int64_t before = HeldBlocks();
  for (const std::uint64_t seed : {0, 1}) {
    const Options options{.seed = seed};
    const int failures =
        FailEachAllocation([&] { const Balancer balancer(options); },
                           [&](bool threw) {
                             EXPECT_TRUE(threw);
                             EXPECT_EQ(HeldBlocks(), before);
                           });
    EXPECT_GT(failures, 4);
  }
  ExpectServes();
}

TEST_F(ApiMemoryTest, ARetryBudgetThatCannotBeMadeLeavesNothingBehind) {
  const std::int64_t before = HeldBlocks();
  const int failures = FailEachAllocation([] { const RetryBudget budget; },
                                          [&](bool threw) {
                                            EXPECT_TRUE(threw);
                                            EXPECT_EQ(HeldBlocks(), before);
                                          });
  EXPECT_GT(failures, 0);
}

TEST_F(ApiMemoryTest, AWorkEstimatorThatCannotBeMadeLeavesNothingBehind) {
  const std::int64_t before = HeldBlocks();
  const int failures = FailEachAllocation([] { const WorkEstimator estimator; },
                                          [&](bool threw) {
                                            EXPECT_TRUE(threw);
                                            EXPECT_EQ(HeldBlocks(), before);
                                          });
  EXPECT_GT(failures, 0);
}

TEST_F(ApiMemoryTest, ASnapshotThatFailsChangesNothing) {
  const std::vector<BackendSnapshot> before = balancer_.Snapshot(Now());
  const std::int64_t held = HeldBlocks();
  const int failures =
      FailEachAllocation([&] { static_cast<void>(balancer_.Snapshot(Now())); },
                         [&](bool threw) {
                           EXPECT_TRUE(threw);
                           EXPECT_EQ(HeldBlocks(), held);
                           ExpectUnharmed(before);
                         });
  EXPECT_GT(failures, 20);
  ExpectServes();
}

TEST_F(ApiMemoryTest, ValidOptionsAreSetWithoutMemory) {
  bool ok = false;
  EXPECT_TRUE(NeedsNoMemory([&] {
    ok = balancer_.SetOptions(Options{.seed = 1, .turn_limit = 0}, Now()).ok();
  }));
  EXPECT_TRUE(ok);
}

TEST_F(ApiMemoryTest, RefusedOptionsForWhichAnErrorCannotBeMadeChangeNothing) {
  const std::vector<BackendSnapshot> before = balancer_.Snapshot(Now());
  const std::int64_t held = HeldBlocks();
  const Options options{
      .seed = 1, .initial_latency = milliseconds(9), .overdue_factor = 0};
  const int failures = FailEachAllocation(
      [&] { EXPECT_FALSE(balancer_.SetOptions(options, Now()).ok()); },
      [&](bool threw) {
        EXPECT_TRUE(threw);
        EXPECT_EQ(HeldBlocks(), held);
        ExpectUnharmed(before);
      });
  EXPECT_GT(failures, 2);
  ExpectServes();
}

TEST_F(ApiMemoryTest, ARefusedSetForWhichAnErrorCannotBeMadeChangesNothing) {
  const std::vector<BackendSnapshot> before = balancer_.Snapshot(Now());
  std::vector<std::vector<Backend>> bad_sets(3, Set(0, 20));
  bad_sets[0].push_back({.id = ""});
  bad_sets[1].push_back({.id = Id(7)});
  bad_sets[2].push_back({.id = Id(30), .distance = -1});
  for (const std::vector<Backend>& set : bad_sets) {
    const std::int64_t held = HeldBlocks();
    const int failures = FailEachAllocation(
        [&] { EXPECT_FALSE(balancer_.SetBackends(set, Now()).ok()); },
        [&](bool threw) {
          EXPECT_TRUE(threw);
          EXPECT_EQ(HeldBlocks(), held);
          ExpectUnharmed(before);
        });
    EXPECT_GT(failures, 4);
  }
  ExpectServes();
}

TEST_F(ApiMemoryTest, ExplanationsAreAskedForWithoutMemory) {
  EXPECT_TRUE(NeedsNoMemory([&] {
    for (const std::size_t picks : {5, 1000, 0, 5}) balancer_.Explain(picks);
  }));
}

TEST_F(ApiMemoryTest, ExplanationsThatCannotBeCopiedAreKept) {
  balancer_.Explain(5);
  for (int i = 0; i < 5; ++i) balancer_.Pick(Now()) = Ticket();
  const std::vector<BackendSnapshot> before = balancer_.Snapshot(Now());
  const std::int64_t held = HeldBlocks();
  const int failures = FailEachAllocation(
      [&] { static_cast<void>(balancer_.Explanations()); },
      [&](bool threw) {
        EXPECT_TRUE(threw);
        EXPECT_EQ(HeldBlocks(), held);
        ExpectUnharmed(before);
        const std::vector<PickExplanation> kept = balancer_.Explanations();
        ASSERT_EQ(kept.size(), 5u);
        EXPECT_EQ(kept.back().number, 5u);
        EXPECT_EQ(kept.back().candidates.size(), 4u);
      });
  EXPECT_GT(failures, 20);
  ExpectServes();
}

// A pick does not fail for want of memory, and no request is lost.
TEST_F(ApiMemoryTest, APickThatCannotBeExplainedIsMadeAllTheSame) {
  for (const Choice choice :
       {Choice::kLowest, Choice::kPowerOfTwo, Choice::kWeightedRandom}) {
    ASSERT_TRUE(balancer_.SetOptions(Options{.choice = choice}, Now()).ok());
    balancer_.Explain(3);
    const std::string avoided = Id(3);
    Ticket ticket;
    std::uint64_t number = 0;
    const int failures = FailEachAllocation(
        [&] { ticket = balancer_.Pick(Now(), {avoided}); },
        [&](bool threw) {
          EXPECT_FALSE(threw);
          ASSERT_TRUE(ticket);
          ticket = Ticket();
          std::int64_t outstanding = 0;
          for (const BackendSnapshot& backend : balancer_.Snapshot(Now())) {
            outstanding += backend.outstanding;
          }
          EXPECT_EQ(outstanding, 8);
          number = 0;
          for (const PickExplanation& kept : balancer_.Explanations()) {
            EXPECT_GT(kept.number, number);
            EXPECT_EQ(kept.candidates.size(), 4u);
            number = kept.number;
          }
        });
    EXPECT_GT(failures, 5);
    EXPECT_GT(number, 0u);
  }
  ExpectServes();
}

TEST_F(ApiMemoryTest, OptionsAreReadAsSoonAsThereIsMemory) {
  const std::string text =
      "# tuned by hand\nlatency_memory = 1m0.25s\nturn_limit = 0.125\n"
      "choice = power-of-two\nseed = 12345678901234567890\n";
  const std::string bad[] = {
      "latency_memory_that_is_none = 2\n", "seed = 1\nturn_limit = 1.5\n",
      "seed = 1\nno value at all\n", "seed = 1\nseed = 1\n"};
  const std::int64_t held = HeldBlocks();
  const auto after = [&](bool threw) {
    EXPECT_TRUE(threw);
    EXPECT_EQ(HeldBlocks(), held);
  };
  FailEachAllocation([&] { EXPECT_TRUE(ParseOptions(text).ok()); }, after);
  for (const std::string& line : bad) {
    const int failures = FailEachAllocation(
        [&] { EXPECT_FALSE(ParseOptions(line).ok()); }, after);
    EXPECT_GT(failures, 2);
  }
  EXPECT_EQ(ParseOptions(text)->turn_limit, 0.125);
}

TEST_F(ApiMemoryTest, OptionsArePrintedAsSoonAsThereIsMemory) {
  const std::string want = PrintOptions(Options());
  const std::int64_t held = HeldBlocks();
  const int failures =
      FailEachAllocation([] { static_cast<void>(PrintOptions(Options())); },
                         [&](bool threw) {
                           EXPECT_TRUE(threw);
                           EXPECT_EQ(HeldBlocks(), held);
                         });
  EXPECT_GT(failures, 4);
  EXPECT_EQ(PrintOptions(Options()), want);
}

}  // namespace
}  // namespace els
