// What a pick does with an els_request, and with structs of it that are
// shorter, longer, full of zeros or wrong.

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "els/c_api.h"
#include "tests/core/c_balancer.h"

namespace els {
namespace {

constexpr std::uint64_t kNow = CBalancer::kNow;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Pick {
  els_status status = ELS_INTERNAL;
  els_ticket ticket = {};
  els_pick_failure failure = -1;
};

Pick PickFor(const CBalancer& balancer, const els_request* request,
             std::uint64_t now_ns = kNow) {
  Pick pick;
  pick.status = els_balancer_pick_for(balancer.get(), request, now_ns,
                                      &pick.ticket, &pick.failure);
  return pick;
}

// Backends that differ in their distance alone: "far" costs 5/3 times as much
// as "near", as turns do not count.
class CRequestTest : public testing::Test {
 protected:
  CRequestTest() {
    els_options options;
    EXPECT_EQ(els_options_init(&options, sizeof options), ELS_OK);
    options.turn_limit = options.turn_premium = 0;
    options.queue_by_work = 1;
    EXPECT_EQ(
        els_balancer_set_options(balancer_.get(), &options, kNow, nullptr, 0),
        ELS_OK);
    PutFarAt(5.0 / 3);
  }

  void PutFarAt(double distance) {
    els_backend set[] = {ELS_BACKEND_INIT, ELS_BACKEND_INIT};
    set[0].id = far_;
    set[0].distance = distance;
    set[1].id = near_;
    EXPECT_EQ(
        els_balancer_set_backends(balancer_.get(), set, 2, kNow, nullptr, 0),
        ELS_OK);
  }

  // The id that is picked for the request, which is then dropped.
  std::string Picked(const els_request& request) {
    const Pick pick = PickFor(balancer_, &request);
    EXPECT_EQ(pick.status, ELS_OK);
    EXPECT_EQ(pick.failure, ELS_PICK_FAILURE_NONE);
    const std::string id(IdOf(pick.ticket));
    EXPECT_EQ(els_ticket_drop(&pick.ticket), ELS_OK);
    return id;
  }

  els_request Preferring(const els_id* id, double price) const {
    els_request request = ELS_REQUEST_INIT;
    request.prefer = id;
    request.prefer_count = 1;
    request.price = price;
    return request;
  }

