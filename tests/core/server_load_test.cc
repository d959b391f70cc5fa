#include "els/server_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace els {
namespace {

using testing::HasSubstr;

constexpr std::string_view kOrcaHeader = "endpoint-load-metrics";

// REQUIRES: the header is accepted.
ServerLoad Read(std::string_view value, std::string_view name = kOrcaHeader) {
  const absl::StatusOr<ServerLoad> load = ParseServerLoad(name, value);
  EXPECT_TRUE(load.ok()) << value << ": " << load.status();
  return load.value_or(ServerLoad());
}

// REQUIRES: the header is refused.
std::string Refusal(std::string_view value,
                    std::string_view name = kOrcaHeader) {
  const absl::StatusOr<ServerLoad> load = ParseServerLoad(name, value);
  EXPECT_TRUE(absl::IsInvalidArgument(load.status())) << value;
  return std::string(load.status().message());
}

TEST(ServerLoadTest, ReadsTheTextThatServersOfOrcaSend) {
  const ServerLoad load = Read(
      "TEXT cpu_utilization=0.3,application_utilization=0.75, mem_utilization="
      "0.5,rps_fractional=120.5,eps=2,named_metrics.rif=12,"
      "named_metrics.kv_cache_usage_perc=0.4,utilization.disk=0.1,"
      "request_cost.bytes=3487");
  EXPECT_EQ(load.utilization, 0.75);
  EXPECT_EQ(load.requests_per_second, 120.5);
  EXPECT_EQ(load.errors_per_second, 2.0);
  EXPECT_EQ(load.in_flight, 12.0);
}

TEST(ServerLoadTest, ReadsTheJsonThatServersOfOrcaSend) {
  const ServerLoad load = Read(
      R"(JSON {"cpu_utilization":0.25,"mem_utilization":0.1,)"
      R"("application_utilization":0.1,"rps_fractional":39567.9,"eps":0.2,)"
      R"("named_metrics":{"total_errors":9,"in_flight":7}})");
  EXPECT_EQ(load.utilization, 0.1);
  EXPECT_EQ(load.requests_per_second, 39567.9);
  EXPECT_EQ(load.errors_per_second, 0.2);
  EXPECT_EQ(load.in_flight, 7.0);
}

TEST(ServerLoadTest, ReadsTheHeadersOfPrequal) {
  EXPECT_EQ(Read("17", "x-prequal-rif").in_flight, 17.0);
  EXPECT_EQ(Read(" 0 ", "X-In-Flight").in_flight, 0.0);
  EXPECT_EQ(Read("17", "x-prequal-rif").utilization, std::nullopt);
}

TEST(ServerLoadTest, KnowsHeadersInAnyCase) {
  EXPECT_TRUE(IsServerLoadHeader("Endpoint-Load-Metrics"));
  EXPECT_TRUE(IsServerLoadHeader("ENDPOINT-LOAD-METRICS-JSON"));
  EXPECT_FALSE(IsServerLoadHeader("endpoint-load-metrics-bin"));
  EXPECT_FALSE(IsServerLoadHeader(""));
  EXPECT_TRUE(absl::IsNotFound(ParseServerLoad("date", "1").status()));
  EXPECT_TRUE(absl::IsUnimplemented(
      ParseServerLoad(kOrcaHeader, "BIN CZqZmZmZmbk/").status()));
}

TEST(ServerLoadTest, TakesTheCpusUtilizationWithoutTheApplications) {
  EXPECT_EQ(Read("TEXT cpu_utilization=0.3").utilization, 0.3);
  EXPECT_EQ(
      Read("TEXT application_utilization=0,cpu_utilization=0.3").utilization,
      0.3);
  EXPECT_EQ(Read("TEXT application_utilization=0").utilization, 0.0);
  EXPECT_EQ(Read("TEXT cpu_utilization=1.5").utilization, 1.5);
  EXPECT_EQ(Read("TEXT eps=1").utilization, std::nullopt);
}

TEST(ServerLoadTest, TakesWhatIsSpelledOtherwise) {
  EXPECT_EQ(Read("TEXT cpu_utilization:0.3 ,  eps : 1e1").errors_per_second,
            10.0);
  EXPECT_EQ(Read("TEXT named_metrics.requests_in_flight=3").in_flight, 3.0);
  constexpr std::string_view kCamelCase =
      R"({"cpuUtilization": 0.5, "namedMetrics": {"rif": 1}})";
  EXPECT_EQ(Read(kCamelCase, "endpoint-load-metrics-json").utilization, 0.5);
  EXPECT_EQ(Read("JSON {}", "endpoint-load-metrics-json").in_flight,
            std::nullopt);
  EXPECT_EQ(Read(" JSON  {\t\"eps\" :\r\n1 } ").errors_per_second, 1.0);
}

TEST(ServerLoadTest, PassesOverWhatItDoesNotKnow) {
  const ServerLoad load = Read(
      R"(JSON {"utilization": {"rif": 5, "cpu_utilization": 0.9}, "a": [1, )"
      R"([], {"eps": 3}, "]}\"", true, false, null], "\u0065ps": -1, )"
      R"("eps": null, "named_metrics": {"cpu_utilization": 2, "rif": 4}})");
  EXPECT_EQ(load.in_flight, 4.0);
  EXPECT_EQ(load.utilization, std::nullopt);
  EXPECT_EQ(load.errors_per_second, std::nullopt);
}

