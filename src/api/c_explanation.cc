#include "els/c_explanation.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/explanation.h"
#include "src/api/c_call.h"
#include "src/api/c_structs.h"

struct els_explanations {
  struct Pick {
    els::PickExplanation explanation;  // Without its candidates.
    els_snapshot candidates;
  };
  std::vector<Pick> picks;
};

using els::internal::Guarded;
using els::internal::Message;

const char* els_pick_reason_text(els_pick_reason reason) {
  switch (reason) {
    case ELS_PICK_REASON_ONLY_ONE:
      return "only one";
    case ELS_PICK_REASON_PREFERRED:
      return "preferred";
    case ELS_PICK_REASON_BY_CHANCE:
      return "by chance";
    case ELS_PICK_REASON_AVOIDED:
      return "avoided";
    case ELS_PICK_REASON_FIRST_CONTACT:
      return "first contact";
    case ELS_PICK_REASON_TIE:
      return "tie";
    case ELS_PICK_REASON_BEST:
      return "best";
    default:
      return "unknown";
  }
}

els_status els_balancer_explain(els_balancer* balancer, size_t picks) {
  if (balancer == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    balancer->balancer.Explain(picks);
    return ELS_OK;
  });
}

els_status els_balancer_explanations(const els_balancer* balancer,
                                     els_explanations** explanations) {
  if (explanations == nullptr) return ELS_INVALID_ARGUMENT;
  *explanations = nullptr;
  if (balancer == nullptr) return ELS_INVALID_ARGUMENT;
  return Guarded({}, [&] {
    std::vector<els::PickExplanation> kept = balancer->balancer.Explanations();
    std::vector<els_explanations::Pick> picks;
    picks.reserve(kept.size());
    for (els::PickExplanation& explanation : kept) {
      els_snapshot candidates = {std::exchange(explanation.candidates, {})};
      picks.push_back({std::move(explanation), std::move(candidates)});
    }
    *explanations = new els_explanations{std::move(picks)};
    return ELS_OK;
  });
}

size_t els_explanations_size(const els_explanations* explanations) {
  return explanations == nullptr ? 0 : explanations->picks.size();
}

els_status els_explanations_get(const els_explanations* explanations,
                                size_t index, els_explanation* explanation) {
  if (explanations == nullptr || explanation == nullptr ||
      index >= explanations->picks.size()) {
    return ELS_INVALID_ARGUMENT;
  }
  return Guarded({}, [&] {
    const els_explanations::Pick& pick = explanations->picks[index];
    return Message().Explain(els::internal::WriteExplanation(
        pick.explanation, &pick.candidates, explanation));
  });
}

void els_explanations_free(els_explanations* explanations) {
  delete explanations;
}
