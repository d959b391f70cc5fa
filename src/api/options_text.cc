#include "els/options_text.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "src/api/option_fields.h"
#include "src/base/duration_text.h"
#include "src/base/quoted.h"

namespace els {
namespace {

using internal::ChoiceField;
using internal::ChoiceName;
using internal::DurationField;
using internal::IntegerField;
using internal::kChoiceNames;
using internal::kOptionFields;
using internal::NumberField;
using internal::OptionField;
using internal::Quoted;
using internal::RangedField;
using internal::Text;

// The line on which each field of kOptionFields was given. 0 if it was not.
using Lines = std::array<std::size_t, std::size(kOptionFields)>;

bool Read(absl::string_view text, std::uint64_t& value) {
  return absl::SimpleAtoi(text, &value);
}

bool Read(absl::string_view text, double& value) {
  return absl::SimpleAtod(text, &value);
}

bool Read(absl::string_view text, Duration& value) {
  return internal::ParseDuration(text, value);
}

// ReadField sets the field to the value that `text` says. Returns false, and
// changes nothing, if the field cannot have that value.

template <class T>
bool ReadField(const RangedField<T>& field, absl::string_view text,
               Options& options) {
  T value = {};
  if (!Read(text, value) || !field.range.Contains(value)) return false;
  options.*field.member = value;
  return true;
}

bool ReadField(const ChoiceField& field, absl::string_view text,
               Options& options) {
  for (const ChoiceName& known : kChoiceNames) {
    if (known.name != text) continue;
    options.*field.member = known.choice;
    return true;
  }
  return false;
}

// Wanted returns a description of the texts that ReadField takes.

std::string Wanted(const IntegerField& field) {
  return absl::StrCat("an integer ", Text(field.range));
}

std::string Wanted(const NumberField& field) {
  return absl::StrCat("a number ", Text(field.range));
}

std::string Wanted(const DurationField& field) {
  return absl::StrCat("a duration ", Text(field.range),
                      " in whole nanoseconds, with its unit (ns, us, ms, s, m "
                      "or h)");
}

std::string Wanted(const ChoiceField&) {
  return absl::StrCat("one of ",
                      absl::StrJoin(kChoiceNames, ", ",
                                    [](std::string* out, const ChoiceName& c) {
                                      out->append(c.name);
                                    }));
}

// ValueText returns the value as a text that ReadField takes.

template <class T>
std::string ValueText(const RangedField<T>& field, const Options& options) {
  return Text(options.*field.member);
}

std::string ValueText(const ChoiceField& field, const Options& options) {
  for (const ChoiceName& known : kChoiceNames) {
    if (known.choice == options.*field.member) return known.name;
  }
  return absl::StrCat(static_cast<int>(options.*field.member));
}

absl::Status UnknownName(absl::string_view name) {
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no option ", Quoted(name), "; the options are ",
      absl::StrJoin(kOptionFields, ", ",
                    [](std::string* out, const OptionField& field) {
                      out->append(field.name);
                    })));
}

// Sets the field `name`, which is given on line `number`.
absl::Status Set(absl::string_view name, absl::string_view value,
                 std::size_t number, Lines& given, Options& options) {
  std::size_t i = 0;
  while (i < std::size(kOptionFields) && kOptionFields[i].name != name) ++i;
  if (i == std::size(kOptionFields)) return UnknownName(name);
  if (given[i] != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is given twice, first on line ", given[i]));
  }
  given[i] = number;
  return std::visit(
      [&](const auto& kind) {
        if (ReadField(kind, value, options)) return absl::OkStatus();
        return absl::InvalidArgumentError(absl::StrCat(
            name, " is ", Quoted(value), "; it must be ", Wanted(kind)));
      },
      kOptionFields[i].kind);
}

absl::Status SetFromLine(absl::string_view line, std::size_t number,
                         Lines& given, Options& options) {
  line = absl::StripAsciiWhitespace(line.substr(0, line.find('#')));
  if (line.empty()) return absl::OkStatus();
  const std::size_t equals = line.find('=');
  if (equals == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(Quoted(line), " is not of the form name = value"));
  }
  return Set(absl::StripAsciiWhitespace(line.substr(0, equals)),
             absl::StripAsciiWhitespace(line.substr(equals + 1)), number, given,
             options);
}

}  // namespace

absl::StatusOr<Options> ParseOptions(std::string_view text,
                                     const Options& defaults) {
  Options options = defaults;
  Lines given = {};
  std::size_t number = 0;
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    const absl::Status set = SetFromLine(line, ++number, given, options);
    if (!set.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, ": ", set.message()));
    }
  }
  if (absl::Status valid = options.Validate(); !valid.ok()) return valid;
  return options;
}

std::string PrintOptions(const Options& options) {
  std::string text;
  for (const OptionField& field : kOptionFields) {
    absl::StrAppend(
        &text, field.name, " = ",
        std::visit([&](const auto& kind) { return ValueText(kind, options); },
                   field.kind),
        "\n");
  }
  return text;
}

}  // namespace els
