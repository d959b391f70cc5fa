// The PROXY protocol: its headers as bytes, and what the access point does.

#include "examples/access_point/proxy_header.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

using std::string_literals::operator""s;

const std::string kMark = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string kLine = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n";

std::string Binary(char command, char family, const std::string& rest) {
  const char length[] = {static_cast<char>(rest.size() >> 8),
                         static_cast<char>(rest.size() & 0xff)};
  return kMark + command + family + std::string(length, 2) + rest;
}

// 192.0.2.7:256 to 198.51.100.1:443.
const std::string kAddresses4 =
    "\xc0\x00\x02\x07\xc6\x33\x64\x01\x01\x00\x01\xbb"s;
// [2001:db8::7]:256 to [2001:db8::1]:443.
const std::string kAddresses6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') +
                                "\x07\x20\x01\x0d\xb8"s +
                                std::string(11, '\0') + "\x01\x01\x00\x01\xbb"s;

// The user, "" if a whole header names none, or "bad": the same however the
// bytes come. No byte after the header is taken.
std::string Read(const std::string& bytes) {
  const std::string all = bytes + "GET /";
  std::vector<std::string> results;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, all.size()}) {
    ProxyHeaderReader reader;
    std::size_t taken = 0;
    while (taken < all.size() && !reader.done() && !reader.bad()) {
      taken += reader.Take(std::string_view(all).substr(taken, step));
    }
    EXPECT_LE(taken, bytes.size());
    if (!reader.done()) {
      results.push_back(reader.bad() ? "bad" : "more");
    } else if (const auto& user = reader.header().user) {
      results.push_back(
          absl::StrCat(user->address().to_string(), "|", user->port()));
    } else {
      results.push_back("");
    }
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
  return results[0];
}

