#include "src/set/validate_set.h"

#include <cmath>
#include <cstddef>
#include <memory_resource>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/quoted.h"

namespace els::internal {

absl::Status ValidateSet(absl::Span<const Backend> backends) {
  if (backends.size() > Balancer::kMaxBackends) {
    return absl::InvalidArgumentError(
        absl::StrCat(backends.size(), " backends; at most ",
                     Balancer::kMaxBackends, " are allowed"));
  }
  // Not a table of Abseil's: a table of Abseil's that has failed to allocate
  // must not be destroyed.
  std::pmr::monotonic_buffer_resource memory(64 * backends.size() + 64);
  std::pmr::unordered_set<std::string_view> ids(&memory);
  ids.reserve(backends.size());
  for (std::size_t i = 0; i < backends.size(); ++i) {
    const Backend& backend = backends[i];
    if (backend.id.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("backend ", i, " has an empty id"));
    }
    for (const auto& [name, value] : {std::pair("distance", backend.distance),
                                      std::pair("weight", backend.weight)}) {
      if (std::isfinite(value) && value > 0) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("backend ", Quoted(backend.id), " has a ", name, " of ",
                       value, "; it must be finite and above 0"));
    }
    if (!ids.insert(backend.id).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("backend ", Quoted(backend.id), " is given twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace els::internal
