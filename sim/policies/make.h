#pragma once

#include <memory>

#include "sim/model/policy.h"

namespace els_sim {

// PolicyInfo::make of a policy that needs no more than the setup.
template <typename P>
std::unique_ptr<Policy> Make(const PolicySetup& setup) {
  return std::make_unique<P>(setup);
}

}  // namespace els_sim
