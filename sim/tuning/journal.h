#pragma once

// A file that is appended to as simulations end, so that a search that was
// stopped, however it was, can go on:
//
//   els-sim tune journal 1
//   argument slow
//   argument --option
//   argument latency_memory=0.5s..20s
//   start seed = 0
//   start choice = lowest
//   options 0 yardstick
//   options 1 latency_memory=3s
//   run 1 0 7 43920123.5 215800000 12 18034
//
// A run is the number of its options, that of its scenario, its seed, the mean
// cost and the 99th percentile in ns, errors and requests. Their order is that
// in which they ended, which means nothing.

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace els_sim {

// How a simulation went.
struct Outcome {
  double cost_ns = 0;       // Mean of the requests.
  std::int64_t p99_ns = 0;  // Of their costs.
  std::uint64_t errors = 0;
  std::uint64_t requests = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct JournalContent {
  struct Run {
    std::size_t options = 0;  // Place in `options`.
    std::size_t scenario = 0;
    std::uint64_t seed = 0;
    Outcome outcome = {};
  };
  std::vector<std::string> arguments = {};
  std::string start = {};  // As PrintOptions has it.
  std::vector<std::string> options = {};
  std::vector<Run> runs = {};
};

// A last line without an end, as a machine that was switched off leaves it, is
// not there. Errors name the file and the line.
absl::StatusOr<JournalContent> ReadJournal(const std::string& path);

class Journal {
 public:
  // A new file with the arguments and the start. An error if it is there.
  static absl::StatusOr<std::unique_ptr<Journal>> Create(
      const std::string& path, const JournalContent& head);

  // One that ReadJournal has read; what it left out is removed.
  static absl::StatusOr<std::unique_ptr<Journal>> Continue(
      const std::string& path, const JournalContent& content);

  // The line is in the file when this returns. Errors name the file; after one,
  // nothing more is written.
  absl::Status Append(std::string_view options, std::size_t scenario,
                      std::uint64_t seed, const Outcome& outcome);

  const std::string& path() const { return path_; }

 private:
  Journal(const std::string& path, const JournalContent& content);
  absl::Status Write(std::string_view text);

  const std::string path_;
  std::ofstream file_;
  std::map<std::string, std::size_t, std::less<>> numbers_;  // Of options.
};

}  // namespace els_sim
