// Tickets that outlive their backend's membership, its memory and the balancer;
// late answers, and backends of the same name.

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/ticket_fixture.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class TicketLifeTest : public TicketFixture {
 protected:
  std::vector<BackendSnapshot> All() {
    return balancer_->Snapshot(clock_.now());
  }

  // "a" leaves the set, and is back in it after `absence`.
  void LeaveFor(minutes absence) {
    SetIds({});
    clock_.Advance(absence);
    SetIds({"a"});
  }
};

constexpr minutes kRemembered(10);  // the default of removed_memory
constexpr minutes kForgotten(11);

TEST_F(TicketLifeTest, OutlivesItsBackendsMembership) {
  Ticket ticket = Pick();
  SetIds({"b"});
  EXPECT_EQ(ticket.id(), "a");
  ASSERT_EQ(All().size(), 2u);
  EXPECT_FALSE(All()[0].removed);
  EXPECT_EQ(All()[1].id, "a");
  EXPECT_TRUE(All()[1].removed);
  ticket.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(All().size(), 1u);
}

TEST_F(TicketLifeTest, OutlivesItsBackendsMemory) {
  Ticket ticket = Pick();
  SetIds({"b"});
  for (int i = 0; i < 48; ++i) {
    clock_.Advance(minutes(60));
    SetIds({"b"});
    ASSERT_EQ(All().size(), 2u) << "its connection must not be closed";
  }
  EXPECT_EQ(All()[1].outstanding, 1);
  ticket.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(All().size(), 1u);
}

TEST_F(TicketLifeTest, OutlivesItsBalancer) {
  Ticket finished = Pick();
  Ticket answered = Pick();
  Ticket dropped = Pick();
  Ticket finished_before = Pick();
  finished_before.Finish(Outcome::kSuccess, clock_.now());
  balancer_.reset();
  EXPECT_TRUE(finished);
  finished.Finish(Outcome::kSuccess, clock_.now());
  finished.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_FALSE(finished);
  answered.Answered(Outcome::kTimeout, clock_.now());
  answered.Finish(Outcome::kSuccess, clock_.now());
  finished_before.Finish(Outcome::kFailure, clock_.now());
  for (const Ticket* ticket :
       {&finished, &answered, &dropped, &finished_before}) {
    EXPECT_EQ(ticket->id(), "a");
    EXPECT_EQ(ticket->tag(), 7u);
  }
}

// Too long to be kept in the string itself.
TEST_F(TicketLifeTest, ItsIdIsValidWhateverBecomesOfTheBackend) {
  const std::string id(1000, 'i');
  SetIds({id});
  Ticket ticket = Pick();
  const std::string_view taken = ticket.id();
  ticket.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(taken, id);
  SetIds({"b"});
  EXPECT_EQ(taken, id) << "left";
  clock_.Advance(kForgotten);
  SetIds({"c"});
  clock_.Advance(kForgotten);
  SetIds({"d"});
  EXPECT_EQ(taken, id) << "forgotten";
  balancer_.reset();
  EXPECT_EQ(taken, id) << "without a balancer";
  EXPECT_EQ(ticket.id(), id);
  EXPECT_EQ(ticket.tag(), 7u);
}

TEST_F(TicketLifeTest, ItsIdMovesAlong) {
  Ticket from = Pick();
  from.Finish(Outcome::kSuccess, clock_.now());
  Ticket to;
  to = std::move(from);
  SetIds({});
  EXPECT_FALSE(to) << "finished";
  EXPECT_EQ(to.id(), "a");
  EXPECT_EQ(to.tag(), 7u);
}

TEST_F(TicketLifeTest, FinishesOnAnotherThread) {
  Ticket ticket = Pick();
  std::thread([&] { ticket.Finish(Outcome::kSuccess, clock_.now()); }).join();
  EXPECT_EQ(First().successes, 1u);
}

TEST_F(TicketLifeTest, DiesOnAnotherThreadAfterItsBalancer) {
  Ticket finished = Pick();
  Ticket dropped = Pick();
  balancer_.reset();
  std::thread([ticket = std::move(finished), now = clock_.now()]() mutable {
    ticket.Finish(Outcome::kSuccess, now);
    EXPECT_EQ(ticket.id(), "a");
  }).join();
  std::thread([ticket = std::move(dropped)] {}).join();
}

// The only answer ever, of 400 ms: the fleet's mean is that, and the backend's.
TEST_F(TicketLifeTest, ALateAnswerIsLearntIfTheBackendIsBackInTime) {
  Ticket before = Pick();
  Ticket after = Pick();
  SetIds({"b"});
  before.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(400)));
  clock_.Advance(kRemembered - milliseconds(400));
  SetIds({"a"});
  EXPECT_EQ(First().successes, 1u);
  // What the fleet is told of, it is told in floats.
  EXPECT_FLOAT_EQ(First().latency.count(), Duration(milliseconds(400)).count());
  EXPECT_EQ(First().outstanding, 1);
  EXPECT_EQ(All().size(), 1u);
  after.Finish(Outcome::kFailure, clock_.now());
  EXPECT_EQ(First().failures, 1u);
  // Of 0, of what a failure leaves of 1, and a supposed 1.
  EXPECT_NEAR(First().success_rate, 1.6 / 2.6, 1e-7);
  EXPECT_EQ(First().outstanding, 0);
}

