#include "els/server_load.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "src/base/quoted.h"

namespace els {
namespace {

using absl::string_view;

constexpr string_view kOrca = "endpoint-load-metrics";
constexpr string_view kOrcaJson = "endpoint-load-metrics-json";
constexpr string_view kInFlightHeaders[] = {"x-prequal-rif", "x-in-flight"};
constexpr string_view kNamedMetrics = "named_metrics";
constexpr int kDeepest = 8;

absl::Status Wrong(string_view what) {
  return absl::InvalidArgumentError(what);
}

// The metrics of ORCA that are read, as they were given.
struct Metrics {
  std::optional<double> application = {};
  std::optional<double> cpu = {};
  std::optional<double> requests = {};
  std::optional<double> errors = {};
  std::optional<double> in_flight = {};
};

// A name that has two spellings in JSON has them in both columns.
struct Known {
  string_view name;
  string_view camel_case;
  std::optional<double> Metrics::*member;
};
constexpr Known kMetrics[] = {
    {"application_utilization", "applicationUtilization",
     &Metrics::application},
    {"cpu_utilization", "cpuUtilization", &Metrics::cpu},
    {"rps_fractional", "rpsFractional", &Metrics::requests},
    {"eps", "eps", &Metrics::errors},
};
constexpr Known kNamed[] = {
    {"rif", "rif", &Metrics::in_flight},
    {"in_flight", "in_flight", &Metrics::in_flight},
    {"requests_in_flight", "requests_in_flight", &Metrics::in_flight},
};

// Null if the metric is not read.
std::optional<double> Metrics::*MemberOf(string_view name, bool named) {
  const absl::Span<const Known> all =
      named ? absl::MakeConstSpan(kNamed) : absl::MakeConstSpan(kMetrics);
  for (const Known& known : all) {
    if (name == known.name || name == known.camel_case) return known.member;
  }
  return nullptr;
}

// Sets a metric that was not given before.
absl::Status Set(string_view name, bool named, double value, Metrics& metrics) {
  const auto member = MemberOf(name, named);
  if (member == nullptr) return absl::OkStatus();
  if ((metrics.*member).has_value()) {
    return Wrong(absl::StrCat(name, " is given twice"));
  }
  if (value < 0) return Wrong(absl::StrCat(name, " is below 0"));
  metrics.*member = value;
  return absl::OkStatus();
}

std::size_t DigitsAt(string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && absl::ascii_isdigit(text[end])) ++end;
  return end - at;
}

// Takes a JSON number off the front of `text`. Returns nothing, and takes
// nothing, if there is none or it is beyond the range of a double.
std::optional<double> TakeNumber(string_view& text) {
  std::size_t at = absl::StartsWith(text, "-") ? 1 : 0;
  const std::size_t whole = DigitsAt(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return std::nullopt;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = DigitsAt(text, at + 1);
    if (fraction == 0) return std::nullopt;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = DigitsAt(text, at);
    if (exponent == 0) return std::nullopt;
    at += exponent;
  }
  double value = 0;
  if (!absl::SimpleAtod(text.substr(0, at), &value) || !std::isfinite(value)) {
    return std::nullopt;
  }
  text.remove_prefix(at);
  return value;
}

absl::StatusOr<double> WholeNumber(string_view text) {
  string_view rest = text;
  const std::optional<double> value = TakeNumber(rest);
  if (value.has_value() && rest.empty()) return *value;
  return Wrong(absl::StrCat(internal::Quoted(text.substr(0, 40)),
                            " is not a number that a double can hold"));
}

// `text` is one `name=value`.
absl::Status ReadPair(string_view text, Metrics& metrics) {
  const std::size_t middle = text.find_first_of("=:");
  if (middle == string_view::npos) {
    return Wrong(absl::StrCat(internal::Quoted(text.substr(0, 40)),
                              " is not of the form name=value"));
  }
  string_view name = absl::StripAsciiWhitespace(text.substr(0, middle));
  const auto value =
      WholeNumber(absl::StripAsciiWhitespace(text.substr(middle + 1)));
  if (!value.ok()) return value.status();
  const bool named = absl::ConsumePrefix(&name, "named_metrics.");
  if (name.empty()) return Wrong("a metric has no name");
  return Set(name, named, *value, metrics);
}

absl::Status ReadText(string_view text, Metrics& metrics) {
  for (;;) {
    const std::size_t comma = text.find(',');
    absl::Status read =
        ReadPair(absl::StripAsciiWhitespace(text.substr(0, comma)), metrics);
    if (!read.ok()) return read;
    if (comma == string_view::npos) return absl::OkStatus();
    text.remove_prefix(comma + 1);
  }
}

// Reads one JSON text, and keeps the metrics in it.
class JsonReader {
 public:
  JsonReader(string_view text, Metrics& metrics)
      : rest_(text), metrics_(metrics) {}

  absl::Status Read() {
    if (Next() != '{') return Wrong("the JSON is not an object");
    absl::Status read = Object(Where::kReport, 1);
    if (read.ok() && Next() != '\0') read = Wrong("text after the JSON");
    return read;
  }

 private:
  // In which object of the report the reader is.
  enum class Where { kReport, kNamedOnes, kElsewhere };

  // Skips spaces. Returns the character after them, or 0 at the end.
  char Next() {
    const std::size_t at = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(at == string_view::npos ? rest_.size() : at);
    return rest_.empty() ? '\0' : rest_.front();
  }

