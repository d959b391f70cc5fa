// What a request says of itself: which backends would serve it better than they
// seem, and how much work it is.

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"
#include "tests/core/each_choice.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Backends that differ in their distance alone, as turns do not count: "two"
// costs twice as much as "one", and "five" five times as much.
class PreferTest : public testing::TestWithParam<Choice> {
 protected:
  PreferTest() {
    SetBackends({{.id = "five", .distance = 5},
                 {.id = "one"},
                 {.id = "two", .distance = 2}});
    // No backend is held back any more.
    for (int i = 0; i < 5; ++i) {
      Answer({"one", "two"});
      Answer({"five", "two"});
      Answer({"one", "five"});
    }
  }

  void SetBackends(const std::vector<Backend>& backends) {
    ASSERT_TRUE(balancer_.SetBackends(backends, clock_.now()).ok());
  }

  void Answer(const std::vector<std::string_view>& avoid) {
    Ticket ticket = balancer_.Pick(clock_.now(), avoid);
    ticket.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
  }

  Ticket Pick(const std::vector<std::string_view>& prefer, double price,
              const std::vector<std::string_view>& avoid = {}) {
    return balancer_.Pick(
        clock_.now(),
        Request{.avoid = avoid, .prefer = prefer, .price = price});
  }

  // The id picked; the request is then given up.
  std::string Picked(const std::vector<std::string_view>& prefer, double price,
                     const std::vector<std::string_view>& avoid = {}) {
    return std::string(Pick(prefer, price, avoid).id());
  }

  VirtualClock clock_;
  Balancer balancer_{Options{
      .seed = 1, .choice = GetParam(), .turn_limit = 0, .turn_premium = 0}};
};

TEST_P(PreferTest, TheFirstThatIsCheapEnoughIsPicked) {
  EXPECT_EQ(Picked({"five", "two", "one"}, 6), "five");
  EXPECT_EQ(Picked({"two", "five"}, 6), "two");
  EXPECT_EQ(Picked({"five", "two", "one"}, 3), "two");
  EXPECT_EQ(Picked({"five", "two", "one"}, 1.5), "one");
  EXPECT_EQ(Picked({"five"}, kInfinity), "five");
  EXPECT_EQ(Picked({"one"}, 1), "one") << "the best costs its price";
}

TEST_P(PreferTest, APriceThatIsNotAtLeastOneCountsAsOne) {
  for (const double price : {1.0, 0.5, 0.0, -2.0, -kInfinity, std::nan("")}) {
    EXPECT_EQ(Picked({"five", "two", "one"}, price), "one") << price;
  }
}

TEST_P(PreferTest, AnIdThatIsNotInTheSetIsPassedOver) {
  EXPECT_EQ(Picked({"gone", "", "five"}, 6), "five");
  SetBackends({{.id = "one"}, {.id = "two", .distance = 2}});
  EXPECT_EQ(Picked({"five", "two"}, 6), "two") << "it has left";
  SetBackends({{.id = "two", .distance = 2}, {.id = "five", .distance = 5}});
  EXPECT_EQ(Picked({"five"}, 6), "five") << "it is back, in another slot";
}

TEST_P(PreferTest, OneToBeAvoidedIsNotPreferred) {
  EXPECT_EQ(Picked({"five", "two"}, 6, {"five"}), "two");
  EXPECT_EQ(Picked({"five"}, 6, {"five", "two"}), "one");
  EXPECT_EQ(Picked({"one", "five"}, 6, {"one"}), "five");
}

TEST_P(PreferTest, AFullOneIsNotPreferred) {
  SetBackends({{.id = "five", .distance = 5, .max_outstanding = 1},
               {.id = "one"},
               {.id = "two", .distance = 2}});
  Ticket held = Pick({"five", "two"}, 6);
  ASSERT_EQ(held.id(), "five");
  EXPECT_EQ(Picked({"five", "two"}, 6), "two");
  held.Finish(Outcome::kSuccess, clock_.now());
  EXPECT_EQ(Picked({"five", "two"}, 6), "five");
}

// A second request would be more than the first-contact limit allows, until the
// first is late or answered.
TEST_P(PreferTest, OneHeldBackIsNotPreferred) {
  SetBackends({{.id = "one"}, {.id = "two", .distance = 2}, {.id = "new"}});
  Ticket first = Pick({"new"}, 6);
  ASSERT_EQ(first.id(), "new");
  EXPECT_EQ(Picked({"new", "two"}, 100), "two");
  EXPECT_EQ(Picked({"new", "two"}, kInfinity), "two");
  first.Finish(Outcome::kSuccess, clock_.Advance(milliseconds(40)));
  EXPECT_EQ(Picked({"new", "two"}, 6), "new");
}

