#include "examples/access_point/target.h"

#include <gtest/gtest.h>

#include <string>

namespace access_point {
namespace {

TEST(Host, IsANameOrAnAddressAndPerhapsAPort) {
  for (const char* value :
       {"", "a", "a.example", "a.example:80", "a:", "127.0.0.1:8080", "[::1]",
        "[::1]:80", "[fe80::1.2.3.4]", "a_b-c~d", "a%20b",
        "xn--bcher-kva.de"}) {
    EXPECT_TRUE(IsHostAndPort(value)) << value;
  }
}

TEST(Host, IsNothingElse) {
  for (const char* value :
       {"a/b",     "a b",       "a, b", "a?b",  "a#b",     "a@b",
        "a:b",     "a:80:80",   "[::1", "::1",  "[]",      "[::1]80",
        "[::1]:x", "[g]",       "a%2",  "a%zz", "a\\b",    "\"a\"",
        "a\x01",   "a\xc3\xa4", "a|b",  "<a>",  "http://a"}) {
    EXPECT_FALSE(IsHostAndPort(value)) << value;
  }
}

TEST(Target, PathIsPassedOnAsItIs) {
  for (const char* path : {"/", "/a/../b//c%2f?d=/?e", "//a", "/*"}) {
    const Target target = ParseTarget("GET", path);
    EXPECT_TRUE(target.valid) << path;
    EXPECT_EQ(target.host, "") << path;
    EXPECT_EQ(target.path, path);
    EXPECT_FALSE(target.add_slash) << path;
  }
}

TEST(Target, AbsoluteOneIsTakenApart) {
  const Target whole = ParseTarget("GET", "HTTP://a.example:80/b//c?d");
  EXPECT_TRUE(whole.valid);
  EXPECT_EQ(whole.host, "a.example:80");
  EXPECT_EQ(whole.path, "/b//c?d");
  const Target bare = ParseTarget("GET", "https://a");
  EXPECT_TRUE(bare.valid);
  EXPECT_EQ(bare.path, "");
  EXPECT_TRUE(bare.add_slash);
  const Target query = ParseTarget("GET", "http://a?b/c");
  EXPECT_EQ(query.host, "a");
  EXPECT_EQ(query.path, "?b/c");
  EXPECT_TRUE(query.add_slash);
}

TEST(Target, OfTheServerIsForOptionsAlone) {
  EXPECT_TRUE(ParseTarget("OPTIONS", "*").valid);
  EXPECT_EQ(ParseTarget("OPTIONS", "http://a").path, "*");
  EXPECT_FALSE(ParseTarget("OPTIONS", "http://a").add_slash);
  EXPECT_FALSE(ParseTarget("GET", "*").valid);
  EXPECT_FALSE(ParseTarget("OPTIONS", "*/a").valid);
}

TEST(Target, OfATunnelIsForConnectAlone) {
  EXPECT_TRUE(ParseTarget("CONNECT", "a:80").is_tunnel);
  EXPECT_FALSE(ParseTarget("GET", "a:80").valid);
}

TEST(Target, IsNothingElse) {
  for (const char* target :
       {"a", "?a", "a/b", "http:/a", "http:a", "http://", "http:///a",
        "http://:80/", "http://u@a/", "http://a:b/", "http://[::1/", "ftp://a/",
        "://a", "http://a\\b/"}) {
    EXPECT_FALSE(ParseTarget("GET", target).valid) << target;
  }
}

}  // namespace
}  // namespace access_point
