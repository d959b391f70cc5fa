#include "sim/traces/recognise.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim/model/absl_view.h"
#include "sim/traces/values.h"

namespace els_sim {
namespace {

// A table or an object of any program's, by the names of its columns.
const Format kByNames = {.name = "table", .look = ""};

// Of columns that may be there several times.
bool MayRepeat(ColumnRole role) {
  return role == ColumnRole::kOutcome || role == ColumnRole::kFlags ||
         role == ColumnRole::kTermination || role == ColumnRole::kPart ||
         role == ColumnRole::kWait;
}

bool HasAll(const Cells& names, std::string_view look) {
  const std::vector<std::string> marks = absl::StrSplit(AbslView(look), ',');
  return std::all_of(marks.begin(), marks.end(), [&](const std::string& mark) {
    return std::find(names.begin(), names.end(), mark) != names.end();
  });
}

bool HasNumber(const Cells& cells) {
  double ignored = 0;
  return std::any_of(cells.begin(), cells.end(), [&](const std::string& cell) {
    return absl::SimpleAtod(cell, &ignored);
  });
}

bool HasMeaning(const Cells& names) {
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return GeneralMeaning(name).has_value();
  });
}

// The lines of a head that count; not the last one if it may go on.
std::vector<std::string_view> LinesOf(std::string_view head) {
  std::vector<std::string_view> lines;
  while (!head.empty()) {
    const std::size_t end = head.find('\n');
    if (end == head.npos && !lines.empty()) break;
    const absl::string_view line =
        absl::StripAsciiWhitespace(AbslView(head.substr(0, end)));
    if (!line.empty() && line.front() != '#') {
      lines.emplace_back(line.data(), line.size());
    }
    head.remove_prefix(end == head.npos ? head.size() : end + 1);
  }
  return lines;
}

char SeparatorOf(std::string_view line) {
  if (line.find('\t') != line.npos) return '\t';
  const auto count = [line](char c) {
    return std::count(line.begin(), line.end(), c);
  };
  return count(';') > count(',') ? ';' : ',';
}

// Whether the columns of the format can be read as such.
bool AreReadable(const Format& format, const Cells& names, const Cells& cells) {
  InstantParser instants;
  for (const ColumnMeaning& column : format.columns) {
    const auto place = std::find(names.begin(), names.end(), column.name);
    if (place == names.end()) continue;
    const std::string& cell =
        cells[static_cast<std::size_t>(place - names.begin())];
    const bool is_time =
        column.role == ColumnRole::kStart || column.role == ColumnRole::kEnd;
    if (is_time && !instants.Parse(cell, column.unit_ns)) return false;
    if (column.role != ColumnRole::kWhole || IsAbsent(cell)) continue;
    if (!ParseLatency(cell, column.unit_ns)) return false;
  }
  return true;
}

class Recogniser {
 public:
  Recogniser(LineInput input, const ColumnOptions& options)
      : input_(std::move(input)),
        options_(options),
        compression_(input_.compression()) {}

  absl::StatusOr<Recognised> Run();

 private:
  absl::StatusOr<Recognised> Table();
  absl::StatusOr<Recognised> Json();
  // Empty if the lines are of no log that is known.
  std::optional<LogTemplate> Log(const Format*& format) const;
  absl::StatusOr<Recognised> AsLog(const Format& format, LogTemplate form);
  const Format* TableFormat(const Cells& cells, bool has_head);

  // Sets what is known of the columns.
  absl::Status Know(const Format& format, const Cells& names);
  std::optional<GeneralColumn> MeaningOf(const Format& format,
                                         const std::string& name);
  absl::Status Add(const GeneralColumn& known, const std::string& name,
                   std::size_t place);
  void Forget(ColumnRole role);
  absl::StatusOr<std::size_t> PlaceOf(const Cells& names,
                                      const std::string& name);
  absl::Status Wrong(std::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(input_.path(), ": ", AbslView(what)));
  }
  Recognised Take(std::string_view format, std::unique_ptr<Records> records);

  LineInput input_;
  const ColumnOptions& options_;
  const std::string compression_;
  std::vector<std::string_view> lines_;
  std::map<std::string, std::string> renamed_;  // What columns mean, by name.
  Recognised known_;
  std::map<ColumnRole, std::size_t> ranks_;  // Of known_.columns.
};

