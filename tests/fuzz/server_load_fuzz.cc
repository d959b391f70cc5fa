// Whatever a server says of its load: ParseServerLoad returns, what it accepts
// is a number of at least 0, and what it refuses it refuses in one line. The
// first byte of the input chooses the header.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "els/server_load.h"
#include "tests/fuzz/require.h"

namespace {

constexpr std::string_view kHeaders[] = {"endpoint-load-metrics",
                                         "Endpoint-Load-Metrics-Json",
                                         "x-prequal-rif", "X-In-Flight"};

void CheckNumber(const std::optional<double>& number, const std::string& text) {
  Require(!number.has_value() || (std::isfinite(*number) && *number >= 0),
          "not a number of at least 0", text);
}

void CheckRefused(const absl::Status& status) {
  const std::string message(status.message());
  Require(absl::IsInvalidArgument(status) || absl::IsUnimplemented(status),
          "wrong code", status.ToString());
  Require(!message.empty(), "says nothing", message);
  for (const char c : message) {
    Require(c >= ' ' && c <= '~', "not one printable line", message);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view header = kHeaders[*data % std::size(kHeaders)];
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto load = els::ParseServerLoad(header, text);
  if (!load.ok()) {
    CheckRefused(load.status());
    return 0;
  }
  CheckNumber(load->in_flight, text);
  CheckNumber(load->utilization, text);
  CheckNumber(load->requests_per_second, text);
  CheckNumber(load->errors_per_second, text);
  return 0;
}
