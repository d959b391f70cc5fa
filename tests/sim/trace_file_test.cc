#include "sim/files/trace_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "sim/files/service_formula.h"

namespace els_sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class TraceFile : public testing::Test {
 protected:
  TraceFile() { std::filesystem::create_directories(folder_); }
  ~TraceFile() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return (folder_ / "t.csv").string(); }

  absl::StatusOr<TraceReader> Open(const std::string& text,
                                   const TraceColumns& columns = {}) const {
    std::ofstream(Path(), std::ios::binary) << text;
    return TraceReader::Open(Path(), columns);
  }

  // All rows; texts in them are no longer valid.
  std::vector<TraceRow> Rows(const std::string& text,
                             const TraceColumns& columns = {}) const {
    std::vector<TraceRow> rows;
    auto reader = Open(text, columns);
    if (!reader.ok()) {
      ADD_FAILURE() << reader.status();
      return rows;
    }
    for (;;) {
      auto row = reader->Next();
      if (!row.ok()) ADD_FAILURE() << row.status();
      if (!row.ok() || !row->has_value()) return rows;
      rows.push_back(**row);
    }
  }

  // The first error, without the path, which it has to begin with.
  std::string Error(const std::string& text,
                    const TraceColumns& columns = {}) const {
    auto reader = Open(text, columns);
    absl::Status status = reader.status();
    while (status.ok()) {
      const auto row = reader->Next();
      if (row.ok() && !row->has_value()) return "none";
      status = row.status();
    }
    const std::string message(status.message());
    EXPECT_EQ(message.find(Path() + ":"), 0u) << message;
    return message.substr(Path().size() + 1);
  }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      ("trace_file_" + std::to_string(getpid()));
};

TEST_F(TraceFile, HasItsColumnsInAnyOrderAndPassesOverOthers) {
  auto reader = Open(
      "# of yesterday\nbackend,Other,time_s,key,outcome,latency_ms,size,attempt"
      "\n\nweb-1,x,10.5,alice,timeout,2.5,7,\r\n"
      "web-2,,11,bob,,0.001,,2\n");
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_TRUE(reader->has_times());
  EXPECT_TRUE(reader->has_latencies());
  EXPECT_TRUE(reader->has_sizes());
  auto row = reader->Next();
  ASSERT_TRUE(row.ok() && row->has_value()) << row.status();
  EXPECT_EQ((*row)->time, Duration::zero());
  EXPECT_EQ((*row)->latency, microseconds(2500));
  EXPECT_EQ((*row)->size, 7);
  EXPECT_EQ((*row)->key, "alice");
  EXPECT_EQ((*row)->outcome, els::Outcome::kTimeout);
  EXPECT_EQ((*row)->backend, "web-1");
  EXPECT_EQ((*row)->attempt, 1u);
  row = reader->Next();
  ASSERT_TRUE(row.ok() && row->has_value()) << row.status();
  EXPECT_EQ((*row)->time, milliseconds(500));
  EXPECT_EQ((*row)->latency, microseconds(1));
  EXPECT_FALSE((*row)->size.has_value());
  EXPECT_EQ((*row)->outcome, els::Outcome::kSuccess);
  EXPECT_EQ((*row)->backend, "web-2");
  EXPECT_EQ((*row)->attempt, 2u);
  row = reader->Next();
  ASSERT_TRUE(row.ok());
  EXPECT_FALSE(row->has_value());
  EXPECT_EQ(reader->position(), reader->size());
}

