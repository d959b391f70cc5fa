#include "sim/files/toml_section.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "sim/files/duration_text.h"

namespace els_sim {
namespace {

constexpr std::string_view kDuration =
    "a duration, such as \"250us\", \"40ms\", \"1.5s\" or \"2min\"";
constexpr std::string_view kWhole = "a whole number, not negative";

FilePlace PlaceOf(const toml::source_region& source) {
  return {source.begin.line, source.begin.column};
}

// On one line, and short.
std::string ValueText(const toml::node& node) {
  if (const auto* text = node.as_string()) {
    return absl::StrCat("\"", absl::CHexEscape(text->get()), "\"");
  }
  if (const auto* whole = node.as_integer()) {
    return absl::StrCat(whole->get());
  }
  if (const auto* number = node.as_floating_point()) {
    return absl::StrFormat("%g", number->get());
  }
  if (const auto* truth = node.as_boolean()) {
    return truth->get() ? "true" : "false";
  }
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  return "a date or time";
}

std::optional<Duration> DurationOf(const toml::node& node) {
  const auto* text = node.as_string();
  return text == nullptr ? std::nullopt : ParseDuration(text->get());
}

std::string At(std::string_view key, std::size_t index) {
  return absl::StrCat(absl::string_view(key.data(), key.size()), "[", index,
                      "]");
}

}  // namespace

Section::Section(const toml::table& table, std::string key, FileLog& log)
    : table_(table), full_key_(std::move(key)), log_(log) {
  log_.Note(full_key_, PlaceOf(table.source()));
}

void Section::ReadTable(const toml::table& table, std::string key, FileLog& log,
                        const Reader& read) {
  Section section(table, std::move(key), log);
  read(section);
  if (!section.ignore_the_rest_) section.ComplainOfUnknownKeys();
}

std::string Section::FullKey(std::string_view key) const {
  return full_key_.empty() ? std::string(key)
                           : full_key_ + "." + std::string(key);
}

const toml::node* Section::Find(std::string_view key) {
  if (std::find(asked_for_.begin(), asked_for_.end(), key) ==
      asked_for_.end()) {
    asked_for_.emplace_back(key);
  }
  const toml::node* const node = table_.get(key);
  if (node != nullptr) log_.Note(FullKey(key), PlaceOf(node->source()));
  return node;
}

bool Section::Has(std::string_view key) { return Find(key) != nullptr; }

bool Section::Require(std::string_view key) {
  if (Has(key)) return true;
  log_.Add(PlaceOf(table_.source()), FullKey(key) + " is missing");
  return false;
}

void Section::Complain(const std::string& full_key, const toml::node& node,
                       std::string_view what) {
  log_.Add(PlaceOf(node.source()),
           absl::StrCat(full_key, " is ", ValueText(node), "; it must be ",
                        absl::string_view(what.data(), what.size())));
}

void Section::Complain(std::string_view key, std::string_view what) {
  Complain(FullKey(key), *Find(key), what);
}

bool Section::Read(std::string_view key, bool& value) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  const auto* truth = node->as_boolean();
  if (truth == nullptr) {
    Complain(key, "true or false");
    return false;
  }
  value = truth->get();
  return true;
}

bool Section::Read(std::string_view key, double& value) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  if (!node->is_number()) {
    Complain(key, "a number");
    return false;
  }
  value = *node->value<double>();
  return true;
}

bool Section::Read(std::string_view key, std::uint64_t& value) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  const auto* whole = node->as_integer();
  if (whole == nullptr || whole->get() < 0) {
    Complain(key, kWhole);
    return false;
  }
  value = static_cast<std::uint64_t>(whole->get());
  return true;
}

bool Section::Read(std::string_view key, std::string& value) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  const auto* text = node->as_string();
  if (text == nullptr || text->get().empty()) {
    Complain(key, "a text in quotes, not empty");
    return false;
  }
  value = text->get();
  return true;
}

bool Section::Read(std::string_view key, Duration& value) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  const std::optional<Duration> duration = DurationOf(*node);
  if (!duration.has_value()) {
    Complain(key, kDuration);
    return false;
  }
  value = *duration;
  return true;
}

