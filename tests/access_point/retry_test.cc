// That requests are tried again only as far as the retry budget goes.

#include <gtest/gtest.h>

#include <string>

#include "tests/access_point/support.h"

namespace access_point {
namespace {

Options WithBudget(const els::RetryBudgetOptions& budget) {
  Options options = RunningProxy::Patient();
  options.retry_budget = budget;
  return options;
}

// Without a floor a budget starts empty, and time adds nothing to it.
constexpr els::RetryBudgetOptions kNoRetries = {.ratio = 0,
                                                .floor_per_second = 0};
constexpr els::RetryBudgetOptions kEverySecond = {.ratio = 0.5,
                                                  .floor_per_second = 0};

std::uint64_t Picks(const RunningProxy& proxy) {
  return proxy.Snapshot(0).picks + proxy.Snapshot(1).picks;
}

TEST(Retry, WithoutABudgetA5xxReachesTheUserAsItIs) {
  ScriptedBackend one(Always(kUnavailable));
  ScriptedBackend other(Always(kUnavailable));
  RunningProxy proxy({one.port(), other.port()}, WithBudget(kNoRetries));
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 10; ++i) {
    user.Send(kGet);
    const Message response = user.Read();
    EXPECT_EQ(response.Start(), "HTTP/1.1 503 Unavailable");
    EXPECT_EQ(response.body, "busy");
  }
  EXPECT_EQ(Picks(proxy), 10u);
}

TEST(Retry, WithoutABudgetARefusedConnectionIsA502) {
  DeadPort one, other;
  RunningProxy proxy({one.port(), other.port()}, WithBudget(kNoRetries));
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 10; ++i) {
    user.Send(kGet);
    EXPECT_EQ(user.Read().Start(), "HTTP/1.1 502 Bad Gateway");
  }
  EXPECT_EQ(Picks(proxy), 10u);
}

TEST(Retry, OneBudgetIsSharedByAllConnections) {
  ScriptedBackend one(Always(kUnavailable));
  ScriptedBackend other(Always(kUnavailable));
  Options options = WithBudget(kEverySecond);
  options.threads = 2;
  RunningProxy proxy({one.port(), other.port()}, options);
  // Two requests bring one retry: the second of each two has two attempts.
  std::uint64_t picks = 0;
  for (int i = 0; i < 6; ++i) {
    Wire user = Wire::To(proxy.port());
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "busy");
    picks += i % 2 == 0 ? 1 : 2;
    EXPECT_EQ(Picks(proxy), picks) << i;
  }
}

TEST(Retry, RequestThatIsNotRetriedSpendsNothing) {
  ScriptedBackend one(Always(kUnavailable));
  ScriptedBackend other(Always(kUnavailable));
  RunningProxy proxy({one.port(), other.port()}, WithBudget(kEverySecond));
  Wire user = Wire::To(proxy.port());
  // Not to be repeated, whatever the budget; they bring one retry.
  for (int i = 0; i < 2; ++i) {
    user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_EQ(user.Read().body, "busy");
  }
  EXPECT_EQ(Picks(proxy), 2u);
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "busy");
  EXPECT_EQ(Picks(proxy), 4u);
}

}  // namespace
}  // namespace access_point
