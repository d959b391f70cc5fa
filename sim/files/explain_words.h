#pragma once

// Numbers as explanations print them.

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "sim/files/duration_text.h"

namespace els_sim {

inline std::string Told(Duration duration) {
  return DurationText(duration, " ");
}

// Six digits: what a scenario names is told in full.
inline std::string Told(double value) { return absl::StrFormat("%.6g", value); }

// To the nearest hundredth, for what is computed.
inline std::string Roughly(double value) {
  std::string text = absl::StrFormat("%.2f", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

inline std::string Told(std::size_t count, absl::string_view thing) {
  return absl::StrCat(count, " ", thing, count == 1 ? "" : "s");
}

inline std::string Percent(double part) {
  return absl::StrCat(Told(100 * part), " %");
}

}  // namespace els_sim
