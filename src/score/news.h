#pragma once

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace els::internal {

// What a backend has had that the fleet does not know yet.
struct News {
  std::uint32_t picks = 0;
  std::uint32_t successes = 0;
  double latency_s = 0;  // The sum over the successes.

  bool Any() const { return (picks | successes) != 0; }
  void Add(const News& more) {
    picks += more.picks;
    successes += more.successes;
    latency_s += more.latency_s;
  }
};

// Where backends leave news for the fleet. Thread-safe. Tell takes two locked
// additions. So where there is much news, a backend gathers several picks and
// successes before it tells them.
class Inbox {
 public:
  // Returns whether news is told at once, however little it is: while fewer
  // successes were told since Take than SetQuiet has set.
  bool Quiet() const {
    return counts_.load(std::memory_order_relaxed) <
           quiet_.load(std::memory_order_relaxed);
  }
  void SetQuiet(std::size_t successes) {
    quiet_.store(std::uint64_t{successes} << 32, std::memory_order_relaxed);
  }

  void Tell(const News& news) {
    counts_.fetch_add(std::uint64_t{news.successes} << 32 | news.picks,
                      std::memory_order_relaxed);
    if (news.successes == 0) return;
    latency_.fetch_add(static_cast<std::uint64_t>(
                           std::llround(news.latency_s * kUnitsPerSecond)),
                       std::memory_order_relaxed);
  }

  // Returns the number of picks told since Take.
  std::uint32_t picks() const {
    return static_cast<std::uint32_t>(counts_.load(std::memory_order_relaxed));
  }

  // Returns the news told since the last call. The latencies of a Tell that
  // overlaps a Take may come one call later than its counts.
  News Take() {
    const std::uint64_t latency =
        latency_.exchange(0, std::memory_order_relaxed);
    return From(counts_.exchange(0, std::memory_order_relaxed), latency);
  }
  // Returns the same news, and leaves it for Take.
  News Peek() const {
    return From(counts_.load(std::memory_order_relaxed),
                latency_.load(std::memory_order_relaxed));
  }

 private:
  // The units of latency_. 300,000 hours fit into 64 bits.
  static constexpr double kUnitsPerSecond = 16e9;

  static News From(std::uint64_t counts, std::uint64_t latency) {
    return {.picks = static_cast<std::uint32_t>(counts),
            .successes = static_cast<std::uint32_t>(counts >> 32),
            .latency_s = static_cast<double>(latency) / kUnitsPerSecond};
  }

  // Successes in the upper half, picks in the lower half.
  std::atomic<std::uint64_t> counts_ = 0;
  std::atomic<std::uint64_t> latency_ = 0;
  std::atomic<std::uint64_t> quiet_ = 0;
};

}  // namespace els::internal
