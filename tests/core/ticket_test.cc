#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/ticket_fixture.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

using TicketTest = TicketFixture;

TEST_F(TicketTest, IsEmptyByDefaultAndDoesNothing) {
  Ticket ticket;
  EXPECT_FALSE(ticket);
  ticket.Answered(Outcome::kSuccess, clock_.now());
  ticket.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_FALSE(ticket);
}

TEST_F(TicketTest, IsEmptyIfTheSetIs) {
  SetIds({});
  EXPECT_FALSE(Pick());
}

TEST_F(TicketTest, NamesItsBackendUntilItIsDestroyed) {
  Ticket ticket = Pick();
  EXPECT_TRUE(ticket);
  EXPECT_EQ(ticket.id(), "a");
  EXPECT_EQ(ticket.tag(), 7u);
  ticket.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_FALSE(ticket);
  EXPECT_EQ(ticket.id(), "a");
  EXPECT_EQ(ticket.tag(), 7u);
}

TEST_F(TicketTest, KeepsTheTagOfItsPick) {
  const Ticket before = Pick();
  const Backend changed{.id = "a", .tag = 8};
  ASSERT_TRUE(balancer_->SetBackends({changed}, clock_.now()).ok());
  const Ticket after = Pick();
  EXPECT_EQ(before.tag(), 7u);
  EXPECT_EQ(after.tag(), 8u);
}

TEST_F(TicketTest, CountsAsOutstandingUntilFinished) {
  Ticket one = Pick();
  Ticket two = Pick();
  EXPECT_EQ(First().outstanding, 2);
  one.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(First().outstanding, 1);
  two.Finish(Outcome::kFailure, clock_.now());
  EXPECT_EQ(First().outstanding, 0);
}

struct OutcomeRow {
  Outcome outcome;
  std::uint64_t BackendSnapshot::*counter;
  bool teaches_latency;
  bool teaches_failure_latency;
  double success_rate;  // after one, beside one pseudo-success
};

// After 400 ms at a fleet mean of 50 ms; the pseudo-observation at that mean
// weighs as much as the one sample. (A success moves the fleet's mean too.)
TEST_F(TicketTest, EachOutcomeTeachesWhatItsRowInTheHeaderSays) {
  const OutcomeRow rows[] = {
      {Outcome::kSuccess, &BackendSnapshot::successes, true, false, 1},
      {Outcome::kFailure, &BackendSnapshot::failures, false, true, 0.5},
      {Outcome::kTimeout, &BackendSnapshot::timeouts, true, false, 1},
      {Outcome::kCancelled, &BackendSnapshot::cancelled, true, false, 1},
  };
  for (const OutcomeRow& row : rows) {
    balancer_.emplace(Options{.seed = 1, .unproven_factor = 1});
    SetIds({"a"});
    Ticket ticket = Pick();
    clock_.Advance(milliseconds(400));
    ticket.Finish(row.outcome, clock_.now());
    const BackendSnapshot after = First();
    EXPECT_EQ(after.*row.counter, 1u);
    EXPECT_EQ(after.successes + after.failures + after.timeouts +
                  after.cancelled + after.dropped,
              1u);
    EXPECT_DOUBLE_EQ(after.success_rate, row.success_rate);
    EXPECT_EQ(after.latency > milliseconds(200), row.teaches_latency);
    // Else the fleet's mean, which a success has raised as well.
    const auto failure_ms = after.failure_latency / milliseconds(1);
    EXPECT_EQ(failure_ms == 225 && row.outcome != Outcome::kSuccess,
              row.teaches_failure_latency);
    EXPECT_EQ(after.outstanding, 0);
  }
}

// 7 times the 50 ms that are assumed of all, beside one pseudo-observation.
TEST_F(TicketTest, TimedOutSoonItCountsAsLongAsAFailureCosts) {
  balancer_.emplace(Options{.seed = 1, .unproven_factor = 1});
  SetIds({"a"});
  Ticket ticket = Pick();
  clock_.Advance(milliseconds(1));
  ticket.Finish(Outcome::kTimeout, clock_.now());
  EXPECT_EQ(First().latency, milliseconds(200));
}

TEST_F(TicketTest, TheLatestOutcomeIsAsOldAsTheTimeSince) {
  EXPECT_FALSE(First().since_outcome.has_value());
  Ticket ticket = Pick();
  clock_.Advance(milliseconds(40));
  ticket.Finish(Outcome::kFailure, clock_.now());
  EXPECT_LT(*First().since_outcome, milliseconds(300));
  constexpr int kHalfHoursInTenYears = 2 * 24 * 3650;
  for (int i = 0; i < kHalfHoursInTenYears; ++i) {
    clock_.Advance(std::chrono::minutes(30));
    static_cast<void>(Pick());
  }
  const auto error =
      *First().since_outcome - std::chrono::minutes(30) * kHalfHoursInTenYears;
  EXPECT_LT(std::chrono::abs(error), milliseconds(300));
}

TEST_F(TicketTest, CancelledSoonItTeachesNothing) {
  const BackendSnapshot before = First();
  Ticket ticket = Pick();
  clock_.Advance(milliseconds(1));
  ticket.Finish(Outcome::kCancelled, clock_.now());
  const BackendSnapshot after = First();
  EXPECT_EQ(after.latency, before.latency);
  EXPECT_EQ(after.success_rate, before.success_rate);
  EXPECT_EQ(after.cancelled, 1u);
}

