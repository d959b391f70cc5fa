#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace els_sim {

// Values that come and go, each known by its place, which serves another once
// it is free: so that there is never memory for more than were there at once.
template <typename T>
class Slab {
 public:
  std::uint32_t Add(T value) {
    if (free_.empty()) {
      values_.push_back(std::move(value));
      return static_cast<std::uint32_t>(values_.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    values_[place] = std::move(value);
    return place;
  }

  // REQUIRES: added, and not freed since.
  void Free(std::uint32_t place) { free_.push_back(place); }
  bool empty() const { return free_.size() == values_.size(); }

  T& operator[](std::uint32_t place) { return values_[place]; }
  const T& operator[](std::uint32_t place) const { return values_[place]; }

 private:
  std::vector<T> values_;
  std::vector<std::uint32_t> free_;
};

}  // namespace els_sim
