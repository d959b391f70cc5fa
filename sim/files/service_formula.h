#pragma once

// Service times that somebody declares for a recording which has none.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// A sum of durations, each as it is or times a column of the recording, such as
// "5ms + 0.2ms*ContextTokens + 20ms*GeneratedTokens". A value.
class ServiceFormula {
 public:
  // InvalidArgumentError that names the part which is neither.
  static absl::StatusOr<ServiceFormula> Parse(std::string_view text);

  // In the order of the text; a column may be there twice.
  const std::vector<std::string>& columns() const { return columns_; }

  // REQUIRES: a number, 0 or more, for each of the columns.
  FractionalDuration Of(absl::Span<const double> numbers) const;

 private:
  FractionalDuration always_ = {};
  std::vector<std::string> columns_;
  std::vector<FractionalDuration> each_;  // By column.
};

}  // namespace els_sim
