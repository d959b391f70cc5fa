#include "sim/model/event_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "els/random.h"

namespace els_sim {
namespace {

using std::chrono::nanoseconds;

std::string PopAll(EventQueue<char>& queue) {
  std::string payloads;
  while (!queue.empty()) payloads += queue.Pop().payload;
  return payloads;
}

TEST(EventQueue, GivesTheEarliestFirstWhateverTheOrderOfScheduling) {
  EventQueue<char> queue;
  queue.Push(Time(nanoseconds(30)), 'c');
  queue.Push(Time(nanoseconds(10)), 'a');
  queue.Push(Time(nanoseconds(40)), 'd');
  queue.Push(Time(nanoseconds(20)), 'b');
  EXPECT_EQ(PopAll(queue), "abcd");
}

TEST(EventQueue, GivesEventsOfOneInstantInTheOrderOfScheduling) {
  EventQueue<char> queue;
  for (const char c : std::string("bcdefghijk")) {
    queue.Push(Time(nanoseconds(7)), c);
  }
  queue.Push(Time(nanoseconds(6)), 'a');
  queue.Push(Time(nanoseconds(7)), 'l');
  EXPECT_EQ(PopAll(queue), "abcdefghijkl");
}

TEST(EventQueue, KeepsTheOrderOfSchedulingAcrossPops) {
  EventQueue<char> queue;
  queue.Push(Time(nanoseconds(5)), 'b');
  queue.Push(Time(nanoseconds(1)), 'a');
  EXPECT_EQ(queue.Pop().payload, 'a');
  queue.Push(Time(nanoseconds(5)), 'c');
  EXPECT_EQ(queue.Pop().payload, 'b');
  queue.Push(Time(nanoseconds(5)), 'd');
  EXPECT_EQ(PopAll(queue), "cd");
}

TEST(EventQueue, TakesFromTheLaneAndTheHeapWhicheverIsNext) {
  EventQueue<char> queue;
  queue.PushInOrder(Time(nanoseconds(10)), 'b');
  queue.Push(Time(nanoseconds(5)), 'a');
  queue.Push(Time(nanoseconds(10)), 'c');  // After what was scheduled first.
  queue.PushInOrder(Time(nanoseconds(10)), 'd');
  queue.PushInOrder(Time(nanoseconds(30)), 'f');
  queue.Push(Time(nanoseconds(20)), 'e');
  EXPECT_EQ(PopAll(queue), "abcdef");
}

TEST(EventQueue, NeverGoesBackOverThousandsOfEventsWithManyTies) {
  EventQueue<int> queue;
  els::Random random(1);
  for (int i = 0; i < 5000; ++i) {
    queue.Push(Time(nanoseconds(random.Below(100))), i);
  }
  auto previous = queue.Pop();
  int popped = 1;
  for (; !queue.empty(); ++popped) {
    const auto next = queue.Pop();
    ASSERT_LE(previous.time, next.time);
    ASSERT_TRUE(previous.time < next.time || previous.payload < next.payload);
    previous = next;
  }
  EXPECT_EQ(popped, 5000);
}

}  // namespace
}  // namespace els_sim
