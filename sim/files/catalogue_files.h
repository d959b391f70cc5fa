#pragma once

// The files of sim/scenarios as text. The build writes catalogue_files.cc; see
// write_catalogue.cmake.

#include <string_view>

#include "absl/types/span.h"

namespace els_sim {

struct CatalogueFile {
  std::string_view name;  // Without folder.
  std::string_view text;
};

// By name.
absl::Span<const CatalogueFile> CatalogueFiles();

}  // namespace els_sim
