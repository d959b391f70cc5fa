#include "sim/model/server.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include "sim/model/slowness.h"
#include "sim/model/work_clock.h"

namespace els_sim {
namespace {

// Those that are open now, and what they take.
class Streams {
 public:
  explicit Streams(const ServerPlan& plan)
      : each_(plan.streams.has_value() ? plan.streams->slots : 0) {}

  void Add() { ++count_; }
  void Remove() { --count_; }

  double Part() const { return each_ * static_cast<double>(count_); }
  std::size_t Slots() const {
    return static_cast<std::size_t>(std::round(Part()));
  }

 private:
  double each_;
  std::size_t count_ = 0;
};

// Each job in service has a slot until it is done; the others wait in one
// queue, first come first served.
class SlotServer final : public Server {
 public:
  SlotServer(const ServerPlan& plan, std::size_t slots, els::Random pauses,
             els::Random noise)
      : slots_(slots),
        slowness_(plan, noise),
        clock_(plan.pauses, pauses),
        streams_(plan) {}

  std::optional<Due> Arrive(const Job& job, Time now) override {
    ++in_server_;
    if (AnyFree()) return Start(job, now);
    waiting_.push_back(job);
    waiting_ns_ += Nanoseconds(job.size);
    return std::nullopt;
  }

  std::optional<std::uint32_t> Depart(std::uint32_t attempt,
                                      Time now) override {
    --in_server_;
    --serving_;
    ends_ns_ -= Nanoseconds(now.time_since_epoch());
    return attempt;
  }

  void Stream(Time) override { streams_.Add(); }
  void Release(Time) override { streams_.Remove(); }

  // One slot at most has become free.
  std::optional<Due> Next(Time now) override {
    if (waiting_.empty() || !AnyFree()) return std::nullopt;
    const Job next = waiting_.front();
    waiting_.pop_front();
    waiting_ns_ -= Nanoseconds(next.size);
    return Start(next, now);
  }

  std::size_t SlotsOfStreams() const override { return streams_.Slots(); }

  std::size_t InServer() const override { return in_server_; }

  double WorkLeft(Time now) override {
    const auto serving = static_cast<double>(serving_);
    const double left = ends_ns_ -
                        serving * Nanoseconds(now.time_since_epoch()) +
                        waiting_ns_ * SlownessAt(now);
    return left / static_cast<double>(slots_);
  }

  double SlownessAt(Time now) override {
    return slowness_.At(now, in_server_ + 1);
  }

 private:
  bool AnyFree() const {
    const std::size_t streams = streams_.Slots();
    return serving_ == 0 || (streams < slots_ && serving_ < slots_ - streams);
  }

  Due Start(const Job& job, Time now) {
    ++serving_;
    const FractionalDuration size = job.size;
    const Time end =
        clock_.After(now, Rounded(size * slowness_.At(now, in_server_)));
    ends_ns_ += Nanoseconds(end.time_since_epoch());
    return {.time = end, .what = job.attempt};
  }

  const std::size_t slots_;
  Slowness slowness_;
  WorkClock clock_;
  Streams streams_;
  std::size_t in_server_ = 0;
  std::size_t serving_ = 0;
  std::deque<Job> waiting_;
  double ends_ns_ = 0;     // Sum over those in service; whole nanoseconds.
  double waiting_ns_ = 0;  // Sum of the sizes of those that wait.
};

// All are in service at once. Every job has the same speed, so that they end in
// the order of what they need beyond the work that each has had since the start
// of the run; of which one number is enough for all.
class SharingServer final : public Server {
 public:
  SharingServer(const ServerPlan& plan, els::Random pauses, els::Random noise)
      : cores_(static_cast<double>(plan.slots)),
        slowness_(plan, noise),
        clock_(plan.pauses, pauses),
        streams_(plan) {}

  std::optional<Due> Arrive(const Job& job, Time now) override {
    GoOn(now);
    const double needs_ns =
        Nanoseconds(job.size) * slowness_.At(now, jobs_.size() + 1);
    jobs_.push_back({had_ns_ + needs_ns, job.attempt});
    std::push_heap(jobs_.begin(), jobs_.end(), Later());
    ends_ns_ += had_ns_ + needs_ns;
    return Next(now);
  }

  std::optional<std::uint32_t> Depart(std::uint32_t version,
                                      Time now) override {
    if (version != version_) return {};
    GoOn(now);
    std::pop_heap(jobs_.begin(), jobs_.end(), Later());
    const Shared done = jobs_.back();
    jobs_.pop_back();
    had_ns_ = std::max(had_ns_, done.end_ns);
    ends_ns_ -= done.end_ns;
    return done.attempt;
  }

  void Stream(Time now) override {
    GoOn(now);
    streams_.Add();
  }
  void Release(Time now) override {
    GoOn(now);
    streams_.Remove();
  }

  std::optional<Due> Next(Time now) override {
    ++version_;
    if (jobs_.empty()) return std::nullopt;
    const double left_ns =
        std::max(jobs_.front().end_ns - had_ns_, 0.0) / Speed();
    const Duration left(static_cast<std::int64_t>(std::ceil(left_ns)));
    return Due{.time = clock_.After(now, left), .what = version_};
  }

  std::size_t SlotsOfStreams() const override { return streams_.Slots(); }

  std::size_t InServer() const override { return jobs_.size(); }

  double WorkLeft(Time now) override {
    GoOn(now);
    const auto n = static_cast<double>(jobs_.size());
    return std::max(ends_ns_ - n * had_ns_, 0.0) / cores_;
  }

  double SlownessAt(Time now) override {
    return slowness_.At(now, jobs_.size() + 1);
  }

 private:
  struct Shared {
    double end_ns;  // It is done when each has had so much.
    std::uint32_t attempt;
  };
  struct Later {
    bool operator()(const Shared& a, const Shared& b) const {
      if (a.end_ns != b.end_ns) return a.end_ns > b.end_ns;
      return a.attempt > b.attempt;
    }
  };

  // Streams share the cores, too.
  double Speed() const {
    return std::min(
        1.0, cores_ / (static_cast<double>(jobs_.size()) + streams_.Part()));
  }

  void GoOn(Time now) {
    if (!jobs_.empty()) {
      had_ns_ += Nanoseconds(clock_.Worked(latest_, now)) * Speed();
    } else {
      // Nobody has had anything that still counts.
      had_ns_ = 0;
      ends_ns_ = 0;
    }
    latest_ = now;
  }

  const double cores_;
  Slowness slowness_;
  WorkClock clock_;
  Streams streams_;
  std::vector<Shared> jobs_;  // A heap.
  double had_ns_ = 0;         // Work that each has had.
  double ends_ns_ = 0;        // Sum over all.
  Time latest_ = {};
  std::uint32_t version_ = 0;
};

}  // namespace

std::unique_ptr<Server> MakeServer(const ServerPlan& plan, els::Random pauses,
                                   els::Random noise) {
  switch (plan.discipline) {
    case Discipline::kSlots:
      return std::make_unique<SlotServer>(plan, plan.slots, pauses, noise);
    case Discipline::kSharing:
      return std::make_unique<SharingServer>(plan, pauses, noise);
    case Discipline::kInfinite:
      return std::make_unique<SlotServer>(
          plan, std::numeric_limits<std::size_t>::max(), pauses, noise);
  }
  return nullptr;
}

}  // namespace els_sim
