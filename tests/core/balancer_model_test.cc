// Random sequences of operations against a naive model, which keeps every
// observation ever made and sums over all of them for each number. It shares no
// code with the balancer, whose scores are all refreshed at every pick.

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
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

struct Observation {
  double clock;
  double value;
};

double WeightedSum(const std::vector<Observation>& observations, double clock,
                   bool of_values) {
  double sum = 0;
  for (const Observation& o : observations) {
    sum += std::exp(o.clock - clock) * (of_values ? o.value : 1);
  }
  return sum;
}

double Mean(const std::vector<Observation>& observations, double clock,
            double prior) {
  return (WeightedSum(observations, clock, true) + prior) /
         (WeightedSum(observations, clock, false) + 1);
}

struct ModelBackend {
  std::string id;
  double distance = 1;
  std::vector<Observation> latency = {};
  std::vector<Observation> failure = {};
  std::vector<Observation> success = {};
  std::vector<Observation> picks = {};
  std::vector<double> waiting_since_s = {};
  std::vector<double> news = {};  // Latencies that the fleet is not told yet.
  int outstanding = 0;
  int successes = 0;
};

// With the default options, but no spread of the success memory.
class Model {
 public:
  // The clocks go on at a pick that comes a tick of the fastest of them after
  // the one that moved them before; then the fleet's means are taken.
  void BeforePick(double now_s) {
    const auto n = static_cast<double>(set.size());
    if (now_s - last_beat_s_ >= std::floor(3e9 / 4096) * 1e-9 ||
        picks_since_beat_ >= beat_after_) {
      const double dt = now_s - last_beat_s_;
      last_beat_s_ = now_s;
      const double step = std::min(dt / 3, picks_since_beat_ / (5 * n));
      Advance(latency_, step, latency_clock_);
      Advance(success_, std::min(dt / 3, picks_since_beat_ / (5 * n)),
              success_clock_);
      Advance(cost_, step * 3 / 60, cost_clock_);
      Advance(turn_, step * 3 / 60, turn_clock_);
      picks_since_beat_ = 0;
    }
    TakeNews();
    beat_after_ = 1 + std::min(64.0, std::floor(AllPicks() * 0.0025));
  }

  void Pick(ModelBackend& backend, double now_s) {
    backend.picks.push_back({turn_clock_, 1});
    ++picks_since_beat_;
    backend.waiting_since_s.push_back(now_s);
    ++backend.outstanding;
  }

  void Learn(ModelBackend& backend, Outcome outcome, double latency_s) {
    const bool ok = outcome == Outcome::kSuccess;
    const bool no_answer =
        outcome == Outcome::kCancelled || outcome == Outcome::kTimeout;
    if (outcome == Outcome::kTimeout) {
      latency_s = std::max(
          latency_s, 7 * FleetMean(fleet_cost_, cost_clock_, /*news=*/false));
    }
    // Beside what was known of the fleet when the last request was sent.
    const bool longer =
        no_answer &&
        latency_s > Latency(backend, FleetMean(fleet_, latency_clock_,
                                               /*news=*/false));
    if (ok || longer) backend.latency.push_back({latency_clock_, latency_s});
    if (no_answer) return;
    if (!ok) backend.failure.push_back({latency_clock_, latency_s});
    backend.success.push_back({success_clock_, ok ? 1.0 : 0.0});
    if (!ok) return;
    ++backend.successes;
    backend.news.push_back(latency_s);
  }

  double Expected(const ModelBackend& backend, double now_s) const {
    const double l = Latency(backend, FleetLatency());
    const double f = Mean(backend.failure, latency_clock_, FleetLatency());
    const double s = std::max(0.07, Mean(backend.success, success_clock_, 1));
    const double c = std::max(f, 7 * FleetMean(fleet_cost_, cost_clock_));
    const auto n = static_cast<double>(set.size());
    const double share = (WeightedSum(backend.picks, turn_clock_, false) + 1) *
                         n / (AllPicks() + n);
    return (l + c * (1 / s - 1)) * Overdue(backend, now_s) *
           (backend.outstanding + 1) * backend.distance *
           (1 + std::clamp(2 * (share - 1), -0.2, 0.2));
  }

  double Overdue(const ModelBackend& backend, double now_s) const {
    double age = 0;
    for (const double since : backend.waiting_since_s) age += now_s - since;
    if (age > 0) age /= static_cast<double>(backend.waiting_since_s.size());
    return std::max(1.0, age / (2 * Latency(backend, FleetLatency())));
  }

  // Whether the first-contact bound keeps it out of the choice.
  bool Bounded(const ModelBackend& backend, double now_s) const {
    return backend.successes < 30 && Overdue(backend, now_s) == 1 &&
           backend.outstanding >= (1 << backend.successes);
  }

  std::vector<ModelBackend*> set;

 private:
  void TakeNews() {
    for (ModelBackend* backend : set) {
      for (const double latency_s : backend->news) {
        fleet_.push_back({latency_clock_, latency_s});
        fleet_cost_.push_back({cost_clock_, latency_s});
      }
      backend->news.clear();
    }
  }

  // Of what has been taken, and perhaps of what will be next.
  double FleetMean(const std::vector<Observation>& taken, double clock,
                   bool news = true) const {
    double sum_s = WeightedSum(taken, clock, true);
    double weight = WeightedSum(taken, clock, false);
    for (const ModelBackend* backend : set) {
      if (!news) break;
      for (const double latency_s : backend->news) sum_s += latency_s;
      weight += static_cast<double>(backend->news.size());
    }
    return weight > 0 ? sum_s / weight : 0.050;
  }
  double AllPicks() const {
    double sum = 0;
    for (const ModelBackend* backend : set) {
      sum += WeightedSum(backend->picks, turn_clock_, false);
    }
    return sum;
  }
  double FleetLatency() const { return FleetMean(fleet_, latency_clock_); }

  double Latency(const ModelBackend& backend, double fleet) const {
    const double mean = Mean(backend.latency, latency_clock_, fleet);
    return backend.successes > 0 ? mean : std::max(mean, 1.15 * fleet);
  }

  // What is passed in whole ticks of 1/4096 memory.
  static void Advance(double& passed, double by, double& clock) {
    passed += by;
    clock = std::floor(passed * 4096) / 4096;
  }

  double latency_ = 0;
  double success_ = 0;
  double cost_ = 0;
  double turn_ = 0;
  double latency_clock_ = 0;
  double success_clock_ = 0;
  double cost_clock_ = 0;
  double turn_clock_ = 0;
  double last_beat_s_ = -1;
  double picks_since_beat_ = 0;
  double beat_after_ = 0;
  std::vector<Observation> fleet_, fleet_cost_;
};

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
      // The balancer keeps the latencies of failures in floats.
      ASSERT_NEAR(got_s, expected_s, 1e-9 + 1e-7 * expected_s);
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
        model_.Learn(*request.backend, outcome,
                     std::max(NowS() - request.start_s, 1e-9));
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