absl::StatusOr<Recognised> Recogniser::Run() {
  const std::optional<std::string_view> why_not = WhyNot(input_.Head());
  if (why_not.has_value()) return Wrong(*why_not);
  lines_ = LinesOf(input_.Head());
  if (lines_.empty()) return Wrong("has no line");
  const std::string all = absl::StrJoin(options_.columns, ",");
  if (all.find('$') != all.npos) {
    auto form = LogTemplate::Parse(all);
    if (!form.ok()) return Wrong(std::string{form.status().message()});
    return AsLog(
        {.name = "your template", .shape = FormatShape::kLog, .look = ""},
        *std::move(form));
  }
  for (const std::string& column : options_.columns) {
    const std::size_t sign = column.find('=');
    if (sign == column.npos) continue;
    renamed_[column.substr(sign + 1)] = column.substr(0, sign);
  }
  const bool by_place = !options_.columns.empty() && renamed_.empty();
  const Format* format = nullptr;
  std::optional<LogTemplate> form = Log(format);
  const char begin = lines_.front().front();
  const bool is_json = begin == '{' || begin == '[';
  if (by_place && (form.has_value() || is_json)) {
    return Wrong("is no table; --columns needs MEANING=NAME, or a template");
  }
  if (form.has_value()) return AsLog(*format, *std::move(form));
  return is_json ? Json() : Table();
}

std::optional<LogTemplate> Recogniser::Log(const Format*& format) const {
  Cells cells;
  for (const Format& candidate : Formats()) {
    if (candidate.shape != FormatShape::kLog) continue;
    std::string look(candidate.look);
    if (look.ends_with("$more")) look = WithGuessedEnd(look, lines_);
    auto form = LogTemplate::Parse(look);
    if (look.empty() || !form.ok()) continue;
    format = &candidate;
    // The first lines may be of something else: what starts a log.
    constexpr std::size_t kEnough = 10;
    const auto end = lines_.begin() + static_cast<std::ptrdiff_t>(
                                          std::min(kEnough, lines_.size()));
    const bool is_one = std::any_of(lines_.begin(), end, [&](const auto& line) {
      return form->Split(line, cells) &&
             AreReadable(candidate, form->names(), cells);
    });
    if (is_one) return *std::move(form);
  }
  return std::nullopt;
}

absl::StatusOr<Recognised> Recogniser::AsLog(const Format& format,
                                             LogTemplate form) {
  absl::Status known = Know(format, form.names());
  if (!known.ok()) return known;
  const std::string name =
      absl::StrCat("log of ", AbslView(format.name), ", ", form.text());
  return Take(name, LogRecords(std::move(input_), std::move(form)));
}

absl::StatusOr<Recognised> Recogniser::Json() {
  std::shared_ptr<const JsonDocument> document;
  const bool is_lines = IsJsonLine(input_.Head());
  Cells names = JsonColumns(input_.Head());
  if (!is_lines) {
    auto loaded = LoadJson(input_);
    if (!loaded.ok()) return loaded.status();
    document = *std::move(loaded);
    names = JsonColumns(*document);
  }
  const Format* format = &kByNames;
  for (const Format& candidate : Formats()) {
    if (candidate.shape == FormatShape::kJson &&
        HasAll(names, candidate.look)) {
      format = &candidate;
      break;
    }
  }
  absl::Status known = Know(*format, names);
  if (!known.ok()) return known;
  // Of many members few are looked at.
  Cells used;
  const auto use = [&](std::size_t& place) {
    used.push_back(names[place]);
    place = used.size() - 1;
  };
  for (KnownColumn& column : known_.columns) use(column.place);
  for (KnownColumn& column : known_.numbers) use(column.place);
  if (!known_.filter.column.empty()) use(known_.filter_place);
  const std::string name =
      format == &kByNames ? "JSON" : std::string(format->name);
  return Take(name, is_lines
                        ? JsonRecords(std::move(input_), std::move(used))
                        : JsonEntries(std::move(input_), std::move(document),
                                      std::move(used)));
}

absl::StatusOr<Recognised> Recogniser::Table() {
  const std::string head(lines_.front());
  const char separator = SeparatorOf(head);
  Cells cells;
  SplitTable(head, separator, cells);
  Cells names = cells;
  bool has_head = HasMeaning(cells) || !renamed_.empty();
  const Format* format = &kByNames;
  if (!options_.columns.empty() && renamed_.empty()) {
    if (options_.columns.size() != cells.size()) {
      return Wrong(absl::StrCat("has ", cells.size(), " columns, not the ",
                                options_.columns.size(), " that were named"));
    }
    names = options_.columns;
    has_head = has_head || !HasNumber(cells);
  } else {
    format = TableFormat(cells, has_head);
    if (format == nullptr) {
      return Wrong(absl::StrCat(
          "names no column of a recording, such as time_s or latency_s: ",
          Quoted(head), "; give --columns, or see `els-sim replay --help`"));
    }
    has_head = format->shape == FormatShape::kTable;
    if (!has_head) names = absl::StrSplit(AbslView(format->look), ',');
  }
  absl::Status known = Know(*format, names);
  if (!known.ok()) return known;
  const char* const with = separator == '\t'  ? " with tabs"
                           : separator == ';' ? " with semicolons"
                                              : "";
  return Take(absl::StrCat(AbslView(format->name), with),
              TableRecords(std::move(input_), separator, names.size(),
                           has_head ? head : ""));
}

