// What a request costs whose work is estimated from its key: once Work, once
// Learn. Beside it in the same run, the same means in a map under a mutex,
// which forgets no key.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "els/portable_math.h"
#include "els/random.h"
#include "els/work_estimator.h"

namespace {

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

// Routes such as services have, of 24 bytes.
std::vector<std::string> Keys(std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back("GET /api/v1/route/" + std::to_string(100'000 + i));
  }
  return keys;
}

template <class Estimator>
void Estimate(benchmark::State& state) {
  static std::unique_ptr<Estimator> estimator;  // Shared by the threads.
  if (state.thread_index() == 0) estimator = std::make_unique<Estimator>();
  const std::vector<std::string> keys =
      Keys(static_cast<std::size_t>(state.range(0)));
  els::Random random(static_cast<std::uint64_t>(state.thread_index()));
  els::TimePoint now{std::chrono::hours(100)};
  for (auto _ : state) {
    // Without a division, and with a bias that does not matter here.
    const std::string& key = keys[(random.Bits() >> 32) * keys.size() >> 32];
    now += std::chrono::microseconds(10);
    benchmark::DoNotOptimize(estimator->Work(key));
    estimator->Learn(key, 1 + random.Uniform(), now);
  }
  state.SetItemsProcessed(state.iterations());
}

void MapUnderMutex(benchmark::State& state) { Estimate<MapOfMeans>(state); }
void WorkEstimator(benchmark::State& state) {
  Estimate<els::WorkEstimator>(state);
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("keys")->UseRealTime();
  for (const int keys : {10, 100, 1000}) bench->Arg(keys);
  bench->ThreadRange(
      1,
      std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 2, 16));
}

BENCHMARK(MapUnderMutex)->Apply(Sizes);
BENCHMARK(WorkEstimator)->Apply(Sizes);

}  // namespace
