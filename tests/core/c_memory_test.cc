// What the C interface allocates, frees, and says when there is no memory.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "els/c_api.h"
#include "els/c_explanation.h"
#include "tests/core/c_balancer.h"
#include "tests/core/failing_memory.h"

namespace els {
namespace {

constexpr std::uint64_t kNow = CBalancer::kNow;

TEST(CMemoryTest, ARequestAllocatesNothing) {
  CBalancer balancer({"a", "b", "c"});
  const std::vector<els_id> ids(16, els_id{"b", 1});
  els_request known = ELS_REQUEST_INIT;
  known.avoid = known.prefer = ids.data();
  known.avoid_count = known.prefer_count = ids.size();
  const auto request = [&](int i) {
    els_ticket ticket;
    EXPECT_EQ(
        els_balancer_pick_for(balancer.get(), &known, kNow, &ticket, nullptr),
        ELS_OK);
    EXPECT_NE(IdOf(ticket), "b");
    if (i % 3 == 0) els_ticket_answered(&ticket, ELS_SUCCESS, kNow);
    if (i % 3 != 1) els_ticket_finish(&ticket, ELS_SUCCESS, kNow);
    if (i % 3 == 1) els_ticket_drop(&ticket);
  };
  request(0);
  const std::int64_t before = AllocatedBlocks();
  for (int i = 0; i < 1000; ++i) request(i);
  EXPECT_EQ(AllocatedBlocks() - before, 0);
}

TEST(CMemoryTest, ABalancerAndItsTicketsFreeWhatTheyHeld) {
  const std::string id(100, 'a');
  // The table's slots are there to stay.
  for (const bool first : {true, false}) {
    const std::int64_t before = HeldBlocks();
    {
      CBalancer balancer({id});
      const els_ticket finished = balancer.Pick();
      EXPECT_EQ(els_ticket_finish(&finished, ELS_SUCCESS, kNow), ELS_OK);
      const els_ticket late = balancer.Pick();
      const els_ticket dropped = balancer.Pick();
      balancer.Free();
      EXPECT_EQ(els_ticket_finish(&late, ELS_SUCCESS, kNow), ELS_OK);
      EXPECT_EQ(els_ticket_drop(&dropped), ELS_OK);
    }
    if (!first) {
      EXPECT_EQ(HeldBlocks() - before, 0);
    }
  }
}

// Fails each allocation of `call` in turn. Each time it must return
// ELS_NO_MEMORY, and `check` is called; without a failure it must return
// `status`. Returns the number of failures.
template <class Call, class Check>
int RunOut(els_status status, Call call, Check check) {
  els_status last = ELS_OK;
  const int failures = FailEachAllocation([&] { last = call(); },
                                          [&](bool threw) {
                                            EXPECT_FALSE(threw)
                                                << "no exception leaves a call";
                                            EXPECT_EQ(last, ELS_NO_MEMORY);
                                            check();
                                          });
  EXPECT_EQ(last, status);
  return failures;
}

std::string LongId(int number) {
  return "the backend with the number " + std::to_string(number);
}

std::vector<std::string> LongIds(int from, int to) {
  std::vector<std::string> ids;
  for (int i = from; i < to; ++i) ids.push_back(LongId(i));
  return ids;
}

std::vector<els_backend> BackendsOf(const std::vector<std::string>& ids) {
  std::vector<els_backend> backends;
  for (const std::string& id : ids) {
    els_backend backend = ELS_BACKEND_INIT;
    backend.id = {id.data(), id.size()};
    backend.tag = backends.size();
    backends.push_back(backend);
  }
  return backends;
}

// What a failed call must leave as it was.
struct Seen {
  bool operator==(const Seen&) const = default;