TEST_F(TicketTest, DestroyedUnfinishedItCountsDownAndTeachesNothing) {
  const BackendSnapshot before = First();
  {
    const Ticket ticket = Pick();
    clock_.Advance(milliseconds(400));
    EXPECT_GT(First().mean_age, milliseconds(399));
  }
  const BackendSnapshot after = First();
  EXPECT_EQ(after.outstanding, 0);
  EXPECT_EQ(after.dropped, 1u);
  EXPECT_EQ(after.mean_age, milliseconds(0));
  EXPECT_EQ(after.latency, before.latency);
  EXPECT_EQ(after.success_rate, before.success_rate);
}

TEST_F(TicketTest, AssignedOverItIsDropped) {
  Ticket ticket = Pick();
  ticket = Pick();
  EXPECT_EQ(First().outstanding, 1);
  EXPECT_EQ(First().dropped, 1u);
  EXPECT_TRUE(ticket);
  ticket = Ticket();
  EXPECT_EQ(First().outstanding, 0);
}

TEST_F(TicketTest, AssignedOverAFinishedOneDropsNothing) {
  Ticket ticket = Pick();
  ticket.Finish(Outcome::kSuccess, clock_.now());
  ticket = Pick();
  EXPECT_EQ(First().dropped, 0u);
  EXPECT_EQ(First().outstanding, 1);
}

TEST_F(TicketTest, SwappedBothLiveOn) {
  Ticket one = Pick();
  Ticket two = Pick();
  std::swap(one, two);
  EXPECT_EQ(First().outstanding, 2);
  EXPECT_EQ(First().dropped, 0u);
  one.Finish(Outcome::kSuccess, clock_.now());
  two.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(First().successes, 2u);
}

TEST_F(TicketTest, AssignedToItselfItStays) {
  Ticket ticket = Pick();
  Ticket& same = ticket;
  ticket = std::move(same);
  EXPECT_TRUE(ticket);
  EXPECT_EQ(First().outstanding, 1);
}

TEST_F(TicketTest, MovedFromItIsEmpty) {
  Ticket from = Pick();
  Ticket to = std::move(from);
  EXPECT_FALSE(from);  // NOLINT(bugprone-use-after-move): what is tested
  EXPECT_TRUE(to);
  from.Finish(Outcome::kFailure, clock_.now());
  EXPECT_EQ(First().outstanding, 1);
  EXPECT_EQ(First().failures, 0u);
}

TEST_F(TicketTest, ASecondFinishIsCountedAndDoesNothingElse) {
  Ticket ticket = Pick();
  ticket.Finish(Outcome::kSuccess, clock_.now());
  ticket.Finish(Outcome::kTimeout, clock_.now());
  ticket.Answered(Outcome::kTimeout, clock_.now());
  const BackendSnapshot after = First();
  EXPECT_EQ(after.late_finishes, 2u);
  EXPECT_EQ(after.timeouts, 0u);
  EXPECT_EQ(after.outstanding, 0);
}

TEST_F(TicketTest, AnsweredLearnsAtOnceAndStaysOutstanding) {
  Ticket ticket = Pick();
  clock_.Advance(milliseconds(400));
  ticket.Answered(Outcome::kSuccess, clock_.now());
  EXPECT_TRUE(ticket);
  const BackendSnapshot streaming = First();
  EXPECT_EQ(streaming.successes, 1u);
  EXPECT_EQ(streaming.outstanding, 1);

  clock_.Advance(minutes(30));
  EXPECT_EQ(First().mean_age, milliseconds(0)) << "a stream is not silence";
  ticket.Finish(Outcome::kFailure, clock_.now());
  const BackendSnapshot over = First();
  EXPECT_EQ(over.outstanding, 0);
  EXPECT_EQ(over.failures, 0u);
  EXPECT_EQ(over.latency, streaming.latency);
  EXPECT_EQ(over.late_finishes, 0u);
}

TEST_F(TicketTest, ASecondAnswerIsCountedAndDoesNothingElse) {
  Ticket ticket = Pick();
  clock_.Advance(milliseconds(400));
  ticket.Answered(Outcome::kSuccess, clock_.now());
  const BackendSnapshot once = First();
  ticket.Answered(Outcome::kTimeout, clock_.Advance(milliseconds(900)));
  const BackendSnapshot twice = First();
  EXPECT_EQ(twice.late_finishes, 1u);
  EXPECT_EQ(twice.successes, 1u);
  EXPECT_EQ(twice.timeouts, 0u);
  EXPECT_EQ(twice.latency, once.latency);
  EXPECT_EQ(twice.success_rate, 1);
  EXPECT_EQ(twice.outstanding, 1);
  ticket.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(First().outstanding, 0);
  EXPECT_EQ(First().late_finishes, 1u);
}

TEST_F(TicketTest, AnsweredAndDroppedItCountsDown) {
  {
    Ticket ticket = Pick();
    ticket.Answered(Outcome::kSuccess, clock_.now());
  }
  EXPECT_EQ(First().outstanding, 0);
  EXPECT_EQ(First().successes, 1u);
  EXPECT_EQ(First().dropped, 0u);  // Its outcome is known.
  EXPECT_EQ(First().mean_age, milliseconds(0));
}

TEST(TicketDeathTest, AnEmptyTicketHasNoId) {
  const Ticket ticket;
  EXPECT_DEATH((void)ticket.id(), "");
  EXPECT_DEATH((void)ticket.tag(), "");
}

TEST_F(TicketTest, MovedFromItHasNoIdDeathTest) {
  Ticket ticket = Pick();
  const Ticket moved = std::move(ticket);
  EXPECT_EQ(moved.id(), "a");
  // NOLINTNEXTLINE(bugprone-use-after-move): that is the point
  EXPECT_DEATH((void)ticket.id(), "");
  EXPECT_DEATH((void)ticket.tag(), "");
}

}  // namespace
}  // namespace els
