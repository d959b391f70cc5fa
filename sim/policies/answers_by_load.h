#pragma once

// What a server answers a probe about its latency: how long those took that
// came when as much was in it as is now.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>

namespace els_sim {

// The latest answers. Prequal's servers have those of some milliseconds to all
// their clients; an access point has its own, which are rarer, so that they are
// counted here rather than timed.
class AnswersByLoad {
 public:
  static constexpr std::size_t kKept = 16;
  static constexpr std::size_t kNear = 5;

  // `load`: the requests in the server when this one came.
  void Add(std::size_t load, double latency) {
    answers_[count_ % kKept] = {load, latency};
    ++count_;
  }

  // The median (of an even number, the lower of the two) of the latencies at
  // the kNear loads nearest to `load`, of equally near ones the latest. Empty
  // if there are no answers.
  std::optional<double> Near(std::size_t load) const {
    const std::size_t kept = std::min(count_, kKept);
    if (kept == 0) return std::nullopt;
    std::array<Nearness, kKept> by_nearness;
    for (std::size_t age = 0; age < kept; ++age) {
      const Answer& answer = answers_[(count_ - 1 - age) % kKept];
      const std::size_t distance =
          answer.load > load ? answer.load - load : load - answer.load;
      by_nearness[age] = {distance, age, answer.latency};
    }
    const std::size_t near = std::min(kept, kNear);
    std::partial_sort(by_nearness.begin(), by_nearness.begin() + near,
                      by_nearness.begin() + kept);
    std::array<double, kNear> latencies;
    for (std::size_t i = 0; i < near; ++i) {
      latencies[i] = std::get<2>(by_nearness[i]);
    }
    std::sort(latencies.begin(), latencies.begin() + near);
    return latencies[(near - 1) / 2];
  }

 private:
  struct Answer {
    std::size_t load = 0;
    double latency = 0;
  };
  using Nearness = std::tuple<std::size_t, std::size_t, double>;

  std::array<Answer, kKept> answers_ = {};
  std::size_t count_ = 0;  // Of all there have been.
};

}  // namespace els_sim