TEST(ProxyHeader, LineNamesTheUser) {
  EXPECT_EQ(Read(kLine), "192.0.2.7|56324");
  EXPECT_EQ(Read("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n"),
            "2001:db8::7|1");
  EXPECT_EQ(Read("PROXY UNKNOWN\r\n"), "");
  EXPECT_EQ(Read("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), "");
}

TEST(ProxyHeader, MalformedLineIsBad) {
  for (const char* line :
       {"PROXY \r\n", "PROXY TCP4\r\n", "PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", "PROXY TCP4 1.2.3.4 x 1 2\r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n",
        "PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n",
        "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n\r\n", "proxy UNKNOWN\r\n",
        "GET / HTTP/1.1\r\n"}) {
    EXPECT_EQ(Read(line), "bad") << line;
  }
}

TEST(ProxyHeader, LineHas107BytesAtMost) {
  const std::string most =
      "PROXY UNKNOWN" + std::string(kProxyLineLimit - 15, ' ') + "\r\n";
  EXPECT_EQ(Read(most), "");
  EXPECT_EQ(Read(" " + most), "bad");
  ProxyHeaderReader reader;
  EXPECT_EQ(reader.Take("PROXY " + std::string(1000, 'x')), 107u);
  EXPECT_TRUE(reader.bad());
}

TEST(ProxyHeader, BinaryNamesTheUser) {
  EXPECT_EQ(Read(Binary('\x21', '\x11', kAddresses4)), "192.0.2.7|256");
  EXPECT_EQ(Read(Binary('\x21', '\x21', kAddresses6)), "2001:db8::7|256");
  // An extension, of type 4, which says nothing.
  EXPECT_EQ(Read(Binary('\x21', '\x11', kAddresses4 + "\x04\x00\x01\x00"s)),
            "192.0.2.7|256");
}

TEST(ProxyHeader, BinaryMayNameNoUser) {
  EXPECT_EQ(Read(Binary('\x20', '\0', "")), "");
  EXPECT_EQ(Read(Binary('\x20', '\x11', kAddresses4)), "");
  EXPECT_EQ(Read(Binary('\x21', '\0', "")), "");
  EXPECT_EQ(Read(Binary('\x21', '\x31', std::string(216, 'u'))), "");
}

TEST(ProxyHeader, MalformedBinaryIsBad) {
  EXPECT_EQ(Read(Binary('\x11', '\x11', kAddresses4)), "bad");
  EXPECT_EQ(Read(Binary('\x22', '\x11', kAddresses4)), "bad");
  EXPECT_EQ(Read(Binary('\x21', '\x11', kAddresses4.substr(1))), "bad");
  EXPECT_EQ(Read(Binary('\x21', '\x21', kAddresses4)), "bad");
  EXPECT_EQ(Read("\r\n\r\nX"), "bad");
}

TEST(ProxyHeader, BinaryHas536BytesAtMost) {
  EXPECT_EQ(Read(Binary('\x21', '\0', std::string(520, 'x'))), "");
  EXPECT_EQ(Read(Binary('\x21', '\0', std::string(521, 'x'))), "bad");
}

TEST(ProxyHeader, EveryBeginningOfAGoodOneAwaitsMore) {
  for (const std::string& whole :
       {kLine, Binary('\x21', '\x21', kAddresses6)}) {
    for (std::size_t size = 1; size < whole.size(); ++size) {
      ProxyHeaderReader reader;
      EXPECT_EQ(reader.Take(std::string_view(whole).substr(0, size)), size);
      EXPECT_FALSE(reader.done() || reader.bad()) << size;
    }
  }
}

class ProxyProtocol : public testing::Test {
 protected:
  static Options WithHeader() {
    Options options = RunningProxy::Patient();
    options.proxy_protocol = true;
    return options;
  }

  // What the backend is told of the user, who sends this header.
  std::string UserBehind(Wire& user, const std::string& header) {
    user.Send(header + kGet);
    EXPECT_EQ(user.Read().body, "ok");
    return heads_.Take().Field("X-Forwarded-For");
  }

  Channel<Message> heads_;
  ScriptedBackend backend_{[this](Wire& wire) {
    for (;;) {
      heads_.Put(wire.Read());
      wire.Send(kOk);
    }
  }};
  RunningProxy proxy_{{backend_.port()}, WithHeader()};
};

TEST_F(ProxyProtocol, UserIsThatOfTheHeaderForEveryRequest) {
  Wire one = Wire::To(proxy_.port());
  EXPECT_EQ(UserBehind(one, kLine), "192.0.2.7");
  EXPECT_EQ(UserBehind(one, ""), "192.0.2.7");
  Wire other = Wire::To(proxy_.port());
  EXPECT_EQ(UserBehind(other, Binary('\x21', '\x21', kAddresses6)),
            "2001:db8::7");
}

TEST_F(ProxyProtocol, WithoutAUserItIsTheBalancer) {
  Wire one = Wire::To(proxy_.port());
  EXPECT_EQ(UserBehind(one, "PROXY UNKNOWN\r\n"), "127.0.0.1");
  Wire other = Wire::To(proxy_.port());
  EXPECT_EQ(UserBehind(other, Binary('\x20', '\0', "")), "127.0.0.1");
}

TEST_F(ProxyProtocol, HeaderMayComeByteByByte) {
  Wire user = Wire::To(proxy_.port());
  for (const char byte : kLine) {
    user.Send(std::string_view(&byte, 1));
    std::this_thread::yield();
  }
  EXPECT_EQ(UserBehind(user, ""), "192.0.2.7");
}

TEST_F(ProxyProtocol, ConnectionWithoutOneIsClosedWithoutAWord) {
  for (const std::string& bytes :
       {std::string(kGet), Binary('\x21', '\0', std::string(521, 'x')),
        "PROXY TCP4 x\r\n"s}) {
    Wire user = Wire::To(proxy_.port());
    user.Send(bytes);
    std::string rest;
    user.ReadToEnd(rest);
    EXPECT_EQ(rest, "");
  }
  EXPECT_EQ(backend_.connections(), 0u);
}

TEST_F(ProxyProtocol, LimitPerUserCountsThoseOfTheHeader) {
  Options options = WithHeader();
  options.max_connections_per_user = 1;
  RunningProxy proxy({backend_.port()}, options);
  Wire one = Wire::To(proxy.port());
  EXPECT_EQ(UserBehind(one, kLine), "192.0.2.7");
  Wire other = Wire::To(proxy.port());
  EXPECT_EQ(UserBehind(other, "PROXY TCP4 192.0.2.8 198.51.100.1 1 2\r\n"),
            "192.0.2.8");
  Wire again = Wire::To(proxy.port());
  again.Send(kLine);
  EXPECT_EQ(again.Read().Start(), "HTTP/1.1 503 Service Unavailable");
}

TEST(ProxyProtocolTimeout, HeaderThatStopsInTheMiddleEndsTheConnection) {
  ScriptedBackend backend(Always(kOk));
  Options options = RunningProxy::Patient();
  options.proxy_protocol = true;
  options.handshake_timeout = std::chrono::milliseconds(20);
  RunningProxy proxy({backend.port()}, options);
  Wire user = Wire::To(proxy.port());
  user.Send(kLine.substr(0, 20));
  std::string rest;
  user.ReadToEnd(rest);
  EXPECT_EQ(rest, "");
}

}  // namespace
}  // namespace access_point