  const els_id far_ = {"far", 3};
  const els_id near_ = {"near", 4};
  CBalancer balancer_;
};

TEST_F(CRequestTest, OfWhichNothingIsKnownGoesToTheBest) {
  EXPECT_EQ(Picked(ELS_REQUEST_INIT), "near");
  const Pick pick = PickFor(balancer_, nullptr);
  EXPECT_EQ(pick.status, ELS_OK);
  EXPECT_EQ(IdOf(pick.ticket), "near");
  EXPECT_EQ(els_ticket_drop(&pick.ticket), ELS_OK);
}

TEST_F(CRequestTest, APreferredBackendIsPickedUnlessItIsTooDear) {
  struct Case {
    double price;
    const char* picked;
  };
  for (const Case& known :
       {Case{1.5, "near"}, Case{1.8, "far"}, Case{0, "far"},  // As 2.
        Case{kInfinity, "far"}, Case{1, "near"}, Case{0.5, "near"},
        Case{-2, "near"}, Case{-kInfinity, "near"},
        Case{std::nan(""), "near"}}) {
    EXPECT_EQ(Picked(Preferring(&far_, known.price)), known.picked)
        << known.price;
  }
}

TEST_F(CRequestTest, APriceOfZeroIsTwo) {
  PutFarAt(1.9);
  EXPECT_EQ(Picked(Preferring(&far_, 0)), "far");
  PutFarAt(2.1);
  EXPECT_EQ(Picked(Preferring(&far_, 0)), "near");
}

TEST_F(CRequestTest, TheFirstPreferredBackendThatIsThereIsPicked) {
  const els_id prefer[] = {
      {nullptr, 0}, {nullptr, 3}, {"gone", 4}, far_, near_};
  els_request request = Preferring(prefer, kInfinity);
  request.prefer_count = 5;
  EXPECT_EQ(Picked(request), "far");
  request.avoid = &far_;
  request.avoid_count = 1;
  EXPECT_EQ(Picked(request), "near");
  request.prefer_count = 4;
  EXPECT_EQ(Picked(request), "near");
}

TEST_F(CRequestTest, CountsByItsWork) {
  struct Case {
    double given;
    double counted;
  };
  for (const Case& known :
       {Case{0, 1}, Case{1, 1}, Case{2.5, 2.5}, Case{-3, 1},
        Case{std::nan(""), 1}, Case{kInfinity, 1}, Case{-kInfinity, 1},
        Case{1e-9, 1.0 / 4096}, Case{1e300, 1e6}}) {
    els_request request = ELS_REQUEST_INIT;
    request.work = known.given;
    request.avoid = &far_;
    request.avoid_count = 1;
    const Pick pick = PickFor(balancer_, &request);
    ASSERT_EQ(pick.status, ELS_OK);
    const els_backend_snapshot near = balancer_.Look().at(1);
    EXPECT_EQ(near.work, known.counted) << known.given;
    EXPECT_EQ(near.queue, known.counted) << known.given;
    EXPECT_EQ(near.outstanding, 1);
    EXPECT_EQ(els_ticket_answered(&pick.ticket, ELS_CANCELLED, kNow), ELS_OK);
    EXPECT_EQ(balancer_.Look().at(1).answered, 1);
    EXPECT_EQ(balancer_.Look().at(1).work, 0);
    EXPECT_EQ(balancer_.Look().at(1).answered_work, known.counted);
    EXPECT_EQ(els_ticket_finish(&pick.ticket, ELS_CANCELLED, kNow), ELS_OK);
    EXPECT_EQ(balancer_.Look().at(1).answered_work, 0);
  }
}

TEST_F(CRequestTest, OfAShorterStructIsReadAsFarAsItGoes) {
  els_request whole = Preferring(&far_, kInfinity);
  whole.avoid = &near_;
  whole.avoid_count = 1;
  struct Case {
    std::size_t size;
    const char* picked;
  };
  for (const Case& known : {Case{offsetof(els_request, avoid), "near"},
                            Case{offsetof(els_request, prefer), "far"}}) {
    std::vector<std::uint64_t> memory(known.size / 8);
    whole.struct_size = known.size;
    std::memcpy(memory.data(), &whole, known.size);
    const Pick pick =
        PickFor(balancer_, reinterpret_cast<const els_request*>(memory.data()));
    ASSERT_EQ(pick.status, ELS_OK);
    EXPECT_EQ(IdOf(pick.ticket), known.picked) << known.size;
    EXPECT_EQ(els_ticket_drop(&pick.ticket), ELS_OK);
  }
}

TEST_F(CRequestTest, OfALongerStructIsTakenIfItsExcessIsZero) {
  els_request whole = Preferring(&far_, kInfinity);
  whole.struct_size = sizeof whole + 8;
  std::vector<std::uint64_t> memory(whole.struct_size / 8);
  std::memcpy(memory.data(), &whole, sizeof whole);
  const auto* request = reinterpret_cast<const els_request*>(memory.data());
  const Pick pick = PickFor(balancer_, request);
  EXPECT_EQ(pick.status, ELS_OK);
  EXPECT_EQ(IdOf(pick.ticket), "far");
  EXPECT_EQ(els_ticket_drop(&pick.ticket), ELS_OK);
  memory.back() = 1;
  EXPECT_EQ(PickFor(balancer_, request).status, ELS_INVALID_ARGUMENT);
}

TEST_F(CRequestTest, ThatIsWrongPicksNothing) {
  std::vector<els_request> all(6, ELS_REQUEST_INIT);
  all[0].struct_size = 0;
  all[1].struct_size = 4;
  all[2].struct_size = sizeof(els_request) - 4;
  all[3].struct_size = std::size_t{1} << 40;
  all[4].avoid_count = 1;
  all[5].prefer_count = 1;
  const std::uint64_t picks = balancer_.Look().at(1).picks;
  for (const els_request& request : all) {
    Pick pick;
    std::memset(&pick.ticket, 0xff, sizeof pick.ticket);
    pick.status = els_balancer_pick_for(balancer_.get(), &request, kNow,
                                        &pick.ticket, &pick.failure);
    EXPECT_EQ(pick.status, ELS_INVALID_ARGUMENT);
    EXPECT_EQ(pick.failure, ELS_PICK_FAILURE_NONE);
    EXPECT_EQ(pick.ticket.serial, 0u) << "empty";
  }
  EXPECT_EQ(balancer_.Look().at(1).picks, picks);
}

els_backend Limited(const char* id, std::uint64_t max_outstanding) {
  els_backend backend = ELS_BACKEND_INIT;
  backend.id = {id, std::strlen(id)};
  backend.max_outstanding = max_outstanding;
  return backend;
}

TEST(CPickFailureTest, SaysWhyThereIsNoTicket) {
  CBalancer balancer(std::vector<std::string>{});
  EXPECT_EQ(PickFor(balancer, nullptr).status, ELS_NO_BACKEND);
  EXPECT_EQ(PickFor(balancer, nullptr).failure, ELS_PICK_FAILURE_EMPTY_SET);
  els_ticket ticket;
  EXPECT_EQ(
      els_balancer_pick_for(balancer.get(), nullptr, kNow, &ticket, nullptr),
      ELS_NO_BACKEND);

  const els_backend set[] = {Limited("a", 1), Limited("b", 2)};
  ASSERT_EQ(els_balancer_set_backends(balancer.get(), set, 2, kNow, nullptr, 0),
            ELS_OK);
  std::vector<els_ticket> tickets;
  for (int i = 0; i < 3; ++i) {
    const Pick pick = PickFor(balancer, nullptr);
    ASSERT_EQ(pick.status, ELS_OK);
    EXPECT_EQ(pick.failure, ELS_PICK_FAILURE_NONE);
    tickets.push_back(pick.ticket);
  }
  const Pick full = PickFor(balancer, nullptr);
  EXPECT_EQ(full.status, ELS_NO_BACKEND);
  EXPECT_EQ(full.failure, ELS_PICK_FAILURE_ALL_FULL);
  EXPECT_EQ(full.ticket.serial, 0u);
  EXPECT_EQ(els_balancer_pick(balancer.get(), nullptr, 0, kNow, &ticket),
            ELS_NO_BACKEND);

  // An answer alone makes no room.
  EXPECT_EQ(els_ticket_answered(&tickets[0], ELS_SUCCESS, kNow), ELS_OK);
  EXPECT_EQ(PickFor(balancer, nullptr).failure, ELS_PICK_FAILURE_ALL_FULL);
  EXPECT_EQ(els_ticket_finish(&tickets[0], ELS_SUCCESS, kNow), ELS_OK);
  tickets[0] = PickFor(balancer, nullptr).ticket;
  for (const els_ticket& each : tickets) {
    EXPECT_EQ(els_ticket_drop(&each), ELS_OK);
  }
}

TEST(CPickFailureTest, ALimitOfZeroOrAboveUint32MaxIsNone) {
  for (const std::uint64_t limit :
       {std::uint64_t{0}, std::uint64_t{1} << 32, UINT64_MAX}) {
    CBalancer balancer;
    const els_backend backend = Limited("a", limit);
    ASSERT_EQ(els_balancer_set_backends(balancer.get(), &backend, 1, kNow,
                                        nullptr, 0),
              ELS_OK);
    EXPECT_EQ(balancer.First().max_outstanding, limit == 0 ? 0 : UINT32_MAX);
    for (int i = 0; i < 3; ++i) (void)balancer.Pick();
    EXPECT_EQ(balancer.First().outstanding, 3);
  }
}

TEST(CWeightTest, DividesTheQueueAndZeroCountsAsOne) {
  CBalancer balancer;
  els_backend set[] = {Limited("light", 0), Limited("heavy", 0)};
  set[0].weight = 0;
  set[1].weight = 3;
  ASSERT_EQ(els_balancer_set_backends(balancer.get(), set, 2, kNow, nullptr, 0),
            ELS_OK);
  const std::vector<els_backend_snapshot> all = balancer.Look();
  EXPECT_EQ(all[0].weight, 1);
  EXPECT_EQ(all[1].weight, 3);
  // The mean weight is 2, and each has one request outstanding.
  for (int i = 0; i < 2; ++i) {
    const els_id other = set[1 - i].id;
    els_ticket ticket;
    ASSERT_EQ(els_balancer_pick(balancer.get(), &other, 1, kNow, &ticket),
              ELS_OK);
  }
  EXPECT_EQ(balancer.Look()[0].queue, 2);
  EXPECT_DOUBLE_EQ(balancer.Look()[1].queue, 2.0 / 3);
}

}  // namespace
}  // namespace els
