#include "src/score/outstanding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "els/random.h"
#include "src/score/work.h"
#include "tests/core/given_seed.h"

namespace els::internal {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(WorkTest, IsHeldWithinItsBounds) {
  struct Row {
    double work;
    double counts;
  };
  for (const Row& row :
       {Row{1, 1}, Row{2.5, 2.5}, Row{0.75, 0.75}, Row{1.0 / 4096, 1.0 / 4096},
        Row{1e-9, 1.0 / 4096},
        Row{std::numeric_limits<double>::min(), 1.0 / 4096}, Row{1e6, 1e6},
        Row{1e6 + 1, 1e6}, Row{1e300, 1e6}, Row{0, 1}, Row{-0.0, 1}, Row{-5, 1},
        Row{kInfinity, 1}, Row{-kInfinity, 1}, Row{std::nan(""), 1}}) {
    EXPECT_EQ(FromWork(ToWork(row.work)), row.counts) << row.work;
  }
}

TEST(WorkTest, SamplesArePerWorkAndLightOnesCountForLess) {
  const Sample typical = PerWork(0.5, ToWork(1));
  EXPECT_EQ(typical.latency_s, 0.5);
  EXPECT_EQ(typical.weight, 1);
  const Sample heavy = PerWork(0.5, ToWork(4));
  EXPECT_EQ(heavy.latency_s, 0.125);
  EXPECT_EQ(heavy.weight, 1);
  const Sample light = PerWork(0.5, ToWork(0.25));
  EXPECT_EQ(light.latency_s, 2);
  EXPECT_EQ(light.weight, 0.25);
}

TEST(OutstandingTest, AgesCountFromTheLatestAnswerAtTheEarliest) {
  Outstanding outstanding;
  EXPECT_EQ(outstanding.AgesSeconds(kSecond, Outstanding::kNever), 0);
  EXPECT_EQ(outstanding.MeanAgeSeconds(kSecond), 0);
  outstanding.Sent(kTypicalWork, 1 * kSecond);
  outstanding.Sent(kTypicalWork, 4 * kSecond);
  const std::int64_t now = 9 * kSecond;
  // 8 s and 5 s, if no answer ever came, or the latest came before all.
  EXPECT_DOUBLE_EQ(outstanding.AgesSeconds(now, Outstanding::kNever), 13);
  EXPECT_DOUBLE_EQ(outstanding.AgesSeconds(now, 0), 13);
  // An answer of 3 s ago: 3 s for each.
  EXPECT_DOUBLE_EQ(outstanding.AgesSeconds(now, 6 * kSecond), 6);
  EXPECT_EQ(outstanding.AgesSeconds(now, now), 0);
  // By another thread's clock, which is ahead.
  EXPECT_EQ(outstanding.AgesSeconds(now, now + kSecond), 0);
  EXPECT_EQ(outstanding.AgesSeconds(0, Outstanding::kNever), 0);
  // The mean age does not ask for answers.
  EXPECT_DOUBLE_EQ(outstanding.MeanAgeSeconds(now), 6.5);
}

// The sums are of whole numbers, so nothing is left of however many.
TEST(OutstandingTest, IsExactToTheLastRequest) {
  struct Request {
    Work work;
    std::int64_t start_ns;
    bool answered;
  };
  const std::uint64_t seed = GivenSeed().value_or(1);
  SCOPED_TRACE("repeat with ELS_TEST_SEED=" + std::to_string(seed));
  Random random(seed);
  Outstanding outstanding;
  std::vector<Request> requests;
  const auto expect_same = [&] {
    double work = 0;
    double answered_work = 0;
    double ages_s = 0;
    std::uint32_t answered = 0;
    for (const Request& request : requests) {
      answered += request.answered;
      (request.answered ? answered_work : work) += FromWork(request.work);
      if (!request.answered) ages_s += Seconds(kSecond - request.start_ns);
    }
    ASSERT_EQ(outstanding.count(), requests.size());
    ASSERT_EQ(outstanding.answered(), answered);
    ASSERT_EQ(outstanding.waiting(), requests.size() - answered);
    ASSERT_EQ(outstanding.waiting_work(), work);
    ASSERT_EQ(outstanding.answered_work(), answered_work);
    ASSERT_NEAR(outstanding.AgesSeconds(kSecond, Outstanding::kNever), ages_s,
                1e-9 * ages_s);
  };
  const auto end_one = [&] {
    const std::size_t which = random.Below(requests.size());
    Request& request = requests[which];
    if (!request.answered) {
      outstanding.Settled(request.work, request.start_ns);
      request.answered = true;
      if (random.Below(2) == 0) return;
    }
    outstanding.Released(request.work);
    requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(which));
  };
  for (int step = 0; step < 5000; ++step) {
    if (random.Below(3) != 0 || requests.empty()) {
      const double work = std::exp2(static_cast<double>(random.Below(33)) - 12);
      const auto start_ns = static_cast<std::int64_t>(random.Below(kSecond));
      requests.push_back({ToWork(work), start_ns, false});
      outstanding.Sent(requests.back().work, start_ns);
    } else {
      end_one();
    }
    expect_same();
    if (HasFatalFailure()) return;
  }
  while (!requests.empty()) end_one();
  EXPECT_EQ(outstanding.count(), 0u);
  EXPECT_EQ(outstanding.waiting_work(), 0);
  EXPECT_EQ(outstanding.answered_work(), 0);
  EXPECT_EQ(outstanding.AgesSeconds(kSecond, Outstanding::kNever), 0);
}

}  // namespace
}  // namespace els::internal
