#include "sim/model/rate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/model/streams.h"

namespace els_sim {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

Rate::Rate(double per_second, const OpenArrivals& arrivals, els::Random random)
    : per_second_(per_second),
      length_ns_(Nanoseconds(arrivals.length)),
      profile_(arrivals.profile),
      on_off_(arrivals.on_off),
      random_(random) {
  on_ = !on_off_.has_value();
  Switch();
  PassPoints();
}

std::optional<Time> Rate::Advance(double requests) {
  double left = requests * 1e9;  // The unit of a rate times nanoseconds.
  while (now_ns_ < length_ns_) {
    const Stretch stretch = Next();
    const double all = (stretch.from + stretch.to) / 2 * stretch.length_ns;
    if (left < all) {
      // Of from x + slope x^2 / 2 = left, the root that is exact for small
      // slopes too.
      const double slope = (stretch.to - stretch.from) / stretch.length_ns;
      const double to =
          std::sqrt(stretch.from * stretch.from + 2 * slope * left);
      if (left > 0) now_ns_ += 2 * left / (stretch.from + to);
      return Time(Rounded(FractionalDuration(now_ns_)));
    }
    left -= all;
    Pass(stretch);
  }
  return std::nullopt;
}

Rate::Stretch Rate::Next() const {
  double begin_ns = 0;
  double end_ns = length_ns_;
  double from = 1;
  double to = 1;
  if (point_ > 0) {
    const ProfilePoint& last = profile_[point_ - 1];
    begin_ns = Nanoseconds(last.at);
    from = to = last.times;
  }
  if (point_ < profile_.size()) {
    end_ns = Nanoseconds(profile_[point_].at);
    if (point_ > 0 && profile_[point_ - 1].ramp) to = profile_[point_].times;
  }
  const double slope = (to - from) / (end_ns - begin_ns);
  const double until_ns = std::min({end_ns, switch_ns_, length_ns_});
  double rate = per_second_;
  if (on_off_.has_value()) rate *= on_ ? on_off_->times_on : on_off_->times_off;
  return {.length_ns = until_ns - now_ns_,
          .from = rate * (from + slope * (now_ns_ - begin_ns)),
          .to = rate * (from + slope * (until_ns - begin_ns))};
}

void Rate::Pass(const Stretch& stretch) {
  now_ns_ += stretch.length_ns;
  PassPoints();
  if (now_ns_ >= switch_ns_) Switch();
}

void Rate::PassPoints() {
  while (point_ < profile_.size() &&
         Nanoseconds(profile_[point_].at) <= now_ns_) {
    ++point_;
  }
}

void Rate::Switch() {
  if (!on_off_.has_value()) {
    switch_ns_ = kNever;
    return;
  }
  on_ = !on_;
  const Duration mean = on_ ? on_off_->mean_on : on_off_->mean_off;
  switch_ns_ = now_ns_ + Nanoseconds(Exponential(mean, random_));
}

}  // namespace els_sim
