#pragma once

// Tells a person who waits how far the work is, and how long it will still
// take. The only place that reads a real clock.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace els_sim {

// Writes to stderr if that is a terminal, from two seconds on. Not thread-safe.
class Progress {
 public:
  explicit Progress(std::size_t total, std::string_view what = "simulations")
      : total_(total), what_(what) {}
  ~Progress();  // Ends the line.
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // One more is over.
  void Step();

 private:
  using Clock = std::chrono::steady_clock;

  const std::size_t total_;
  const std::string_view what_;
  const Clock::time_point start_ = Clock::now();
  std::size_t done_ = 0;
  bool shown_ = false;
};

// "12 of 300 simulations, 1 min 24 s left", if the rest goes as what is done
// went. REQUIRES: 0 < done <= total; elapsed >= 0.
std::string ProgressText(std::size_t done, std::size_t total,
                         std::chrono::duration<double> elapsed,
                         std::string_view what = "simulations");

}  // namespace els_sim
