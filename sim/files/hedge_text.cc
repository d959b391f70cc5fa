#include "sim/files/hedge_text.h"

#include "sim/files/duration_text.h"

namespace els_sim {

using Kind = HedgePlan::Kind;

bool ParseHedge(std::string_view text, HedgePlan& plan) {
  const std::optional<Duration> delay = ParseDuration(text);
  if (text == "none") {
    plan.kind = Kind::kNone;
  } else if (text == "learnt") {
    plan.kind = Kind::kLearnt;
  } else if (delay.has_value()) {
    plan.kind = Kind::kFixed;
    plan.delay = *delay;
  } else {
    return false;
  }
  return true;
}

std::string HedgeText(const HedgePlan& plan) {
  switch (plan.kind) {
    case Kind::kNone:
      return "none";
    case Kind::kFixed:
      return DurationText(plan.delay);
    case Kind::kLearnt:
      return "learnt";
  }
  return "";
}

}  // namespace els_sim
