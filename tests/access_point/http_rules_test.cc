#include "examples/access_point/http_rules.h"

#include <gtest/gtest.h>

namespace access_point {
namespace {

TEST(HopByHop, WellKnownFieldsAreInAnyCase) {
  for (const char* name :
       {"Connection", "keep-alive", "TE", "Trailer", "transfer-encoding",
        "UPGRADE", "Proxy-Connection", "proxy-authorization"}) {
    EXPECT_TRUE(IsHopByHop(name, "")) << name;
  }
  for (const char* name : {"Host", "Cookie", "Content-Length", "Expect", "Via",
                           "Proxy", "Connection2", "T"}) {
    EXPECT_FALSE(IsHopByHop(name, "")) << name;
  }
}

TEST(HopByHop, FieldsNamedInConnectionAreAndOthersAreNot) {
  const char* const connection = "close, X-One ,x-two";
  EXPECT_TRUE(IsHopByHop("x-one", connection));
  EXPECT_TRUE(IsHopByHop("X-Two", connection));
  EXPECT_FALSE(IsHopByHop("X", connection));
  EXPECT_FALSE(IsHopByHop("X-Three", connection));
}

TEST(HopByHop, ConnectionCannotTakeAwayHostOrLength) {
  EXPECT_FALSE(IsHopByHop("Host", "Host, Content-Length"));
  EXPECT_FALSE(IsHopByHop("content-length", "Host, Content-Length"));
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
