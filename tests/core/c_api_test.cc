#include "els/c_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "tests/core/c_balancer.h"

namespace els {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kNow = CBalancer::kNow;

els_options Defaults() {
  els_options options;
  EXPECT_EQ(els_options_init(&options, sizeof options), ELS_OK);
  return options;
}

els_backend BackendOf(const std::string& id, double distance = 1,
                      double weight = 1) {
  els_backend backend = ELS_BACKEND_INIT;
  backend.id = {id.data(), id.size()};
  backend.distance = distance;
  backend.weight = weight;
  return backend;
}

struct BadOption {
  std::string name;
  std::function<void(els_options&)> set;
};

std::vector<BadOption> BadOptions() {
  return {
      {"choice", [](els_options& o) { o.choice = 3; }},
      {"choice", [](els_options& o) { o.choice = -1; }},
      {"initial_latency", [](els_options& o) { o.initial_latency_ns = 0; }},
      {"latency_memory", [](els_options& o) { o.latency_memory_ns = 1; }},
      {"latency_memory_picks",
       [](els_options& o) { o.latency_memory_picks = -1; }},
      {"success_memory",
       [](els_options& o) { o.success_memory_ns = UINT64_MAX; }},
      {"success_memory_picks",
       [](els_options& o) { o.success_memory_picks = std::nan(""); }},
      {"success_memory_spread",
       [](els_options& o) { o.success_memory_spread = 1; }},
      {"trust_after_failure",
       [](els_options& o) { o.trust_after_failure = -1; }},
      {"outage_growth", [](els_options& o) { o.outage_growth = 11; }},
      {"prior_weight", [](els_options& o) { o.prior_weight = 0; }},
      {"unproven_factor", [](els_options& o) { o.unproven_factor = 0; }},
      {"failure_cost_factor",
       [](els_options& o) { o.failure_cost_factor = -1; }},
      {"failure_cost_memory",
       [](els_options& o) { o.failure_cost_memory_ns = 0; }},
      {"overdue_factor", [](els_options& o) { o.overdue_factor = 0; }},
      {"turn_limit", [](els_options& o) { o.turn_limit = 1; }},
      {"turn_premium", [](els_options& o) { o.turn_premium = -1; }},
      {"turn_slope", [](els_options& o) { o.turn_slope = 11; }},
      {"turn_memory", [](els_options& o) { o.turn_memory_ns = 0; }},
      {"first_contact_limit",
       [](els_options& o) { o.first_contact_limit = 0; }},
      {"removed_memory",
       [](els_options& o) { o.removed_memory_ns = UINT64_C(1) << 63; }},
      {"answered_weight", [](els_options& o) { o.answered_weight = 1.1; }},
      {"queue_by_work", [](els_options& o) { o.queue_by_work = -1; }},
      {"tail", [](els_options& o) { o.tail = -1; }},
      {"parallelism", [](els_options& o) { o.parallelism = -0.1; }},
  };
}

TEST(CApiTest, EveryOptionOutOfRangeIsNamedAndMakesNoBalancer) {
  for (const BadOption& bad : BadOptions()) {
    els_options options = Defaults();
    bad.set(options);
    els_balancer* balancer = nullptr;
    char why[200];
    EXPECT_EQ(els_balancer_new(&options, &balancer, why, sizeof why),
              ELS_INVALID_ARGUMENT);
    EXPECT_EQ(balancer, nullptr);
    EXPECT_EQ(std::string(why).rfind(bad.name + " is ", 0), 0u) << why;
    EXPECT_THAT(why, HasSubstr("it must be "));
  }
}

TEST(CApiTest, EveryOptionOutOfRangeIsNamedAndChangesNoBalancer) {
  CBalancer balancer;
  for (const BadOption& bad : BadOptions()) {
    els_options options = Defaults();
    options.initial_latency_ns = 7'000'000;
    bad.set(options);
    char why[200];
    EXPECT_EQ(els_balancer_set_options(balancer.get(), &options, kNow, why,
                                       sizeof why),
              ELS_INVALID_ARGUMENT);
    EXPECT_EQ(std::string(why).rfind(bad.name + " is ", 0), 0u) << why;
    EXPECT_EQ(balancer.First().failure_latency_ns, 50'000'000u);
  }
}

TEST(CApiTest, ARefusedSetNamesItsFaultAndLeavesTheOldOne) {
  CBalancer balancer({"old"});
  const std::string a = "a";
  const std::string empty;
  struct Case {
    std::vector<els_backend> set;
    std::string why;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  els_backend null_id = BackendOf(a);
  null_id.id.data = nullptr;
  els_backend no_id = null_id;
  no_id.id.size = 0;
  const Case cases[] = {
      {{BackendOf(a), BackendOf(a)}, "backend \"a\" is given twice"},
      {{BackendOf(a), BackendOf(empty)}, "backend 1 has an empty id"},
      {{null_id}, "backend 0 has an id that is a null pointer"},
      {{no_id}, "backend 0 has an empty id"},
      {{BackendOf(a, -1)},
       "backend \"a\" has a distance of -1; it must be finite and above 0"},
      {{BackendOf(a, kInfinity)},
       "backend \"a\" has a distance of inf; it must be finite and above 0"},
      {{BackendOf(a, std::nan(""))},
       "backend \"a\" has a distance of nan; it must be finite and above 0"},
      {{BackendOf(a, 0)},
       "backend \"a\" has a distance of 0; it must be finite and above 0"},
      {{BackendOf(a, 1, -1)},
       "backend \"a\" has a weight of -1; it must be finite and above 0"},
      {{BackendOf(a, 1, kInfinity)},
       "backend \"a\" has a weight of inf; it must be finite and above 0"},
      {{BackendOf(a, 1, std::nan(""))},
       "backend \"a\" has a weight of nan; it must be finite and above 0"},
  };
  for (const Case& bad : cases) {
    char why[200];
    EXPECT_EQ(els_balancer_set_backends(balancer.get(), bad.set.data(),
                                        bad.set.size(), kNow, why, sizeof why),
              ELS_INVALID_ARGUMENT);
    EXPECT_EQ(why, bad.why);
    const els_ticket ticket = balancer.Pick();
    EXPECT_EQ(IdOf(ticket), "old");
    EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
  }
}

TEST(CApiTest, TooManyBackendsAreRefusedBeforeTheyAreRead) {
  CBalancer balancer;
  const std::string id = "a";
  const els_backend one = BackendOf(id);
  char why[200];
  EXPECT_EQ(els_balancer_set_backends(balancer.get(), &one, SIZE_MAX, kNow, why,
                                      sizeof why),
            ELS_INVALID_ARGUMENT);
  EXPECT_THAT(why, HasSubstr("at most 65536 are allowed"));
  EXPECT_EQ(
      els_balancer_set_backends(balancer.get(), &one, ELS_MAX_BACKENDS + 1,
                                kNow, why, sizeof why),
      ELS_INVALID_ARGUMENT);
  EXPECT_THAT(why, HasSubstr("65537 backends; at most 65536 are allowed"));
  EXPECT_EQ(balancer.Look().size(), 1u);
}

TEST(CApiTest, AnIdToAvoidThatIsANullPointerIsNoBackends) {
  CBalancer balancer({"a", "b"});
  const els_id avoid[] = {{nullptr, 0}, {nullptr, 5}, {"a", 1}};
  els_ticket ticket;
  ASSERT_EQ(els_balancer_pick(balancer.get(), avoid, 3, kNow, &ticket), ELS_OK);
  EXPECT_EQ(IdOf(ticket), "b");
  EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
}

TEST(CApiTest, RefusedOptionsLeaveTheOldOnes) {
  CBalancer balancer;
  els_options options = Defaults();
  options.initial_latency_ns = 7'000'000;
  options.turn_limit = 5;
  EXPECT_EQ(
      els_balancer_set_options(balancer.get(), &options, kNow, nullptr, 0),
      ELS_INVALID_ARGUMENT);
  EXPECT_EQ(balancer.First().failure_latency_ns, 50'000'000u);
  options.turn_limit = 0;
  EXPECT_EQ(
      els_balancer_set_options(balancer.get(), &options, kNow, nullptr, 0),
      ELS_OK);
  EXPECT_EQ(balancer.First().failure_latency_ns, 7'000'000u);
}

TEST(CApiTest, AMessageIsCutToItsBuffer) {
  CBalancer balancer;
  els_options options = Defaults();
  options.prior_weight = 0;
  char why[6] = "?????";
  EXPECT_EQ(els_balancer_set_options(balancer.get(), &options, kNow, why, 1),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(std::string(why, sizeof why), std::string("\0????", 6));
  EXPECT_EQ(els_balancer_set_options(balancer.get(), &options, kNow, why, 5),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why, "prio");
  EXPECT_EQ(els_balancer_set_options(balancer.get(), &options, kNow, why, 0),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why, "prio");
}

TEST(CApiTest, AnIdMayHoldAnyBytes) {
  const std::string one("a\0b", 3);
  const std::string two("a\0\n", 3);
  CBalancer balancer({one, two});
  const els_id avoid = {one.data(), one.size()};
  els_ticket ticket;
  ASSERT_EQ(els_balancer_pick(balancer.get(), &avoid, 1, kNow, &ticket),
            ELS_OK);
  EXPECT_EQ(IdOf(ticket), two);
  EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);

  const els_backend twice[] = {BackendOf(two), BackendOf(two)};
  char why[200];
  EXPECT_EQ(els_balancer_set_backends(balancer.get(), twice, 2, kNow, why,
                                      sizeof why),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why, R"(backend "a\x00\n" is given twice)") << "one line";
}

TEST(CApiTest, EachOutcomeIsCountedAsWhatItIs) {
  CBalancer balancer;
  for (const els_outcome outcome :
       {ELS_SUCCESS, ELS_FAILURE, ELS_TIMEOUT, ELS_CANCELLED, ELS_NEUTRAL}) {
    const els_ticket ticket = balancer.Pick();
    EXPECT_EQ(els_ticket_finish(&ticket, outcome, kNow), ELS_OK);
    const els_backend_snapshot after = balancer.First();
    EXPECT_EQ(after.successes, outcome >= ELS_SUCCESS ? 1u : 0u);
    EXPECT_EQ(after.failures, outcome >= ELS_FAILURE ? 1u : 0u);
    EXPECT_EQ(after.timeouts, outcome >= ELS_TIMEOUT ? 1u : 0u);
    EXPECT_EQ(after.cancelled, outcome >= ELS_CANCELLED ? 1u : 0u);
    EXPECT_EQ(after.neutral, outcome >= ELS_NEUTRAL ? 1u : 0u);
  }
}

TEST(CApiTest, AnOutcomeThatIsNoneLeavesTheTicketAsItWas) {
  CBalancer balancer;
  const els_ticket ticket = balancer.Pick();
  for (const els_outcome outcome : {0, 6, -1}) {
    EXPECT_EQ(els_ticket_answered(&ticket, outcome, kNow),
              ELS_INVALID_ARGUMENT);
    EXPECT_EQ(els_ticket_finish(&ticket, outcome, kNow), ELS_INVALID_ARGUMENT);
  }
  EXPECT_EQ(balancer.First().outstanding, 1);
  EXPECT_EQ(els_ticket_finish(&ticket, ELS_SUCCESS, kNow), ELS_OK);
}

TEST(CApiTest, ANullPointerIsAnErrorAndNoCrash) {
  CBalancer balancer;
  els_options options = Defaults();
  els_ticket ticket;
  els_backend_snapshot backend = ELS_BACKEND_SNAPSHOT_INIT;
  els_snapshot* snapshot = nullptr;
  els_snapshot* taken = nullptr;
  ASSERT_EQ(els_balancer_snapshot(balancer.get(), kNow, &taken), ELS_OK);
  char why[100];
  const els_status statuses[] = {
      els_options_init(nullptr, sizeof options),
      els_balancer_new(&options, nullptr, why, sizeof why),
      els_balancer_set_options(nullptr, &options, kNow, why, sizeof why),
      els_balancer_set_options(balancer.get(), nullptr, kNow, why, sizeof why),
      els_balancer_set_backends(nullptr, nullptr, 0, kNow, why, sizeof why),
      els_balancer_set_backends(balancer.get(), nullptr, 1, kNow, why, 0),
      els_balancer_pick(nullptr, nullptr, 0, kNow, &ticket),
      els_balancer_pick(balancer.get(), nullptr, 1, kNow, &ticket),
      els_balancer_pick(balancer.get(), nullptr, 0, kNow, nullptr),
      els_balancer_pick_for(nullptr, nullptr, kNow, &ticket, nullptr),
      els_balancer_pick_for(balancer.get(), nullptr, kNow, nullptr, nullptr),
      els_ticket_answered(nullptr, ELS_SUCCESS, kNow),
      els_ticket_finish(nullptr, ELS_SUCCESS, kNow),
      els_ticket_drop(nullptr),
      els_balancer_snapshot(nullptr, kNow, &snapshot),
      els_balancer_snapshot(balancer.get(), kNow, nullptr),
      els_snapshot_get(nullptr, 0, &backend),
      els_snapshot_get(taken, 0, nullptr),
      els_snapshot_get(taken, 1, &backend),
      els_snapshot_get(taken, SIZE_MAX, &backend),
  };
  for (const els_status status : statuses) {
    EXPECT_EQ(status, ELS_INVALID_ARGUMENT);
  }
  EXPECT_STREQ(why, "balancer is a null pointer");
  EXPECT_EQ(els_ticket_id(nullptr).data, nullptr);
  EXPECT_EQ(els_snapshot_size(nullptr), 0u);
  EXPECT_EQ(ticket.serial, 0u) << "empty after each error";
  EXPECT_EQ(snapshot, nullptr);
  els_balancer_free(nullptr);
  els_snapshot_free(nullptr);
  els_snapshot_free(taken);
}

TEST(CApiTest, ATimeAboveInt64MaxIsInt64Max) {
  std::uint64_t latency_ns = 0;
  for (const std::uint64_t now_ns :
       {std::uint64_t{INT64_MAX}, std::uint64_t{INT64_MAX} + 1, UINT64_MAX}) {
    CBalancer balancer;
    els_ticket ticket;
    // Two that agree: time goes on from there.
    for (int i = 0; i < 2; ++i) {
      ASSERT_EQ(els_balancer_pick(balancer.get(), nullptr, 0,
                                  INT64_MAX - 1'000'000, &ticket),
                ELS_OK);
    }
    EXPECT_EQ(els_ticket_finish(&ticket, ELS_SUCCESS, now_ns), ELS_OK);
    if (latency_ns == 0) latency_ns = balancer.First().latency_ns;
    EXPECT_EQ(balancer.First().latency_ns, latency_ns);
    EXPECT_EQ(latency_ns, 1'000'000u);
  }
}

TEST(CApiTest, ATimeBeyondAllClocksIsBelievedByAnHourAtMost) {
  CBalancer balancer;
  const els_ticket ticket = balancer.Pick();
  EXPECT_EQ(els_ticket_finish(&ticket, ELS_FAILURE, UINT64_MAX), ELS_OK);
  // Beside one pseudo-observation of 50 ms.
  EXPECT_NEAR(static_cast<double>(balancer.First().failure_latency_ns),
              (3600e9 + 50e6) / 2, 1e6);
}

}  // namespace
}  // namespace els
