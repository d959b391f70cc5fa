// Random sequences of operations against a naive model. The balancer's scores
// are all refreshed at every pick.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"
#include "els/server_load.h"
#include "tests/core/exact_balancer.h"
#include "tests/core/given_seed.h"
#include "tests/core/naive_model.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

// Three kinds of servers take turns.
Options OptionsOf(std::uint64_t seed) {
  constexpr double kByWork[] = {0, 1, 0.25};
  constexpr double kAnswered[] = {Options().answered_weight, 0.5, 1};
  constexpr double kTails[] = {0, 1, 4};
  return {.seed = 1,
          .answered_weight = kAnswered[seed % 3],
          .queue_by_work = kByWork[seed % 3],
          .tail = kTails[seed % 3],
          .success_memory_spread = 0};
}

// The balancer keeps shares of the picks in floats. In doubles it agrees within
// 1e-7.
constexpr double kPrecision = 5e-6;

struct Outstanding {
  Ticket ticket;
  ModelBackend* backend;
  int number;
  bool answered_well = false;
};

// What the model knows of the set just before a pick.
struct Candidate {
  ModelBackend* backend;
  ModelBackend::Known known;
  bool avoided;
};

class Sequence {
 public:
  explicit Sequence(std::uint64_t seed)
      : random_(seed),
        balancer_(internal::BalancerPeer::MakeExact(OptionsOf(seed))),
        model_(OptionsOf(seed)) {
    for (int i = 0; i < 8; ++i) all_.emplace_back("b" + std::to_string(i));
    all_.front().distance = 3;
    SetBackends();
  }

  void Step() {
    const std::uint64_t what = random_.Below(100);
    if (random_.Below(4) != 0) {
      // In nanoseconds, so that hardly a clock is at a tick's edge, where the
      // model and the balancer may round to different sides.
      const std::uint64_t up_to_ms = what == 0 ? 10'000 : 20;
      clock_.Advance(
          std::chrono::nanoseconds(random_.Below(up_to_ms * 1'000'000)));
    }
    if (what < 2) return SetBackends();
    if (what < 50 || outstanding_.empty()) return Pick();
    End(random_.Below(outstanding_.size()), what);
  }

  // All that the model has of every backend.
  void Compare() {
    const auto snapshots = balancer_.Snapshot(clock_.now());
    const ModelMoment moment = model_.Now(NowS());
    for (std::size_t i = 0; i < model_.set().size(); ++i) {
      const ModelBackend& backend = *model_.set()[i];
      const ModelBackend::Known known = model_.At(backend, moment);
      const BackendSnapshot& got = snapshots[i];
      SCOPED_TRACE(got.id);
      ASSERT_EQ(got.id, backend.id);
      ASSERT_EQ(got.outstanding, backend.requests.size());
      ASSERT_EQ(got.work, known.work);
      ASSERT_EQ(got.answered_work, known.answered_work);
      ExpectNear(got.spared, known.spared, "spared");
      ExpectNear(got.queue, known.queue, "queue");
      ExpectNear(got.latency, known.latency_s, "latency");
      ExpectNear(got.latency_deviation, known.deviation_s, "deviation");
      ExpectNear(got.success_rate, known.success_rate, "success rate");
      ExpectNear(got.overdue, known.overdue, "overdue");
      ExpectNear(got.share, known.share, "share");
      ExpectNear(got.turn, known.turn, "turn");
      ExpectNear(got.crowding, known.crowding, "crowding");
      ExpectNear(got.expected_latency, known.expected_s, "expected latency");
    }
  }

 private:
  double NowS() const { return SecondsOf(clock_.now() - start_); }

  static void ExpectNear(double got, double expected, const char* what) {
    ASSERT_NEAR(got, expected, 1e-9 + kPrecision * expected) << what;
  }
  static void ExpectNear(Duration got, double expected_s, const char* what) {
    ExpectNear(SecondsOf(got), expected_s, what);
  }

  void SetBackends() {
    constexpr double kWeights[] = {1, 1, 1, 0.5, 2, 3};
    constexpr std::uint32_t kLimits[] = {0, 0, 0, 1, 3, 10};
    std::vector<Backend> set;
    std::vector<ModelBackend*> of_model;
    for (ModelBackend& backend : all_) {
      if (random_.Below(4) == 0) continue;
      if (random_.Below(3) == 0) {
        backend.weight = kWeights[random_.Below(6)];
        backend.max_outstanding = kLimits[random_.Below(6)];
      }
      set.push_back({.id = backend.id,
                     .distance = backend.distance,
                     .weight = backend.weight,
                     .max_outstanding = backend.max_outstanding});
      of_model.push_back(&backend);
    }
    model_.SetBackends(of_model);
    ASSERT_TRUE(balancer_.SetBackends(set, clock_.now()).ok());
  }

