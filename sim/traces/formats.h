#pragma once

// The forms of recordings that are known, in one table. Who adds one adds a row
// to Formats.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace els_sim {

// What a column says of a request.
enum class ColumnRole {
  kStart,      // When the request came.
  kEnd,        // When the request ended.
  kWait,       // From the request's coming until a backend was sent it.
  kWhole,      // How long the request took, and without kTry the backend.
  kTry,        // How long each try took, with commas between.
  kPart,       // A part of how long the try took. All parts are added.
  kOutcome,    // How the request ended. Of several outcomes the gravest counts.
  kTryStatus,  // How each try ended.
  kFlags,      // Envoy's words for how the request ended.
  kTermination,  // HAProxy's words for how the session ended.
  kBackend,      // Of each try.
  kSize,
  kAttempt,
};
inline constexpr std::size_t kRoles = 13;

struct ColumnMeaning {
  std::string_view name;
  ColumnRole role = ColumnRole::kStart;
  std::int64_t unit_ns = 0;  // See InstantParser and ParseLatency.
};

enum class FormatShape {
  kTable,      // Cells with a separator between; the first line names them.
  kBareTable,  // The same without names.
  kJson,       // An object a line, or one document with an array of them.
  kLog,        // Lines as a template makes them: see log_template.h.
};

// Counts only records whose column is the text, or begins with it, or does not.
struct RecordFilter {
  std::string_view column = {};
  std::string_view text = {};
  bool keeps = true;
};

struct Format {
  std::string_view name = {};
  FormatShape shape = FormatShape::kTable;
  // How it is recognised: columns that must be there, comma-separated; all
  // columns, of a bare table; or the template.
  std::string_view look = {};
  // Those that mean something. A log's others mean what GeneralMeaning says.
  std::vector<ColumnMeaning> columns = {};
  RecordFilter filter = {};
};

// In the order in which they are tried.
const std::vector<Format>& Formats();

// What a column is where no format says it, and of what rank among those that
// mean the same: 0 is the best.
struct GeneralColumn {
  ColumnMeaning meaning;
  std::size_t rank = 0;
};

// By its name, in any case of letters, whose end may be a unit (_s, _ms, _us,
// _ns).
std::optional<GeneralColumn> GeneralMeaning(std::string_view column);

// "request_time: latency in s".
std::string MeaningText(std::string_view column, ColumnRole role,
                        std::int64_t unit_ns);

// What a meaning is called in messages: "latency".
std::string_view NameOf(ColumnRole role);

// A sentence that says what to do, if a file that begins with `head` is of a
// kind that cannot be read: a summary, an archive, other binary data.
std::optional<std::string_view> WhyNot(std::string_view head);

// The table, for --help.
std::string FormatsText();

}  // namespace els_sim