TEST(ServerLoadTest, RefusesWhatIsNoNumberOfRequests) {
  for (const char* value : {"", "-1", "nan", "inf", "1e999", "0x10", "+1", ".5",
                            "1.", "01", "1e", "12 requests", "1,2", "--1"}) {
    Refusal(value, "x-prequal-rif");
  }
  EXPECT_EQ(Read("1e300", "x-prequal-rif").in_flight, 1e300)
      << "Ticket::Report bounds what it believes";
  EXPECT_EQ(Read("-0", "x-prequal-rif").in_flight, 0.0);
}

TEST(ServerLoadTest, RefusesTextThatIsMalformed) {
  EXPECT_THAT(Refusal("TEXT eps=-1"), HasSubstr("eps is below 0"));
  EXPECT_THAT(Refusal("TEXT eps=1,eps=1"), HasSubstr("eps is given twice"));
  EXPECT_THAT(Refusal("TEXT named_metrics.rif=1,named_metrics.in_flight=1"),
              HasSubstr("in_flight is given twice"));
  for (const char* value :
       {"", "TEXT", "TEXT ", "text eps=1", "eps=1", "TEXT eps",
        "TEXT eps=", "TEXT =1", "TEXT eps=1,", "TEXT ,eps=1", "TEXT eps=1 2",
        "TEXT eps=nan", "TEXT eps=1e400", "TEXT unknown=high",
        "TEXT named_metrics.=1", "TEXT eps=\"1\""}) {
    Refusal(value);
  }
}

TEST(ServerLoadTest, RefusesJsonThatIsMalformed) {
  EXPECT_THAT(Refusal(R"(JSON {"eps":-1})"), HasSubstr("eps is below 0"));
  EXPECT_THAT(Refusal(R"(JSON {"eps":1,"eps":1})"),
              HasSubstr("eps is given twice"));
  EXPECT_THAT(Refusal(R"(JSON {"eps":"1"})"), HasSubstr("eps is not a number"));
  EXPECT_THAT(Refusal(R"(JSON {"named_metrics":[1]})"),
              HasSubstr("named_metrics is not an object"));
  for (const char* value : {"JSON",
                            "JSON []",
                            "JSON 1",
                            R"(JSON {"eps":NaN})",
                            R"(JSON {"eps":})",
                            R"(JSON {"eps":1e999})",
                            R"(JSON {"eps":true})",
                            R"(JSON {"eps":{}})",
                            R"(JSON {eps:1})",
                            R"(JSON {"eps":1,})",
                            R"(JSON {"eps" 1})",
                            R"(JSON {"eps":1}})",
                            R"(JSON {"eps":1} x)",
                            R"(JSON {"a":[1,]})",
                            R"(JSON {"a":[1 2]})",
                            R"(JSON {"a":"\x"})",
                            R"(JSON {"a":"\u12g4"})",
                            "JSON {\"a\":\"\n\"}",
                            R"(JSON {"a":tru})",
                            R"(JSON {"a":nul})",
                            R"(JSON {"eps":nullx})",
                            R"(JSON {"eps":01})",
                            R"(JSON {'eps':1})"}) {
    Refusal(value);
  }
}

TEST(ServerLoadTest, RefusesWhatIsCutOffWhereverThatIs) {
  const std::string whole =
      R"(JSON {"eps":1.5,"a":[{"b":"c\""},null],"named_metrics":{"rif":12}})";
  Read(whole);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Refusal(whole.substr(0, size));
  }
}

TEST(ServerLoadTest, BoundsTheDepthAndTheLength) {
  const auto nested = [](int depth) {
    return R"(JSON {"a":)" + std::string(depth, '[') + std::string(depth, ']') +
           "}";
  };
  Read(nested(7));
  EXPECT_THAT(Refusal(nested(8)), HasSubstr("too deep"));
  EXPECT_THAT(Refusal(nested(4000)), HasSubstr("too deep"));
  const std::string longest =
      "TEXT eps=1" + std::string(kLongestServerLoad - 10, ' ');
  EXPECT_EQ(Read(longest).errors_per_second, 1.0);
  EXPECT_THAT(Refusal(longest + " "), HasSubstr("too long"));
}

TEST(ServerLoadTest, SaysWhatIsWrongInPrintableText) {
  for (const std::string& value :
       {std::string("TEXT \x01\xff"), std::string("TEXT eps=\n\0", 11),
        std::string("\xff")}) {
    for (const char c : Refusal(value)) EXPECT_TRUE(c >= ' ' && c <= '~');
  }
}

}  // namespace
}  // namespace els
