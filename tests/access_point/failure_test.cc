// What users and the balancer see when something goes wrong.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr char kBadGateway[] = "HTTP/1.1 502 Bad Gateway";
constexpr char kGatewayTimeout[] = "HTTP/1.1 504 Gateway Timeout";

Options WithTimeout(els::Duration timeout) {
  Options options = RunningProxy::Patient();
  options.timeout = timeout;
  return options;
}

// Short for a backend that is to time out, long for one that is to answer.
constexpr els::Duration kTimeout = std::chrono::seconds(1);

// Answers the first request to any of its copies with `first`, then kOk.
ScriptedBackend::Script FirstThenOk(std::atomic<int>& requests,
                                    std::string first) {
  return [&requests, first = std::move(first)](Wire& wire) {
    for (;;) {
      wire.Read();
      wire.Send(requests++ == 0 ? first : kOk);
    }
  };
}

TEST(Failure, LoneBackendThatRefusesIsA502) {
  DeadPort dead;
  RunningProxy proxy({dead.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().Start(), kBadGateway);
  EXPECT_EQ(proxy.Snapshot(0).failures, 1u);
  EXPECT_EQ(proxy.Snapshot(0).picks, 1u);
}

TEST(Failure, RequestRefusedByOneBackendIsServedByAnother) {
  DeadPort dead;
  Channel<bool> held, go_on;
  ScriptedBackend alive([&](Wire& wire) {
    if (wire.Read().Start() == "GET /held HTTP/1.1") {
      held.Put(true);
      go_on.Take();
    }
    wire.Send(kOk);
  });
  RunningProxy proxy({dead.port(), alive.port()});
  // With one request outstanding at the live backend, the next pick is the
  // dead one. Even a POST can be repeated: nothing of it was sent.
  Wire holder = Wire::To(proxy.port());
  holder.Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  held.Take();
  Wire user = Wire::To(proxy.port());
  user.Send(kPost);
  EXPECT_EQ(user.Read().body, "ok");
  EXPECT_GE(proxy.Snapshot(0).failures, 1u);
  go_on.Put(true);
  EXPECT_EQ(holder.Read().body, "ok");
}

TEST(Failure, GetAnsweredWith5xxIsRepeatedOnAnotherBackend) {
  std::atomic<int> requests = 0;
  ScriptedBackend one(FirstThenOk(requests, kUnavailable));
  ScriptedBackend other(FirstThenOk(requests, kUnavailable));
  RunningProxy proxy({one.port(), other.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "ok");
  EXPECT_EQ(one.connections(), 1u);
  EXPECT_EQ(other.connections(), 1u);
  EXPECT_EQ(proxy.Snapshot(0).failures + proxy.Snapshot(1).failures, 1u);
  EXPECT_EQ(proxy.Snapshot(0).successes + proxy.Snapshot(1).successes, 1u);
}

TEST(Failure, PostAnsweredWith5xxIsNotRepeated) {
  std::atomic<int> requests = 0;
  ScriptedBackend one(FirstThenOk(requests, kUnavailable));
  ScriptedBackend other(FirstThenOk(requests, kUnavailable));
  RunningProxy proxy({one.port(), other.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kPost);
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), "HTTP/1.1 503 Unavailable");
  EXPECT_EQ(response.body, "busy");
  EXPECT_EQ(requests, 1);
}

TEST(Failure, SecondResponseOf5xxReachesTheUser) {
  ScriptedBackend one(Always(kUnavailable));
  ScriptedBackend other(Always(kUnavailable));
  RunningProxy proxy({one.port(), other.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "busy");
  EXPECT_EQ(proxy.Snapshot(0).failures, 1u);
  EXPECT_EQ(proxy.Snapshot(1).failures, 1u);
}

TEST(Failure, TooManyRequestsCountsAsFailureAndReachesTheUser) {
  ScriptedBackend backend(Always(
      "HTTP/1.1 429 Slow Down\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().Field("Retry-After"), "1");
  EXPECT_EQ(proxy.Snapshot(0).failures, 1u);
  EXPECT_EQ(proxy.Snapshot(0).retry_after, els::Duration::zero());
}

TEST(Failure, BackendThatAsksToBeLeftAloneIs) {
  ScriptedBackend one(Always(
      "HTTP/1.1 503 Busy\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"));
  ScriptedBackend other(Always(kOk));
  RunningProxy proxy({one.port(), other.port()});
  Wire user = Wire::To(proxy.port());
  for (int i = 0; i < 20; ++i) {
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "ok");
  }
  EXPECT_EQ(proxy.Snapshot(0).picks, 1u);
  EXPECT_GT(proxy.Snapshot(0).retry_after, std::chrono::seconds(20));
  EXPECT_EQ(proxy.Snapshot(1).retry_after, els::Duration::zero());
}

constexpr char kNotFound[] =
    "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone";

TEST(Failure, OfTheUserAloneReachesTheUserAndIsNeutral) {
  ScriptedBackend backend(Always(kNotFound));
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "none");
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).neutral, 1u);
  EXPECT_EQ(proxy.Snapshot(0).successes, 0u);
  EXPECT_EQ(proxy.Snapshot(0).failures, 0u);
  EXPECT_EQ(proxy.Snapshot(0).outstanding, 0);
}

