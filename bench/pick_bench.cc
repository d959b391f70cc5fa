// What one request costs: a pick and a finish, both with a clock read, while
// 256 requests are outstanding. Beside it in the same run, the least that any
// balancer of this kind could do ("Floor"), and a random choice that only
// counts what is outstanding.

#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "bench/ratio_reporter.h"
#include "els/balancer.h"
#include "els/portable_math.h"
#include "els/random.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kOutstanding = 256;

std::size_t Backends(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

// A place for the requests of one thread that are outstanding.
template <typename Request>
class Ring {
 public:
  Request& Next() { return requests_[next_++ % kOutstanding]; }

 private:
  std::array<Request, kOutstanding> requests_ = {};
  std::size_t next_ = 0;
};

std::uint64_t ThreadSeed(const benchmark::State& state) {
  return static_cast<std::uint64_t>(state.thread_index()) + 1;
}

// Shared by the threads of a run; made and destroyed by its first.
std::unique_ptr<els::Balancer> shared_balancer;

void PickAndFinish(benchmark::State& state, els::Choice choice) {
  if (state.thread_index() == 0) {
    shared_balancer = std::make_unique<els::Balancer>(
        els::Options{.seed = 1, .choice = choice});
    std::vector<els::Backend> backends;
    for (std::size_t i = 0; i < Backends(state); ++i) {
      backends.push_back({.id = std::to_string(i), .tag = i});
    }
    if (!shared_balancer->SetBackends(backends, Clock::now()).ok()) {
      state.SkipWithError("SetBackends failed");
    }
  }
  Ring<els::Ticket> ring;
  for (auto _ : state) {
    els::Ticket& ticket = ring.Next();
    ticket.Finish(els::Outcome::kSuccess, Clock::now());
    ticket = shared_balancer->Pick(Clock::now());
  }
  state.SetItemsProcessed(state.iterations());
}

void ElsLowest(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kLowest);
}

void ElsPowerOfTwo(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kPowerOfTwo);
}

struct alignas(64) Line {
  std::atomic<int> outstanding = 0;
  std::atomic<double> cost = 0;
};

std::unique_ptr<Line[]> shared_lines;

// Two random cache lines, a count up and down, one exponential, one store, two
// clock reads.
void Floor(benchmark::State& state) {
  if (state.thread_index() == 0) {
    shared_lines = std::make_unique<Line[]>(Backends(state));
  }
  els::Random random(ThreadSeed(state));
  Ring<std::uint64_t> ring;
  for (auto _ : state) {
    std::uint64_t& request = ring.Next();
    Line& finished = shared_lines[request];
    finished.outstanding.fetch_sub(1, std::memory_order_relaxed);
    const std::chrono::duration<double> now = Clock::now().time_since_epoch();
    finished.cost.store(els::Exp(-now.count() * 1e-9),
                        std::memory_order_relaxed);
    request = random.Below(Backends(state));
    benchmark::DoNotOptimize(Clock::now());
    shared_lines[request].outstanding.fetch_add(1, std::memory_order_relaxed);
  }
  state.SetItemsProcessed(state.iterations());
}

void UniformRandom(benchmark::State& state) {
  if (state.thread_index() == 0) {
    shared_lines = std::make_unique<Line[]>(Backends(state));
  }
  els::Random random(ThreadSeed(state));
  Ring<std::uint64_t> ring;
  for (auto _ : state) {
    std::uint64_t& request = ring.Next();
    benchmark::DoNotOptimize(Clock::now());
    shared_lines[request].outstanding.fetch_sub(1, std::memory_order_relaxed);
    request = random.Below(Backends(state));
    benchmark::DoNotOptimize(Clock::now());
    shared_lines[request].outstanding.fetch_add(1, std::memory_order_relaxed);
  }
  state.SetItemsProcessed(state.iterations());
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("backends");
  for (const int backends : {4, 16, 100, 1000, 10'000}) bench->Arg(backends);
  bench->Threads(1)->Threads(2)->UseRealTime();
}

BENCHMARK(Floor)->Apply(Sizes);
BENCHMARK(UniformRandom)->Apply(Sizes);
BENCHMARK(ElsPowerOfTwo)->Apply(Sizes);
BENCHMARK(ElsLowest)->Apply(Sizes);

// Whether the results go to a program, which wants them as they are.
bool ForPrograms(int argc, char** argv) {
  constexpr char kFormat[] = "--benchmark_format=";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], kFormat, sizeof kFormat - 1) == 0) {
      return std::strcmp(argv[i] + sizeof kFormat - 1, "console") != 0;
    }
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const bool for_programs = ForPrograms(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (for_programs) {
    benchmark::RunSpecifiedBenchmarks();
  } else {
    RatioReporter reporter("Floor");
    benchmark::RunSpecifiedBenchmarks(&reporter);
  }
  benchmark::Shutdown();
}
