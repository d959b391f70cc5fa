#pragma once

// Arguments of calls, good ones and such as must be refused.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/option_ranges.h"
#include "tests/fuzz/program.h"

// Any of eight, by a bit each.
inline std::vector<std::string> Ids(Program& program) {
  static const std::string kIds[] = {"a",
                                     "b",
                                     std::string(1, '\0'),
                                     std::string("a\0", 2),
                                     "\n",
                                     "\xff\"\\\x80",
                                     std::string(300, 'x'),
                                     " "};
  const unsigned low = program.Next();
  const unsigned bits = low | program.Next() << 4;
  std::vector<std::string> ids;
  for (unsigned i = 0; i < std::size(kIds); ++i) {
    if ((bits >> i & 1) != 0) ids.push_back(kIds[i]);
  }
  return ids;
}

// Of good backends; their tags go on from `last_tag`.
inline std::vector<els::Backend> Set(Program& program,
                                     std::uint64_t& last_tag) {
  using Limits = std::numeric_limits<double>;
  constexpr double kDistances[] = {
      1, 0.5, 10, Limits::min(), Limits::denorm_min(), Limits::max()};
  std::vector<els::Backend> set;
  for (std::string& id : Ids(program)) {
    set.push_back({std::move(id), ++last_tag});
  }
  if (set.empty()) return set;
  els::Backend& one = set[program.Next() % set.size()];
  one.distance = program.OneOf(kDistances);
  const unsigned bits = program.Next();
  if ((bits & 2) != 0) one.weight = one.distance;
  one.max_outstanding = bits >> 2;
  if ((bits & 1) != 0) std::reverse(set.begin(), set.end());
  return set;
}

// Of requests: what they may cost at a preferred backend.
inline constexpr double kPrices[] = {2,
                                     1,
                                     1.5,
                                     std::numeric_limits<double>::infinity(),
                                     0,
                                     -1,
                                     std::numeric_limits<double>::quiet_NaN(),
                                     1e300};
inline constexpr std::size_t kAnyPrice = 3;

// What a request says of its work, and what that counts as.
struct Work {
  double given = 1;
  double counts = 1;
};
inline constexpr Work kWorks[] = {
    {1, 1},
    {0.25, 0.25},
    {8, 8},
    {1e6, 1e6},
    {1.0 / 4096, 1.0 / 4096},
    {1e-9, 1.0 / 4096},
    {1e300, 1e6},
    {0, 1},
    {-8, 1},
    {std::numeric_limits<double>::infinity(), 1},
    {std::numeric_limits<double>::quiet_NaN(), 1}};

// Makes the set one that must be refused.
inline void SpoilSet(std::vector<els::Backend>& set, unsigned how) {
  constexpr double kBad[] = {0, -1, std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN()};
  if (how < std::size(kBad)) {
    set.push_back({.id = "bad", .distance = kBad[how]});
  } else if (how >= 7 && how - 7 < std::size(kBad)) {
    set.push_back({.id = "bad", .weight = kBad[how - 7]});
  } else if (how == 5 && !set.empty()) {
    set.push_back(set.front());
  } else {
    set.push_back({.id = ""});
  }
}

// Sets one field to a value that may or may not be in its range; says whether
// it is.
inline bool SetOption(els::Options& options, unsigned field, unsigned value) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (field < std::size(kNumberRanges)) {
    const auto [name, member, low, high] = kNumberRanges[field];
    const double values[] = {
        low,       high,       options.*member,
        low - 1,   high * 2,   std::nan(""),
        kInfinity, -kInfinity, std::nextafter(high, kInfinity)};
    const std::size_t which = value % std::size(values);
    options.*member = values[which];
    return which < 3;
  }
  field -= std::size(kNumberRanges);
  if (field < std::size(kTimeRanges)) {
    const auto [name, member, low, high] = kTimeRanges[field];
    const els::Duration values[] = {low,
                                    high,
                                    options.*member,
                                    low - els::Duration(1),
                                    high + els::Duration(1),
                                    els::Duration::max(),
                                    els::Duration::min()};
    const std::size_t which = value % std::size(values);
    options.*member = values[which];
    return which < 3;
  }
  options.choice = static_cast<els::Choice>(value);
  return value < 3;
}
