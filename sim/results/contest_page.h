#pragma once

// A contest as one HTML page that needs nothing but a browser.

#include <string>

#include "sim/results/contest.h"

namespace els_sim {

// A complete page with tables, charts and the library that draws them inlined.
// The charts need JavaScript; the tables do not. When all are drawn, the root
// element's data-charts holds their number, and data-error the first error of a
// script, if any.
std::string ContestPage(const Contest& contest);

// What the page's script draws, as JSON. Times are in ms, shares in percent;
// null if there is no such number.
std::string ContestPageData(const Contest& contest);

}  // namespace els_sim
