#include "sim/traces/recording.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/sim/recording_setup.h"

namespace els_sim {
namespace {

using RecordingFile = RecordingSetup;

TEST_F(RecordingFile, HasItsColumnsInAnyOrderAndPassesOverOthers) {
  EXPECT_EQ(Attempts("# of yesterday\nbackend,Other,time_s,outcome,latency_ms,"
                     "attempt\n\nweb-1,x,10.5,timeout,2.5,\r\n"
                     "web-2,,11,,0.001,2\n"),
            "0 2.5 web-1 timeout\n500 0.001 web-2 success again\n");
  EXPECT_EQ(Attempts("time_s,latency_s,backend\n0,0,a\n1,,a\n"),
            "0 0.5 a success\n1000 ? a success\n");
}

TEST_F(RecordingFile, KnowsEveryWayToSayWhen) {
  for (const char* text : {
           "time_s\n1700000000.000000001\n1700000001.500000001\n",
           "time_ms\n5\n1505\n",
           "TIME_US\n1e3\n1501000\n",
           "time\n2023-11-16T23:59:59.25Z\n2023-11-17T01:00:00.75+01:00\n",
           "Timestamp\n2023-11-16 18:15:46.5\n2023-11-16 18:15:48.0\n",
           "time\n07/Oct/2024:15:59:12.0 +0000\n07/Oct/2024:17:59:13.5 +0200\n",
           "time\n07/Oct/2024:15:59:12.100\n07/Oct/2024:15:59:13.600\n",
           "time;x\n2024/10/07 15:59:12,1;\n2024/10/07 15:59:13,6;\n",
           "time\n1700000000.0\n1700000001.5\n",
           "time\n1700000000000\n1700000001500\n",
           "time\n1700000000000000\n1700000001500000\n",
           "time\n1700000000000000000\n1700000001500000000\n",
       }) {
    EXPECT_EQ(Attempts(text), "0 ?  success\n1500 ?  success\n") << text;
  }
}

TEST_F(RecordingFile, ReadsTheTablesOfSpreadsheets) {
  const std::string attempts = "0 500 a,b success\n1000 250 c\"d success\n";
  for (const char* text : {
           "\"time_s\",\"latency_s\",\"backend\"\n0,0.5,\"a,b\"\n"
           "1,.25,\"c\"\"d\"\n",
           "\xef\xbb\xbftime_s;latency_s;backend\r\n0;0,5;\"a,b\"\r\n"
           "1;0,25;\"c\"\"d\"\r\n",
           "time_s\tlatency_s\tbackend\n0\t0.5\ta,b\n1\t0.25\t\"c\"\"d\"\n",
           "time_s,latency_s,backend,note\n0,0.5,\"a,b\",\"two\n\nlines\"\n"
           "1,0.25,\"c\"\"d\",\n",
           "time_s,latency_s,backend\n0,0.5,\"a,b\"\ntime_s,latency_s,backend\n"
           "1,0.25,\"c\"\"d\"\n",
       }) {
    EXPECT_EQ(Attempts(text), attempts) << text;
  }
}

TEST_F(RecordingFile, OfNumbersAloneHasLatenciesInMilliseconds) {
  EXPECT_EQ(Attempts("166.839\n168.701\n"),
            "0 166.839  success\n0 168.701  success\n");
}

TEST_F(RecordingFile, TakesTheNamesOfColumnsFromElsewhere) {
  const RecordingOptions all = {.columns = {"time_s", "", "latency_s"}};
  for (const char* head : {"", "When,Who,Took\n", "time_s,key,latency_ms\n"}) {
    EXPECT_EQ(Attempts(std::string(head) + "5,a,1\n6,b,2\n", all),
              "0 1000  success\n1000 2000  success\n");
  }
  EXPECT_EQ(Error("1,2\n", all),
            "t.csv: has 2 columns, not the 3 that were named");
  EXPECT_EQ(Attempts("when,took,latency_s\n5,7,1\n",
                     {.columns = {"time_s=when", "latency_ms=took"}}),
            "0 7  success\n");
  EXPECT_EQ(Error("when\n5\n", {.columns = {"time_s=whem"}}),
            "t.csv: there is no column \"whem\"; the columns are \"when\"");
  EXPECT_EQ(Error("when\n5\n", {.columns = {"tim=when"}}),
            "t.csv: --columns: \"tim\" is no meaning, such as latency_ms");
  EXPECT_EQ(Error("{\"time_s\":1}\n", all),
            "t.csv: is no table; --columns needs MEANING=NAME, or a template");
  EXPECT_EQ(Error("{\"when\":1}\n"),
            "t.csv: none of its columns says when requests came or how long "
            "they took: \"when\"; give --columns MEANING=NAME");
  EXPECT_EQ(Attempts("GET /a|web-1|0.250|1700000000.500\n",
                     {.columns = {"$request|$backend|$latency_s|$end_s"}}),
            "0 250 web-1 success\n");
}

TEST_F(RecordingFile, ChoosesTheRequestsOfATime) {
  const std::string text = "time_s\n100\n101\n102\n103\n";
  EXPECT_EQ(Read(text, {.from = "1s", .until = "3s"})->requests, 2u);
  const std::string stamps =
      "time\n2023-11-16T18:15:46.5Z\n2023-11-16T18:15:47.5Z\n";
  EXPECT_EQ(Read(stamps, {.from = "2023-11-16T18:15:47Z"})->requests, 1u);
  EXPECT_EQ(Read(stamps, {.until = "2023-11-16T19:15:47.5+01:00"})->requests,
            1u);
  EXPECT_EQ(Error(text, {.from = "1h"}),
            "t.csv: records no request, but 4 outside of --from and --until "
            "(first line 2)");
  EXPECT_EQ(Error("5\n", {.from = "1h"}),
            "t.csv: has no times, so that --from and --until say nothing");
}

TEST_F(RecordingFile, NamesTheLineAndTheColumnThatIsWrong) {
  const std::string number = "is no number of 0 or more";
  EXPECT_EQ(Error("time_s\n# a\n1\nx\n"), "t.csv:4: time_s: \"x\" " + number);
  EXPECT_EQ(Error("time_s\n-1\n"), "t.csv:2: time_s: \"-1\" " + number);
  EXPECT_EQ(Error("time_s\nnan\n"), "t.csv:2: time_s: \"nan\" " + number);
  EXPECT_EQ(Error("time_s\n1e99\n"), "t.csv:2: time_s: \"1e99\" " + number);
  EXPECT_EQ(Error("time\ninfinite-future\n"),
            "t.csv:2: time: \"infinite-future\" is no timestamp such as "
            "2023-11-16T18:15:46.68Z");
  EXPECT_EQ(Error("time\n17\n"),
            "t.csv:2: time: \"17\" is no time since 1970; if its unit is s, "
            "give --columns time_s=COLUMN");
  EXPECT_EQ(Error("latency\n17\n"),
            "t.csv:2: latency: \"17\" is no time with its unit, such as 12ms; "
            "if the unit is ms, give --columns latency_ms=COLUMN");
  EXPECT_EQ(Error("time_s\n1\n86402\n"),
            "t.csv:3: time_s: is more than a day after line 2; give --from and "
            "--until, at most a day from each other");
  EXPECT_EQ(Error("latency_s\nx\n"),
            "t.csv:2: latency_s: \"x\" " + number + ", and at most a day");
  EXPECT_EQ(Error("size\n0\n"),
            "t.csv:2: size: \"0\" is no number above 0 and at most 1e9");
  EXPECT_EQ(Error("outcome\nfine\n"),
            "t.csv:2: outcome: \"fine\" is no outcome: success, failure, "
            "timeout or cancelled, or a status of HTTP");
  EXPECT_EQ(Error("attempt\n0\n"),
            "t.csv:2: attempt: \"0\" is no number from 1 to 100");
  EXPECT_EQ(Error("time_s,key\n1\n"),
            "t.csv:2: has 1 columns, and not 2: \"1\"");
  EXPECT_EQ(Error("latency_s,backend\n\"1, 2\",a\n"),
            "t.csv:2: backend: \"a\" names 1 backends of 2 tries");
  EXPECT_EQ(Error("latency_s,backend\n1,\"a\n"),
            "t.csv:2: a quote is never closed: \"1,\\\"a\"");
}

TEST_F(RecordingFile, QuotesLittle) {
  const std::string error = Error("time_s\n" + std::string(5000, 'x') + "\n");
  EXPECT_LT(error.size(), 160u) << error;
  EXPECT_NE(error.find("xxx...\" is no number"), std::string::npos) << error;
}

TEST_F(RecordingFile, RefusesAFirstLineThatNamesNothingOrTheSameTwice) {
  EXPECT_EQ(Error("a,b\n1,2\n"),
            "t.csv: names no column of a recording, such as time_s or "
            "latency_s: \"a,b\"; give --columns, or see `els-sim replay "
            "--help`");
  EXPECT_EQ(Error("time_s,key,TIME_MS\n1,2,3\n"),
            "t.csv: \"TIME_MS\" and another column say the same; only one may "
            "be there, or give --columns");
  EXPECT_EQ(Error(""), "t.csv: has no line");
  EXPECT_EQ(ReadRecording("/nowhere/t.csv", {}).status().message(),
            "/nowhere/t.csv: cannot be read");
  EXPECT_EQ(ReadRecording("/tmp", {}).status().message(),
            "/tmp: cannot be read");
}

TEST_F(RecordingFile, GivesTheNumbersOfColumnsToTheFormula) {
  RecordingOptions options;
  options.service = *ServiceFormula::Parse("5ms + 2ms*b");
  const auto recording = Read("a,time_s,b\n1,0,2.5\n4,1,5\n", options);
  EXPECT_EQ(recording->work, WorkKind::kDeclared);
  EXPECT_EQ(recording->attempts[1].work, 15e6);
  EXPECT_EQ(Error("a,time_s,b\n1,0,x\n", options),
            "t.csv:2: b: \"x\" is no number from 0 to 1e9");
}

TEST_F(RecordingFile, PassesOverOneWrongLineOfAHundredAndSaysSo) {
  std::string text = "time_s\n";
  for (int i = 0; i < 99; ++i) absl::StrAppend(&text, i, "\n");
  EXPECT_EQ(Error(text + "x\ny\n"),
            "t.csv:101: time_s: \"x\" is no number of 0 or more; 2 of 101 "
            "records are wrong: are there two recordings in it?");
  const auto recording = Read(text + "x\n");
  EXPECT_EQ(recording->requests, 99u);
  EXPECT_NE(recording->story.find(
                "\n  1 of 100 records is wrong and does not count: t.csv:101: "
                "time_s: \"x\" is no number of 0 or more\n"),
            std::string::npos)
      << recording->story;
  // What is still being written.
  const auto cut = Read("time_s,latency_s\n0,1\n1,");
  EXPECT_EQ(cut->requests, 2u);
  EXPECT_NE(Read("time_s,latency_s\n0,1\n1")
                ->story.find(
                    "2 records, of which do not count: 1 cut off at the end of "
                    "the file (line 3)"),
            std::string::npos);
}

TEST_F(RecordingFile, SortsAndSaysWhereTheClockStepsBack) {
  const auto near = Read("time_s,latency_s,backend\n1.0,0.5,a\n0.9,0.1,b\n");
  EXPECT_EQ(Told(*near), "0 100 b success\n100 500 a success\n");
  EXPECT_EQ(near->story,
            "t.csv: read as table\n  time_s: start in s; latency_s: latency in "
            "s; backend: backend\n");
  const auto far = Read("time_s\n7200\n7201\n3600\n3602\n");
  EXPECT_EQ(Length(*far), std::chrono::seconds(3601));
  EXPECT_NE(far->story.find("\n  time steps back 2 times, by up to 3601s (line "
                            "4); all are sorted by it\n"),
            std::string::npos)
      << far->story;
}

TEST_F(RecordingFile, SpreadsTheRequestsOfASecondOverIt) {
  std::string text = "time,latency_ms\n";
  for (int i = 0; i < 1000; ++i) text += "2024-10-07T15:59:12Z,1\n";
  text += "2024-10-07T15:59:13Z,1\n";
  const auto recording = Read(text);
  std::size_t early = 0;
  for (const RecordedAttempt& attempt : recording->attempts) {
    if (attempt.time < std::chrono::milliseconds(500)) ++early;
  }
  // Five standard deviations of the binomial distribution.
  EXPECT_NEAR(static_cast<double>(early), 500, 79);
  EXPECT_LE(Length(*recording), std::chrono::seconds(1));
  EXPECT_NE(recording->story.find("requests come at random within each"),
            std::string::npos);
}

TEST_F(RecordingFile, ReadsArchivesAndRefusesDamagedOnes) {
  std::string text = "time_s\n";
  for (int i = 0; i < 50'000; ++i) absl::StrAppend(&text, i, "\n");
  for (const bool is_zstd : {false, true}) {
    const std::string packed = is_zstd ? Zstd(text) : Gzip(text);
    const std::string name = is_zstd ? "zstd" : "gzip";
    const auto recording = Read(packed);
    ASSERT_TRUE(recording.ok()) << recording.status();
    EXPECT_EQ(recording->requests, 50'000u);
    EXPECT_EQ(recording->story.find("t.csv: read as table, " + name), 0u);
    EXPECT_EQ(
        Read(packed + (is_zstd ? Zstd("60000\n") : Gzip("60000\n")))->requests,
        50'001u);
    const std::string cut = Error(packed.substr(0, packed.size() / 2));
    EXPECT_NE(cut.find("t.csv: is a damaged " + name +
                       " archive (it ends in the middle, after line "),
              std::string::npos)
        << cut;
    std::string flipped = packed;
    for (std::size_t i = 100; i < 140; ++i) flipped[i] ^= 0x55;
    EXPECT_NE(Error(flipped), "none");
  }
}

TEST_F(RecordingFile, RefusesWhatIsNoTextAndWhatIsTooLarge) {
  EXPECT_EQ(Error(std::string("time_s\n\0\n", 9)),
            "t.csv: is binary, and no archive of gzip or zstd; make text of "
            "it first (vegeta's results: `vegeta encode --to csv`)");
  EXPECT_EQ(Error("\xff\xfet"),
            "t.csv: is UTF-16; convert it by `iconv -f UTF-16 -t UTF-8`");
  EXPECT_EQ(Error("BZh9"),
            "t.csv: is a bzip2 archive; decompress it by `bzip2 -d`");
  std::string columns = "time_s";
  for (int i = 0; i < 1'000'000; ++i) columns += ",x";
  EXPECT_EQ(Error(columns + "\n1\n"),
            "t.csv:1: is longer than 1 MiB; no log of requests has such lines");
  EXPECT_EQ(Error("time_s\n0\n" + columns),
            "t.csv:3: is longer than 1 MiB; no "
            "log of requests has such lines");
}

TEST(ServiceFormula, IsASumOfDurationsEachMayBeTimesAColumn) {
  const auto formula = ServiceFormula::Parse("5ms + 0.2ms*In+20ms * Out + 1ms");
  ASSERT_TRUE(formula.ok()) << formula.status();
  EXPECT_EQ(formula->columns(), (std::vector<std::string>{"In", "Out"}));
  EXPECT_EQ(formula->Of(std::vector<double>{10, 2}),
            std::chrono::milliseconds(48));
  const auto constant = ServiceFormula::Parse("40ms");
  ASSERT_TRUE(constant.ok());
  EXPECT_EQ(constant->Of({}), std::chrono::milliseconds(40));
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
