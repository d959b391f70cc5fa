#include "examples/access_point/http_rules.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace access_point {
namespace {

// Of a message with these fields, whose text the caller keeps.
Fields FieldsOf(std::string_view lines) {
  Fields fields;
  EXPECT_EQ(ParseFields(lines, fields), FieldsError::kNone) << lines;
  return fields;
}

TEST(Connection, OptionsNameFieldsInAnyCaseAndOthersNot) {
  const Fields fields =
      FieldsOf("Connection: close, X-One ,x-two\r\nconnection: ,\r\n\r\n");
  const ConnectionOptions options(fields);
  EXPECT_TRUE(options.close);
  EXPECT_FALSE(options.keep_alive);
  EXPECT_FALSE(options.upgrade);
  EXPECT_EQ(options.List(), "X-One, x-two");
  EXPECT_TRUE(options.Name({"x-one", ""}));
  EXPECT_TRUE(options.Name({"X-Two", ""}));
  EXPECT_FALSE(options.Name({"X", ""}));
  EXPECT_FALSE(options.Name({"X-Three", ""}));
}

TEST(Connection, OptionsCannotTakeAwayHostOrLength) {
  const Fields fields = FieldsOf("Connection: Host, Content-Length\r\n\r\n");
  const ConnectionOptions options(fields);
  EXPECT_FALSE(options.Name({"Host", "", Known::kHost}));
  EXPECT_FALSE(options.Name({"content-length", "", Known::kContentLength}));
}

TEST(Connection, OptionsBeyondTheLimitAreNotKept) {
  std::string lines = "Connection: a";
  for (std::size_t i = 1; i < kMostConnectionOptions; ++i) lines += ",a";
  EXPECT_FALSE(ConnectionOptions(FieldsOf(lines + "\r\n\r\n")).too_many);
  EXPECT_TRUE(ConnectionOptions(FieldsOf(lines + ",a\r\n\r\n")).too_many);
}

TEST(Connection, StaysOpenUnlessToldOrOld) {
  const ConnectionOptions none{Fields()};
  EXPECT_TRUE(StaysOpen(false, none));
  EXPECT_FALSE(StaysOpen(true, none));
  const Fields both = FieldsOf("Connection: keep-alive, close\r\n\r\n");
  EXPECT_FALSE(StaysOpen(false, ConnectionOptions(both)));
  const Fields keep = FieldsOf("Connection: Keep-Alive\r\n\r\n");
  EXPECT_TRUE(StaysOpen(true, ConnectionOptions(keep)));
}

TEST(SafeToRepeat, OnlySafeMethodsWithoutABodyAre) {
  for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
    EXPECT_TRUE(IsSafeToRepeat(method, false)) << method;
    EXPECT_FALSE(IsSafeToRepeat(method, true)) << method;
  }
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "get", ""}) {
    EXPECT_FALSE(IsSafeToRepeat(method, false)) << method;
  }
}

constexpr els::Outcome kClientErrors[] = {els::Outcome::kNeutral,
                                          els::Outcome::kSuccess};

TEST(Outcome, BackendIsToBlameForA429AndEvery5xxAlone) {
  for (const els::Outcome client_error : kClientErrors) {
    for (const unsigned status : {200u, 204u, 301u, 304u, 399u}) {
      EXPECT_EQ(OutcomeOf(status, client_error), els::Outcome::kSuccess)
          << status;
    }
    for (const unsigned status : {429u, 500u, 503u, 599u}) {
      EXPECT_EQ(OutcomeOf(status, client_error), els::Outcome::kFailure)
          << status;
    }
  }
}

TEST(Outcome, AnyOther4xxIsWhatClientErrorsAre) {
  for (const els::Outcome client_error : kClientErrors) {
    for (const unsigned status : {400u, 404u, 428u, 430u, 499u}) {
      EXPECT_EQ(OutcomeOf(status, client_error), client_error) << status;
    }
  }
}

TEST(RetryAfter, IsANumberOfSecondsOrADate) {
  const absl::Time now = absl::FromUnixSeconds(784'111'777);
  const auto of = [&](std::string_view value) {
    return RetryAfterOf({{.name = "Server", .value = "x"},
                         {.name = "retry-after", .value = value}},
                        now);
  };
  EXPECT_EQ(RetryAfterOf({}, now), std::nullopt);
  EXPECT_EQ(of("0"), std::chrono::seconds(0));
  EXPECT_EQ(of("120"), std::chrono::seconds(120));
  EXPECT_EQ(of("999999999"), std::chrono::hours(24)) << "no more than a day";
  EXPECT_EQ(of("Sun, 06 Nov 1994 08:49:37 GMT"), std::chrono::seconds(0));
  EXPECT_EQ(of("Sun, 06 Nov 1994 08:50:37 GMT"), std::chrono::minutes(1));
  EXPECT_EQ(of("Sun, 06 Nov 1994 08:48:37 GMT"), -std::chrono::minutes(1));
  EXPECT_EQ(of("Fri, 06 Nov 2093 08:48:37 GMT"), std::chrono::hours(24));
  for (const char* nonsense :
       {"", "-1", "1.5", "1 ", "soon", "99999999999999999999", "Sun, 06 Nov",
        "Sun, 06 Nov 1994 08:49:37 CET"}) {
    EXPECT_EQ(of(nonsense), std::nullopt) << nonsense;
  }
}

}  // namespace
}  // namespace access_point