TEST(Failure, OfTheUserAloneIsASuccessWhereItIsAnOrdinaryAnswer) {
  ScriptedBackend backend(Always(kNotFound));
  Options options = RunningProxy::Patient();
  options.client_error = els::Outcome::kSuccess;
  RunningProxy proxy({backend.port()}, options);
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "none");
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).neutral, 0u);
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
}

TEST(Failure, BackendThatClosesWithoutAResponseIsA502) {
  ScriptedBackend backend([](Wire& wire) { wire.Read(); });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kPost);
  EXPECT_EQ(user.Read().Start(), kBadGateway);
  user.Send(kGet);  // The user's connection is still good.
  EXPECT_EQ(user.Read().Start(), kBadGateway);
  EXPECT_EQ(proxy.Snapshot(0).failures, 2u);
}

TEST(Failure, BackendThatSpeaksNoHttpIsA502) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send("220 smtp.example ESMTP\r\n\r\n");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().Start(), kBadGateway);
  EXPECT_EQ(proxy.Snapshot(0).failures, 1u);
}

TEST(Failure, SwitchOfProtocolsThatNobodyAskedForIsA502) {
  ScriptedBackend backend([](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n");
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().Start(), kBadGateway);
}

TEST(Failure, SilentBackendIsA504) {
  ScriptedBackend backend([](Wire& wire) { wire.ReadToFin(); });
  RunningProxy proxy({backend.port()},
                     WithTimeout(std::chrono::milliseconds(20)));
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().Start(), kGatewayTimeout);
  EXPECT_EQ(proxy.Snapshot(0).timeouts, 1u);
}

TEST(Failure, SilentBackendIsLeftForAnother) {
  std::atomic<int> connections = 0;
  const auto first_silent = [&](Wire& wire) {
    if (connections++ == 0) {
      wire.ReadToFin();
    } else {
      wire.Read();
      wire.Send(kOk);
    }
  };
  ScriptedBackend one(first_silent);
  ScriptedBackend other(first_silent);
  RunningProxy proxy({one.port(), other.port()}, WithTimeout(kTimeout));
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  EXPECT_EQ(user.Read().body, "ok");
  EXPECT_EQ(proxy.Snapshot(0).timeouts + proxy.Snapshot(1).timeouts, 1u);
}

TEST(Failure, TimeOfTheUsersOwnSendingIsNotTheBackends) {
  Channel<bool> half;
  ScriptedBackend backend([&](Wire& wire) {
    wire.ReadBodiless();
    EXPECT_EQ(wire.ReadBytes(2), "bo");
    half.Put(true);
    EXPECT_EQ(wire.ReadBytes(2), "dy");
    wire.Send(kOk);
  });
  // Serves as a clock of at least the timeout, after the upload has begun.
  ScriptedBackend silent([](Wire& wire) { wire.ReadToFin(); });
  RunningProxy proxy({backend.port()}, WithTimeout(kTimeout));
  RunningProxy clock({silent.port()}, WithTimeout(kTimeout));
  Wire user = Wire::To(proxy.port());
  user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  half.Take();
  Wire ticking = Wire::To(clock.port());
  ticking.Send(kGet);
  EXPECT_EQ(ticking.Read().Start(), kGatewayTimeout);
  user.Send("dy");
  EXPECT_EQ(user.Read().body, "ok");
}

TEST(Failure, UserWhoLeavesWhileWaitingCancelsTheAttempt) {
  Channel<bool> waiting, ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    waiting.Put(true);
    std::string rest;
    ended.Put(wire.ReadToEnd(rest));
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  waiting.Take();
  user.Reset();
  ended.Take();  // The backend is told by the end of its connection.
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).cancelled, 1u);
  EXPECT_EQ(proxy.Snapshot(0).outstanding, 0);
}

TEST(Failure, UserWhoLeavesInTheMiddleOfABodyCancelsTheAttempt) {
  Channel<bool> waiting, ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.ReadBodiless();
    EXPECT_EQ(wire.ReadBytes(2), "bo");
    waiting.Put(true);
    std::string rest;
    ended.Put(wire.ReadToEnd(rest));
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  waiting.Take();
  user.Close();
  ended.Take();
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).cancelled, 1u);
}

TEST(Failure, UserWhoLeavesInTheMiddleOfAResponseCutsNothing) {
  Channel<bool> ended;
  ScriptedBackend backend([&](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nhello");
    std::string rest;
    ended.Put(wire.ReadToEnd(rest));
  });
  RunningProxy proxy({backend.port()});
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  user.ReadHead();
  user.Close();
  ended.Take();
  proxy.Stop();
  EXPECT_EQ(proxy.Snapshot(0).successes, 1u);
  EXPECT_EQ(proxy.Snapshot(0).cut, 0u);
  EXPECT_EQ(proxy.Snapshot(0).outstanding, 0);
}

}  // namespace
}  // namespace access_point
