#include "sim/results/shard_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/results/contest_page.h"
#include "sim/results/contest_report.h"
#include "sim/results/line_reader.h"
#include "sim/results/shard_text.h"
#include "tests/sim/small_contest.h"

namespace els_sim {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// "pair" has a blank, a newline and more in the word it is found by.
const char* const kOddWord = "a b/\xc3\xa9\n.toml";

ContestPlan Plan() {
  ContestPlan plan = SmallPlan();
  plan.scenarios[0].origin = {.word = "alone", .fingerprint = 1};
  plan.scenarios[1].origin = {.word = kOddWord, .fingerprint = 0xfeed};
  plan.with_timelines = true;
  return plan;
}

absl::StatusOr<Scenario> Find(const std::string& word) {
  for (const Scenario& scenario : Plan().scenarios) {
    if (scenario.origin.word == word) return scenario;
  }
  return absl::NotFoundError("cannot find '" + word + "'");
}

std::string TextOf(const ContestPlan& plan, Shard shard) {
  return ShardText(plan, shard,
                   RunStretches(plan, StretchesOf(plan, shard), 1));
}

// The text with an end that fits.
std::string Sealed(std::string text) { return text + ShardEnd(text); }

std::string WithoutEnd(const std::string& text) {
  return text.substr(0, text.rfind("end "));
}

std::string Replaced(std::string text, const std::string& from,
                     const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return Sealed(WithoutEnd(text.replace(at, from.size(), to)));
}

std::string ErrorOf(const std::string& text) {
  return std::string(ShardMerger(Find).Add("a", text).message());
}

TEST(ShardMerger, GivesWhatOneMachineWouldHaveGiven) {
  const Contest whole = RunContest(Plan(), 1);
  for (const std::size_t count : {1, 2, 5, 30}) {
    ShardMerger merger(Find);
    for (std::size_t i = count; i > 0; --i) {
      EXPECT_EQ(merger.Add("a", TextOf(Plan(), {i, count})).message(), "");
    }
    const auto contest = merger.Finish();
    ASSERT_TRUE(contest.ok()) << contest.status().message();
    EXPECT_EQ(ContestJson(*contest), ContestJson(whole));
    EXPECT_EQ(RenderContest(*contest), RenderContest(whole));
    EXPECT_EQ(ContestPage(*contest), ContestPage(whole));
  }
}

TEST(ShardMerger, KeepsTheLoadThatTheScenarioWasGiven) {
  Scenario scenario = {.servers = {{}}, .origin = {.word = "loaded"}};
  const auto find = [scenario](const std::string&) { return scenario; };
  ContestPlan plan = Plan();
  std::get<OpenArrivals>(scenario.arrivals).load = 0.1;
  plan.scenarios = {scenario};
  ShardMerger merger(find);
  ASSERT_TRUE(merger.Add("a", TextOf(plan, {})).ok());
  EXPECT_EQ(LoadOf(merger.Finish()->plan.scenarios[0]), 0.1);
}

TEST(ShardMerger, RefusesWhatIsNoShard) {
  EXPECT_EQ(ErrorOf(""), "a:1: must begin with 'els-sim-shard'");
  EXPECT_EQ(ErrorOf("scenario,load\n"), "a:1: must begin with 'els-sim-shard'");
  EXPECT_EQ(ErrorOf("els-sim-shard 2\n"),
            "a:1: is of a format that this els-sim does not know");
  EXPECT_EQ(ErrorOf("els-sim-shard 1\nshard 3 2\n"),
            "a:2: must be 'shard I N' with I from 1 to N");
}

TEST(ShardMerger, RefusesWhatWasCutOffOrChangedAnywhere) {
  const std::string text = TextOf(Plan(), {1, 2});
  ASSERT_EQ(ErrorOf(text), "");
  const std::size_t head = text.find("seeds");
  for (std::size_t i = head; i < text.size(); ++i) {
    EXPECT_THAT(ErrorOf(text.substr(0, i)), HasSubstr("cut off or changed"));
    std::string changed = text;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_THAT(ErrorOf(changed), HasSubstr("cut off or changed"));
  }
}

TEST(ShardMerger, RefusesWhatItCannotFindAgain) {
  const std::string text = TextOf(Plan(), {1, 2});
  EXPECT_EQ(ErrorOf(Replaced(text, " alone", " elsewhere")),
            "a:6: cannot find 'elsewhere'");
  EXPECT_EQ(ErrorOf(Replaced(text, "0000feed", "0000beef")),
            "a:7: 'a b/\xc3\xa9\n.toml' is not the scenario here that it was "
            "where the shard was made");
  EXPECT_EQ(ErrorOf(Replaced(text, "policy round-robin", "policy new")),
            "a:8: there is no policy 'new'");
}

TEST(ShardMerger, RefusesValuesThatAreNone) {
  const std::string text = TextOf(Plan(), {1, 2});
  EXPECT_EQ(ErrorOf(Replaced(text, "seeds 1 3", "seeds 1 x")),
            "a:3: lacks an integer");
  EXPECT_EQ(ErrorOf(Replaced(text, "base 0", "base 2")),
            "a:9: ends a plan that has no runs");
  EXPECT_THAT(ErrorOf(Replaced(text, "costs_s ", "costs_s nan ")),
              MatchesRegex("a:[0-9]+: lacks a hexadecimal number"));
  EXPECT_THAT(ErrorOf(Replaced(text, "histogram ", "histogram 1 ")),
              MatchesRegex("a:[0-9]+: is no histogram"));
  EXPECT_THAT(ErrorOf(Replaced(text, "stretch 0", "stretch 1")),
              MatchesRegex("a:[0-9]+: is not this shard's"));
  EXPECT_THAT(ErrorOf(Sealed(WithoutEnd(text) + "more\n")),
              MatchesRegex("a:[0-9]+: must begin with 'end'"));
}

TEST(ShardMerger, RefusesShardsOfDifferentComparisons) {
  ShardMerger merger(Find);
  ASSERT_TRUE(merger.Add("a", TextOf(Plan(), {1, 2})).ok());
  EXPECT_EQ(merger.Add("b", TextOf(Plan(), {1, 3})).message(),
            "b is one of 3 shards, but a one of 2");
  ContestPlan other = Plan();
  other.seeds.count = 4;
  EXPECT_EQ(merger.Add("b", TextOf(other, {2, 2})).message(),
            "b is a shard of another comparison than a: 'seeds 1 4', not "
            "'seeds 1 3'");
  other = Plan();
  other.policies.push_back(FindPolicy("els"));
  EXPECT_EQ(merger.Add("b", TextOf(other, {2, 2})).message(),
            "b is a shard of another comparison than a: 'policy els', not ''");
}

TEST(ShardMerger, NamesTwoOfTheSame) {
  ShardMerger merger(Find);
  ASSERT_TRUE(merger.Add("a", TextOf(Plan(), {1, 2})).ok());
  EXPECT_EQ(merger.Add("b", TextOf(Plan(), {1, 2})).message(),
            "b and a are both shard 1 of 2");
}

TEST(ShardMerger, NamesThoseThatAreMissing) {
  ShardMerger few(Find);
  ASSERT_TRUE(few.Add("a", TextOf(Plan(), {2, 4})).ok());
  EXPECT_EQ(few.Finish().status().message(),
            "of 4 shards there are 1; missing: 1, 3, 4");
  ShardMerger many(Find);
  ASSERT_TRUE(many.Add("a", TextOf(Plan(), {2, 30})).ok());
  EXPECT_EQ(many.Finish().status().message(),
            "of 30 shards there are 1; missing: 1, 3, 4, 5, 6, 7, 8, 9, 10, "
            "11, ...");
}

TEST(HexFloatText, LosesNothing) {
  for (const double value : {0.0, 0.1, 1e-300, -3.5, 5e-324, 1.7e308}) {
    const std::string text = "value " + HexFloatText(value) + " 7";
    LineReader reader("a", text);
    reader.Expect("value");
    EXPECT_EQ(reader.HexFloat(), value) << text;
    EXPECT_EQ(reader.Integer(), 7);
    EXPECT_TRUE(reader.status().ok());
  }
}

TEST(LineReader, ReadsNothingAfterAnError) {
  LineReader reader("a", "one 1\ntwo -2\nthree 3\n");
  EXPECT_FALSE(reader.Begin("on"));
  reader.Expect("one");
  EXPECT_EQ(reader.Integer(), 1);
  reader.Expect("two");
  EXPECT_EQ(reader.Integer(), 0);
  EXPECT_FALSE(reader.Begin("three"));
  reader.Fail("another");
  EXPECT_EQ(reader.status().message(), "a:2: lacks an integer");
}

}  // namespace
}  // namespace els_sim