bool Section::Read(std::string_view key, std::vector<double>& value) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  const toml::array* const array = node->as_array();
  if (array == nullptr) {
    Complain(key, "an array of numbers");
    return false;
  }
  std::vector<double> numbers;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const toml::node& element = *array->get(i);
    if (element.is_number()) {
      numbers.push_back(*element.value<double>());
    } else {
      Complain(At(FullKey(key), i), element, "a number");
    }
  }
  if (numbers.size() != array->size()) return false;
  value = std::move(numbers);
  return true;
}

bool Section::Read(std::string_view key,
                   std::vector<std::vector<Duration>>& value) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  if (!node->is_array()) {
    Complain(key, "an array of arrays of durations");
    return false;
  }
  bool right = true;
  std::vector<std::vector<Duration>> rows;
  for (const toml::node& row : *node->as_array()) {
    const std::string row_key = At(FullKey(key), rows.size());
    rows.emplace_back();
    right = ReadDurations(row_key, row, rows.back()) && right;
  }
  if (right) value = std::move(rows);
  return right;
}

bool Section::ReadDurations(const std::string& full_key, const toml::node& node,
                            std::vector<Duration>& value) {
  const toml::array* const array = node.as_array();
  if (array == nullptr) {
    Complain(full_key, node, "an array of durations");
    return false;
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    const toml::node& element = *array->get(i);
    if (const std::optional<Duration> duration = DurationOf(element)) {
      value.push_back(*duration);
    } else {
      Complain(At(full_key, i), element, kDuration);
    }
  }
  return value.size() == array->size();
}

std::size_t Section::Count(std::string_view key, std::size_t otherwise,
                           std::size_t most) {
  std::uint64_t count = otherwise;
  if (!Read(key, count)) return otherwise;
  if (count >= 1 && count <= most) return count;
  Complain(key, absl::StrCat("in [1, ", most, "]"));
  return otherwise;
}

bool Section::Table(std::string_view key, const Reader& read) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return false;
  if (const toml::table* const table = node->as_table()) {
    ReadTable(*table, FullKey(key), log_, read);
    return true;
  }
  Complain(key, "a table");
  return false;
}

void Section::Tables(std::string_view key, const Reader& read) {
  const toml::node* const node = Find(key);
  if (node == nullptr) return;
  const toml::array* const array = node->as_array();
  if (array == nullptr) {
    Complain(key, "an array of tables");
    return;
  }
  for (std::size_t i = 0; i < array->size(); ++i) {
    const std::string element_key = At(FullKey(key), i);
    const toml::node& element = *array->get(i);
    if (const toml::table* const table = element.as_table()) {
      ReadTable(*table, element_key, log_, read);
    } else {
      Complain(element_key, element, "a table");
    }
  }
}

void Section::Refuse(std::string_view key, std::string_view why) {
  log_.Add(PlaceOf(Find(key)->source()), FullKey(key) + " " + std::string(why));
}

void Section::RefuseFile(std::string_view key, const std::string& file,
                         bool read, const absl::Status& status) {
  const std::string message(status.message());
  Refuse(key, absl::StrCat("is \"", absl::CHexEscape(file), "\"; ",
                           read ? file + ":" : "", message));
}

bool Section::AtMostOneOf(std::initializer_list<std::string_view> keys) {
  std::string_view first;
  for (const std::string_view key : keys) {
    if (!Has(key)) continue;
    if (first.empty()) {
      first = key;
    } else {
      Refuse(key, "and " + FullKey(first) + " exclude each other");
    }
  }
  return !first.empty();
}

void Section::ExactlyOneOf(std::initializer_list<std::string_view> keys) {
  if (!AtMostOneOf(keys)) AtLeastOneOf(keys);
}

void Section::AtLeastOneOf(std::initializer_list<std::string_view> keys) {
  std::string text;
  for (const std::string_view key : keys) {
    if (Has(key)) return;
    text.append(text.empty() ? "" : " or ").append(FullKey(key));
  }
  log_.Add(PlaceOf(table_.source()), text + " is missing");
}

void Section::ComplainOfUnknownKeys() {
  std::vector<std::string> known = asked_for_;
  std::sort(known.begin(), known.end());
  for (auto&& [key, node] : table_) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) {
      continue;
    }
    log_.Add(
        PlaceOf(key.source()),
        absl::StrCat(FullKey(absl::CHexEscape(std::string(key.str()))),
                     " is unknown; known are ", absl::StrJoin(known, ", ")));
  }
}

}  // namespace els_sim