// Null if it is none that is known.
const Format* Recogniser::TableFormat(const Cells& cells, bool has_head) {
  for (const Format& format : Formats()) {
    if (format.shape == FormatShape::kTable && HasAll(cells, format.look)) {
      return &format;
    }
    if (format.shape != FormatShape::kBareTable || has_head) continue;
    const Cells names = absl::StrSplit(AbslView(format.look), ',');
    if (names.size() == cells.size() && AreReadable(format, names, cells)) {
      return &format;
    }
  }
  return has_head ? &kByNames : nullptr;
}

std::optional<GeneralColumn> Recogniser::MeaningOf(const Format& format,
                                                   const std::string& name) {
  if (format.columns.empty()) return GeneralMeaning(name);
  for (std::size_t i = 0; i < format.columns.size(); ++i) {
    if (format.columns[i].name == name) {
      return GeneralColumn{format.columns[i], i};
    }
  }
  return std::nullopt;
}

absl::Status Recogniser::Know(const Format& format, const Cells& names) {
  absl::Status status;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto renamed = renamed_.find(names[i]);
    if (renamed != renamed_.end()) continue;
    const auto known = MeaningOf(format, names[i]);
    if (known.has_value()) status.Update(Add(*known, names[i], i));
  }
  for (const auto& [name, meaning] : renamed_) {
    const auto place = PlaceOf(names, name);
    if (!place.ok()) return place.status();
    auto known = GeneralMeaning(meaning);
    if (!known.has_value()) {
      return Wrong(absl::StrCat("--columns: ", Quoted(meaning),
                                " is no meaning, such as latency_ms"));
    }
    Forget(known->meaning.role);
    status.Update(Add(*known, name, *place));
  }
  for (const std::string& name : options_.numbers) {
    const auto place = PlaceOf(names, name);
    if (!place.ok()) return place.status();
    known_.numbers.push_back({.name = name, .place = *place});
  }
  if (known_.columns.empty() && known_.numbers.empty()) {
    return Wrong(absl::StrCat(
        "none of its columns says when requests came or "
        "how long they took: ",
        Quoted(absl::StrJoin(names, ",")), "; give --columns MEANING=NAME"));
  }
  const auto filter =
      std::find(names.begin(), names.end(), format.filter.column);
  if (filter != names.end()) {
    known_.filter = format.filter;
    known_.filter_place = static_cast<std::size_t>(filter - names.begin());
  }
  return status;
}

absl::StatusOr<std::size_t> Recogniser::PlaceOf(const Cells& names,
                                                const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) {
    return static_cast<std::size_t>(found - names.begin());
  }
  return Wrong(absl::StrCat("there is no column ", Quoted(name),
                            "; the columns are ",
                            Quoted(absl::StrJoin(names, ","))));
}

void Recogniser::Forget(ColumnRole role) {
  std::erase_if(known_.columns, [role](const KnownColumn& column) {
    return column.role == role;
  });
  ranks_.erase(role);
}

absl::Status Recogniser::Add(const GeneralColumn& known,
                             const std::string& name, std::size_t place) {
  const ColumnRole role = known.meaning.role;
  const auto rank = ranks_.find(role);
  if (rank != ranks_.end() && !MayRepeat(role)) {
    if (rank->second == known.rank) {
      return Wrong(absl::StrCat(Quoted(name),
                                " and another column say the same; only one "
                                "may be there, or give --columns"));
    }
    if (rank->second < known.rank) return absl::OkStatus();
    Forget(role);
  }
  ranks_[role] = known.rank;
  known_.columns.push_back({.name = name,
                            .role = role,
                            .unit_ns = known.meaning.unit_ns,
                            .place = place});
  return absl::OkStatus();
}

Recognised Recogniser::Take(std::string_view format,
                            std::unique_ptr<Records> records) {
  known_.format = format;
  if (!compression_.empty()) known_.format += ", " + compression_;
  known_.records = std::move(records);
  return std::move(known_);
}

}  // namespace

absl::StatusOr<Recognised> Recognise(LineInput input,
                                     const ColumnOptions& options) {
  return Recogniser(std::move(input), options).Run();
}

}  // namespace els_sim
