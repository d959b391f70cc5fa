// More keys than there are places: which of them are forgotten.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "els/random.h"
#include "els/work_estimator.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// All keys have to share eight places.
constexpr WorkEstimatorOptions kOneGroup = {.keys = 8};

void Learn(WorkEstimator& estimator, const std::string& key, double cost,
           int times, TimePoint now) {
  for (int i = 0; i < times; ++i) estimator.Learn(key, cost, now);
}

// Each key has a cost of its own, so that a key that is known does not have
// just the mean cost.
double CostOf(int key) {
  return 1 + Random(static_cast<std::uint64_t>(key)).Uniform();
}

bool IsKnown(const WorkEstimator& estimator, const std::string& key) {
  return estimator.Work(key) != 1;
}

// Makes `from` to `to` - 1 known, each by `times` costs.
void LearnKeys(WorkEstimator& estimator, int from, int to, int times,
               TimePoint now) {
  for (int key = from; key < to; ++key) {
    Learn(estimator, std::to_string(key), CostOf(key), times, now);
  }
}

int CountKnown(const WorkEstimator& estimator, int from, int to) {
  int known = 0;
  for (int key = from; key < to; ++key) {
    if (IsKnown(estimator, std::to_string(key))) ++known;
  }
  return known;
}

TEST(WorkEstimatorKeysTest, EightKeysHaveRoomInEightPlaces) {
  for (const std::uint64_t keys : {1, 7, 8}) {
    VirtualClock clock;
    WorkEstimator estimator({.keys = keys});
    LearnKeys(estimator, 0, 8, 5, clock.now());
    EXPECT_EQ(CountKnown(estimator, 0, 8), 8);
  }
}

TEST(WorkEstimatorKeysTest, TheRarestMakesRoomAndIsAsGoodAsNew) {
  VirtualClock clock;
  WorkEstimator estimator(kOneGroup);
  for (int key = 0; key < 8; ++key) {
    const int times = key == 5 ? 2 : 3 + key;
    Learn(estimator, std::to_string(key), CostOf(key), times, clock.now());
  }
  Learn(estimator, "new", 1, 1, clock.now());
  EXPECT_EQ(estimator.Work("5"), 1);
  EXPECT_EQ(CountKnown(estimator, 0, 8), 7);
  EXPECT_TRUE(IsKnown(estimator, "new"));
}

// Ten costs of long ago weigh less than two of now.
TEST(WorkEstimatorKeysTest, RareIsWhatHasNotComeForLong) {
  VirtualClock clock;
  WorkEstimator estimator(kOneGroup);
  LearnKeys(estimator, 0, 1, 10, clock.now());
  clock.Advance(minutes(20));
  LearnKeys(estimator, 1, 8, 2, clock.now());
  Learn(estimator, "new", 1, 1, clock.now());
  EXPECT_EQ(estimator.Work("0"), 1);
  EXPECT_EQ(CountKnown(estimator, 1, 8), 7);
}

TEST(WorkEstimatorKeysTest, OfTheEquallyRareTheFirstToComeIsTheFirstToGo) {
  VirtualClock clock;
  WorkEstimator estimator(kOneGroup);
  LearnKeys(estimator, 0, 8, 1, clock.now());
  for (int key = 8; key < 30; ++key) {
    LearnKeys(estimator, key, key + 1, 1, clock.now());
    EXPECT_EQ(CountKnown(estimator, 0, key - 7), 0) << key;
  }
}

// Follows which keys are known, and how often each came since it became known.
class Known {
 public:
  explicit Known(const WorkEstimator& estimator) : estimator_(estimator) {}

  // Says that the key was learnt. It is known now; if it was not, and eight
  // were, one of the rarest of those is not any more, and no other.
  void Learnt(int key) {
    const int least = Least();
    const bool was_known = times_.contains(key);
    ++times_[key];
    int forgotten = 0;
    for (auto place = times_.begin(); place != times_.end();) {
      if (IsKnown(estimator_, std::to_string(place->first))) {
        ++place;
        continue;
      }
      EXPECT_NE(place->first, key);
      EXPECT_EQ(place->second, least) << place->first;
      ++forgotten;
      place = times_.erase(place);
    }
    EXPECT_EQ(times_.size(), 8u);
    EXPECT_EQ(forgotten, was_known ? 0 : 1);
  }

  // Says that the key was learnt, which had a place.
  void Start(int key) { times_[key] = 1; }

 private:
  int Least() const {
    return std::min_element(
               times_.begin(), times_.end(),
               [](const auto& a, const auto& b) { return a.second < b.second; })
        ->second;
  }

  const WorkEstimator& estimator_;
  std::map<int, int> times_;
};

