// What the simulator costs: requests per second and core, and events beside the
// number that is pending.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string_view>

#include "els/random.h"
#include "sim/model/event_queue.h"
#include "sim/model/policy.h"
#include "sim/model/scenario.h"
#include "sim/model/simulate.h"

namespace {

using els_sim::Scenario;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kRequests = 200'000;

// Servers of eight slots at half of what they can do.
Scenario Equal(std::size_t servers, std::size_t access_points) {
  Scenario scenario;
  scenario.servers.resize(servers, {.slots = 8});
  scenario.access_points = access_points;
  scenario.timeout = seconds(1);
  els_sim::OpenArrivals arrivals;
  const double per_second = BaseRate(scenario, arrivals);
  arrivals.length = els_sim::Rounded(seconds(1) * (kRequests / per_second));
  scenario.arrivals = arrivals;
  return scenario;
}

void Simulate(benchmark::State& state, std::string_view policy) {
  const Scenario scenario = Equal(static_cast<std::size_t>(state.range(0)),
                                  static_cast<std::size_t>(state.range(1)));
  const els_sim::PolicyInfo& info = *els_sim::FindPolicy(policy);
  std::uint64_t requests = 0;
  for (auto _ : state) {
    requests += els_sim::Simulate(scenario, info, 1).costs.count();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(requests));
}

void SimulateRoundRobin(benchmark::State& state) {
  Simulate(state, "round-robin");
}
void SimulateLeastOutstanding(benchmark::State& state) {
  Simulate(state, "least-outstanding");
}
void SimulatePeakEwma(benchmark::State& state) { Simulate(state, "peak-ewma"); }
void SimulateEls(benchmark::State& state) { Simulate(state, "els"); }

void FewServers(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"servers", "access_points"})
      ->Args({10, 10})
      ->Unit(benchmark::kMillisecond);
}

void ManyServers(benchmark::internal::Benchmark* bench) {
  FewServers(bench);
  bench->Args({100, 10})->Args({10'000, 1000});
}

BENCHMARK(SimulateRoundRobin)->Apply(ManyServers);
BENCHMARK(SimulateLeastOutstanding)->Apply(FewServers);
BENCHMARK(SimulatePeakEwma)->Apply(FewServers);
BENCHMARK(SimulateEls)->Apply(FewServers)->Args({100, 10});

// An event is taken out and another put in, at a random time ahead.
void Event(benchmark::State& state) {
  els_sim::EventQueue<std::uint64_t> events;
  els::Random random(1);
  const auto pending = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t i = 0; i < pending; ++i) {
    events.Push(els_sim::Time(milliseconds(random.Below(1000))), i);
  }
  for (auto _ : state) {
    const auto event = events.Pop();
    events.Push(event.time + milliseconds(random.Below(1000)), event.payload);
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(Event)
    ->RangeMultiplier(10)
    ->Range(10, 1'000'000)
    ->Complexity(benchmark::oLogN);

}  // namespace
