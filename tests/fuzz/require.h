#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

// Ends the program, which is how a fuzz target reports, unless `holds`.
inline void Require(bool holds, std::string_view what, std::string_view shown) {
  if (holds) return;
  std::cerr << what << ":\n" << shown << std::endl;
  std::abort();
}
