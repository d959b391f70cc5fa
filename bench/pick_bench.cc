// What one request costs: a pick and a finish, both with a clock read, while
// 256 requests are outstanding. Beside it in the same run, the least that any
// balancer of this kind could do ("Floor"), and a random choice that only
// counts what is outstanding.
//
//   Floor, UniformRandom, ElsPowerOfTwo, ElsLowest    back to back
//   FloorAmidWork, ElsAmidWork                        1 us of other work
//   between ElsPowerOfTwoAmidTraffic, ElsLowestAmidTraffic    3 MiB of memory
//   between HashIds, SetBackends                              one backend
//   replaced

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
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

std::vector<els::Backend> Set(std::size_t size) {
  std::vector<els::Backend> backends;
  for (std::size_t i = 0; i < size; ++i) {
    backends.push_back({.id = "10.0.0.1:" + std::to_string(i), .tag = i});
  }
  return backends;
}

// Shared by the threads of a run; made and destroyed by its first.
std::unique_ptr<els::Balancer> shared_balancer;

// With what a balancer knows after some seconds of such traffic: a new set
// costs more, while its means still move fast.
void MakeSharedBalancer(const benchmark::State& state, els::Choice choice) {
  shared_balancer = std::make_unique<els::Balancer>(
      els::Options{.seed = 1, .choice = choice});
  if (!shared_balancer->SetBackends(Set(Backends(state)), Clock::now()).ok()) {
    std::abort();
  }
  Ring<els::Ticket> ring;
  for (std::size_t i = 0; i < 200'000 + 40 * Backends(state); ++i) {
    els::Ticket& ticket = ring.Next();
    ticket.Finish(els::Outcome::kSuccess, Clock::now());
    ticket = shared_balancer->Pick(Clock::now());
  }
}

void PickAndFinish(benchmark::State& state, els::Choice choice,
                   void (*work)() = nullptr) {
  if (state.thread_index() == 0) MakeSharedBalancer(state, choice);
  Ring<els::Ticket> ring;
  for (auto _ : state) {
    els::Ticket& ticket = ring.Next();
    ticket.Finish(els::Outcome::kSuccess, Clock::now());
    ticket = shared_balancer->Pick(Clock::now());
    if (work != nullptr) work();
  }
  state.SetItemsProcessed(state.iterations());
}

void ElsLowest(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kLowest);
}

void ElsPowerOfTwo(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kPowerOfTwo);
}

// About 1 us that touches no memory.
void Work() {
  double x = 1;
  for (int i = 0; i < 180; ++i) benchmark::DoNotOptimize(x = 1 / (x + 0.5));
}

void ElsAmidWork(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kLowest, Work);
}

struct alignas(64) Line {
  std::atomic<int> outstanding = 0;
  std::atomic<double> cost = 0;
};

std::unique_ptr<Line[]> shared_lines;

// Below n, with a bias that does not matter here, and without a division.
std::size_t Below(std::size_t n, els::Random& random) {
  return (random.Bits() >> 32) * n >> 32;
}

// Two random cache lines, a count up and down, one exponential, one store, two
// clock reads. The exponential is the one that this library may use, whose bits
// are the same everywhere; that of the C library would save a fifth.
void FloorWith(benchmark::State& state, void (*work)()) {
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
    request = Below(Backends(state), random);
    benchmark::DoNotOptimize(Clock::now());
    shared_lines[request].outstanding.fetch_add(1, std::memory_order_relaxed);
    if (work != nullptr) work();
  }
  state.SetItemsProcessed(state.iterations());
}

void Floor(benchmark::State& state) { FloorWith(state, nullptr); }
void FloorAmidWork(benchmark::State& state) { FloorWith(state, Work); }

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
    request = Below(Backends(state), random);
    benchmark::DoNotOptimize(Clock::now());
    shared_lines[request].outstanding.fetch_add(1, std::memory_order_relaxed);
  }
  state.SetItemsProcessed(state.iterations());
}

// As between the requests of a proxy that does much else: what the balancer
// needs is no longer in the nearest caches. Only the pick and the finish count.
void AmidTraffic(benchmark::State& state, els::Choice choice) {
  MakeSharedBalancer(state, choice);
  std::vector<char> other(3 << 20);
  Ring<els::Ticket> ring;
  for (auto _ : state) {
    for (std::size_t i = 0; i < other.size(); i += 64) ++other[i];
    const Clock::time_point start = Clock::now();
    els::Ticket& ticket = ring.Next();
    ticket.Finish(els::Outcome::kSuccess, Clock::now());
    ticket = shared_balancer->Pick(Clock::now());
    const std::chrono::duration<double> taken = Clock::now() - start;
    state.SetIterationTime(taken.count());
  }
}

void ElsLowestAmidTraffic(benchmark::State& state) {
  AmidTraffic(state, els::Choice::kLowest);
}

void ElsPowerOfTwoAmidTraffic(benchmark::State& state) {
  AmidTraffic(state, els::Choice::kPowerOfTwo);
}

// What finding a repeated id takes at the least.
void HashIds(benchmark::State& state) {
  const std::vector<els::Backend> set = Set(Backends(state));
  for (auto _ : state) {
    absl::flat_hash_set<absl::string_view> ids;
    ids.reserve(set.size());
    for (const els::Backend& backend : set) ids.insert(backend.id);
    benchmark::DoNotOptimize(ids.size());
  }
}

// One of the set is replaced each time.
void SetBackends(benchmark::State& state) {
  MakeSharedBalancer(state, els::Choice::kLowest);
  std::vector<els::Backend> set = Set(Backends(state));
  std::size_t change = 0;
  for (auto _ : state) {
    ++change;
    set[change % set.size()].id = "new:" + std::to_string(change);
    if (!shared_balancer->SetBackends(set, Clock::now()).ok()) std::abort();
  }
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("backends")->UseRealTime();
  for (const int backends : {4, 16, 100, 1000, 10'000}) bench->Arg(backends);
}

void OneThread(benchmark::internal::Benchmark* bench) { bench->Threads(1); }

// As many as there are, up to 16.
void ManyThreads(benchmark::internal::Benchmark* bench) {
  bench->ThreadRange(
      1,
      std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 2, 16));
}

void FewSizes(benchmark::internal::Benchmark* bench) {
  bench->ArgName("backends")->Threads(1);
  for (const int backends : {4, 100, 10'000}) bench->Arg(backends);
}

// Of a number of its own, since each takes a hundred times what is counted.
void ManualTime(benchmark::internal::Benchmark* bench) {
  bench->UseManualTime()->Iterations(50'000);
}

BENCHMARK(Floor)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(UniformRandom)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(ElsPowerOfTwo)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(ElsLowest)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(FloorAmidWork)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(ElsAmidWork)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(ElsPowerOfTwoAmidTraffic)->Apply(FewSizes)->Apply(ManualTime);
BENCHMARK(ElsLowestAmidTraffic)->Apply(FewSizes)->Apply(ManualTime);
BENCHMARK(HashIds)->ArgName("backends")->Arg(10'000);
BENCHMARK(SetBackends)->ArgName("backends")->Arg(10'000);

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
    RatioReporter reporter(
        {{"Floor", {"UniformRandom", "ElsPowerOfTwo", "ElsLowest"}},
         {"FloorAmidWork", {"ElsAmidWork"}},
         {"ElsPowerOfTwoAmidTraffic", {"ElsLowestAmidTraffic"}},
         {"HashIds", {"SetBackends"}}});
    benchmark::RunSpecifiedBenchmarks(&reporter);
  }
  benchmark::Shutdown();
}