TEST(WorkEstimatorKeysTest, ANewKeyTakesThePlaceOfOneOfTheRarestOnly) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random(seed);
    VirtualClock clock;
    WorkEstimator estimator(kOneGroup);
    Known known(estimator);
    LearnKeys(estimator, 0, 8, 1, clock.now());
    for (int key = 0; key < 8; ++key) known.Start(key);
    for (int i = 0; i < 200; ++i) {
      // The lower a key, the more often it comes.
      const int key = static_cast<int>(random.Below(1 + random.Below(14)));
      estimator.Learn(std::to_string(key), CostOf(key), clock.now());
      known.Learnt(key);
    }
  }
}

TEST(WorkEstimatorKeysTest, SevenOfEightPlacesStayWithFrequentKeys) {
  VirtualClock clock;
  WorkEstimator estimator(kOneGroup);
  LearnKeys(estimator, 0, 8, 10, clock.now());
  LearnKeys(estimator, 1000, 101'000, 1, clock.now());
  EXPECT_EQ(CountKnown(estimator, 0, 8), 7);
}

// They take a quarter of the places, so that in some groups there may be more
// than seven: by the Poisson distribution one group of 900 with two on average.
TEST(WorkEstimatorKeysTest, KeysThatComeOnceDoNotPushOutFrequentKeys) {
  VirtualClock clock;
  WorkEstimator estimator;
  LearnKeys(estimator, 0, 256, 20, clock.now());
  ASSERT_EQ(CountKnown(estimator, 0, 256), 256);
  LearnKeys(estimator, 1000, 301'000, 1, clock.now());
  EXPECT_GE(CountKnown(estimator, 0, 256), 255);
}

// For two hours, twelve memories, each frequent key comes every 50 s, and
// nearly 10,000 others for each of them.
TEST(WorkEstimatorKeysTest, FrequentKeysStayForAsLongAsTheyAreFrequent) {
  VirtualClock clock;
  WorkEstimator estimator;
  LearnKeys(estimator, 0, 50, 10, clock.now());
  int other = 1000;
  for (int i = 0; i < 7200; ++i) {
    clock.Advance(seconds(1));
    LearnKeys(estimator, i % 50, i % 50 + 1, 1, clock.now());
    LearnKeys(estimator, other, other + 197, 1, clock.now());
    other += 197;
  }
  EXPECT_EQ(CountKnown(estimator, 0, 50), 50);
  // Without them the others take their places.
  for (int i = 0; i < 3600; ++i) {
    LearnKeys(estimator, other, other + 197, 1, clock.Advance(seconds(1)));
    other += 197;
  }
  EXPECT_EQ(CountKnown(estimator, 0, 50), 0);
}

// It comes to a table full of keys that came once, among fifty times as many.
TEST(WorkEstimatorKeysTest, ANewFrequentKeyGetsInAmongKeysThatComeOnce) {
  VirtualClock clock;
  WorkEstimator estimator;
  LearnKeys(estimator, 0, 200, 20, clock.now());
  int other = 1000;
  for (int i = 0; i < 200; ++i) {
    Learn(estimator, "newcomer", 30, 1, clock.now());
    LearnKeys(estimator, other, other + 50, 1, clock.Advance(milliseconds(50)));
    other += 50;
  }
  // Of 200 costs of 30, where others cost 3.
  EXPECT_GT(estimator.Work("newcomer"), 7);
}

// The mean of all is that of all requests, known keys or not.
TEST(WorkEstimatorKeysTest, ForgottenKeysCountInTheMeanOfAll) {
  VirtualClock clock;
  WorkEstimator estimator(kOneGroup);
  Learn(estimator, "a", 2, 1000, clock.now());
  for (int i = 0; i < 3000; ++i) {
    Learn(estimator, std::to_string(i), 6, 1, clock.now());
  }
  // The mean is 5, so the work (1000 * 2 / 5 + 3) / 1003.
  EXPECT_DOUBLE_EQ(estimator.Work("a"), 403.0 / 1003);
}

// The places of keys and the bits of the results are the same on every machine
// and with every compiler.
TEST(WorkEstimatorKeysTest, ResultsAreTheSameEverywhere) {
  VirtualClock clock;
  WorkEstimator estimator({.keys = 64, .memory = seconds(10)});
  Random random(1);
  std::uint64_t digest = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string key =
        "/a/long/route/" + std::to_string(random.Below(1 + random.Below(300)));
    clock.Advance(milliseconds(random.Below(20)));
    estimator.Learn(key, 1 + 9 * random.Uniform(), clock.now());
    const double work =
        estimator.Work("/a/long/route/" + std::to_string(i % 300));
    digest = std::rotl(digest, 5) ^ std::bit_cast<std::uint64_t>(work);
  }
  EXPECT_EQ(digest, 1209408734252440074);
}

}  // namespace
}  // namespace els