  bool Take(char c) {
    if (Next() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  static absl::Status CutOffOrMalformed() {
    return Wrong("the JSON is malformed or cut off");
  }

  // Takes what follows a backslash.
  bool TakeEscaped() {
    constexpr string_view kSingle = "\"\\/bfnrt";
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c != 'u') return kSingle.find(c) != string_view::npos;
    const string_view digits = rest_.substr(0, 4);
    rest_.remove_prefix(digits.size());
    return digits.size() == 4 &&
           std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit);
  }

  // Takes a string, and returns what is between its quotes, as it is written.
  std::optional<string_view> TakeString() {
    if (!Take('"')) return std::nullopt;
    const string_view begin = rest_;
    while (!rest_.empty() && rest_.front() != '"') {
      const char c = rest_.front();
      if (static_cast<unsigned char>(c) < ' ') return std::nullopt;
      rest_.remove_prefix(1);
      if (c == '\\' && !TakeEscaped()) return std::nullopt;
    }
    const string_view text = begin.substr(0, begin.size() - rest_.size());
    if (!Take('"')) return std::nullopt;
    return text;
  }

  // REQUIRES: a '{' is next.
  absl::Status Object(Where where, int depth) {
    Take('{');
    if (Take('}')) return absl::OkStatus();
    do {
      const std::optional<string_view> name = TakeString();
      if (!name.has_value() || !Take(':')) return CutOffOrMalformed();
      absl::Status read = Member(*name, where, depth);
      if (!read.ok()) return read;
    } while (Take(','));
    return Take('}') ? absl::OkStatus() : CutOffOrMalformed();
  }

  absl::Status Member(string_view name, Where where, int depth) {
    const char next = Next();
    if (where == Where::kReport &&
        (name == kNamedMetrics || name == "namedMetrics")) {
      if (next != '{') return Wrong("named_metrics is not an object");
      return Object(Where::kNamedOnes, depth + 1);
    }
    const bool named = where == Where::kNamedOnes;
    if (where == Where::kElsewhere || MemberOf(name, named) == nullptr) {
      return Value(depth + 1);
    }
    if (TakeWord("null")) return absl::OkStatus();
    const std::optional<double> value = TakeNumber(rest_);
    if (value.has_value()) return Set(name, named, *value, metrics_);
    return Wrong(absl::StrCat(name, " is not a number that a double can hold"));
  }

  // A value that is passed over.
  absl::Status Value(int depth) {
    if (depth > kDeepest) return Wrong("the JSON nests too deep");
    switch (Next()) {
      case '{':
        return Object(Where::kElsewhere, depth);
      case '[':
        return Array(depth);
      case '"':
        return TakeString().has_value() ? absl::OkStatus()
                                        : CutOffOrMalformed();
      default:
        return TakeWord("true") || TakeWord("false") || TakeWord("null") ||
                       TakeNumber(rest_).has_value()
                   ? absl::OkStatus()
                   : CutOffOrMalformed();
    }
  }

  absl::Status Array(int depth) {
    Take('[');
    if (Take(']')) return absl::OkStatus();
    do {
      absl::Status read = Value(depth + 1);
      if (!read.ok()) return read;
    } while (Take(','));
    return Take(']') ? absl::OkStatus() : CutOffOrMalformed();
  }

  bool TakeWord(string_view word) { return absl::ConsumePrefix(&rest_, word); }

  string_view rest_;
  Metrics& metrics_;
};

absl::Status ReadOrca(string_view value, bool json_only, Metrics& metrics) {
  if (absl::ConsumePrefix(&value, "JSON ") || json_only) {
    return JsonReader(value, metrics).Read();
  }
  if (absl::ConsumePrefix(&value, "TEXT ")) return ReadText(value, metrics);
  if (absl::StartsWith(value, "BIN ")) {
    return absl::UnimplementedError("ORCA's binary form is not read");
  }
  return Wrong("the value begins with none of TEXT, JSON and BIN");
}

ServerLoad LoadOf(const Metrics& metrics) {
  const bool by_application = metrics.application.value_or(0) > 0;
  return {.in_flight = metrics.in_flight,
          .utilization = by_application || !metrics.cpu.has_value()
                             ? metrics.application
                             : metrics.cpu,
          .requests_per_second = metrics.requests,
          .errors_per_second = metrics.errors};
}

bool Same(std::string_view a, string_view b) {
  return absl::EqualsIgnoreCase(string_view(a.data(), a.size()), b);
}

bool IsInFlight(std::string_view name) {
  for (const string_view known : kInFlightHeaders) {
    if (Same(name, known)) return true;
  }
  return false;
}

}  // namespace

bool IsServerLoadHeader(std::string_view name) {
  return Same(name, kOrca) || Same(name, kOrcaJson) || IsInFlight(name);
}

absl::StatusOr<ServerLoad> ParseServerLoad(std::string_view name,
                                           std::string_view value) {
  if (!IsServerLoadHeader(name)) {
    return absl::NotFoundError("not a header that tells a server's load");
  }
  if (value.size() > kLongestServerLoad) return Wrong("the value is too long");
  const string_view text =
      absl::StripAsciiWhitespace(string_view(value.data(), value.size()));
  Metrics metrics;
  if (IsInFlight(name)) {
    const auto number = WholeNumber(text);
    if (!number.ok()) return number.status();
    if (*number < 0) return Wrong("the requests in flight are below 0");
    metrics.in_flight = *number;
  } else {
    const absl::Status read = ReadOrca(text, Same(name, kOrcaJson), metrics);
    if (!read.ok()) return read;
  }
  return LoadOf(metrics);
}

}  // namespace els
