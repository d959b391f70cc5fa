#include "sim/tuning/option_space.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "els/options_text.h"

namespace els_sim {
namespace {

TunedOption Option(const std::string& text) {
  const auto option = ParseTunedOption(text, els::Options());
  EXPECT_TRUE(option.ok()) << option.status();
  return option.value_or(TunedOption());
}

std::string ErrorOf(const std::string& text) {
  return std::string(ParseTunedOption(text, els::Options()).status().message());
}

els::Options StartOf(const std::string& text) {
  return els::ParseOptions(text).value();
}

TEST(OptionSpace, ReachesFromAnEighthToEightTimesTheStart) {
  const auto option =
      ParseTunedOption("latency_memory", StartOf("latency_memory = 4s"));
  ASSERT_TRUE(option.ok()) << option.status();
  EXPECT_EQ(option->low, 0.5);
  EXPECT_EQ(option->high, 32);
  EXPECT_EQ(option->start, 4);
  EXPECT_EQ(option->scale, Scale::kLogarithmic);
}

TEST(OptionSpace, EndsWhereTheLibraryDoes) {
  // Its range is 1 to 1000.
  const auto factor =
      ParseTunedOption("overdue_factor", StartOf("overdue_factor = 2"));
  ASSERT_TRUE(factor.ok()) << factor.status();
  EXPECT_EQ(factor->low, 1);
  EXPECT_EQ(factor->high, 16);
  // Its range is 0 to 0.9.
  const auto limit = ParseTunedOption("turn_limit", StartOf("turn_limit=0.2"));
  ASSERT_TRUE(limit.ok()) << limit.status();
  EXPECT_EQ(limit->low, 0.2 / 8);
  EXPECT_EQ(limit->high, 0.9);
}

TEST(OptionSpace, TakesFractionsByLogitAndRangesFromZeroAsTheyAre) {
  EXPECT_EQ(Option("turn_limit=0.1..0.9").scale, Scale::kLogit);
  EXPECT_EQ(Option("turn_limit=0..0.9").scale, Scale::kLinear);
  EXPECT_EQ(Option("failure_cost_factor=0..9").scale, Scale::kLinear);
  EXPECT_EQ(Option("failure_cost_factor=0.5..0.9").scale, Scale::kLogarithmic);
}

TEST(OptionSpace, PutsTheMiddleWhereTheScaleHasIt) {
  EXPECT_EQ(ValueAt(Option("latency_memory=0.5s..32s"), 0.5), 4);
  EXPECT_EQ(ValueAt(Option("turn_limit=0.2..0.8"), 0.5), 0.5);
  EXPECT_EQ(ValueAt(Option("turn_limit=0..0.9"), 0.5), 0.45);
}

TEST(OptionSpace, PutsTheEndsOfARangeAtItsEnds) {
  for (const char* text : {"latency_memory=1234567ns..20s",
                           "turn_limit=0.12345..0.8", "turn_slope=0..10"}) {
    const TunedOption option = Option(text);
    EXPECT_EQ(ValueAt(option, 0), option.low) << text;
    EXPECT_EQ(ValueAt(option, 1), option.high) << text;
    EXPECT_EQ(PlaceOf(option, option.low), 0) << text;
    EXPECT_EQ(PlaceOf(option, option.high), 1) << text;
    EXPECT_EQ(PlaceOf(option, 2 * option.high), 1) << text;
    EXPECT_NEAR(PlaceOf(option, ValueAt(option, 0.3)), 0.3, 0.005) << text;
  }
}

TEST(OptionSpace, HalvesAndDoublesWithinWhatIsLegal) {
  const els::Options start;
  EXPECT_EQ(Scaled(Option("overdue_factor"), 3, 2, start), 6);
  EXPECT_EQ(Scaled(Option("overdue_factor"), 1, 0.5, start), 1);
  EXPECT_EQ(Scaled(Option("turn_limit"), 0.5, 2, start), 0.9);
}

TEST(OptionSpace, IsWhatTheLibraryReadsBack) {
  const std::vector<TunedOption> all = AllTunedOptions(els::Options());
  EXPECT_GE(all.size(), 10);
  Values values;
  for (const TunedOption& option : all) values.push_back(ValueAt(option, 0.6));
  const auto options = WithValues(els::Options(), all, values);
  ASSERT_TRUE(options.ok()) << options.status();
  const std::string text = els::PrintOptions(*options);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string line =
        all[i].name + " = " + ValueText(all[i], values[i]) + "\n";
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
}

TEST(OptionSpace, SearchesNeitherSeedNorChoiceNorWhatIsZero) {
  for (const TunedOption& option :
       AllTunedOptions(StartOf("removed_memory = 0s"))) {
    EXPECT_NE(option.name, "seed");
    EXPECT_NE(option.name, "choice");
    EXPECT_NE(option.name, "removed_memory");
  }
}

TEST(OptionSpace, SearchesParallelismOnlyInARangeThatIsGiven) {
  for (const TunedOption& option : AllTunedOptions(els::Options())) {
    EXPECT_NE(option.name, "parallelism");
  }
  EXPECT_EQ(Option("parallelism=0..1").high, 1);
  EXPECT_EQ(Option("parallelism=0..1").scale, Scale::kLinear);
}

TEST(OptionSpace, TakesAnAnsweredWeightAsTheFractionThatItIs) {
  const TunedOption option = Option("answered_weight");
  EXPECT_EQ(option.low, 0.01 / 8);
  EXPECT_EQ(option.high, 0.01 * 8);
  EXPECT_EQ(option.scale, Scale::kLogit);
}

TEST(OptionSpace, SaysWhatIsWrongWithAName) {
  for (const char* text : {"latency_memry", "seed", "choice=1..2", ""}) {
    EXPECT_NE(ErrorOf(text).find("there is no numeric option '"),
              std::string::npos)
        << ErrorOf(text);
    EXPECT_NE(ErrorOf(text).find("latency_memory, "), std::string::npos);
  }
  EXPECT_NE(
      std::string(ParseTunedOption("turn_slope", StartOf("turn_slope = 0"))
                      .status()
                      .message())
          .find("turn_slope is 0, from which no range follows"),
      std::string::npos);
}

TEST(OptionSpace, SaysWhatIsWrongWithARange) {
  EXPECT_NE(ErrorOf("turn_limit=0.1..1.5")
                .find("turn_limit is \"1.5\"; it must be a number from 0"),
            std::string::npos)
      << ErrorOf("turn_limit=0.1..1.5");
  EXPECT_NE(ErrorOf("latency_memory=2..5").find("latency_memory is \"2\""),
            std::string::npos);
  EXPECT_NE(ErrorOf("latency_memory=2s").find("'2s' is no range LOW..HIGH"),
            std::string::npos);
  EXPECT_NE(ErrorOf("latency_memory=5s..2s").find("5s is not below 2s"),
            std::string::npos);
}

}  // namespace
}  // namespace els_sim
