// What one request costs: a pick and a finish, both with a clock read, while
// 256 requests are outstanding. Beside it in the same run, the least that any
// balancer of this kind could do ("Floor"), and a random choice that only
// counts what is outstanding.
//
// - Floor, FloorWithExpOfC, UniformRandom, ElsPowerOfTwo, ElsLowest: back to
//   back, and nothing fails.
// - ElsFailing: one request in 128 fails.
// - ElsNewSet: the same, of a set that has just been made.
// - ElsAt1000, ElsAt10000, ElsAt100000: that many requests a second pass on the
//   balancer's clock, and one in 128 fails.
// - FloorAmidWork, ElsAmidWork: 1 us of other work between.
// - FloorAmidMoreWork, ElsAmidMoreWork: 10 us.
// - ElsPowerOfTwoAmidTraffic, ElsLowestAmidTraffic: 3 MiB of memory between.
// - HashIds, SetBackends: one backend is replaced.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
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

// Shared by the threads of a run, and by all runs that want the same, with what
// a balancer knows after a second of such traffic: a new set costs more, while
// its means and shares still move fast.
els::Balancer& SharedBalancer(const benchmark::State& state,
                              els::Choice choice) {
  static auto& balancers =
      *new std::map<std::pair<std::size_t, els::Choice>, els::Balancer>;
  static auto& mutex = *new std::mutex;
  const std::scoped_lock lock(mutex);
  const std::size_t size = Backends(state);
  const auto [found, is_new] = balancers.try_emplace(
      {size, choice}, els::Options{.seed = 1, .choice = choice});
  els::Balancer& balancer = found->second;
  if (!is_new) return balancer;
  if (!balancer.SetBackends(Set(size), Clock::now()).ok()) std::abort();
  Ring<els::Ticket> ring;
  for (std::size_t i = 0; i < 5'000'000 + 100 * size; ++i) {
    els::Ticket& ticket = ring.Next();
    ticket.Finish(els::Outcome::kSuccess, Clock::now());
    ticket = balancer.Pick(Clock::now());
  }
  return balancer;
}

// What comes of request after request: one in 128 fails, by chance.
class Outcomes {
 public:
  explicit Outcomes(std::uint64_t seed) : random_(seed) {}
  els::Outcome Next() {
    return random_.Bits() >> 57 == 0 ? els::Outcome::kFailure
                                     : els::Outcome::kSuccess;
  }

 private:
  els::Random random_;
};

void SendAndFail(els::Balancer& balancer, Ring<els::Ticket>& ring,
                 Outcomes& outcomes) {
  els::Ticket& ticket = ring.Next();
  ticket.Finish(outcomes.Next(), Clock::now());
  ticket = balancer.Pick(Clock::now());
}

void PickAndFinish(benchmark::State& state, els::Choice choice,
                   void (*work)() = nullptr) {
  els::Balancer& balancer = SharedBalancer(state, choice);
  Ring<els::Ticket> ring;
  for (auto _ : state) {
    els::Ticket& ticket = ring.Next();
    ticket.Finish(els::Outcome::kSuccess, Clock::now());
    ticket = balancer.Pick(Clock::now());
    if (work != nullptr) work();
  }
  state.SetItemsProcessed(state.iterations());
}

void ElsLowest(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kLowest);
}

void ElsFailing(benchmark::State& state) {
  els::Balancer& balancer = SharedBalancer(state, els::Choice::kLowest);
  Ring<els::Ticket> ring;
  Outcomes outcomes(ThreadSeed(state));
  // As after some seconds of it.
  if (state.thread_index() == 0) {
    for (int i = 0; i < 1'000'000; ++i) SendAndFail(balancer, ring, outcomes);
  }
  for (auto _ : state) SendAndFail(balancer, ring, outcomes);
  state.SetItemsProcessed(state.iterations());
}