  std::vector<std::string_view> SomeIds() {
    std::vector<std::string_view> ids;
    for (std::uint64_t i = random_.Below(4); i > 0; --i) {
      auto backend = all_.begin();
      std::advance(backend, random_.Below(all_.size()));
      ids.push_back(backend->id);
    }
    return ids;
  }

  void Pick() {
    constexpr double kWorks[] = {1, 1, 1, 1, 4, 0.25, 50, 1.0 / 4096};
    constexpr double kPrices[] = {0, 1, 1.5, 2, 4, INFINITY};
    std::vector<std::string_view> avoid;
    std::vector<std::string_view> prefer;
    if (random_.Below(4) == 0) avoid = SomeIds();
    if (random_.Below(4) == 0) prefer = SomeIds();
    const Request request = {.avoid = avoid,
                             .prefer = prefer,
                             .price = kPrices[random_.Below(6)],
                             .work = kWorks[random_.Below(8)]};
    Ticket ticket = balancer_.Pick(clock_.now(), request);
    if (model_.set().empty()) {
      ASSERT_EQ(ticket.failure(), PickFailure::kEmptySet);
      return;
    }
    model_.BeforePick(NowS());
    CheckPick(ticket, request);
    if (testing::Test::HasFatalFailure() || !ticket) return;
    ModelBackend* const picked = InSet(ticket.id());
    model_.Pick(*picked, ++number_, request.work, NowS());
    outstanding_.push_back({std::move(ticket), picked, number_});
  }

  ModelBackend* InSet(std::string_view id) {
    for (ModelBackend* backend : model_.set()) {
      if (backend->id == id) return backend;
    }
    return nullptr;
  }

  // Those that are not full.
  std::vector<Candidate> Candidates(const Request& request) {
    const ModelMoment moment = model_.Now(NowS());
    std::vector<Candidate> candidates;
    for (ModelBackend* backend : model_.set()) {
      if (backend->Full()) continue;
      const bool avoided = std::count(request.avoid.begin(),
                                      request.avoid.end(), backend->id) > 0;
      candidates.push_back({backend, model_.At(*backend, moment), avoided});
    }
    return candidates;
  }

  // The lowest of those that are not held back, or of all if all are. Words are
  // compared as floats.
  static bool IsLowest(const Candidate& picked,
                       const std::vector<Candidate>& candidates) {
    return std::all_of(candidates.begin(), candidates.end(),
                       [&](const Candidate& other) {
                         if (other.known.held_back != picked.known.held_back) {
                           return other.known.held_back;
                         }
                         return picked.known.expected_s <=
                                other.known.expected_s * (1 + kPrecision);
                       });
  }

  void CheckPick(const Ticket& ticket, const Request& request) {
    std::vector<Candidate> candidates = Candidates(request);
    ASSERT_EQ(ticket.failure(),
              candidates.empty() ? PickFailure::kAllFull : PickFailure::kNone);
    if (candidates.empty()) return;
    const auto picked = std::find_if(
        candidates.begin(), candidates.end(),
        [&](const Candidate& c) { return c.backend->id == ticket.id(); });
    ASSERT_NE(picked, candidates.end()) << ticket.id() << " is full or gone";
    if (Preferred(ticket.id(), request, candidates)) return;
    const Candidate it = *picked;
    const bool all_avoided =
        std::all_of(candidates.begin(), candidates.end(),
                    [](const Candidate& c) { return c.avoided; });
    ASSERT_TRUE(!it.avoided || all_avoided) << ticket.id();
    if (!all_avoided) {
      std::erase_if(candidates, [](const Candidate& c) { return c.avoided; });
    }
    ASSERT_TRUE(IsLowest(it, candidates)) << ticket.id();
  }

