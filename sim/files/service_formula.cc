#include "sim/files/service_formula.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/files/duration_text.h"

namespace els_sim {

absl::StatusOr<ServiceFormula> ServiceFormula::Parse(std::string_view text) {
  ServiceFormula formula;
  const absl::string_view all(text.data(), text.size());
  for (const absl::string_view part : absl::StrSplit(all, '+')) {
    const std::pair<absl::string_view, absl::string_view> factors =
        absl::StrSplit(part, absl::MaxSplits('*', 1));
    const absl::string_view time = absl::StripAsciiWhitespace(factors.first);
    const absl::string_view column = absl::StripAsciiWhitespace(factors.second);
    const auto duration = ParseDuration({time.data(), time.size()});
    const bool times = part.find('*') != part.npos;
    if (!duration.has_value() || times != !column.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", absl::CHexEscape(absl::StripAsciiWhitespace(part)),
          "\" is neither a duration such as 5ms nor one times a column, such "
          "as 0.2ms*size"));
    }
    if (times) {
      formula.columns_.emplace_back(column);
      formula.each_.emplace_back(*duration);
    } else {
      formula.always_ += *duration;
    }
  }
  return formula;
}

FractionalDuration ServiceFormula::Of(absl::Span<const double> numbers) const {
  FractionalDuration sum = always_;
  for (std::size_t i = 0; i < numbers.size(); ++i) sum += each_[i] * numbers[i];
  return sum;
}

}  // namespace els_sim
