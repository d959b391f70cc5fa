// The records of JSON, of records.h.

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/model/absl_view.h"
#include "sim/traces/records.h"

namespace els_sim {
namespace {

namespace json = boost::json;

constexpr std::size_t kLargestDocument = std::size_t{256} << 20;

// `name` may be a member of a member: "response.status".
const json::value* Find(const json::object& object, std::string_view name) {
  const json::value* const whole =
      object.if_contains(json::string_view(name.data(), name.size()));
  if (whole != nullptr) return whole;
  const std::size_t dot = name.find('.');
  if (dot == name.npos) return nullptr;
  const json::value* const outer =
      object.if_contains(json::string_view(name.data(), dot));
  if (outer == nullptr || !outer->is_object()) return nullptr;
  return Find(outer->get_object(), name.substr(dot + 1));
}

void Print(const json::value* value, std::string& cell) {
  cell.clear();
  if (value == nullptr) return;
  if (value->is_string()) {
    cell.assign(value->get_string().data(), value->get_string().size());
  } else if (value->is_double()) {
    std::array<char, 32> text;
    cell.assign(
        text.data(),
        std::to_chars(text.data(), text.data() + 32, value->get_double()).ptr);
  } else if (value->is_primitive() && !value->is_null()) {
    cell = json::serialize(*value);
  }
}

bool PrintAll(const json::value& value, const Cells& columns, Cells& cells) {
  if (!value.is_object()) return false;
  cells.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Print(Find(value.get_object(), columns[i]), cells[i]);
  }
  return true;
}

absl::Status NoObject(std::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat("is no object of JSON: ", Quoted(text)));
}

json::value Parsed(std::string_view text, json::error_code& error) {
  return json::parse({text.data(), text.size()}, error);
}

class LinesOfJson final : public Records {
 public:
  LinesOfJson(LineInput input, Cells columns)
      : Records(std::move(input)), columns_(std::move(columns)) {}

  absl::StatusOr<bool> Next(Cells& cells) override {
    std::string_view line;
    do {
      absl::StatusOr<bool> more = input_.Next(line);
      if (!more.ok() || !*more) return more;
    } while (absl::StripAsciiWhitespace(AbslView(line)).empty());
    json::error_code error;
    if (PrintAll(Parsed(line, error), columns_, cells)) return true;
    return NoObject(line);
  }

 private:
  const Cells columns_;
};

// Null if there is no array.
const json::array* EntriesOf(const json::value& value) {
  if (value.is_array()) return &value.get_array();
  if (!value.is_object()) return nullptr;
  const json::value* const entries = Find(value.get_object(), "log.entries");
  return entries != nullptr && entries->is_array() ? &entries->get_array()
                                                   : nullptr;
}

}  // namespace

struct JsonDocument {
  json::value value;
  const json::array& Entries() const { return *EntriesOf(value); }
};

namespace {

class EntriesOfJson final : public Records {
 public:
  EntriesOfJson(LineInput input, std::shared_ptr<const JsonDocument> document,
                Cells columns)
      : Records(std::move(input)),
        document_(std::move(document)),
        columns_(std::move(columns)) {}

  absl::StatusOr<bool> Next(Cells& cells) override {
    const json::array& entries = document_->Entries();
    if (next_ == entries.size()) return false;
    const json::value& entry = entries[next_++];
    if (PrintAll(entry, columns_, cells)) return true;
    return NoObject(json::serialize(entry));
  }

  std::size_t Place() const override { return next_; }
  std::string_view PlaceName() const override { return "entry"; }

 private:
  const std::shared_ptr<const JsonDocument> document_;
  const Cells columns_;
  std::size_t next_ = 0;
};

void AddColumns(const json::value& value, const std::string& prefix,
                Cells& columns) {
  if (!value.is_object()) return;
  for (const auto& [key, member] : value.get_object()) {
    const std::string name =
        absl::StrCat(prefix, absl::string_view(key.data(), key.size()));
    if (member.is_object()) {
      AddColumns(member, name + ".", columns);
    } else if (std::find(columns.begin(), columns.end(), name) ==
               columns.end()) {
      columns.push_back(name);
    }
  }
}

}  // namespace

std::unique_ptr<Records> JsonRecords(LineInput input, Cells columns) {
  return std::make_unique<LinesOfJson>(std::move(input), std::move(columns));
}

bool IsJsonLine(std::string_view head) {
  json::error_code error;
  const json::value value = Parsed(head.substr(0, head.find('\n')), error);
  return value.is_object() && EntriesOf(value) == nullptr;
}

absl::StatusOr<std::shared_ptr<const JsonDocument>> LoadJson(LineInput& input) {
  const absl::StatusOr<std::string> text = input.Rest(kLargestDocument);
  if (!text.ok()) return text.status();
  json::error_code error;
  auto document = std::make_shared<JsonDocument>();
  document->value = Parsed(*text, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat(input.path(), ": is neither lines nor one document of ",
                     "JSON (", error.message(), "): ", Quoted(*text)));
  }
  if (EntriesOf(document->value) == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(input.path(),
                     ": is a document of JSON without single requests; give "
                     "an array of them, a HAR, or an object in each line"));
  }
  return document;
}

std::unique_ptr<Records> JsonEntries(
    LineInput input, std::shared_ptr<const JsonDocument> document,
    Cells columns) {
  return std::make_unique<EntriesOfJson>(std::move(input), std::move(document),
                                         std::move(columns));
}

Cells JsonColumns(std::string_view head) {
  Cells columns;
  json::error_code error;
  for (const absl::string_view line : absl::StrSplit(AbslView(head), '\n')) {
    AddColumns(Parsed({line.data(), line.size()}, error), "", columns);
  }
  return columns;
}

Cells JsonColumns(const JsonDocument& document) {
  constexpr std::size_t kEnough = 100;
  Cells columns;
  const json::array& entries = document.Entries();
  for (std::size_t i = 0; i < std::min(kEnough, entries.size()); ++i) {
    AddColumns(entries[i], "", columns);
  }
  return columns;
}

}  // namespace els_sim
