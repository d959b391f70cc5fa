#include "examples/access_point/address.h"

#include <gtest/gtest.h>

#include <string>

namespace access_point {
namespace {

TEST(Address, HostAndPortAreRead) {
  EXPECT_EQ(*ParseAddress("127.0.0.1:80"), (Address{"127.0.0.1", 80}));
  EXPECT_EQ(*ParseAddress("b-1.example_x:65535"),
            (Address{"b-1.example_x", 65535}));
  EXPECT_EQ(*ParseAddress("localhost:0"), (Address{"localhost", 0}));
}

TEST(Address, Ipv6IsReadInBracketsAndWrittenInBrackets) {
  EXPECT_EQ(*ParseAddress("[::1]:8080"), (Address{"::1", 8080}));
  EXPECT_EQ(ToString({"::1", 8080}), "[::1]:8080");
  EXPECT_EQ(ToString({"localhost", 80}), "localhost:80");
}

TEST(Address, AnythingElseIsAnErrorThatNamesIt) {
  for (const char* text :
       {"", "host", ":80", "host:", "host:http", "host:-1", "host:65536",
        "host: 80", "host:80 ", "::1:80", "[]:80", "[::1]", "http://host:80",
        "a b:80", "host:8080/path"}) {
    const absl::StatusOr<Address> address = ParseAddress(text);
    ASSERT_FALSE(address.ok()) << text;
    const std::string message(address.status().message());
    EXPECT_NE(message.find("'" + std::string(text) + "'"), std::string::npos)
        << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace access_point
