#include "els/options.h"

#include <variant>

#include "absl/strings/str_cat.h"
#include "src/api/option_fields.h"

namespace els {
namespace {

template <class T>
absl::Status CheckField(const char* name, const internal::RangedField<T>& field,
                        const Options& options) {
  return internal::Check(name, options.*field.member, field.range);
}

absl::Status CheckField(const char* name, const internal::ChoiceField& field,
                        const Options& options) {
  const Choice value = options.*field.member;
  for (const internal::ChoiceName& known : internal::kChoiceNames) {
    if (known.choice == value) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(name, " is ", static_cast<int>(value),
                   "; it must be one of the values of els::Choice"));
}

}  // namespace

absl::Status Options::Validate() const {
  for (const internal::OptionField& field : internal::kOptionFields) {
    absl::Status status = std::visit(
        [&](const auto& kind) { return CheckField(field.name, kind, *this); },
        field.kind);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace els
