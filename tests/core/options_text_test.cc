#include "els/options_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "els/random.h"

namespace els {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::uint64_t BitsOf(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

// All that an Options holds, to be compared to the last bit. Does not compile
// once Options has another number of fields.
auto AllOf(const Options& options) {
  const auto& [seed, choice, initial_latency, first_contact_limit,
               answered_weight, queue_by_work, tail, removed_memory,
               latency_memory, latency_memory_picks, success_memory,
               success_memory_picks, success_memory_spread, trust_after_failure,
               outage_growth, prior_weight, unproven_factor,
               failure_cost_factor, failure_cost_memory, overdue_factor,
               turn_limit, turn_premium, turn_slope, turn_memory, parallelism] =
      options;
  return std::tuple(
      seed, choice, initial_latency, BitsOf(first_contact_limit),
      BitsOf(answered_weight), BitsOf(queue_by_work), BitsOf(tail),
      removed_memory, latency_memory, BitsOf(latency_memory_picks),
      success_memory, BitsOf(success_memory_picks),
      BitsOf(success_memory_spread), BitsOf(trust_after_failure),
      BitsOf(outage_growth), BitsOf(prior_weight), BitsOf(unproven_factor),
      BitsOf(failure_cost_factor), failure_cost_memory, BitsOf(overdue_factor),
      BitsOf(turn_limit), BitsOf(turn_premium), BitsOf(turn_slope), turn_memory,
      BitsOf(parallelism));
}

void ExpectRoundTrip(const Options& options) {
  ASSERT_EQ(options.Validate(), absl::OkStatus());
  const std::string text = PrintOptions(options);
  const absl::StatusOr<Options> parsed = ParseOptions(text);
  ASSERT_EQ(parsed.status(), absl::OkStatus()) << text;
  EXPECT_EQ(AllOf(*parsed), AllOf(options)) << text;
}

// A different value in every field.
const Options kDistinct = {
    .seed = 18446744073709551615u,
    .choice = Choice::kPowerOfTwo,
    .initial_latency = nanoseconds(1),
    .first_contact_limit = 1e6,
    .answered_weight = 0.25,
    .queue_by_work = 0.75,
    .tail = 2.5,
    .removed_memory = hours(16),
    .latency_memory = milliseconds(2),
    .latency_memory_picks = 3.5,
    .success_memory = milliseconds(4'500),
    .success_memory_picks = 5e5,
    .success_memory_spread = 0.6,
    .trust_after_failure = 0.7,
    .outage_growth = 0.8,
    .prior_weight = 7,
    .unproven_factor = 8.125,
    .failure_cost_factor = 9,
    .failure_cost_memory = seconds(600),
    .overdue_factor = 11,
    .turn_limit = 0.12,
    .turn_premium = 0.13,
    .turn_slope = 1e-5,
    .turn_memory = seconds(14 * 60 + 14),
    .parallelism = 0.9,
};

constexpr char kDistinctText[] = R"(seed = 18446744073709551615
choice = power-of-two
initial_latency = 1ns
first_contact_limit = 1e+06
answered_weight = 0.25
queue_by_work = 0.75
tail = 2.5
removed_memory = 16h
latency_memory = 2ms
latency_memory_picks = 3.5
success_memory = 4.5s
success_memory_picks = 5e+05
success_memory_spread = 0.6
trust_after_failure = 0.7
outage_growth = 0.8
prior_weight = 7
unproven_factor = 8.125
failure_cost_factor = 9
failure_cost_memory = 10m
overdue_factor = 11
turn_limit = 0.12
turn_premium = 0.13
turn_slope = 1e-05
turn_memory = 14m14s
parallelism = 0.9
)";

TEST(OptionsTextTest, EachFieldIsPrintedUnderItsOwnName) {
  EXPECT_EQ(PrintOptions(kDistinct), kDistinctText);
}

TEST(OptionsTextTest, EachNameSetsItsOwnField) {
  const absl::StatusOr<Options> parsed = ParseOptions(kDistinctText);
  ASSERT_EQ(parsed.status(), absl::OkStatus());
  EXPECT_EQ(AllOf(*parsed), AllOf(kDistinct));
}

TEST(OptionsTextTest, NoTextLeavesTheDefaults) {
  for (const char* text : {"", "\n", "# nothing\n", " \t\r\n\n  # seed = 5"}) {
    const absl::StatusOr<Options> parsed = ParseOptions(text, kDistinct);
    ASSERT_EQ(parsed.status(), absl::OkStatus()) << text;
    EXPECT_EQ(AllOf(*parsed), AllOf(kDistinct)) << text;
  }
}

TEST(OptionsTextTest, WhatIsNotNamedKeepsItsDefault) {
  Options want = kDistinct;
  want.turn_limit = 0.25;
  const absl::StatusOr<Options> parsed =
      ParseOptions("turn_limit = 0.25", kDistinct);
  ASSERT_EQ(parsed.status(), absl::OkStatus());
  EXPECT_EQ(AllOf(*parsed), AllOf(want));
}

TEST(OptionsTextTest, SpacesCommentsAndTheKindOfLineEndDoNotMatter) {
  Options want;
  want.seed = 5;
  want.choice = Choice::kWeightedRandom;
  want.latency_memory = milliseconds(1500);
  const absl::StatusOr<Options> parsed = ParseOptions(
      "# tuned by hand\r\n\r\n"
      "\tseed=5 # five\r\n"
      "  choice   =weighted-random\n"
      "latency_memory= 1.5s");
  ASSERT_EQ(parsed.status(), absl::OkStatus());
  EXPECT_EQ(AllOf(*parsed), AllOf(want));
}

TEST(OptionsTextTest, TheDefaultsAreReadAsPrinted) {
  ExpectRoundTrip(Options());
}

TEST(OptionsTextTest, TheEndsOfEveryRangeAreReadAsPrinted) {
  Options low = kDistinct;
  low.seed = 0;
  low.choice = Choice::kLowest;
  low.initial_latency = nanoseconds(1);
  low.removed_memory = nanoseconds(0);
  for (const auto memory :
       {&Options::latency_memory, &Options::success_memory,
        &Options::failure_cost_memory, &Options::turn_memory}) {
    low.*memory = milliseconds(1);
  }
  for (const auto from_0 :
       {&Options::latency_memory_picks, &Options::success_memory_picks,
        &Options::success_memory_spread, &Options::failure_cost_factor,
        &Options::turn_limit, &Options::turn_premium, &Options::turn_slope,
        &Options::answered_weight, &Options::queue_by_work, &Options::tail,
        &Options::parallelism}) {
    low.*from_0 = 0;
  }
  for (const auto from_1 : {&Options::unproven_factor, &Options::overdue_factor,
                            &Options::first_contact_limit}) {
    low.*from_1 = 1;
  }
  low.prior_weight = 0.01;
  ExpectRoundTrip(low);

  Options high = low;
  high.seed = UINT64_MAX;
  high.choice = Choice::kWeightedRandom;
  high.initial_latency = hours(1);
  for (const auto day : {&Options::latency_memory, &Options::success_memory,
                         &Options::failure_cost_memory, &Options::turn_memory,
                         &Options::removed_memory}) {
    high.*day = hours(24);
  }
  high.latency_memory_picks = 1e6;
  high.success_memory_picks = 1e6;
  high.success_memory_spread = 0.9;
  high.trust_after_failure = 1;
  high.outage_growth = 10;
  high.prior_weight = 100;
  high.unproven_factor = 100;
  high.failure_cost_factor = 100;
  high.overdue_factor = 1000;
  high.turn_limit = 0.9;
  high.turn_premium = 0.9;
  high.turn_slope = 10;
  high.first_contact_limit = 1e6;
  high.answered_weight = 1;
  high.queue_by_work = 1;
  high.tail = 10;
  high.parallelism = 1;
  ExpectRoundTrip(high);
}

TEST(OptionsTextTest, NumbersOfManyDigitsAreReadAsPrinted) {
  Options options;
  for (const double number :
       {-0.0, 0.1, 1.0 / 3, 0.1 + 0.2, std::numeric_limits<double>::min(),
        std::numeric_limits<double>::denorm_min(), 5e-324, 2.5e-310}) {
    options.turn_limit = number;
    ExpectRoundTrip(options);
  }
}

// Uniform, or from the low end up by powers of two.
Duration DrawDuration(Random& random, Duration low, Duration high) {
  const auto width = static_cast<std::uint64_t>((high - low).count());
  const std::uint64_t narrow = width >> random.Below(47);
  return low + nanoseconds(random.Below(narrow + 1));
}

double DrawNumber(Random& random, double low, double high) {
  return low + random.Uniform() * (high - low);
}

Options DrawOptions(Random& random) {
  Options options;
  auto& [seed, choice, initial_latency, first_contact_limit, answered_weight,
         queue_by_work, tail, removed_memory, latency_memory,
         latency_memory_picks, success_memory, success_memory_picks,
         success_memory_spread, trust_after_failure, outage_growth,
         prior_weight, unproven_factor, failure_cost_factor,
         failure_cost_memory, overdue_factor, turn_limit, turn_premium,
         turn_slope, turn_memory, parallelism] = options;
  seed = random.Bits();
  choice = static_cast<Choice>(random.Below(3));
  initial_latency = DrawDuration(random, nanoseconds(1), hours(1));
  for (Duration* memory :
       {&latency_memory, &success_memory, &failure_cost_memory, &turn_memory}) {
    *memory = DrawDuration(random, milliseconds(1), hours(24));
  }
  removed_memory = DrawDuration(random, nanoseconds(0), hours(24));
  latency_memory_picks = DrawNumber(random, 0, 1e6);
  success_memory_picks = DrawNumber(random, 0, 1e6);
  success_memory_spread = DrawNumber(random, 0, 0.9);
  trust_after_failure = DrawNumber(random, 0, 1);
  outage_growth = DrawNumber(random, 0, 10);
  prior_weight = DrawNumber(random, 0.01, 100);
  unproven_factor = DrawNumber(random, 1, 100);
  failure_cost_factor = DrawNumber(random, 0, 100);
  overdue_factor = DrawNumber(random, 1, 1000);
  turn_limit = DrawNumber(random, 0, 0.9);
  turn_premium = DrawNumber(random, 0, 0.9);
  turn_slope = DrawNumber(random, 0, 10);
  first_contact_limit = DrawNumber(random, 1, 1e6);
  answered_weight = DrawNumber(random, 0, 1);
  queue_by_work = DrawNumber(random, 0, 1);
  tail = DrawNumber(random, 0, 10);
  parallelism = DrawNumber(random, 0, 1);
  return options;
}

TEST(OptionsTextTest, AnyValidOptionsAreReadAsPrinted) {
  constexpr std::uint64_t kSeed = 20150716;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  for (int i = 0; i < 5'000 && !testing::Test::HasFailure(); ++i) {
    ExpectRoundTrip(DrawOptions(random));
  }
}

struct Mistake {
  std::string text;
  std::string start;  // Of the message.
  std::string rest = "";
};

TEST(OptionsTextTest, AMistakeIsNamedWithItsLineAndWhatIsAllowed) {
  const std::string day = "a duration from 1ms to 24h in whole nanoseconds";
  const std::string unit = "with its unit (ns, us, ms, s, m or h)";
  const std::vector<Mistake> all = {
      // Not a line.
      {"seed 5", "line 1: \"seed 5\" is not of the form name = value"},
      {"\n\n  =5", "line 3: there is no option \"\""},
      {"seed = 1\r\nx\xff\x01", "line 2: \"x\\xff\\x01\" is not of the form"},
      // Not a name.
      {"# a\nlatency = 5s", "line 2: there is no option \"latency\"",
       "the options are seed, choice, initial_latency, first_contact_limit,"},
      {"Seed = 5", "line 1: there is no option \"Seed\"", ", parallelism"},
      {"seed = 1\n\nturn_limit = 0\nseed = 1",
       "line 4: seed is given twice, first on line 1"},
      // Not a value.
      {"seed =", "line 1: seed is \"\"; it must be an integer",
       "from 0 to 18446744073709551615"},
      {"seed = -1", "line 1: seed is \"-1\"; it must be an integer"},
      {"seed = 1.0", "line 1: seed is \"1.0\"; it must be an integer"},
      {"seed = 18446744073709551616", "line 1: seed is \"18446744073709551616"},
      {"choice = best", "line 1: choice is \"best\"",
       "it must be one of lowest, power-of-two, weighted-random"},
      {"choice = 0", "line 1: choice is \"0\"; it must be one of lowest"},
      {"latency_memory = 5", "line 1: latency_memory is \"5\"", unit},
      {"latency_memory = 5 s", "line 1: latency_memory is \"5 s\"", day},
      {"latency_memory = 5min", "line 1: latency_memory is \"5min\"", unit},
      {"latency_memory = five", "line 1: latency_memory is \"five\"", day},
      {"latency_memory = 1.0000001ms",
       "line 1: latency_memory is \"1.0000001ms\"", day},
      {"removed_memory = 0.1ns", "line 1: removed_memory is \"0.1ns\"",
       "from 0 to 24h in whole nanoseconds"},
      {"prior_weight = one", "line 1: prior_weight is \"one\"",
       "it must be a number from 0.01 to 100"},
      {"prior_weight = 1s", "line 1: prior_weight is \"1s\"", "a number"},
      {"turn_limit = 0 = 0", "line 1: turn_limit is \"0 = 0\"", "a number"},
      {"turn_limit = 0,5", "line 1: turn_limit is \"0,5\"", "a number"},
      // Not in the range.
      {"initial_latency = 0", "line 1: initial_latency is \"0\"",
       "from 1ns to 1h"},
      {"latency_memory = 24h1ns", "line 1: latency_memory is \"24h1ns\"", day},
      {"turn_memory = inf", "line 1: turn_memory is \"inf\"", day},
      {"turn_memory = -inf", "line 1: turn_memory is \"-inf\"", day},
      {"success_memory = -5s", "line 1: success_memory is \"-5s\"", day},
      {"turn_limit = 0.90000001", "line 1: turn_limit is \"0.90000001\"",
       "it must be a number from 0 to 0.9"},
      {"turn_limit = nan", "line 1: turn_limit is \"nan\"", "from 0 to 0.9"},
      {"turn_limit = inf", "line 1: turn_limit is \"inf\"", "from 0 to 0.9"},
      {"first_contact_limit = 1e400", "line 1: first_contact_limit is \"1e400",
       "from 1 to 1e+06"},
  };
  for (const Mistake& mistake : all) {
    const absl::Status status = ParseOptions(mistake.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument)
        << mistake.text;
    const std::string message(status.message());
    EXPECT_THAT(message, StartsWith(mistake.start)) << mistake.text;
    EXPECT_THAT(message, HasSubstr(mistake.rest)) << mistake.text;
    EXPECT_THAT(message, Not(HasSubstr("\n"))) << mistake.text;
  }
}

TEST(OptionsTextTest, InvalidDefaultsAreAnErrorUnlessTheTextMendsThem) {
  Options defaults;
  defaults.turn_limit = 2;
  const absl::Status status = ParseOptions("seed = 1", defaults).status();
  EXPECT_EQ(status.message(), "turn_limit is 2; it must be from 0 to 0.9");
  EXPECT_EQ(ParseOptions("turn_limit = 0.5", defaults)->turn_limit, 0.5);
}

}  // namespace
}  // namespace els
