// Random sequences of operations against a naive model. The balancer's scores
// are all refreshed at every pick.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"
#include "tests/core/exact_balancer.h"
#include "tests/core/given_seed.h"
#include "tests/core/naive_model.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

struct Outstanding {
  Ticket ticket;
  ModelBackend* backend;
  double start_s;
  bool answered = false;
};

class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : random_(seed) {
    for (int i = 0; i < 8; ++i) {
      all_.push_back({.id = "b" + std::to_string(i)});
      all_.back().distance = i == 0 ? 3 : 1;
    }
    SetBackends();
  }

  void Step() {
    const std::uint64_t what = random_.Below(100);
    if (random_.Below(4) != 0) {
      const std::uint64_t up_to = what == 0 ? 10'000'000 : 20'000;
      clock_.Advance(std::chrono::microseconds(random_.Below(up_to)));
    }
    if (what < 2) return SetBackends();
    if (what < 50 || outstanding_.empty()) return Pick();
    End(random_.Below(outstanding_.size()), what);
  }

  // Every backend's E as the model has it.
  void Compare() {
    const auto snapshots = balancer_.Snapshot(clock_.now());
    for (std::size_t i = 0; i < model_.set.size(); ++i) {
      const double expected_s = model_.Expected(*model_.set[i], NowS());
      const double got_s =
          std::chrono::duration<double>(snapshots[i].expected_latency).count();
      ASSERT_EQ(snapshots[i].id, model_.set[i]->id);
      ASSERT_EQ(snapshots[i].outstanding, model_.set[i]->outstanding);
      // The balancer keeps shares of the picks in floats; in doubles it agrees
      // within 1e-7.
      ASSERT_NEAR(got_s, expected_s, 1e-9 + 5e-6 * expected_s);
    }
  }

 private:
  double NowS() const {
    return std::chrono::duration<double>(clock_.now() - start_).count();
  }

  void SetBackends() {
    std::vector<Backend> set;
    model_.set.clear();
    for (ModelBackend& backend : all_) {
      if (random_.Below(4) == 0) continue;
      set.push_back({.id = backend.id, .distance = backend.distance});
      model_.set.push_back(&backend);
    }
    model_.SetChanged();
    ASSERT_TRUE(balancer_.SetBackends(set, clock_.now()).ok());
  }

  void Pick() {
    Ticket ticket = balancer_.Pick(clock_.now());
    ASSERT_EQ(static_cast<bool>(ticket), !model_.set.empty());
    if (!ticket) return;
    model_.BeforePick(NowS());
    CheckPick(ticket.id());
    if (HasFatalFailure()) return;
    ModelBackend* const picked = InSet(ticket.id());
    model_.Pick(*picked, NowS());
    outstanding_.push_back({std::move(ticket), picked, NowS()});
  }

  static bool HasFatalFailure() { return testing::Test::HasFatalFailure(); }

  ModelBackend* InSet(std::string_view id) {
    for (ModelBackend* backend : model_.set) {
      if (backend->id == id) return backend;
    }
    return nullptr;
  }

  // The pick is the lowest of those not bounded, or of all if all are. Words
  // are compared as floats.
  void CheckPick(std::string_view id) {
    const ModelBackend* const picked = InSet(id);
    ASSERT_NE(picked, nullptr);
    const bool bounded = model_.Bounded(*picked, NowS());
    double lowest = INFINITY;
    for (const ModelBackend* backend : model_.set) {
      const bool this_bounded = model_.Bounded(*backend, NowS());
      ASSERT_TRUE(this_bounded || !bounded) << backend->id << " was not";
      if (this_bounded != bounded) continue;
      lowest = std::min(lowest, model_.Expected(*backend, NowS()));
    }
    ASSERT_LE(model_.Expected(*picked, NowS()), lowest * (1 + 1e-6));
  }

  // Ends one request, or its wait for an answer, in one of the ways there are.
  void End(std::size_t index, std::uint64_t how) {
    Outstanding& request = outstanding_[index];
    const bool drop = how >= 97;
    const bool only_answer = how >= 90 && how < 97;
    const Outcome outcome = how < 75   ? Outcome::kSuccess
                            : how < 82 ? Outcome::kFailure
                            : how < 86 ? Outcome::kTimeout
                                       : Outcome::kCancelled;
    if (only_answer && request.answered) return;
    if (!request.answered) {
      std::erase(request.backend->waiting_since_s, request.start_s);
      for (const Outstanding& other : outstanding_) {
        if (&other != &request && !other.answered &&
            other.backend == request.backend &&
            other.start_s == request.start_s) {
          request.backend->waiting_since_s.push_back(request.start_s);
        }
      }
      if (!drop) {
        model_.Learn(*request.backend, outcome, NowS() - request.start_s);
      }
    }
    if (only_answer) {
      request.answered = true;
      request.ticket.Answered(outcome, clock_.now());
      return;
    }
    if (!drop) request.ticket.Finish(outcome, clock_.now());
    --request.backend->outstanding;
    outstanding_.erase(outstanding_.begin() +
                       static_cast<std::ptrdiff_t>(index));
  }

  Random random_;
  VirtualClock clock_;
  const TimePoint start_ = clock_.now();
  Balancer balancer_ = internal::BalancerPeer::MakeExact(
      Options{.seed = 1, .success_memory_spread = 0});
  std::vector<ModelBackend> all_;
  Model model_;
  std::vector<Outstanding> outstanding_;
};

TEST(BalancerModelTest, AgreesWithTheModelOnRandomSequences) {
  const std::optional<std::uint64_t> given = GivenSeed();
  const std::uint64_t first = given.value_or(1);
  const std::uint64_t last = given.value_or(20);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("repeat with ELS_TEST_SEED=" + std::to_string(seed));
    Sequence sequence(seed);
    for (int step = 0; step < 1500 && !testing::Test::HasFatalFailure();
         ++step) {
      sequence.Step();
      if (step % 10 == 0) sequence.Compare();
    }
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace els
