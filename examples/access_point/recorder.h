#pragma once

// Records how attempts went, for els-sim to fit and to replay: see the form in
// `els-sim replay --help`.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "els/balancer.h"
#include "examples/access_point/picker.h"

namespace access_point {

// One line for each attempt, in the order in which they began:
//
//   time_us,latency_us,backend,outcome,attempt
//   1520312,1840,2,,          the third backend answered after 1.84 ms
//   1520977,250012,0,timeout,
//   1770991,1911,1,,2         the same request again, elsewhere
//
// The latency is that which els learns from: until the head of the answer, or
// all of a short one. The
// attempt's own thread takes a short lock twice and writes 24 bytes; another
// thread makes text of them ten times a second. Thread-safe, but for Start and
// Stop.
class Recorder {
 public:
  // Of backends with these ids.
  explicit Recorder(std::vector<std::string> ids) : ids_(std::move(ids)) {}
  ~Recorder();  // Stops.

  // Begins the file anew; what begins from now on is recorded, up to Stop.
  // To be called once.
  absl::Status Start(const std::string& path);

  // Writes what has ended. Not OK if something is missing in the file.
  absl::Status Stop();

  // An attempt that is the request's `count`-th. Empty if it is not recorded.
  std::optional<std::uint64_t> Begin(std::size_t backend, int count,
                                     els::TimePoint now);
  // How it went, or that it was never made. Once for each.
  void End(std::uint64_t number, els::Outcome outcome, els::TimePoint now);
  void Forget(std::uint64_t number);

 private:
  enum class State : std::uint8_t { kOpen, kEnded, kForgotten };

  struct Row {
    els::TimePoint begin = {};
    els::Duration latency = {};
    std::uint32_t backend = 0;
    std::uint8_t count = 1;
    State state = State::kOpen;
    els::Outcome outcome = els::Outcome::kSuccess;
  };

  // A second of a million requests, or a minute of 16,000 of which the first
  // still waits: 24 MB. Beyond it attempts are not recorded.
  static constexpr std::size_t kMostRows = std::size_t{1} << 20;

  void Write();
  // Takes those rows off the front that wait for none before them, a few at
  // most, so that the lock is short. False if there are none.
  bool Take(std::vector<Row>& rows);
  void WriteAll();

  const std::vector<std::string> ids_;

  // Of the writing thread, from Start to Stop.
  std::ofstream file_;
  std::string path_;
  std::string text_;
  els::TimePoint start_ = {};
  int error_ = 0;  // The errno of the first write that failed.

  std::mutex mutex_;  // Guards those below.
  std::condition_variable stopping_;
  bool running_ = false;
  std::deque<Row> rows_;
  std::uint64_t first_ = 0;     // The number of the front one.
  els::TimePoint latest_ = {};  // When the back one began, or one before.
  std::uint64_t lost_ = 0;

  std::thread writer_;
};

// Another picker, whose attempts are recorded.
class RecordingPicker final : public Picker {
 public:
  // Both outlive it.
  RecordingPicker(Picker& picker, Recorder& recorder)
      : picker_(picker), recorder_(recorder) {}

  std::unique_ptr<Attempt> Pick(els::TimePoint now,
                                std::optional<std::size_t> avoid) override;

 private:
  Picker& picker_;
  Recorder& recorder_;
};

}  // namespace access_point
