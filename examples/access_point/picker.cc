#include "examples/access_point/picker.h"

#include <atomic>
#include <mutex>
#include <random>
#include <stdexcept>
#include <utility>

#include "els/random.h"

namespace access_point {
namespace {

class ElsAttempt final : public Attempt {
 public:
  explicit ElsAttempt(els::Ticket ticket) : ticket_(std::move(ticket)) {}

  std::size_t backend() const override { return ticket_.tag(); }
  void Answered(els::Outcome outcome, els::TimePoint now) override {
    ticket_.Answered(outcome, now);
  }
  void Finish(els::Outcome outcome, els::TimePoint now) override {
    ticket_.Finish(outcome, now);
  }
  void RetryAfter(els::Duration wait, els::TimePoint now) override {
    ticket_.RetryAfter(wait, now);
  }

 private:
  els::Ticket ticket_;
};

// Each backend in turn, however it fares.
class RoundRobinPicker final : public Picker {
 public:
  RoundRobinPicker(std::size_t backends, std::uint64_t seed)
      : backends_(backends), next_(els::Random(seed).Below(backends)) {}

  std::unique_ptr<Attempt> Pick(els::TimePoint,
                                std::optional<std::size_t> avoid) override {
    std::size_t backend = TakeTurn();
    if (backend == avoid) backend = (backend + 1) % backends_;
    return std::make_unique<Turn>(backend);
  }

 private:
  class Turn final : public Attempt {
   public:
    explicit Turn(std::size_t backend) : backend_(backend) {}
    std::size_t backend() const override { return backend_; }
    void Answered(els::Outcome, els::TimePoint) override {}
    void Finish(els::Outcome, els::TimePoint) override {}

   private:
    const std::size_t backend_;
  };

  // Only the count matters, not what other threads see of it: relaxed.
  std::size_t TakeTurn() {
    return next_.fetch_add(1, std::memory_order_relaxed) % backends_;
  }

  const std::size_t backends_;
  std::atomic<std::uint64_t> next_;
};

// The backend with the fewest attempts outstanding, ties at random.
class LeastOutstandingPicker final : public Picker {
 public:
  LeastOutstandingPicker(std::size_t backends, std::uint64_t seed)
      : random_(seed), outstanding_(backends) {}

  std::unique_ptr<Attempt> Pick(els::TimePoint,
                                std::optional<std::size_t> avoid) override {
    const std::lock_guard lock(mutex_);
    const std::size_t backend = Lowest(avoid);
    ++outstanding_[backend];
    return std::make_unique<Counted>(*this, backend);
  }

 private:
  class Counted final : public Attempt {
   public:
    Counted(LeastOutstandingPicker& picker, std::size_t backend)
        : picker_(picker), backend_(backend) {}
    ~Counted() override { picker_.Release(backend_); }
    std::size_t backend() const override { return backend_; }
    void Answered(els::Outcome, els::TimePoint) override {}
    void Finish(els::Outcome, els::TimePoint) override {}

   private:
    LeastOutstandingPicker& picker_;
    const std::size_t backend_;
  };

  // REQUIRES: mutex_ is held.
  std::size_t Lowest(std::optional<std::size_t> avoid) {
    std::size_t lowest = 0;
    std::uint64_t equals = 0;
    for (std::size_t i = 0; i < outstanding_.size(); ++i) {
      if (i == avoid && outstanding_.size() > 1) continue;
      if (equals > 0 && outstanding_[i] > outstanding_[lowest]) continue;
      if (equals > 0 && outstanding_[i] < outstanding_[lowest]) equals = 0;
      // The n-th of the equals replaces the one held with probability 1/n.
      if (random_.Below(++equals) == 0) lowest = i;
    }
    return lowest;
  }

  void Release(std::size_t backend) {
    const std::lock_guard lock(mutex_);
    --outstanding_[backend];
  }

  std::mutex mutex_;  // Guards the two below.
  els::Random random_;
  std::vector<std::int64_t> outstanding_;
};

}  // namespace

std::optional<Policy> ParsePolicy(std::string_view name) {
  if (name == "els") return Policy::kEls;
  if (name == "round-robin") return Policy::kRoundRobin;
  if (name == "least-outstanding") return Policy::kLeastOutstanding;
  return std::nullopt;
}

ElsPicker::ElsPicker(std::vector<std::string> ids, const els::Options& options)
    : ids_(std::move(ids)), balancer_(options) {
  std::vector<els::Backend> backends;
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    backends.push_back({.id = ids_[i], .tag = i});
  }
  const absl::Status set =
      balancer_.SetBackends(backends, std::chrono::steady_clock::now());
  if (!set.ok() || ids_.empty()) throw std::invalid_argument(set.ToString());
}

std::unique_ptr<Attempt> ElsPicker::Pick(els::TimePoint now,
                                         std::optional<std::size_t> avoid) {
  if (!avoid) return std::make_unique<ElsAttempt>(balancer_.Pick(now));
  const std::string_view failed = ids_[*avoid];
  return std::make_unique<ElsAttempt>(balancer_.Pick(now, {&failed, 1}));
}

std::vector<els::BackendSnapshot> ElsPicker::Snapshot(
    els::TimePoint now) const {
  return balancer_.Snapshot(now);
}

std::unique_ptr<Picker> MakePicker(Policy policy, std::vector<std::string> ids,
                                   std::uint64_t seed, els::Options options) {
  if (policy == Policy::kEls) {
    options.seed = seed;
    return std::make_unique<ElsPicker>(std::move(ids), options);
  }
  if (seed == 0) seed = std::random_device()();
  if (policy == Policy::kRoundRobin) {
    return std::make_unique<RoundRobinPicker>(ids.size(), seed);
  }
  return std::make_unique<LeastOutstandingPicker>(ids.size(), seed);
}

}  // namespace access_point
