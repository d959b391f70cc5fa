// Why a ticket is empty, with each choice.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/each_choice.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

class PickFailureTest : public testing::TestWithParam<Choice> {
 protected:
  void SetBackends(const std::vector<Backend>& backends) {
    ASSERT_TRUE(balancer_.SetBackends(backends, clock_.now()).ok());
  }
  Ticket Pick(const Request& request = {}) {
    return balancer_.Pick(clock_.now(), request);
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1, .choice = GetParam()}};
};

TEST_P(PickFailureTest, IsNoneForATicketThatIsNotEmptyOrNotOfAPick) {
  SetBackends({{.id = "a"}});
  EXPECT_EQ(Ticket().failure(), PickFailure::kNone);
  Ticket ticket = Pick();
  EXPECT_TRUE(ticket);
  EXPECT_EQ(ticket.failure(), PickFailure::kNone);
  const Ticket moved = std::move(ticket);
  EXPECT_EQ(moved.failure(), PickFailure::kNone);
}

TEST_P(PickFailureTest, IsTheEmptySet) {
  EXPECT_EQ(Pick().failure(), PickFailure::kEmptySet);
  SetBackends({{.id = "a", .max_outstanding = 1}});
  const Ticket ticket = Pick();
  EXPECT_TRUE(ticket);
  SetBackends({});
  EXPECT_EQ(Pick().failure(), PickFailure::kEmptySet) << "not full";
}

TEST_P(PickFailureTest, IsThatAllBackendsAreFullUntilOneIsNot) {
  SetBackends({{.id = "a", .max_outstanding = 1},
               {.id = "b", .max_outstanding = 2},
               {.id = "c", .max_outstanding = 3}});
  std::vector<Ticket> tickets;
  for (int i = 0; i < 6; ++i) {
    tickets.push_back(Pick());
    ASSERT_TRUE(tickets.back()) << i;
  }
  const Ticket none = Pick();
  EXPECT_FALSE(none);
  EXPECT_EQ(none.failure(), PickFailure::kAllFull);

  const std::string freed(tickets[3].id());
  tickets[3].Answered(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(Pick().failure(), PickFailure::kAllFull) << "an answer frees none";
  tickets[3].Finish(Outcome::kSuccess, clock_.now());
  const Ticket again = Pick();
  ASSERT_TRUE(again);
  EXPECT_EQ(again.id(), freed);
}

// Neither to be avoided nor to be preferred changes what is full.
TEST_P(PickFailureTest, IsTheSameWhateverTheRequestAvoidsOrPrefers) {
  SetBackends({{.id = "a", .max_outstanding = 1}, {.id = "b"}});
  const std::string_view a = "a";
  const std::string_view b = "b";
  const Ticket held = Pick({.avoid = {&b, 1}});
  ASSERT_EQ(held.id(), "a");
  EXPECT_EQ(Pick({.prefer = {&a, 1}}).id(), "b");
  EXPECT_EQ(Pick({.avoid = {&b, 1}}).id(), "b") << "the other is full";

  SetBackends({{.id = "a", .max_outstanding = 1}});
  EXPECT_EQ(Pick({.avoid = {&a, 1}}).failure(), PickFailure::kAllFull);
  EXPECT_EQ(Pick({.prefer = {&a, 1}}).failure(), PickFailure::kAllFull);
}

TEST_P(PickFailureTest, GoesAwayWithAHigherLimitAndComesWithALowerOne) {
  SetBackends({{.id = "a", .max_outstanding = 1}});
  const Ticket first = Pick();
  ASSERT_EQ(Pick().failure(), PickFailure::kAllFull);
  SetBackends({{.id = "a"}});
  Ticket second = Pick();
  EXPECT_TRUE(second);
  SetBackends({{.id = "a", .max_outstanding = 1}});
  EXPECT_EQ(Pick().failure(), PickFailure::kAllFull);
  second.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(Pick().failure(), PickFailure::kAllFull) << "the first is left";
}

INSTANTIATE_TEST_SUITE_P(ByEachChoice, PickFailureTest, EachChoice(), NameOf);

}  // namespace
}  // namespace els
