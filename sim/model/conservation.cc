#include "sim/model/conservation.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_format.h"

namespace els_sim {

void Conservation::Check(std::string_view name, std::uint64_t ended) const {
  if (ended == arrived_ && open_over_time_ == taken_) return;
  absl::FPrintF(stderr, "%s: of %d requests sent %d ended; %s\n", name,
                arrived_, ended,
                open_over_time_ == taken_ ? "lost" : "Little's law is broken");
  std::abort();
}

}  // namespace els_sim