TEST_F(TraceFile, KnowsEveryWayToSayWhen) {
  for (const char* text : {
           "time_s\n1700000000.000000001\n1700000001.500000002\n",
           "time_ms\n5\n1505.000001\n",
           "TIME_US\n1e3\n1501000.001\n",
           "time\n2023-11-16T23:59:59.25Z\n2023-11-17T01:00:00.750000001+01:00"
           "\n",
           "Timestamp\n2023-11-16 18:15:46.5\n2023-11-16 18:15:48.000000001\n",
       }) {
    const std::vector<TraceRow> rows = Rows(text);
    ASSERT_EQ(rows.size(), 2u) << text;
    EXPECT_EQ(rows[0].time, Duration::zero()) << text;
    EXPECT_EQ(rows[1].time, nanoseconds(1'500'000'001)) << text;
  }
}

TEST_F(TraceFile, OfNumbersAloneHasLatenciesInMilliseconds) {
  const std::vector<TraceRow> rows = Rows("166.839\n168.701\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].latency, microseconds(166'839));
  EXPECT_EQ(rows[1].latency, microseconds(168'701));
  EXPECT_EQ(rows[1].time, Duration::zero());
}

TEST_F(TraceFile, TakesTheNamesOfColumnsFromElsewhere) {
  const TraceColumns columns = {.names = {"time_s", "", "latency_s"}};
  for (const char* head : {"", "When,Who,Took\n", "time_s,key,latency_ms\n"}) {
    const auto rows = Rows(std::string(head) + "5,a,1\n6,b,2\n", columns);
    ASSERT_EQ(rows.size(), 2u) << head;
    EXPECT_EQ(rows[1].time, seconds(1));
    EXPECT_EQ(rows[1].latency, seconds(2));
    EXPECT_EQ(rows[1].key, "");
  }
  EXPECT_EQ(Error("1,2\n", columns),
            "1: has 2 columns, not the 3 that were "
            "named");
}

TEST_F(TraceFile, GivesTheNumbersOfColumnsThatAreAskedFor) {
  const std::string text = "a,time_s,b,size\n1,0,2.5,3\n4,1,5,6\n";
  const auto rows = Rows(text, {.numbers = {"b", "size", "b"}});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].numbers, (std::vector<double>{5, 6, 5}));
  EXPECT_EQ(rows[1].size, 6);
  EXPECT_EQ(Error(text, {.numbers = {"c"}}),
            "1: there is no column \"c\"; the columns are a,time_s,b,size");
  EXPECT_EQ(Error("a,time_s\nx,1\n", {.numbers = {"a"}}),
            "2: a: \"x\" is no number from 0 to 1e9");
}

TEST_F(TraceFile, NamesTheLineAndTheColumnThatIsWrong) {
  const std::string number = "is no number of 0 or more";
  EXPECT_EQ(Error("time_s\n# a\n1\nx\n"), "4: time_s: \"x\" " + number);
  EXPECT_EQ(Error("time_s\n-1\n"), "2: time_s: \"-1\" " + number);
  EXPECT_EQ(Error("time_s\nnan\n"), "2: time_s: \"nan\" " + number);
  EXPECT_EQ(Error("time_s\n1e99\n"), "2: time_s: \"1e99\" " + number);
  EXPECT_EQ(Error("time\n2023-13-16 18:15:46\n"),
            "2: time: \"2023-13-16 18:15:46\" is no timestamp such as "
            "2023-11-16T18:15:46.68Z");
  EXPECT_EQ(
      Error("time_s\n3\n2.5\n"),
      "3: time_s: \"2.5\" is 500ms before a line above it; sort the file");
  EXPECT_EQ(Error("time_s\n1\n86402\n"),
            "3: time_s: \"86402\" is more than a day after the first line's");
  EXPECT_EQ(Error("latency_s\nx\n"),
            "2: latency_s: \"x\" " + number + ", and at most a day");
  EXPECT_EQ(Error("size\n0\n"),
            "2: size: \"0\" is no number above 0 and at "
            "most 1e9");
  EXPECT_EQ(Error("outcome\nok\n"),
            "2: outcome: \"ok\" is no outcome: success, failure, timeout or "
            "cancelled");
  EXPECT_EQ(Error("attempt\n0\n"),
            "2: attempt: \"0\" is no number from 1 to "
            "100");
  EXPECT_EQ(Error("time_s,key\n1\n"), "2: has 1 columns; the first line has 2");
}

TEST_F(TraceFile, RefusesAFirstLineThatNamesNothingOrTheSameTwice) {
  EXPECT_EQ(Error("a,b\n1,2\n"),
            "1: names no column of a trace, such as time_s or latency_s: "
            "\"a,b\"");
  EXPECT_EQ(Error("time_s,key,TIME_MS\n"),
            "1: \"time_s\" and \"TIME_MS\" say the same; only one may be "
            "there");
  EXPECT_EQ(Open("").status().message(), Path() + ": has no line");
  EXPECT_EQ(TraceReader::Open("/nowhere/t.csv", {}).status().message(),
            "/nowhere/t.csv: cannot be read");
}

TEST(ServiceFormula, IsASumOfDurationsEachMayBeTimesAColumn) {
  const auto formula = ServiceFormula::Parse("5ms + 0.2ms*In+20ms * Out + 1ms");
  ASSERT_TRUE(formula.ok()) << formula.status();
  EXPECT_EQ(formula->columns(), (std::vector<std::string>{"In", "Out"}));
  EXPECT_EQ(formula->Of(std::vector<double>{10, 2}), milliseconds(48));
  const auto constant = ServiceFormula::Parse("40ms");
  ASSERT_TRUE(constant.ok());
  EXPECT_EQ(constant->Of({}), milliseconds(40));
}

TEST(ServiceFormula, NamesThePartThatIsNone) {
  for (const auto& [text, part] :
       {std::pair("5ms + x", "\"x\""), std::pair("", "\"\""),
        std::pair("5ms*", "\"5ms*\""), std::pair("2*In", "\"2*In\""),
        std::pair("1ms++1ms", "\"\"")}) {
    const auto formula = ServiceFormula::Parse(text);
    ASSERT_FALSE(formula.ok()) << text;
    EXPECT_EQ(formula.status().message().find(part), 0u) << formula.status();
  }
}

}  // namespace
}  // namespace els_sim
