#pragma once

// The report as one HTML page that needs nothing but a browser.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "examples/demo/summary.h"

namespace demo {

struct PageText {
  std::string command;              // what the reader runs to repeat it
  std::vector<std::string> set_up;  // paragraphs
  std::string verdict;
};

// A complete page with table, charts and the library that draws them inlined.
// The charts need JavaScript; the rest does not. When all are drawn, the root
// element's data-charts holds their number, and data-error the first error of
// a script, if any. REQUIRES: there are results, and all
// have the same backends.
std::string MakePage(const PageText& text,
                     std::span<const PolicyResult> results);

// `text` with HTML's special characters escaped.
std::string EscapeHtml(std::string_view text);

// JavaScript that means the same as `script` and cannot end the element that
// it is inlined in.
std::string EscapeScript(std::string_view script);

}  // namespace demo
