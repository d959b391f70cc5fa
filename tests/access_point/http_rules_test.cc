#include "examples/access_point/http_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

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

}  // namespace
}  // namespace access_point
