// An exception in the middle of a request, for want of memory or by a bug, ends
// that user's connection and nobody else's.

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/access_point/support.h"
#include "tests/core/failing_memory.h"

namespace access_point {
namespace {

using els::FailingMemory;
using els::Shortage;

enum class Place { kNowhere, kPick, kAnswered, kFinish };

// Picks the only backend. Throws once, where it was told to.
class Faulty final : public Picker {
 public:
  void ThrowIn(Place place) {
    AwaitEnds();
    place_ = place;
  }

  // The allocation after `count` others fails: from the next pick to the end of
  // its attempt, or from the next such end to the pick that follows.
  void RunOutOfMemoryInARequest(std::int64_t count) { in_request_ = count; }
  void RunOutOfMemoryBetween(std::int64_t count) {
    AwaitEnds();
    between_ = count;
  }
  // Whether one has failed since this was last called.
  bool HasRunOut() { return ran_out_.exchange(false); }

  std::unique_ptr<Attempt> Pick(els::TimePoint,
                                std::optional<std::size_t>) override {
    EndShortage();
    Visit(Place::kPick);
    auto attempt = std::make_unique<OneAttempt>(*this);
    BeginShortage(in_request_);
    return attempt;
  }

 private:
  struct OneAttempt final : public Attempt {
    explicit OneAttempt(Faulty& of) : picker(of) { ++picker.attempts_; }
    ~OneAttempt() override {
      picker.EndShortage();
      picker.BeginShortage(picker.between_);
      --picker.attempts_;
    }
    std::size_t backend() const override { return 0; }
    void Answered(els::Outcome, els::TimePoint) override {
      picker.Visit(Place::kAnswered);
    }
    void Finish(els::Outcome, els::TimePoint) override {
      picker.Visit(Place::kFinish);
    }

    Faulty& picker;
  };

  // Who has its answer may have an attempt that is not finished yet.
  void AwaitEnds() const {
    while (attempts_ > 0) std::this_thread::yield();
  }

  void Visit(Place place) {
    Place expected = place;
    if (place_.compare_exchange_strong(expected, Place::kNowhere)) {
      throw std::runtime_error("a fault of the test");
    }
  }

  void BeginShortage(std::atomic<std::int64_t>& after) {
    const std::int64_t count = after.exchange(-1);
    if (count >= 0) shortage_.emplace(count, Shortage::kMoment);
  }
  void EndShortage() {
    if (shortage_ && shortage_->HasFailed()) ran_out_ = true;
    shortage_.reset();
  }

  std::atomic<Place> place_ = Place::kNowhere;
  std::atomic<std::int64_t> in_request_ = -1;
  std::atomic<std::int64_t> between_ = -1;
  std::optional<FailingMemory> shortage_;  // Of the thread that serves.
  std::atomic<bool> ran_out_ = false;
  std::atomic<int> attempts_ = 0;
};

class Exception : public testing::Test {
 protected:
  static constexpr els::Duration kShort = std::chrono::seconds(2);

  Exception() {
    Options options = RunningProxy::Patient();
    // For who is forgotten as a handler throws.
    options.handshake_timeout = options.idle_timeout = kShort;
    options.listen = {"127.0.0.1", 0};
    options.backends = {{"127.0.0.1", backend_.port()}};
    auto proxy = Proxy::Open(options, picker_);
    if (!proxy.ok()) throw std::runtime_error(proxy.status().ToString());
    proxy_ = *std::move(proxy);
    thread_ = std::jthread([this] { proxy_->Run(); });
    NewWitness();
  }
  ~Exception() override {
    proxy_->Stop();
    thread_.join();
  }

  void NewWitness() {
    witness_ = New();
    ExpectService(*witness_);
  }

  std::unique_ptr<Wire> New() const {
    return Wire::New(proxy_->address().port);
  }

  static void ExpectService(Wire& user) {
    user.Send(kGet);
    EXPECT_EQ(user.Read().body, "ok");
  }

  // Of one who was there before, and of one who comes now.
  void ExpectOthersAreServed() {
    ExpectService(*witness_);
    ExpectService(*New());
  }

  Faulty picker_;
  // Each request takes a new connection, and so more of everything.
  ScriptedBackend backend_{[](Wire& wire) {
    wire.Read();
    wire.Send(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  }};
  std::unique_ptr<Proxy> proxy_;
  std::jthread thread_;
  std::unique_ptr<Wire> witness_;
};

TEST_F(Exception, EndsItsOwnConnectionAndNoOther) {
  for (const Place place : {Place::kPick, Place::kAnswered, Place::kFinish}) {
    const std::unique_ptr<Wire> user = New();
    ExpectService(*user);
    picker_.ThrowIn(place);
    user->Send(kGet);
    std::string answer;
    user->ReadToEnd(answer);
    // By the time the attempt is finished the user has its answer.
    EXPECT_EQ(answer.ends_with("ok"), place == Place::kFinish) << answer;
    ExpectOthersAreServed();
  }
}

TEST_F(Exception, OfEachAllocationInARequestHarmsNoOtherUser) {
  int failures = 0;
  for (bool ran_out = true; ran_out && !HasFailure(); failures += ran_out) {
    const std::unique_ptr<Wire> user = New();
    picker_.RunOutOfMemoryInARequest(failures);
    user->Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    std::string answer;
    user->ReadToEnd(answer);
    ExpectOthersAreServed();
    ran_out = picker_.HasRunOut();
    EXPECT_TRUE(ran_out || answer.ends_with("ok")) << answer;
  }
  EXPECT_GE(failures, 3);
}

TEST_F(Exception, OfEachAllocationBeforeARequestHarmsNoOtherUser) {
  int failures = 0;
  std::vector<std::unique_ptr<Wire>> silent;
  for (const bool is_new : {true, false}) {
    int failed = 0;
    for (bool ran_out = true; ran_out && !HasFailure(); failed += ran_out) {
      NewWitness();
      std::unique_ptr<Wire> user = New();
      ExpectService(*user);
      picker_.RunOutOfMemoryBetween(failed);
      ExpectService(*user);
      // Several, as the first ones take what those who left have given back.
      for (int i = 0; is_new && i < 10; ++i) silent.push_back(New());
      if (is_new) user = New();
      std::string answer;
      user->Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      user->ReadToEnd(answer);
      ExpectService(*New());
      ran_out = picker_.HasRunOut();
      EXPECT_TRUE(ran_out || answer.ends_with("ok")) << answer;
    }
    failures += failed;
  }
  EXPECT_GE(failures, 3);
}

}  // namespace
}  // namespace access_point
