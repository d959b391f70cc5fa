#pragma once

// A search as one HTML page that needs nothing but a browser.

#include <string>

#include "sim/tuning/tune.h"
#include "sim/tuning/tune_plan.h"

namespace els_sim {

// A complete page, as ContestPage makes them: tables for all that counts, and
// charts of the landscape and of the Pareto set.
std::string TunePage(const TunePlan& plan, const TuneResult& result);

// What the page's script draws, as JSON.
std::string TunePageData(const TunePlan& plan, const TuneResult& result);

}  // namespace els_sim
