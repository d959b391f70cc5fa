// What a request costs that may be hedged: once Start, once Done. Beside it in
// the same run, a clock's reading, which every request needs twice.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "els/hedge_timer.h"
#include "els/random.h"

namespace {

// Routes such as services have, of 24 bytes.
std::vector<std::string> Keys(std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back("GET /api/v1/route/" + std::to_string(100'000 + i));
  }
  return keys;
}

void TwoReadings(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
    benchmark::DoNotOptimize(std::chrono::steady_clock::now());
  }
  state.SetItemsProcessed(state.iterations());
}

void HedgeTimer(benchmark::State& state) {
  static std::unique_ptr<els::HedgeTimer> timer;  // Shared by the threads.
  if (state.thread_index() == 0) timer = std::make_unique<els::HedgeTimer>();
  const std::vector<std::string> keys =
      Keys(static_cast<std::size_t>(state.range(0)));
  els::Random random(static_cast<std::uint64_t>(state.thread_index()));
  els::TimePoint now{std::chrono::hours(100)};
  for (auto _ : state) {
    // Without a division, and with a bias that does not matter here.
    const std::string& key = keys[(random.Bits() >> 32) * keys.size() >> 32];
    now += std::chrono::microseconds(10);
    els::Hedge hedge = timer->Start(key, now);
    benchmark::DoNotOptimize(hedge.delay());
    // From 1 to 17 ms.
    const auto latency = 1'000'000 + (random.Bits() >> 40);
    hedge.Done(els::Outcome::kSuccess, now + std::chrono::nanoseconds(latency));
  }
  state.SetItemsProcessed(state.iterations());
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("keys")->UseRealTime();
  for (const int keys : {10, 100, 1000}) bench->Arg(keys);
  bench->ThreadRange(
      1,
      std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 2, 16));
}

BENCHMARK(TwoReadings)->Apply(Sizes);
BENCHMARK(HedgeTimer)->Apply(Sizes);

}  // namespace
