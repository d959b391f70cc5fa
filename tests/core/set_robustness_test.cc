// Sets as large as they may be, and ids of any bytes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "els/balancer.h"
#include "tests/core/same_snapshot.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr std::size_t kMax = 65'536;

std::vector<Backend> Set(std::size_t size) {
  std::vector<Backend> set;
  for (std::size_t i = 0; i < size; ++i) {
    set.push_back({.id = "backend-" + std::to_string(i), .tag = i});
  }
  return set;
}

class SetRobustnessTest : public testing::Test {
 protected:
  absl::Status SetBackends(const std::vector<Backend>& set) {
    return balancer_.SetBackends(set, clock_.now());
  }

  VirtualClock clock_;
  Balancer balancer_{Options{.seed = 1}};
};

// A backend of which nothing is known gets no second request while another has
// none.
TEST_F(SetRobustnessTest, TheLargestSetIsServedOneRequestEach) {
  ASSERT_TRUE(SetBackends(Set(kMax)).ok());
  std::vector<Ticket> tickets;
  std::vector<int> picks(kMax);
  for (std::size_t i = 0; i < kMax; ++i) {
    tickets.push_back(balancer_.Pick(clock_.now()));
    ASSERT_LT(tickets.back().tag(), kMax);
    ++picks[tickets.back().tag()];
  }
  EXPECT_EQ(picks, std::vector<int>(kMax, 1));
  clock_.Advance(milliseconds(40));
  for (Ticket& ticket : tickets) ticket.Finish(Outcome::kSuccess, clock_.now());
  const std::vector<BackendSnapshot> all = balancer_.Snapshot(clock_.now());
  ASSERT_EQ(all.size(), kMax);
  for (const BackendSnapshot& backend : all) {
    ASSERT_EQ(backend.successes, 1u) << backend.id;
    ASSERT_EQ(backend.outstanding, 0) << backend.id;
    ASSERT_EQ(backend.latency, milliseconds(40)) << backend.id;
  }
}

TEST_F(SetRobustnessTest, OneMoreIsRefusedAndChangesNothing) {
  ASSERT_TRUE(SetBackends(Set(3)).ok());
  Ticket ticket = balancer_.Pick(clock_.now());
  clock_.Advance(milliseconds(40));
  const std::vector<BackendSnapshot> before = balancer_.Snapshot(clock_.now());
  const absl::Status status = SetBackends(Set(kMax + 1));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("65537 backends; at most 65536 are allowed"));
  EXPECT_TRUE(AreSame(balancer_.Snapshot(clock_.now()), before));
  EXPECT_TRUE(ticket);
}

const std::vector<std::string>& StrangeIds() {
  static const auto* const kIds = new std::vector<std::string>{
      "a",
      std::string("a\0", 2),
      std::string("a\0b", 3),
      std::string("\0", 1),
      std::string("\0\0", 2),
      "\n",
      "\r\n",
      " ",
      "\t",
      "\xff",
      "\xff\xfe\x80",
      "\xc3\xa9",  // e with an acute accent, in UTF-8
      "\"",
      "\\",
      "%s%n",
      "[::1]:80",
      std::string(10'240, 'x'),
      std::string(10'240, '\0'),
  };
  return *kIds;
}

std::vector<Backend> StrangeSet() {
  std::vector<Backend> set;
  for (const std::string& id : StrangeIds()) {
    set.push_back({.id = id, .tag = set.size()});
  }
  return set;
}

TEST_F(SetRobustnessTest, IdsOfAnyBytesAreGivenBackAsTheyWere) {
  ASSERT_TRUE(SetBackends(StrangeSet()).ok());
  const std::vector<BackendSnapshot> all = balancer_.Snapshot(clock_.now());
  ASSERT_EQ(all.size(), StrangeIds().size());
  std::vector<Ticket> tickets;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].id, StrangeIds()[i]);
    tickets.push_back(balancer_.Pick(clock_.now()));
    EXPECT_EQ(tickets.back().id(), StrangeIds()[tickets.back().tag()]);
  }
}

TEST_F(SetRobustnessTest, IdsOfAnyBytesAreAvoidedAndRemembered) {
  ASSERT_TRUE(SetBackends(StrangeSet()).ok());
  const std::vector<std::string>& ids = StrangeIds();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::vector<std::string_view> all_others(ids.begin(), ids.end());
    all_others.erase(all_others.begin() + static_cast<std::ptrdiff_t>(i));
    Ticket ticket = balancer_.Pick(clock_.now(), all_others);
    EXPECT_EQ(ticket.id(), ids[i]);
    ticket.Finish(Outcome::kFailure, clock_.now());
  }
  ASSERT_TRUE(SetBackends({}).ok());
  ASSERT_TRUE(SetBackends(StrangeSet()).ok());
  for (const BackendSnapshot& backend : balancer_.Snapshot(clock_.now())) {
    EXPECT_EQ(backend.failures, 1u);
  }
}

TEST_F(SetRobustnessTest, AnErrorQuotesIdsOfAnyBytesInOneLine) {
  for (const std::string& id : StrangeIds()) {
    const absl::Status twice = SetBackends({{.id = id}, {.id = id}});
    const absl::Status far = SetBackends({{.id = id, .distance = -1}});
    for (const absl::Status& status : {twice, far}) {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      const std::string message(status.message());
      EXPECT_EQ(message.rfind("backend \"", 0), 0u) << message;
      for (const char c : message) EXPECT_TRUE(c >= ' ' && c <= '~') << message;
    }
    EXPECT_EQ(twice.message().substr(twice.message().size() - 16),
              "\" is given twice");
  }
  EXPECT_EQ(SetBackends({{.id = std::string("a\0\n\"\xff", 5), .distance = -1}})
                .message(),
            "backend \"a\\x00\\n\\\"\\xff\" has a distance of -1; it must be "
            "finite and above 0");
}

}  // namespace
}  // namespace els
