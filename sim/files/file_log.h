#pragma once

// What is wrong with a scenario's file, and where its keys are.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "sim/files/scenario_check.h"

namespace els_sim {

struct FilePlace {
  std::size_t line = 1;
  std::size_t column = 1;
};

class FileLog {
 public:
  // `file` as messages name it.
  explicit FileLog(std::string file);

  void Add(FilePlace place, std::string_view error);

  // `key`, such as servers[0].slots, is there.
  void Note(const std::string& key, FilePlace place);

  // What is made of `key`, or of something below it, is the scenario's `field`.
  void Alias(std::string field, std::string key);

  // An error in the value of what the fault's field was made of.
  void Add(const Fault& fault);

  bool ok() const { return errors_.empty(); }

  // OK, or an InvalidArgumentError with a line for each error, in order of
  // their places: FILE:LINE:COLUMN: what is wrong.
  absl::Status Status() const;

 private:
  struct Error {
    FilePlace place;
    std::string text;
  };

  // The key that `field` was made of.
  std::string KeyOf(const std::string& field) const;
  // Of the key, or else of the nearest section that holds it.
  FilePlace PlaceOf(std::string key) const;

  const std::string file_;
  std::vector<Error> errors_;
  std::map<std::string, FilePlace> places_;     // By key.
  std::map<std::string, std::string> aliases_;  // Keys, by field.
};

}  // namespace els_sim
