#include "sim/model/slowness.h"

#include <algorithm>

namespace els_sim {
namespace {

double Between(double least, double most, els::Random& random) {
  return least + random.Uniform() * (most - least);
}

double OfCrowding(const Crowding& crowding, std::size_t in_server) {
  const auto n = static_cast<double>(in_server);
  return n > crowding.capacity ? crowding.beyond : 1 + n / crowding.capacity;
}

double OfWarmUp(const WarmUp& warm_up, Duration since_joined) {
  if (since_joined >= warm_up.length) return 1;
  const FractionalDuration length = warm_up.length;
  if (since_joined <= length / warm_up.most) return warm_up.most;
  return length / since_joined;
}

}  // namespace

Slowness::Slowness(const ServerPlan& plan, els::Random random)
    : plan_(plan), random_(random) {}

double Slowness::At(Time now, std::size_t in_server) {
  const Duration at = now.time_since_epoch();
  double slowness = PhaseAt(plan_, at).slowness;
  if (plan_.noise.has_value()) slowness *= NoiseAt(now);
  if (plan_.crowding.has_value()) {
    slowness *= OfCrowding(*plan_.crowding, in_server);
  }
  if (plan_.warm_up.has_value()) {
    slowness *= OfWarmUp(*plan_.warm_up, at - plan_.joins_at);
  }
  return slowness;
}

double Slowness::NoiseAt(Time now) {
  const Noise& noise = *plan_.noise;
  while (noise_until_ <= now) {
    noise_ = Between(noise.least, noise.most, random_);
    // At least a nanosecond, so that time goes on.
    const FractionalDuration lasts(
        Between(FractionalDuration(noise.shortest).count(),
                FractionalDuration(noise.longest).count(), random_));
    noise_until_ += std::max(Rounded(lasts), Duration(1));
  }
  return noise_;
}

}  // namespace els_sim