TEST_F(TicketLifeTest, ALateAnswerNeverLandsOnASuccessorOfTheSameName) {
  Ticket failed = Pick();
  Ticket timed_out = Pick();
  Ticket cancelled = Pick();
  Ticket answered = Pick();
  Ticket dropped = Pick();
  LeaveFor(kForgotten);
  const BackendSnapshot before = First();
  failed.Finish(Outcome::kFailure, clock_.now());
  timed_out.Finish(Outcome::kTimeout, clock_.now());
  timed_out.Finish(Outcome::kTimeout, clock_.now());
  cancelled.Finish(Outcome::kCancelled, clock_.now());
  answered.Answered(Outcome::kFailure, clock_.now());
  dropped = Ticket();
  const BackendSnapshot after = First();
  EXPECT_EQ(after.picks, 0u);
  EXPECT_EQ(after.failures + after.timeouts + after.cancelled + after.dropped +
                after.late_finishes,
            0u);
  EXPECT_EQ(after.outstanding, 0);
  EXPECT_EQ(after.expected_latency, before.expected_latency);
  EXPECT_EQ(after.success_rate, 1);
}

TEST_F(TicketLifeTest, NamesakesAreListedSideBySideAndCountedApart) {
  Ticket old = Pick();
  LeaveFor(kForgotten);
  Ticket young = Pick();
  ASSERT_EQ(All().size(), 2u);
  EXPECT_FALSE(All()[0].removed);
  EXPECT_TRUE(All()[1].removed);
  for (const BackendSnapshot& namesake : All()) {
    EXPECT_EQ(namesake.id, "a");
    EXPECT_EQ(namesake.outstanding, 1);
  }
  young.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(All()[0].outstanding, 0);
  EXPECT_EQ(All()[1].outstanding, 1);
  old.Finish(Outcome::kSuccess, clock_.now());
  ASSERT_EQ(All().size(), 1u);
  EXPECT_EQ(First().successes, 1u);
}

TEST_F(TicketLifeTest, ALongerMemoryDoesNotBringBackWhatIsForgotten) {
  Ticket late = Pick();
  LeaveFor(kForgotten);
  SetIds({});
  clock_.Advance(kForgotten);
  SetIds({});
  Options options;
  options.removed_memory = minutes(60);
  ASSERT_TRUE(balancer_->SetOptions(options, clock_.now()).ok());
  SetIds({"a"});
  late.Finish(Outcome::kFailure, clock_.now());
  EXPECT_EQ(First().picks, 0u);
  EXPECT_EQ(First().failures, 0u);
}

// Even with a memory long enough for both.
TEST_F(TicketLifeTest, OfTwoNamesakesTheLatestIsTheOneInTheSet) {
  const Ticket late = Pick();
  LeaveFor(kForgotten);
  Pick().Finish(Outcome::kSuccess, clock_.now());
  Pick().Finish(Outcome::kSuccess, clock_.now());
  Options options;
  options.removed_memory = minutes(60);
  ASSERT_TRUE(balancer_->SetOptions(options, clock_.now()).ok());
  SetIds({"a"});
  EXPECT_EQ(First().successes, 2u) << "one that stays";
  LeaveFor(minutes(1));
  EXPECT_EQ(First().successes, 2u) << "one that returns";
}

TEST_F(TicketLifeTest, ASecondFinishAfterItsBackendLeftIsCountedOnItsReturn) {
  Ticket ticket = Pick();
  ticket.Finish(Outcome::kSuccess, clock_.now());
  SetIds({});
  ticket.Finish(Outcome::kSuccess, clock_.now());
  SetIds({"a"});
  EXPECT_EQ(First().late_finishes, 1u);
}

// E is in proportion to the distance, and nothing else has changed.
TEST_F(TicketLifeTest, OneThatReturnsTakesItsNewTagAndDistance) {
  Ticket ticket = Pick();
  ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
  const BackendSnapshot before = First();
  SetIds({});
  const Backend changed{.id = "a", .tag = 8, .distance = 4};
  ASSERT_TRUE(balancer_->SetBackends({changed}, clock_.now()).ok());
  EXPECT_EQ(First().tag, 8u);
  EXPECT_EQ(First().distance, 4);
  EXPECT_FLOAT_EQ(First().expected_latency.count(),
                  4 * before.expected_latency.count());
  EXPECT_EQ(Pick().tag(), 8u);
  EXPECT_EQ(ticket.tag(), 7u);
}

}  // namespace
}  // namespace els