  // Whether it was picked as it is preferred. Fails if another should have
  // been. A preferred backend may cost the price times the lowest, and 2 % more
  // as the lowest may have risen since it was written.
  static bool Preferred(std::string_view id, const Request& request,
                        const std::vector<Candidate>& candidates) {
    const auto lowest = std::find_if(
        candidates.begin(), candidates.end(),
        [&](const Candidate& c) { return IsLowest(c, candidates); });
    const double most_s = lowest->known.expected_s * 1.02 *
                          (request.price >= 1 ? request.price : 1);
    for (const std::string_view preferred : request.prefer) {
      for (const Candidate& c : candidates) {
        if (c.backend->id != preferred || c.avoided ||
            (c.known.held_back && !lowest->known.held_back)) {
          continue;
        }
        const double cost_s = c.known.expected_s;
        if (preferred == id && cost_s <= most_s * (1 + kPrecision)) return true;
        EXPECT_GE(cost_s, most_s * (1 - kPrecision))
            << preferred << " and not " << id;
      }
    }
    return false;
  }

  // Ends one request, or its wait for an answer, in one of the ways there are.
  void End(std::size_t index, std::uint64_t how) {
    Outstanding& request = outstanding_[index];
    const bool drop = how >= 97;
    const bool only_answer = how >= 88 && how < 97;
    const Outcome outcome = Random(how);
    ModelBackend& backend = *request.backend;
    const bool answered = backend.requests.at(request.number).answered;
    if (only_answer && answered) return;
    if (!answered && !drop) {
      model_.Answer(backend, request.number, outcome, NowS());
    }
    if (random_.Below(40) == 0) AskToWait(request);
    if (!drop && random_.Below(3) == 0) Report(request);
    if (only_answer) {
      request.answered_well = outcome == Outcome::kSuccess;
      return request.ticket.Answered(outcome, clock_.now());
    }
    if (request.answered_well && !drop &&
        (outcome == Outcome::kFailure || outcome == Outcome::kTimeout)) {
      model_.Cut(backend, NowS());
    }
    if (!drop) request.ticket.Finish(outcome, clock_.now());
    backend.requests.erase(request.number);
    outstanding_.erase(outstanding_.begin() +
                       static_cast<std::ptrdiff_t>(index));
  }

  // Some reports are of utilization, of which 0.8 is as 4 requests of others;
  // and some of both, of which one does not count.
  void Report(Outstanding& request) {
    constexpr double kInFlight[] = {0, 1, 3, 10, 100};
    const double in_flight = kInFlight[random_.Below(5)];
    const bool of_all = random_.Below(4) != 0;
    ServerLoad load = {.utilization = 0.8};
    if (of_all) load.in_flight = in_flight;
    request.ticket.Report(load);
    model_.Report(*request.backend, of_all ? in_flight : 4, of_all, NowS());
  }

  // Until a whole number of the units that the balancer counts in, so that it
  // has nothing to round.
  void AskToWait(Outstanding& request) {
    const std::int64_t now_ns =
        std::chrono::nanoseconds(clock_.now() - start_).count();
    const auto units = static_cast<std::int64_t>(random_.Below(10));
    const std::int64_t until_ns = ((now_ns >> 24) + units) << 24;
    const Duration wait = std::chrono::nanoseconds(until_ns - 1 - now_ns);
    request.ticket.RetryAfter(wait, clock_.now());
    model_.RetryAfter(
        *request.backend,
        units == 0 ? 0 : SecondsOf(std::chrono::nanoseconds(until_ns - now_ns)),
        NowS());
  }

  Outcome Random(std::uint64_t how) {
    if (how < 75) return Outcome::kSuccess;
    constexpr Outcome kOutcomes[] = {Outcome::kSuccess,   Outcome::kFailure,
                                     Outcome::kFailure,   Outcome::kTimeout,
                                     Outcome::kCancelled, Outcome::kNeutral};
    return kOutcomes[random_.Below(6)];
  }

  els::Random random_;
  VirtualClock clock_;
  const TimePoint start_ = clock_.now();
  Balancer balancer_;
  std::list<ModelBackend> all_;
  Model model_;
  int number_ = 0;
  std::vector<Outstanding> outstanding_;
};

TEST(BalancerModelTest, AgreesWithTheModelOnRandomSequences) {
  const std::optional<std::uint64_t> given = GivenSeed();
  const std::uint64_t first = given.value_or(1);
  const std::uint64_t last = given.value_or(20);
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("repeat with ELS_TEST_SEED=" + std::to_string(seed));
    Sequence sequence(seed);
    for (int step = 0; step < 1500 && !testing::Test::HasFailure(); ++step) {
      sequence.Step();
      if (step % 10 == 0) sequence.Compare();
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace els