TEST_P(PreferTest, WithoutOneThePickIsMadeAsIfNothingWerePreferred) {
  Balancer other(Options{
      .seed = 1, .choice = GetParam(), .turn_limit = 0, .turn_premium = 0});
  const std::vector<Backend> set = {{.id = "a"}, {.id = "b"}, {.id = "c"}};
  Balancer balancer(Options{
      .seed = 1, .choice = GetParam(), .turn_limit = 0, .turn_premium = 0});
  ASSERT_TRUE(balancer.SetBackends(set, clock_.now()).ok());
  ASSERT_TRUE(other.SetBackends(set, clock_.now()).ok());
  const std::string_view gone = "gone";
  std::vector<Ticket> tickets;
  for (int i = 0; i < 100; ++i) {
    tickets.push_back(
        balancer.Pick(clock_.now(), Request{.prefer = {&gone, 1}}));
    Ticket same = other.Pick(clock_.now());
    EXPECT_EQ(tickets.back().id(), same.id()) << i;
    tickets.push_back(std::move(same));
  }
}

INSTANTIATE_TEST_SUITE_P(ByEachChoice, PreferTest, EachChoice(), NameOf);

class RequestWorkTest : public testing::Test {
 protected:
  RequestWorkTest() {
    EXPECT_TRUE(balancer_.SetBackends({{.id = "a"}}, clock_.now()).ok());
  }

  Ticket Pick(double work) {
    return balancer_.Pick(clock_.now(), Request{.work = work});
  }
  BackendSnapshot A() { return balancer_.Snapshot(clock_.now()).at(0); }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1, .queue_by_work = 1}};
};

TEST_F(RequestWorkTest, CountsWithinItsBounds) {
  struct Row {
    double work;
    double counts;
  };
  for (const Row& row :
       {Row{1, 1}, Row{8, 8}, Row{0.5, 0.5}, Row{1e-12, 1.0 / 4096},
        Row{1e9, 1e6}, Row{0, 1}, Row{-1, 1}, Row{kInfinity, 1},
        Row{-kInfinity, 1}, Row{std::nan(""), 1}}) {
    const Ticket ticket = Pick(row.work);
    EXPECT_EQ(A().work, row.counts) << row.work;
    EXPECT_EQ(A().queue, row.counts) << row.work;
    EXPECT_EQ(A().outstanding, 1);
  }
  EXPECT_EQ(A().work, 0);
}

TEST_F(RequestWorkTest, IsZeroOnceAllRequestsAreOverHoweverTheyEnded) {
  Random random(1);
  std::vector<Ticket> tickets;
  for (int i = 0; i < 1000; ++i) {
    tickets.push_back(Pick(std::exp(24 * random.Uniform() - 10)));
    if (i % 3 == 0) tickets.back().Answered(Outcome::kSuccess, clock_.now());
  }
  EXPECT_GT(A().work, 0);
  EXPECT_GT(A().answered_work, 0);
  for (int i = 0; i < 1000; ++i) {
    const std::size_t one = random.Below(tickets.size());
    if (i % 2 == 0) tickets[one].Finish(Outcome::kFailure, clock_.now());
    std::swap(tickets[one], tickets.back());
    tickets.pop_back();
  }
  EXPECT_EQ(A().outstanding, 0);
  EXPECT_EQ(A().work, 0);
  EXPECT_EQ(A().answered_work, 0);
}

// Of four times the work, in four times the time.
TEST_F(RequestWorkTest, LatencyIsLearntPerWork) {
  for (int i = 0; i < 50; ++i) {
    Ticket ticket = Pick(i % 2 == 0 ? 4 : 1);
    ticket.Finish(Outcome::kSuccess,
                  clock_.Advance(milliseconds(i % 2 == 0 ? 160 : 40)));
  }
  EXPECT_NEAR(A().latency / std::chrono::microseconds(1), 40'000, 10);
}

TEST_F(RequestWorkTest, QueuesAreOfRequestsOrOfWorkAsTheServersAre) {
  const Ticket heavy = Pick(9);
  for (const double by_work : {0.0, 0.25, 1.0}) {
    const Options options = {.queue_by_work = by_work};
    ASSERT_TRUE(balancer_.SetOptions(options, clock_.now()).ok());
    EXPECT_DOUBLE_EQ(A().queue, 1 + by_work * 8);
  }
}

}  // namespace
}  // namespace els