  std::vector<std::uint64_t> tags;
  std::vector<std::uint64_t> picks;
  std::vector<std::uint64_t> expected_latencies;
};

Seen Look(const CBalancer& balancer) {
  Seen seen;
  for (const els_backend_snapshot& backend : balancer.Look()) {
    seen.tags.push_back(backend.tag);
    seen.picks.push_back(backend.picks);
    seen.expected_latencies.push_back(backend.expected_latency_ns);
  }
  return seen;
}

void ExpectServes(CBalancer& balancer) {
  for (int i = 0; i < 20; ++i) {
    const els_ticket ticket = balancer.Pick();
    EXPECT_EQ(els_ticket_finish(&ticket, ELS_SUCCESS, kNow), ELS_OK);
  }
}

TEST(CMemoryTest, WithoutMemoryThereIsNoBalancer) {
  CBalancer().Free();  // Makes the tables of tickets, which stay.
  els_options options;
  ASSERT_EQ(els_options_init(&options, sizeof options), ELS_OK);
  const els_options* const none = nullptr;
  for (const els_options* given :
       {none, static_cast<const els_options*>(&options)}) {
    char why[40] = "";
    els_balancer* balancer = nullptr;
    const std::int64_t held = HeldBlocks();
    const auto make = [&] {
      els_balancer_free(balancer);
      return els_balancer_new(given, &balancer, why, sizeof why);
    };
    EXPECT_GT(RunOut(ELS_OK, make,
                     [&] {
                       EXPECT_STREQ(why, "out of memory");
                       EXPECT_EQ(balancer, nullptr);
                       EXPECT_EQ(HeldBlocks(), held);
                     }),
              4);
    els_balancer_free(balancer);
    EXPECT_EQ(HeldBlocks(), held);
  }
}

TEST(CMemoryTest, WithoutMemoryThereIsNoSnapshot) {
  CBalancer balancer(LongIds(0, 20));
  ExpectServes(balancer);
  els_snapshot* snapshot = nullptr;
  const std::int64_t held = HeldBlocks();
  const auto look = [&] {
    els_snapshot_free(snapshot);
    return els_balancer_snapshot(balancer.get(), kNow, &snapshot);
  };
  EXPECT_GT(RunOut(ELS_OK, look,
                   [&] {
                     EXPECT_EQ(snapshot, nullptr);
                     EXPECT_EQ(HeldBlocks(), held);
                   }),
            20);
  EXPECT_EQ(els_snapshot_size(snapshot), 20u);
  els_snapshot_free(snapshot);
  ExpectServes(balancer);
}

TEST(CMemoryTest, WithoutMemoryExplanationsAreKeptButNotCopied) {
  CBalancer balancer(LongIds(0, 5));
  els_status explain = ELS_INTERNAL;
  EXPECT_TRUE(NeedsNoMemory(
      [&] { explain = els_balancer_explain(balancer.get(), 1000); }));
  EXPECT_EQ(explain, ELS_OK);
  ExpectServes(balancer);
  els_explanations* kept = nullptr;
  const std::int64_t held = HeldBlocks();
  const auto copy = [&] {
    els_explanations_free(kept);
    return els_balancer_explanations(balancer.get(), &kept);
  };
  EXPECT_GT(RunOut(ELS_OK, copy,
                   [&] {
                     EXPECT_EQ(kept, nullptr);
                     EXPECT_EQ(HeldBlocks(), held);
                   }),
            20);
  EXPECT_EQ(els_explanations_size(kept), 20u);
  els_explanation first = ELS_EXPLANATION_INIT;
  EXPECT_TRUE(NeedsNoMemory([&] { els_explanations_get(kept, 0, &first); }));
  EXPECT_EQ(els_snapshot_size(first.candidates), 4u);
  els_explanations_free(kept);
  EXPECT_EQ(HeldBlocks(), held);
}

TEST(CMemoryTest, WithoutMemoryToExplainItAPickIsMadeAllTheSame) {
  CBalancer balancer(LongIds(0, 5));
  ExpectServes(balancer);  // The table of tickets has room.
  ASSERT_EQ(els_balancer_explain(balancer.get(), 1000), ELS_OK);
  els_ticket ticket = {};
  EXPECT_FALSE(NeedsNoMemory([&] { ticket = balancer.Pick(); }));
  EXPECT_EQ(els_ticket_finish(&ticket, ELS_SUCCESS, kNow), ELS_OK);
  els_explanations* kept = nullptr;
  ASSERT_EQ(els_balancer_explanations(balancer.get(), &kept), ELS_OK);
  EXPECT_EQ(els_explanations_size(kept), 0u);
  els_explanations_free(kept);
}

TEST(CMemoryTest, WithoutMemoryForItANewSetChangesNothing) {
  const std::vector<std::string> old_ids = LongIds(0, 20);
  const std::vector<std::string> new_ids = LongIds(10, 60);
  const std::vector<els_backend> set = BackendsOf(new_ids);
  for (const Shortage shortage : {Shortage::kMoment, Shortage::kLasting}) {
    std::int64_t first = 0;
    for (bool failed = true; failed; ++first) {
      SCOPED_TRACE(first);
      CBalancer balancer(old_ids);
      const Seen before = Look(balancer);
      char why[40] = "";
      els_status status = ELS_OK;
      {
        const FailingMemory memory(first, shortage);
        status = els_balancer_set_backends(balancer.get(), set.data(),
                                           set.size(), kNow, why, sizeof why);
        failed = memory.HasFailed();
      }
      ASSERT_EQ(status, failed ? ELS_NO_MEMORY : ELS_OK);
      EXPECT_STREQ(why, failed ? "out of memory" : "");
      if (failed) {
        EXPECT_EQ(Look(balancer), before);
      }
      ExpectServes(balancer);
      EXPECT_EQ(balancer.Set(new_ids), ELS_OK);
      EXPECT_EQ(balancer.Look().size(), new_ids.size());
    }
    EXPECT_GT(first, 50);
  }
}

// A balancer, and calls that it refuses, in which each allocation fails in
// turn.
class RefusalWithoutMemory : public testing::Test {
 protected:
  RefusalWithoutMemory() { ExpectServes(balancer_); }

