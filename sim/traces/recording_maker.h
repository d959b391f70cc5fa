#pragma once

// A recording as it grows, record by record. A part of recording.h.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "els/random.h"
#include "sim/traces/recognise.h"
#include "sim/traces/recording.h"
#include "sim/traces/request_row.h"

namespace els_sim {

// Numbers the backends as they come, and puts them in order at the end.
class BackendNames {
 public:
  // Empty if there are too many.
  std::optional<std::uint32_t> NumberOf(std::string_view name);
  void PutInOrder(Recording& recording) const;

 private:
  using Numbers = std::map<std::string, std::uint32_t, std::less<>>;

  Numbers numbers_;
  Numbers::const_iterator latest_ = numbers_.end();
};

// Why records do not count, and how many.
class SkippedRecords {
 public:
  void Add(const std::string& why, std::size_t place) {
    skips_.try_emplace(why, Skip{0, place}).first->second.count++;
  }
  std::string Text(std::string_view place_name) const;

 private:
  struct Skip {
    std::uint64_t count;
    std::size_t first;
  };
  std::map<std::string, Skip> skips_;
};

// A recording as it grows.
class RecordingMaker {
 public:
  // `options` and `known` must outlive the maker.
  RecordingMaker(const std::string& path, const RecordingOptions& options,
                 const Recognised& known);

  // Takes the next record, or counts why not. Not OK if the file is not to be
  // read further.
  absl::Status Take(const Cells& cells);

  // The same of a record that cannot even be split.
  absl::Status TakeWrong(std::string_view why);

  // REQUIRES: the file has been read to its end. To be called once.
  absl::StatusOr<Recording> Made();

 private:
  struct Extreme {
    Duration time = {};  // Since the first record's.
    std::size_t place = 0;
  };
  // Of --from or --until.
  struct TimeBound {
    Duration at = {};
    bool is_since_1970 = true;
  };

  static std::optional<TimeBound> BoundOf(
      const std::optional<std::string>& text);
  WorkKind Kind() const;
  std::optional<double> WorkOf(const RequestTry& one) const;
  // Of what is after the path.
  absl::Status Error(std::string_view what) const;
  bool IsBefore(Duration time, const TimeBound& bound) const;
  absl::Status CheckLength(Duration time);
  void NoteOrder(Duration time);
  absl::Status CheckWrong() const;
  absl::Status Append();
  void NoteSecond();
  // Draws times within their second for the requests of second_.
  void Spread();
  std::string Story() const;

  const RecordingOptions& options_;
  const Recognised& known_;
  const std::optional<TimeBound> from_;
  const std::optional<TimeBound> until_;
  RowReader reader_;
  Recording recording_;
  BackendNames backends_;
  SkippedRecords skips_;
  RequestRow row_;

  std::uint64_t records_ = 0;
  std::uint64_t wrong_ = 0;
  std::string first_wrong_;
  std::optional<Duration> begin_;  // The first record's, since 1970.
  Extreme earliest_;
  Extreme latest_;
  Duration latest_end_ = {};
  Extreme step_back_;  // The largest.
  std::uint64_t steps_back_ = 0;
  Duration second_ = Duration(-1);      // That is being read.
  std::vector<std::size_t> of_second_;  // Where its requests begin.
  std::uint64_t spread_ = 0;
  els::Random random_ = els::Random(1);  // Any: the same each time.
};

}  // namespace els_sim
