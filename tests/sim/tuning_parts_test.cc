// The parts of a search that need no simulation.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/files/catalogue.h"
#include "sim/tuning/catalogue_split.h"
#include "sim/tuning/forecast.h"
#include "sim/tuning/journal.h"
#include "sim/tuning/judge.h"
#include "sim/tuning/minimise.h"
#include "sim/tuning/pareto.h"
#include "sim/tuning/sobol.h"
#include "tests/sim/tune_setup.h"

namespace els_sim {
namespace {

TEST(Sobol, HasThePointsOfTheLiterature) {
  const std::vector<std::vector<double>> points = {
      {0.5, 0.5, 0.5},       {0.75, 0.25, 0.25},    {0.25, 0.75, 0.75},
      {0.375, 0.375, 0.625}, {0.875, 0.875, 0.125}, {0.625, 0.125, 0.875},
      {0.125, 0.625, 0.375}};
  EXPECT_EQ(SobolPoints(7, 3), points);
}

TEST(Sobol, PutsOnePointIntoEachSliceOfEachDimension) {
  std::vector<std::set<int>> slices(20);
  for (const std::vector<double>& point : SobolPoints(63, 20)) {
    for (std::size_t i = 0; i < point.size(); ++i) {
      slices[i].insert(static_cast<int>(64 * point[i]));
    }
  }
  for (const std::set<int>& slice : slices) EXPECT_EQ(slice.size(), 63);
}

TEST(ParetoSet, LeavesOutWhatIsBeaten) {
  EXPECT_EQ(ParetoSet({{1, 1, 1}, {2, 1, 1}, {0, 2, 1}, {3, 3, 0}}),
            (std::vector<std::size_t>{0, 2, 3}));
}

TEST(ParetoSet, KeepsTheFirstOfEquals) {
  EXPECT_EQ(ParetoSet({{2, 2, 2}, {1, 1, 1}, {1, 1, 1}}),
            std::vector<std::size_t>{1});
  EXPECT_TRUE(ParetoSet({}).empty());
}

TEST(Minimise, FindsTheBottomOfABowl) {
  double least = 1e9;
  std::vector<double> at;
  std::size_t asked = 0;
  Minimise({0.9, 0.9, 0.1}, 400, [&](const std::vector<double>& point) {
    ++asked;
    double height = 0;
    for (const double x : point) height += (x - 0.25) * (x - 0.25);
    if (height < least) at = point;
    least = std::min(least, height);
    return std::optional<double>(height);
  });
  EXPECT_LE(asked, 400);
  for (const double x : at) EXPECT_NEAR(x, 0.25, 0.01);
}

TEST(Minimise, StaysInTheCubeAndStopsWhenTold) {
  int asked = 0;
  Minimise({1, 0}, 100, [&asked](const std::vector<double>& point) {
    for (const double x : point) EXPECT_TRUE(x >= 0 && x <= 1) << x;
    return ++asked < 7 ? std::optional<double>(-point[0]) : std::nullopt;
  });
  EXPECT_EQ(asked, 7);
}

TEST(Judgement, PutsWhatKeepsTheConstraintsFirst) {
  const Judgement good = {.objective = 5};
  const Judgement better = {.objective = 4};
  const Judgement broken = {.objective = 1, .violation = 0.1};
  const Judgement worse = {.objective = 0, .violation = 0.2};
  EXPECT_TRUE(IsBetter(better, good));
  EXPECT_TRUE(IsBetter(good, broken));
  EXPECT_TRUE(IsBetter(broken, worse));
  EXPECT_FALSE(IsBetter(good, good));
}

TEST(Forecast, CountsWhatIsLeft) {
  const TunePlan plan = SmallTune();
  // Three scenarios, nine seeds; the yardstick, the start and the tuned.
  EXPECT_EQ(ForecastRuns(plan, TunePart::kCompare, 0), 81);
  // Half and twice two options in one scenario.
  EXPECT_EQ(ForecastRuns(plan, TunePart::kDisturb, 0), 81 + 36);
  // Two points are left, and every fifth is held against the constraint.
  EXPECT_EQ(ForecastRuns(plan, TunePart::kPolish, 10), 81 + 36 + 18 + 3);
  // One point with the six seeds of the last rung that are new.
  EXPECT_EQ(ForecastRuns(plan, TunePart::kExplore, 2),
            ForecastRuns(plan, TunePart::kPolish, 0) + 12);
}

TEST(CatalogueSplit, NamesScenariosThatThereAreAndEachOnce) {
  std::set<std::string_view> seen;
  for (const Family& family : Families()) {
    for (const std::string_view name : family.scenarios) {
      EXPECT_TRUE(FindScenario(name).has_value()) << name;
      EXPECT_TRUE(seen.insert(name).second) << name;
    }
  }
}

TEST(CatalogueSplit, HasARoleForEveryScenario) {
  std::size_t count = 0;
  for (const Role role : {Role::kTrain, Role::kConstraint, Role::kHoldOut}) {
    const auto names = CatalogueFor(role);
    EXPECT_GT(names.size(), 5);
    count += names.size();
  }
  EXPECT_EQ(count, CatalogueNames().size());
}

class JournalFile : public testing::Test {
 protected:
  JournalFile() : path_(testing::TempDir() + "/" + Name() + ".journal") {
    std::remove(path_.c_str());
  }
  ~JournalFile() override { std::remove(path_.c_str()); }