  // `call` takes the place for the message.
  template <class Call>
  void ExpectUnharmed(Call call) {
    const Seen before = Look(balancer_);
    char why[100] = "";
    const std::int64_t held = HeldBlocks();
    EXPECT_GT(RunOut(
                  ELS_INVALID_ARGUMENT, [&] { return call(why); },
                  [&] {
                    EXPECT_EQ(HeldBlocks(), held);
                    EXPECT_EQ(Look(balancer_), before);
                  }),
              0);
    ExpectServes(balancer_);
  }

  void ExpectRefused(const std::vector<els_backend>& set) {
    ExpectUnharmed([&](char* why) {
      return els_balancer_set_backends(balancer_.get(), set.data(), set.size(),
                                       kNow, why, 100);
    });
  }

  void ExpectRefused(const els_options& options) {
    ExpectUnharmed([&](char* why) {
      return els_balancer_set_options(balancer_.get(), &options, kNow, why,
                                      100);
    });
    ExpectUnharmed([&](char* why) {
      els_balancer* none = balancer_.get();
      const els_status status = els_balancer_new(&options, &none, why, 100);
      EXPECT_EQ(none, nullptr);
      return status;
    });
  }

  CBalancer balancer_{LongIds(0, 20)};
};

TEST_F(RefusalWithoutMemory, OfASetChangesNothing) {
  const std::vector<std::string> ids = {LongId(1), LongId(1)};
  const std::vector<els_backend> twice = BackendsOf(ids);
  ExpectRefused(twice);
  std::vector<els_backend> sizes = twice;
  sizes[1].struct_size = 0;
  ExpectRefused(sizes);
  std::vector<els_backend> null_id = twice;
  null_id[0].id.data = nullptr;
  ExpectRefused(null_id);
}

TEST_F(RefusalWithoutMemory, OfOptionsChangesNothing) {
  els_options range;
  ASSERT_EQ(els_options_init(&range, sizeof range), ELS_OK);
  els_options size = range;
  range.turn_limit = 2;
  ExpectRefused(range);
  size.struct_size = 3;
  ExpectRefused(size);
  ExpectUnharmed([&](char*) { return els_options_init(&size, 3); });
}

TEST_F(RefusalWithoutMemory, OfARequestPicksNothing) {
  els_request request = ELS_REQUEST_INIT;
  request.struct_size = 3;
  els_ticket none;
  ExpectUnharmed([&](char*) {
    return els_balancer_pick_for(balancer_.get(), &request, kNow, &none,
                                 nullptr);
  });
}

TEST_F(RefusalWithoutMemory, OfASnapshotsStructChangesNothing) {
  els_snapshot* snapshot = nullptr;
  ASSERT_EQ(els_balancer_snapshot(balancer_.get(), kNow, &snapshot), ELS_OK);
  els_backend_snapshot backend = ELS_BACKEND_SNAPSHOT_INIT;
  EXPECT_TRUE(NeedsNoMemory([&] { els_snapshot_get(snapshot, 0, &backend); }));
  EXPECT_EQ(backend.id.size, LongId(0).size());
  backend.struct_size = 3;
  backend.picks = 77;
  ExpectUnharmed(
      [&](char*) { return els_snapshot_get(snapshot, 0, &backend); });
  EXPECT_EQ(backend.picks, 77u);
  els_snapshot_free(snapshot);
}

TEST(CMemoryTest, ValidOptionsAreSetWithoutMemory) {
  CBalancer balancer;
  els_options options;
  els_status init = ELS_INTERNAL;
  els_status set = ELS_INTERNAL;
  EXPECT_TRUE(NeedsNoMemory([&] {
    init = els_options_init(&options, sizeof options);
    set = els_balancer_set_options(balancer.get(), &options, kNow, nullptr, 0);
  }));
  EXPECT_EQ(init, ELS_OK);
  EXPECT_EQ(set, ELS_OK);
}

TEST(CMemoryTest, ATicketIsReportedAndABalancerFreedWithoutMemory) {
  CBalancer balancer(LongIds(0, 3));
  const els_ticket tickets[] = {balancer.Pick(), balancer.Pick()};
  els_id id = {};
  els_status statuses[4] = {};
  EXPECT_TRUE(NeedsNoMemory([&] {
    id = els_ticket_id(&tickets[0]);
    statuses[0] = els_ticket_answered(&tickets[0], ELS_SUCCESS, kNow);
    statuses[1] = els_ticket_finish(&tickets[0], ELS_SUCCESS, kNow);
    statuses[2] = els_ticket_finish(&tickets[0], ELS_SUCCESS, kNow);
    balancer.Free();
    statuses[3] = els_ticket_drop(&tickets[1]);
  }));
  EXPECT_EQ(id.size, LongId(0).size());
  EXPECT_EQ(statuses[0], ELS_OK);
  EXPECT_EQ(statuses[1], ELS_OK);
  EXPECT_EQ(statuses[2], ELS_ALREADY_REPORTED);
  EXPECT_EQ(statuses[3], ELS_OK);
}

TEST(CMemoryTest, WithoutMemoryForItsTicketNothingIsPicked) {
  CBalancer balancer;
  const std::string other = LongId(1);
  const std::vector<els_id> ids(100, els_id{other.data(), other.size()});
  std::vector<els_ticket> tickets;
  tickets.reserve(1000);
  int failures = 0;
  for (int i = 0; i < 500; ++i) {
    els_ticket ticket;
    els_request request = ELS_REQUEST_INIT;
    request.avoid = request.prefer = ids.data();
    (i % 2 == 0 ? request.avoid_count : request.prefer_count) =
        i % 100 < 2 ? ids.size() : 0;
    failures += RunOut(
        ELS_OK,
        [&] {
          const els_status status = els_balancer_pick_for(
              balancer.get(), &request, kNow, &ticket, nullptr);
          if (status == ELS_OK) tickets.push_back(ticket);
          return status;
        },
        [&] { EXPECT_EQ(ticket.serial, 0u) << "empty"; });
    ASSERT_EQ(balancer.First().picks, tickets.size());
  }
  EXPECT_GT(failures, 5);
  for (const els_ticket& ticket : tickets) {
    EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
  }
}

}  // namespace
}  // namespace els
