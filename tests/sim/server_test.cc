#include "sim/model/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

namespace els_sim {
namespace {

using std::chrono::milliseconds;

class ServerTest : public testing::Test {
 protected:
  void Make(const ServerPlan& plan) {
    plan_ = plan;
    server_ = MakeServer(plan_, els::Random(1), els::Random(2));
  }

  // A job of so many milliseconds at so many; its number is its size.
  std::optional<Server::Due> Arrive(int size, int at) {
    return server_->Arrive({.attempt = static_cast<std::uint32_t>(size),
                            .size = milliseconds(size)},
                           At(at));
  }

  struct Departure {
    std::optional<std::uint32_t> attempt = {};
    std::optional<Server::Due> next = {};
  };
  Departure Depart(std::uint32_t what, Time now) {
    Departure departure = {.attempt = server_->Depart(what, now)};
    if (departure.attempt.has_value()) departure.next = server_->Next(now);
    return departure;
  }

  static Time At(int ms) { return Time(milliseconds(ms)); }

  ServerPlan plan_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, StartsAsManyJobsAsItHasSlots) {
  Make({.slots = 2});
  EXPECT_EQ(Arrive(1, 0)->time, At(1));
  EXPECT_EQ(Arrive(2, 0)->time, At(2));
  EXPECT_FALSE(Arrive(3, 0).has_value());
  EXPECT_EQ(server_->InServer(), 3);
}

TEST_F(ServerTest, StartsWaitingJobsInTheOrderOfArrival) {
  Make({});
  EXPECT_TRUE(Arrive(10, 0).has_value());
  EXPECT_FALSE(Arrive(20, 0).has_value());
  EXPECT_FALSE(Arrive(30, 0).has_value());
  const Departure first = Depart(10, At(10));
  EXPECT_EQ(first.attempt, 10);
  EXPECT_EQ(first.next->what, 20);
  EXPECT_EQ(first.next->time, At(30));
  EXPECT_FALSE(Arrive(40, 15).has_value());  // Behind 30, though 10 has left.
  EXPECT_EQ(Depart(20, At(30)).next->what, 30);
  EXPECT_EQ(Depart(30, At(60)).next->what, 40);
  EXPECT_FALSE(Depart(40, At(100)).next.has_value());
  EXPECT_EQ(server_->InServer(), 0);
}

TEST_F(ServerTest, FreesASlotOnlyWhenNobodyWaits) {
  Make({});
  EXPECT_TRUE(Arrive(10, 0).has_value());
  EXPECT_FALSE(Arrive(20, 0).has_value());
  EXPECT_TRUE(Depart(10, At(10)).next.has_value());
  EXPECT_FALSE(Arrive(5, 12).has_value());
  EXPECT_TRUE(Depart(20, At(30)).next.has_value());
  EXPECT_FALSE(Depart(5, At(35)).next.has_value());
  EXPECT_TRUE(Arrive(4, 40).has_value());
}

TEST_F(ServerTest, KnowsTheWorkThatIsLeft) {
  Make({.slots = 2, .phases = {{.slowness = 2}}});
  EXPECT_EQ(server_->WorkLeft(At(0)), 0);
  static_cast<void>(Arrive(10, 0));  // 20 ms.
  static_cast<void>(Arrive(20, 0));  // 40 ms.
  static_cast<void>(Arrive(30, 5));  // 60 ms, and waits.
  EXPECT_DOUBLE_EQ(server_->WorkLeft(At(5)), (15 + 35 + 60) / 2 * 1e6);
  static_cast<void>(Depart(10, At(20)));
  EXPECT_DOUBLE_EQ(server_->WorkLeft(At(30)), (10 + 50) / 2 * 1e6);
}

TEST_F(ServerTest, ServesAnyNumberSideBySideIfItIsInfinite) {
  Make({.discipline = Discipline::kInfinite});
  for (int i = 1; i <= 1000; ++i) EXPECT_EQ(Arrive(i, 5)->time, At(5 + i));
}

// 10 ms alone; then two at half speed each: the first has 10 ms to go, which
// takes 20; the second has then 20 ms left, alone.
TEST_F(ServerTest, SharesItsCoreAmongAll) {
  Make({.discipline = Discipline::kSharing});
  EXPECT_EQ(Arrive(20, 0)->time, At(20));
  const auto both = Arrive(30, 10);
  EXPECT_EQ(both->time, At(30));
  // What was due before the second came is due no more.
  EXPECT_FALSE(Depart(both->what - 1, At(20)).attempt.has_value());
  EXPECT_DOUBLE_EQ(server_->WorkLeft(At(20)), 30e6);
  const Departure first = Depart(both->what, At(30));
  EXPECT_EQ(first.attempt, 20);
  EXPECT_EQ(first.next->time, At(50));
  EXPECT_EQ(Depart(first.next->what, At(50)).attempt, 30);
  EXPECT_EQ(server_->InServer(), 0);
}

TEST_F(ServerTest, GivesNobodyMoreThanACore) {
  Make({.discipline = Discipline::kSharing, .slots = 2});
  EXPECT_EQ(Arrive(20, 0)->time, At(20));
  EXPECT_EQ(Arrive(30, 0)->time, At(20));
  // Three on two cores: 20 ms of the shortest take 30.
  EXPECT_EQ(Arrive(40, 0)->time, At(30));
}

TEST_F(ServerTest, StandsStillForAsLongAsItsPausesLast) {
  const Pauses pauses = {.length = milliseconds(50),
                         .mean_between = milliseconds(100)};
  for (const Discipline discipline :
       {Discipline::kSlots, Discipline::kSharing}) {
    Make({.discipline = discipline, .pauses = pauses});
    const auto due = Arrive(10'000, 0);
    // Some 100 pauses of 50 ms each; their number is Poisson's.
    const double paused_ms = (due->time - At(10'000)) / milliseconds(1);
    EXPECT_NEAR(paused_ms, 100 * 50, 4 * 10 * 50);
    EXPECT_EQ(static_cast<int>(paused_ms) % 50, 0);
  }
}

// Of 4 slots, streams of 0.3 take 0.3, 0.6 and 0.9: none, one and one.
TEST_F(ServerTest, LeavesWholeSlotsToStreams) {
  Make({.slots = 4, .streams = AnswerStreams{.slots = 0.3}});
  for (const std::size_t slots : {0, 1, 1, 1, 2}) {
    server_->Stream(At(0));
    EXPECT_EQ(server_->SlotsOfStreams(), slots);
  }
  EXPECT_TRUE(Arrive(10, 0).has_value());
  EXPECT_TRUE(Arrive(20, 0).has_value());
  EXPECT_FALSE(Arrive(30, 0).has_value());
  server_->Release(At(1));
  EXPECT_EQ(server_->Next(At(1))->what, 30);
  EXPECT_EQ(server_->InServer(), 3);
}

TEST_F(ServerTest, AlwaysServesOneHoweverManyStreamsThereAre) {
  Make({.slots = 2, .streams = AnswerStreams{.slots = 1}});
  for (int i = 0; i < 3; ++i) server_->Stream(At(0));
  EXPECT_TRUE(Arrive(10, 0).has_value());
  EXPECT_FALSE(Arrive(20, 0).has_value());
  EXPECT_EQ(Depart(10, At(10)).next->what, 20);
}

TEST_F(ServerTest, LetsStreamsThatTakeNothingTakeNothing) {
  Make({.streams = AnswerStreams()});
  for (int i = 0; i < 100; ++i) server_->Stream(At(0));
  EXPECT_EQ(server_->SlotsOfStreams(), 0);
  EXPECT_TRUE(Arrive(10, 0).has_value());
}

// One core, half of which a stream takes as a job would: 10 ms alone, then a
// third less speed. The 20 ms that are left take 30, the last 10 of them 10
// again once the stream is gone.
TEST_F(ServerTest, SharesItsCoresWithStreams) {
  Make({.discipline = Discipline::kSharing,
        .streams = AnswerStreams{.slots = 0.5}});
  EXPECT_EQ(Arrive(30, 0)->time, At(30));
  server_->Stream(At(10));
  const auto shared = server_->Next(At(10));
  EXPECT_EQ(shared->time, At(40));
  server_->Release(At(25));
  const auto alone = server_->Next(At(25));
  EXPECT_EQ(alone->time, At(35));
  EXPECT_FALSE(Depart(shared->what, At(35)).attempt.has_value());
  EXPECT_EQ(Depart(alone->what, At(35)).attempt, 30);
}

}  // namespace
}  // namespace els_sim