  static std::string Name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name() +
           std::to_string(getpid());
  }

  void Add(const std::string& text) const {
    std::ofstream(path_, std::ios::app) << text;
  }

  std::string Error() const {
    return std::string(ReadJournal(path_).status().message());
  }

  const std::string path_;
};

TEST_F(JournalFile, KeepsEveryBit) {
  const Outcome one = {
      .cost_ns = 1e8 / 3, .p99_ns = 7, .errors = 2, .requests = 9};
  const Outcome other = {
      .cost_ns = 0.1, .p99_ns = 8, .errors = 0, .requests = 1};
  {
    auto journal = Journal::Create(
        path_, {.arguments = {"a b", "x\ny"}, .start = "p = 1\nq = 2\n"});
    ASSERT_TRUE(journal.ok()) << journal.status();
    ASSERT_TRUE((*journal)->Append("v=1 w=2", 3, 11, one).ok());
  }
  Add("run 0 3 1");  // As if cut off.
  const auto half = ReadJournal(path_);
  ASSERT_TRUE(half.ok()) << half.status();
  {
    auto journal = Journal::Continue(path_, *half);
    ASSERT_TRUE(journal.ok()) << journal.status();
    ASSERT_TRUE((*journal)->Append("v=2 w=2", 0, 12, other).ok());
    ASSERT_TRUE((*journal)->Append("v=1 w=2", 4, 12, other).ok());
  }
  const auto all = ReadJournal(path_);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->arguments, (std::vector<std::string>{"a b", "x\ny"}));
  EXPECT_EQ(all->start, "p = 1\nq = 2\n");
  EXPECT_EQ(all->options, (std::vector<std::string>{"v=1 w=2", "v=2 w=2"}));
  ASSERT_EQ(all->runs.size(), 3);
  EXPECT_EQ(all->runs[0].outcome, one);
  EXPECT_EQ(all->runs[1].outcome, other);
  EXPECT_EQ(all->runs[2].options, 0);
  EXPECT_EQ(all->runs[2].scenario, 4);
  EXPECT_EQ(all->runs[2].seed, 12);
}

TEST_F(JournalFile, DoesNotOverwriteOne) {
  ASSERT_TRUE(Journal::Create(path_, {}).ok());
  const auto again = Journal::Create(path_, {});
  EXPECT_NE(again.status().message().find("--resume " + path_),
            absl::string_view::npos)
      << again.status();
}

TEST_F(JournalFile, NamesTheLineThatIsWrong) {
  EXPECT_NE(Error().find("cannot read " + path_), std::string::npos);
  Add("some text\n");
  EXPECT_NE(Error().find(path_ + ": line 1: \"some text\""), std::string::npos)
      << Error();
  std::remove(path_.c_str());
  Add("els-sim tune journal 1\nargument slow\nrun 0 0 1 1 1 1 1\n");
  EXPECT_NE(Error().find(path_ + ": line 3: \"run 0 "), std::string::npos)
      << Error();
}

}  // namespace
}  // namespace els_sim
