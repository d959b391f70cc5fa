#pragma once

// Tells a person who waits how far the simulations, or what else takes long,
// are, and how long they will still take. The only place that reads a real
// clock.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace els_sim {

// Writes to stderr if that is a terminal, from two seconds on. Not thread-safe.
class Progress {
 public:
  // Of so many `things`, a word with static lifetime.
  explicit Progress(std::size_t total, const char* things = "simulations")
      : total_(total), things_(things) {}
  ~Progress();  // Ends the line.
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // One more is done.
  void Step();

  // There are so many left, as far as is known now.
  void SetLeft(std::size_t count) { total_ = done_ + count; }

 private:
  using Clock = std::chrono::steady_clock;

  std::size_t total_;  // At least done_.
  const char* const things_;
  const Clock::time_point start_ = Clock::now();
  std::size_t done_ = 0;
  bool shown_ = false;
};

// "12 of 300 simulations, 1 min 24 s left", if the rest goes as what is done
// went. REQUIRES: 0 < done <= total; elapsed >= 0.
std::string ProgressText(std::size_t done, std::size_t total,
                         std::chrono::duration<double> elapsed,
                         const char* things = "simulations");

}  // namespace els_sim