// The picks 50,000 to 450,000.
void ElsNewSet(benchmark::State& state) {
  els::Balancer balancer(els::Options{.seed = 1});
  if (!balancer.SetBackends(Set(Backends(state)), Clock::now()).ok())
    std::abort();
  Ring<els::Ticket> ring;
  Outcomes outcomes(1);
  for (int i = 0; i < 50'000; ++i) SendAndFail(balancer, ring, outcomes);
  for (auto _ : state) SendAndFail(balancer, ring, outcomes);
  state.SetItemsProcessed(state.iterations());
}

// At a rate that proxies have. The clock is read as it is elsewhere, and
// another time goes to the balancer.
template <int requests_per_second>
void ElsAt(benchmark::State& state) {
  constexpr std::chrono::nanoseconds kGap{1'000'000'000 / requests_per_second};
  els::Balancer balancer(els::Options{.seed = 1});
  Clock::time_point now = Clock::now();
  if (!balancer.SetBackends(Set(Backends(state)), now).ok()) std::abort();
  Ring<els::Ticket> ring;
  Outcomes outcomes(1);
  const auto send = [&] {
    now += kGap;
    els::Ticket& ticket = ring.Next();
    benchmark::DoNotOptimize(Clock::now());
    ticket.Finish(outcomes.Next(), now);
    benchmark::DoNotOptimize(Clock::now());
    ticket = balancer.Pick(now);
  };
  for (std::size_t i = 0; i < 40'000 + 6 * Backends(state); ++i) send();
  for (auto _ : state) send();
}

void ElsAt1000(benchmark::State& state) { ElsAt<1000>(state); }
void ElsAt10000(benchmark::State& state) { ElsAt<10'000>(state); }
void ElsAt100000(benchmark::State& state) { ElsAt<100'000>(state); }

void ElsPowerOfTwo(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kPowerOfTwo);
}

// About 1 us that touches no memory.
void Work() {
  double x = 1;
  for (int i = 0; i < 180; ++i) benchmark::DoNotOptimize(x = 1 / (x + 0.5));
}

void MoreWork() {
  for (int i = 0; i < 10; ++i) Work();
}

void ElsAmidWork(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kLowest, Work);
}

void ElsAmidMoreWork(benchmark::State& state) {
  PickAndFinish(state, els::Choice::kLowest, MoreWork);
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
// clock reads.
template <double (*exponential)(double)>
void FloorWith(benchmark::State& state, void (*work)() = nullptr) {
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
    finished.cost.store(exponential(-now.count() * 1e-9),
                        std::memory_order_relaxed);
    request = Below(Backends(state), random);
    benchmark::DoNotOptimize(Clock::now());
    shared_lines[request].outstanding.fetch_add(1, std::memory_order_relaxed);
    if (work != nullptr) work();
  }
  state.SetItemsProcessed(state.iterations());
}

// With the exponential that this library may use, whose bits are the same
// everywhere; and with that of the C library, which is faster.
void Floor(benchmark::State& state) { FloorWith<els::Exp>(state); }
void FloorWithExpOfC(benchmark::State& state) { FloorWith<std::exp>(state); }
void FloorAmidWork(benchmark::State& state) {
  FloorWith<els::Exp>(state, Work);
}
void FloorAmidMoreWork(benchmark::State& state) {
  FloorWith<els::Exp>(state, MoreWork);
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
    request = Below(Backends(state), random);
    benchmark::DoNotOptimize(Clock::now());
    shared_lines[request].outstanding.fetch_add(1, std::memory_order_relaxed);
  }
  state.SetItemsProcessed(state.iterations());
}

// As between the requests of a proxy that does much else: what the balancer
// needs is no longer in the nearest caches. Only the pick and the finish count.
void AmidTraffic(benchmark::State& state, els::Choice choice) {
  els::Balancer& balancer = SharedBalancer(state, choice);
  std::vector<char> other(3 << 20);
  Ring<els::Ticket> ring;
  for (auto _ : state) {
    for (std::size_t i = 0; i < other.size(); i += 64) ++other[i];
    const Clock::time_point start = Clock::now();
    els::Ticket& ticket = ring.Next();
    ticket.Finish(els::Outcome::kSuccess, Clock::now());
    ticket = balancer.Pick(Clock::now());
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
  els::Balancer balancer(els::Options{.seed = 1});
  std::vector<els::Backend> set = Set(Backends(state));
  std::size_t change = 0;
  for (auto _ : state) {
    ++change;
    set[change % set.size()].id = "new:" + std::to_string(change);
    if (!balancer.SetBackends(set, Clock::now()).ok()) std::abort();
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
  bench->UseManualTime()->Iterations(5'000);
}

BENCHMARK(Floor)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(FloorWithExpOfC)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(UniformRandom)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(ElsPowerOfTwo)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(ElsLowest)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(ElsFailing)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(ElsNewSet)->Apply(Sizes)->Apply(OneThread)->Iterations(400'000);
BENCHMARK(ElsAt1000)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(ElsAt10000)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(ElsAt100000)->Apply(Sizes)->Apply(OneThread);
BENCHMARK(FloorAmidMoreWork)
    ->ArgName("backends")
    ->Arg(100)
    ->UseRealTime()
    ->Apply(ManyThreads);
BENCHMARK(ElsAmidMoreWork)
    ->ArgName("backends")
    ->Arg(100)
    ->UseRealTime()
    ->Apply(ManyThreads);
BENCHMARK(FloorAmidWork)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(ElsAmidWork)->Apply(Sizes)->Apply(ManyThreads);
BENCHMARK(ElsPowerOfTwoAmidTraffic)->Apply(FewSizes)->Apply(ManualTime);
BENCHMARK(ElsLowestAmidTraffic)->Apply(FewSizes)->Apply(ManualTime);
BENCHMARK(HashIds)->ArgName("backends")->Arg(10'000);
BENCHMARK(SetBackends)->ArgName("backends")->Arg(10'000);

}  // namespace
