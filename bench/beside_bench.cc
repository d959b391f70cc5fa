// What a request costs beside the choice of a backend, in the order of
// their need: a place under the limit, the estimate of its work, a hedge.
// Beside them in the same run, two readings of a clock, which every request
// needs, and the means of WorkEstimator in a map under a mutex, which forgets
// no key.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "els/concurrency_limit.h"
#include "els/hedge_timer.h"
#include "els/portable_math.h"
#include "els/random.h"
#include "els/work_estimator.h"

namespace {

void TwoReadings(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
  }
  state.SetItemsProcessed(state.iterations());
}

// With as many outstanding as a busy access point has, which end in the order
// in which they began, from 1 to 17 ms after.
void ConcurrencyLimit(benchmark::State& state) {
  static std::unique_ptr<els::ConcurrencyLimit>
      limit;  // Shared by the threads.
  if (state.thread_index() == 0) {
    limit = std::make_unique<els::ConcurrencyLimit>();
  }
  constexpr std::size_t kOutstanding = 8;
  els::Random random(static_cast<std::uint64_t>(state.thread_index()));
  els::TimePoint now{std::chrono::hours(100)};
  {
    // Its places go back before the limit goes.
    std::vector<els::Admission> admissions(kOutstanding);
    std::size_t next = 0;
    for (auto _ : state) {
      now += std::chrono::nanoseconds(125'000 + (random.Bits() >> 43));
      els::Admission& admission = admissions[next++ % kOutstanding];
      admission.Done(els::Outcome::kSuccess, now);  // None at first.
      admission = limit->TryAdmit(now);
    }
  }
  state.SetItemsProcessed(state.iterations());
}

constexpr double kMemoryNs = 600e9;
constexpr double kPrior = 3;

struct Costs {
  void Learn(double cost, els::TimePoint now) {
    const double left =
        els::Exp(static_cast<double>((then - now).count()) / kMemoryNs);
    weight = weight * left + 1;
    sum = sum * left + cost;
    then = now;
  }

  els::TimePoint then;
  double weight = 0;
  double sum = 0;
};

class MapOfMeans {
 public:
  void Learn(std::string_view key, double cost, els::TimePoint now) {
    const std::scoped_lock lock(mutex_);
    keys_[absl::string_view(key.data(), key.size())].Learn(cost, now);
    all_.Learn(cost, now);
  }

  double Work(std::string_view key) const {
    const std::scoped_lock lock(mutex_);
    const auto found = keys_.find(absl::string_view(key.data(), key.size()));
    if (found == keys_.end()) return 1;
    const double mean = all_.sum / all_.weight;
    return (found->second.sum / mean + kPrior) /
           (found->second.weight + kPrior);
  }

 private:
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, Costs> keys_;
  Costs all_;
};

// Routes such as services have, of 24 bytes, one for each request.
class Keys {
 public:
  explicit Keys(benchmark::State& state)
      : random_(static_cast<std::uint64_t>(state.thread_index())) {
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      keys_.push_back("GET /api/v1/route/" + std::to_string(100'000 + i));
    }
  }

  // Without a division, and with a bias that does not matter here.
  const std::string& Next() {
    return keys_[(random_.Bits() >> 32) * keys_.size() >> 32];
  }
  els::Random& random() { return random_; }

 private:
  std::vector<std::string> keys_;
  els::Random random_;
};

template <class Estimator>
void Estimate(benchmark::State& state) {
  static std::unique_ptr<Estimator> estimator;  // Shared by the threads.
  if (state.thread_index() == 0) estimator = std::make_unique<Estimator>();
  Keys keys(state);
  els::TimePoint now{std::chrono::hours(100)};
  for (auto _ : state) {
    const std::string& key = keys.Next();
    now += std::chrono::microseconds(10);
    benchmark::DoNotOptimize(estimator->Work(key));
    estimator->Learn(key, 1 + keys.random().Uniform(), now);
  }
  state.SetItemsProcessed(state.iterations());
}

void MapUnderMutex(benchmark::State& state) { Estimate<MapOfMeans>(state); }
void WorkEstimator(benchmark::State& state) {
  Estimate<els::WorkEstimator>(state);
}

void HedgeTimer(benchmark::State& state) {
  static std::unique_ptr<els::HedgeTimer> timer;  // Shared by the threads.
  if (state.thread_index() == 0) timer = std::make_unique<els::HedgeTimer>();
  Keys keys(state);
  els::TimePoint now{std::chrono::hours(100)};
  for (auto _ : state) {
    now += std::chrono::microseconds(10);
    els::Hedge hedge = timer->Start(keys.Next(), now);
    benchmark::DoNotOptimize(hedge.delay());
    // From 1 to 17 ms.
    const auto latency = 1'000'000 + (keys.random().Bits() >> 40);
    hedge.Done(els::Outcome::kSuccess, now + std::chrono::nanoseconds(latency));
  }
  state.SetItemsProcessed(state.iterations());
}

void WithThreads(benchmark::internal::Benchmark* bench) {
  bench->UseRealTime()->ThreadRange(
      1,
      std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 2, 16));
}

void WithKeys(benchmark::internal::Benchmark* bench) {
  bench->ArgName("keys");
  for (const int keys : {10, 100, 1000}) bench->Arg(keys);
  WithThreads(bench);
}

BENCHMARK(TwoReadings)->Apply(WithThreads);
BENCHMARK(TwoReadings)->Apply(WithKeys);
BENCHMARK(ConcurrencyLimit)->Apply(WithThreads);
BENCHMARK(MapUnderMutex)->Apply(WithKeys);
BENCHMARK(WorkEstimator)->Apply(WithKeys);
BENCHMARK(HedgeTimer)->Apply(WithKeys);

}  // namespace
