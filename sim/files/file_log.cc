#include "sim/files/file_log.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace els_sim {
namespace {

// Without its last part: servers[0].slots, servers[0], servers, "".
std::string Shortened(const std::string& key) {
  const std::size_t end = key.find_last_of(".[");
  return end == key.npos ? "" : key.substr(0, end);
}

}  // namespace

FileLog::FileLog(std::string file) : file_(std::move(file)) {}

void FileLog::Add(FilePlace place, std::string_view error) {
  errors_.push_back({place, std::string(error)});
}

void FileLog::Note(const std::string& key, FilePlace place) {
  places_.emplace(key, place);
}

void FileLog::Alias(std::string field, std::string key) {
  aliases_[std::move(field)] = std::move(key);
}

void FileLog::Add(const Fault& fault) {
  const std::string key = KeyOf(fault.field);
  Add(PlaceOf(key), absl::StrCat(key, " ", fault.what));
}

absl::Status FileLog::Status() const {
  if (ok()) return absl::OkStatus();
  std::vector<Error> errors = errors_;
  std::stable_sort(errors.begin(), errors.end(),
                   [](const Error& a, const Error& b) {
                     return std::tie(a.place.line, a.place.column) <
                            std::tie(b.place.line, b.place.column);
                   });
  std::vector<std::string> lines;
  for (const Error& error : errors) {
    std::string line = absl::StrCat(file_, ":", error.place.line, ":",
                                    error.place.column, ": ", error.text);
    // Servers that are one entry of the file are all wrong in the same way.
    if (lines.empty() || lines.back() != line) lines.push_back(std::move(line));
  }
  std::string text;
  for (const std::string& line : lines) {
    absl::StrAppend(&text, text.empty() ? "" : "\n", line);
  }
  return absl::InvalidArgumentError(text);
}

std::string FileLog::KeyOf(const std::string& field) const {
  for (std::string head = field; !head.empty(); head = Shortened(head)) {
    const auto alias = aliases_.find(head);
    if (alias != aliases_.end()) {
      return alias->second + field.substr(head.size());
    }
  }
  return field;
}

FilePlace FileLog::PlaceOf(std::string key) const {
  for (; !key.empty(); key = Shortened(key)) {
    const auto place = places_.find(key);
    if (place != places_.end()) return place->second;
  }
  return {};
}

}  // namespace els_sim
