#pragma once

// A table of a TOML file, read key by key. What is wrong goes to a log, and
// reading goes on: one pass finds all errors of form. A key that nobody asks
// for is one of them.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "sim/files/file_log.h"
#include "sim/files/toml.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

class Section {
 public:
  using Reader = std::function<void(Section& section)>;

  // Reads `table`, whose full key is `key`, by `read`; then complains of every
  // key that `read` has not asked for.
  static void ReadTable(const toml::table& table, std::string key, FileLog& log,
                        const Reader& read);

  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  // Whether the key is there. It may be.
  bool Has(std::string_view key);

  // Complains if it is not.
  bool Require(std::string_view key);

  // Whether the key is there and right; only then is `value` set.
  bool Read(std::string_view key, bool& value);
  bool Read(std::string_view key, double& value);
  bool Read(std::string_view key, std::uint64_t& value);
  bool Read(std::string_view key, std::string& value);
  bool Read(std::string_view key, Duration& value);
  bool Read(std::string_view key, std::vector<double>& value);
  bool Read(std::string_view key, std::vector<std::vector<Duration>>& value);

  template <typename Value>
  bool Read(std::string_view key, std::optional<Value>& value) {
    Value read = {};
    if (!Read(key, read)) return false;
    value = std::move(read);
    return true;
  }

  template <typename Value>
  void ReadRequired(std::string_view key, Value& value) {
    if (Require(key)) Read(key, value);
  }

  // A count that the reader itself acts upon, so that it has to be right.
  // Returns `otherwise` if it is not there or wrong.
  std::size_t Count(std::string_view key, std::size_t otherwise,
                    std::size_t most);

  // One of a few words.
  template <typename Value>
  bool ReadOneOf(
      std::string_view key,
      std::initializer_list<std::pair<std::string_view, Value>> words,
      Value& value) {
    std::string word;
    if (!Read(key, word)) return false;
    std::string known;
    for (const auto& [name, meaning] : words) {
      if (name == word) {
        value = meaning;
        return true;
      }
      known.append(known.empty() ? "" : ", ").append(name);
    }
    Complain(key, absl::StrCat("one of ", known));
    return false;
  }

  // The table, or each of the tables, of this key, if there are any.
  bool Table(std::string_view key, const Reader& read);
  void Tables(std::string_view key, const Reader& read);

  // Says of what is there that it is not right with what else is there.
  void Refuse(std::string_view key, std::string_view why);

  // Says why the file that the key names cannot be had or, if it could be
  // `read`, where it is wrong.
  void RefuseFile(std::string_view key, const std::string& file, bool read,
                  const absl::Status& status);

  // Of these, at most one may be there; returns whether one is.
  bool AtMostOneOf(std::initializer_list<std::string_view> keys);
  void ExactlyOneOf(std::initializer_list<std::string_view> keys);
  void AtLeastOneOf(std::initializer_list<std::string_view> keys);

  // What the other keys mean hangs on one that is wrong: no word of them.
  void IgnoreTheRest() { ignore_the_rest_ = true; }

  // The full key, as messages have it.
  std::string FullKey(std::string_view key) const;
  std::string FullKey() const { return full_key_; }
  FileLog& log() { return log_; }

 private:
  Section(const toml::table& table, std::string key, FileLog& log);

  // Null if it is not there; notes that it has been asked for.
  const toml::node* Find(std::string_view key);
  // "KEY is VALUE; it must be WHAT", of this key or an element of its array.
  void Complain(std::string_view key, std::string_view what);
  void Complain(const std::string& full_key, const toml::node& node,
                std::string_view what);
  void ComplainOfUnknownKeys();
  // Appends what is right.
  bool ReadDurations(const std::string& full_key, const toml::node& node,
                     std::vector<Duration>& value);

  const toml::table& table_;
  const std::string full_key_;  // Empty for the whole file.
  FileLog& log_;
  std::vector<std::string> asked_for_;  // In that order, each once.
  bool ignore_the_rest_ = false;
};

}  // namespace els_sim
