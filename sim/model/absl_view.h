#pragma once

#include <string_view>

#include "absl/strings/string_view.h"

namespace els_sim {

// For Abseil's functions, whose string_view is not the standard one here.
inline absl::string_view AbslView(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace els_sim
