// Whatever the text: ParseOptions returns, what it accepts is read again as
// printed, and what it refuses it refuses in one line that says where.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "els/options_text.h"
#include "src/api/option_fields.h"
#include "tests/fuzz/require.h"

namespace {

bool AreSame(const els::Options& a, const els::Options& b) {
  for (const els::internal::OptionField& field : els::internal::kOptionFields) {
    const bool same = std::visit(
        [&](const auto& kind) { return a.*kind.member == b.*kind.member; },
        field.kind);
    if (!same) return false;
  }
  return true;
}

void CheckAccepted(const els::Options& options) {
  const std::string printed = els::PrintOptions(options);
  Require(options.Validate().ok(), "invalid options accepted", printed);
  const absl::StatusOr<els::Options> again = els::ParseOptions(printed);
  Require(again.ok(), "what was printed is refused", printed);
  Require(AreSame(*again, options), "what was printed is read as another",
          printed);
}

void CheckRefused(const absl::Status& status) {
  const std::string message(status.message());
  Require(absl::IsInvalidArgument(status), "wrong code", status.ToString());
  Require(message.rfind("line ", 0) == 0, "names no line", message);
  for (const char c : message) {
    Require(c >= ' ' && c <= '~', "not one printable line", message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<els::Options> options = els::ParseOptions(text);
  if (options.ok()) {
    CheckAccepted(*options);
  } else {
    CheckRefused(options.status());
  }
  return 0;
}
