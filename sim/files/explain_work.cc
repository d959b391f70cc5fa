#include <cmath>
#include <vector>

#include "sim/files/explain_parts.h"
#include "sim/files/explain_words.h"
#include "sim/files/offered.h"

namespace els_sim {
namespace {

std::string Tell(const ConstantSize&) { return "the same for all"; }
std::string Tell(const ExponentialSize&) { return "exponential"; }
std::string Tell(const ErlangSize& size) {
  return "Erlang, the sum of " + Told(size.stages, "exponential stage");
}
std::string Tell(const HyperexponentialSize& size) {
  return "hyperexponential, of squared coefficient of variation " +
         Told(size.scv);
}
std::string Tell(const LognormalSize& size) {
  return "lognormal, of sigma " + Told(size.sigma);
}
std::string Tell(const BimodalSize& size) {
  return absl::StrCat("bimodal: ", Percent(size.large), " are ",
                      Told(size.ratio), " times as large as the others");
}
std::string Tell(const BoundedParetoSize& size) {
  return absl::StrCat("bounded Pareto, of exponent ", Told(size.alpha),
                      ", the largest ", Told(size.ratio),
                      " times the smallest");
}
std::string Tell(const QuantileSize& size) {
  return absl::StrCat("drawn between ", size.quantiles->size(),
                      " measured quantiles");
}
std::string Tell(const RecordedSize& size) {
  return absl::StrCat("those of ", size.values->size(), " recorded ones");
}

std::string SizesStory(const Sizes& sizes) {
  const std::string shape =
      std::visit([](const auto& some) { return Tell(some); }, sizes.shape);
  return absl::StrCat("A server that is well takes ", Told(sizes.mean),
                      " in the mean for one; sizes are ", shape, ".");
}

std::string ProfileStory(const std::vector<ProfilePoint>& profile) {
  if (profile.empty()) return "";
  std::string text;
  for (const ProfilePoint& point : profile) {
    absl::StrAppend(&text, text.empty() ? " That rate is multiplied by " : ", ",
                    Told(point.times), " from ", Told(point.at), " on");
    if (point.ramp) text += " in a straight line to";
  }
  return text + ".";
}

std::string OnOffStory(const std::optional<OnOff>& on_off) {
  if (!on_off.has_value()) return "";
  return absl::StrCat(
      " It comes in bursts: ", Told(on_off->times_on), " times as much for ",
      Told(on_off->mean_on), " in the mean, and ", Told(on_off->times_off),
      " times as much for ", Told(on_off->mean_off), ", in turn.");
}

std::string RateStory(const Scenario& scenario, const OpenArrivals& open) {
  std::string text = Told(BaseRate(scenario, open)) + " a second";
  if (open.rate.has_value()) return text;
  return absl::StrCat(text, ", ", Told(open.load),
                      open.capacity == Capacity::kHealthy
                          ? " of what the servers that are well throughout can"
                          : " of what the servers at the start can when well");
}

std::string Tell(const OpenArrivals& open, const Scenario& scenario) {
  return absl::StrCat(
      "For ", Told(open.length), " requests come ",
      open.gaps == Gaps::kExponential ? "in a Poisson stream" : "evenly", ": ",
      RateStory(scenario, open), ".", ProfileStory(open.profile),
      OnOffStory(open.on_off),
      absl::StrFormat(" That makes about %.0f.",
                      std::round(Requests(scenario))));
}

std::string Tell(const ClosedArrivals& closed, const Scenario&) {
  const std::string next =
      closed.mean_think == Duration::zero()
          ? "sends the next at once"
          : absl::StrCat("thinks for ", Told(closed.mean_think),
                         " in the mean before the next");
  return absl::StrCat("Requests come from ", Told(closed.users, "user"),
                      ", one at a time: a user waits for the end of one, and ",
                      next, ". In all there are ", closed.requests, ".");
}

std::string Tell(const BurstArrivals& burst, const Scenario&) {
  return Told(burst.requests, "request") + " come at once, at the start.";
}

std::string Tell(const TraceArrivals& trace, const Scenario&) {
  return absl::StrCat(Told(trace.times->size(), "request"),
                      " come at recorded times, the last after ",
                      Told(trace.times->back()), ".");
}

bool AnyInfinite(const Scenario& scenario) {
  for (const ServerPlan& server : scenario.servers) {
    if (server.discipline == Discipline::kInfinite) return true;
  }
  return false;
}

std::string LoadText(double load) {
  return std::isinf(load) ? "more than nothing, of servers that can do nothing"
                          : Roughly(load);
}

}  // namespace

std::string ArrivalsStory(const Scenario& scenario) {
  const std::string arrivals =
      std::visit([&](const auto& some) { return Tell(some, scenario); },
                 scenario.arrivals);
  return arrivals + " " + SizesStory(scenario.sizes);
}

std::string LoadStory(const Scenario& scenario) {
  const auto* open = std::get_if<OpenArrivals>(&scenario.arrivals);
  if (open == nullptr) return "";
  if (AnyInfinite(scenario)) {
    return "There is no load to speak of: servers of infinite discipline never "
           "run out of room.";
  }
  const Offered start = OfferedAt(scenario, *open, Duration::zero());
  const Offered highest = HighestOffered(scenario, *open);
  std::string text = absl::StrCat(
      "At the start the servers have ",
      Roughly(WorkingSlots(scenario, Duration::zero())),
      " working slots (slow ones count in part, failing and silent ones not at "
      "all), so that the load is ",
      LoadText(start.load));
  if (!(highest.load > start.load)) return text + ", and never higher.";
  absl::StrAppend(&text, ". It is highest at ", Told(highest.at), ": ",
                  LoadText(highest.load), ", of ", Told(highest.rate),
                  " requests a second.");
  return text;
}

}  // namespace els_sim
