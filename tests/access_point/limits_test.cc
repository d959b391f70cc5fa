// What users may have at most: connections and content.

#include <gtest/gtest.h>

#include <exception>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "examples/access_point/user_limit.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr char kRefused[] = "HTTP/1.1 503 Service Unavailable";
constexpr char kTooLarge[] = "HTTP/1.1 413 Content Too Large";

bool IsServed(Wire& user) {
  try {
    user.Send(kGet);
    return absl::StartsWith(user.Read().head, "HTTP/1.1 200 ");
  } catch (const std::exception&) {
    return false;  // Refused and closed before the request came.
  }
}

void ExpectRefusal(Wire user) {
  const Message response = user.Read();
  EXPECT_EQ(response.Start(), kRefused);
  EXPECT_EQ(response.Field("Connection"), "close");
  EXPECT_EQ(user.ReadToFin(), "");
}

// It hears of a user's leaving a moment later.
void AwaitService(const RunningProxy& proxy, const char* from) {
  for (bool served = false; !served;) {
    Wire user = Wire::To(proxy.port(), from);
    served = IsServed(user);
  }
}

TEST(MaxConnections, MoreAreRefusedUntilOneLeaves) {
  ScriptedBackend backend(Always(kOk));
  Options options = RunningProxy::Patient();
  options.max_connections = 2;
  RunningProxy proxy({backend.port()}, options);
  Wire one = Wire::To(proxy.port());
  Wire other = Wire::To(proxy.port(), "127.0.0.2");
  EXPECT_TRUE(IsServed(one) && IsServed(other));
  ExpectRefusal(Wire::To(proxy.port()));
  ExpectRefusal(Wire::To(proxy.port(), "127.0.0.3"));
  EXPECT_TRUE(IsServed(one));
  one.Close();
  AwaitService(proxy, "127.0.0.1");
}

TEST(MaxConnectionsPerUser, RefusesMoreOfOneAddressAndNoneOfAnother) {
  ScriptedBackend backend(Always(kOk));
  Options options = RunningProxy::Patient();
  options.max_connections_per_user = 2;
  options.threads = 3;
  RunningProxy proxy({backend.port()}, options);
  Wire one = Wire::To(proxy.port());
  Wire two = Wire::To(proxy.port());
  EXPECT_TRUE(IsServed(one) && IsServed(two));
  ExpectRefusal(Wire::To(proxy.port()));
  Wire other = Wire::To(proxy.port(), "127.0.0.2");
  EXPECT_TRUE(IsServed(other));
  one.Close();
  AwaitService(proxy, "127.0.0.1");
}

TEST(UserLimit, CountsAnIpv4AddressAndANetworkOfIpv6) {
  UserLimit limit(1);
  const auto enter = [&](const char* user) {
    return limit.Enter(net::ip::make_address(user));
  };
  const auto v4 = enter("1.2.3.4");
  EXPECT_TRUE(v4.has_value());
  EXPECT_FALSE(enter("1.2.3.4"));
  EXPECT_FALSE(enter("::ffff:1.2.3.4"));
  EXPECT_TRUE(enter("::ffff:1.2.3.5"));
  {
    const auto v6 = enter("2001:db8:1:2::1");
    EXPECT_FALSE(enter("2001:db8:1:2:ffff::"));
    EXPECT_TRUE(enter("2001:db8:1:3::1"));
  }
  EXPECT_TRUE(enter("2001:db8:1:2:ffff::"));
}

class MaxBody : public testing::Test {
 protected:
  static Options Limited() {
    Options options = RunningProxy::Patient();
    options.max_body = 4;
    return options;
  }

  void ExpectTooLarge() {
    const Message response = user_.Read();
    EXPECT_EQ(response.Start(), kTooLarge);
    EXPECT_EQ(response.Field("Connection"), "close");
    EXPECT_EQ(user_.ReadToFin(), "");
  }

  static constexpr char kChunked[] =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

  ScriptedBackend backend_{Always(kOk)};
  RunningProxy proxy_{{backend_.port()}, Limited()};
  Wire user_ = Wire::To(proxy_.port());
};

TEST_F(MaxBody, ContentOfThatLengthIsServed) {
  user_.Send(kPost);
  EXPECT_EQ(user_.Read().body, "ok");
  user_.Send(
      absl::StrCat(kChunked, "3;a=bcdefgh\r\nbod\r\n1\r\ny\r\n0\r\n\r\n"));
  EXPECT_EQ(user_.Read().body, "ok");
}

TEST_F(MaxBody, LongerLengthIsRefusedAtOnceAndReachesNoBackend) {
  user_.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
  ExpectTooLarge();
  EXPECT_EQ(proxy_.Snapshot(0).picks, 0u);
}

TEST_F(MaxBody, LongerChunkIsRefusedAtOnceAndReachesNoBackend) {
  user_.Send(absl::StrCat(kChunked, "5\r\nbody5\r\n"));
  ExpectTooLarge();
  EXPECT_EQ(proxy_.Snapshot(0).picks, 0u);
}

TEST_F(MaxBody, ChunksAreRefusedWhenTheyExceedItAndTheBackendNotBlamed) {
  user_.Send(absl::StrCat(kChunked, "4\r\nbody\r\n"));
  while (backend_.connections() == 0) std::this_thread::yield();
  user_.Send("1\r\n5\r\n0\r\n\r\n");
  ExpectTooLarge();
  proxy_.Stop();
  EXPECT_EQ(proxy_.Snapshot(0).cancelled, 1u);
}

TEST(LongBody, AfterTheResponseHasBegunEndsItWithoutAnotherResponse) {
  ScriptedBackend backend([&](Wire& wire) {
    wire.ReadHead();
    wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun");
    std::string rest;
    wire.ReadToEnd(rest);
  });
  Options options = RunningProxy::Patient();
  options.max_body = 4;
  RunningProxy proxy({backend.port()}, options);
  Wire user = Wire::To(proxy.port());
  user.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nbody\r\n");
  user.ReadHead();
  EXPECT_EQ(user.ReadBytes(5), "begun");
  user.Send("1\r\n5\r\n");
  std::string rest;
  user.ReadToEnd(rest);
  EXPECT_EQ(rest, "");
}

}  // namespace
}  // namespace access_point
