#include "examples/access_point/recorder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace access_point {
namespace {

constexpr std::chrono::milliseconds kPause(100);

// What is taken at once: some microseconds.
constexpr std::size_t kBatch = 1024;

// Large enough that a write costs little for each line.
constexpr std::size_t kWriteBlock = std::size_t{64} * 1024;

// Successes, the most frequent, cost nothing.
absl::string_view Word(els::Outcome outcome) {
  switch (outcome) {
    case els::Outcome::kSuccess:
    case els::Outcome::kNeutral:  // It was answered: the form has no other
                                  // word.
      return "";
    case els::Outcome::kFailure:
      return "failure";
    case els::Outcome::kTimeout:
      return "timeout";
    case els::Outcome::kCancelled:
      return "cancelled";
  }
  return "";
}

std::int64_t Microseconds(els::Duration duration) {
  return std::chrono::round<std::chrono::microseconds>(duration).count();
}

class RecordedAttempt final : public Attempt {
 public:
  RecordedAttempt(std::unique_ptr<Attempt> attempt, Recorder& recorder,
                  std::optional<std::uint64_t> number)
      : attempt_(std::move(attempt)), recorder_(recorder), number_(number) {}
  ~RecordedAttempt() override {
    if (number_.has_value()) recorder_.Forget(*number_);
  }

  std::size_t backend() const override { return attempt_->backend(); }
  void Answered(els::Outcome outcome, els::TimePoint now) override {
    attempt_->Answered(outcome, now);
    End(outcome, now);
  }
  void Finish(els::Outcome outcome, els::TimePoint now) override {
    attempt_->Finish(outcome, now);
    End(outcome, now);
  }
  void RetryAfter(els::Duration wait, els::TimePoint now) override {
    attempt_->RetryAfter(wait, now);
  }

 private:
  // The first of the two counts.
  void End(els::Outcome outcome, els::TimePoint now) {
    if (!number_.has_value()) return;
    recorder_.End(*number_, outcome, now);
    number_.reset();
  }

  const std::unique_ptr<Attempt> attempt_;
  Recorder& recorder_;
  std::optional<std::uint64_t> number_;  // Empty once it has been recorded.
};

}  // namespace

Recorder::~Recorder() { Stop().IgnoreError(); }

absl::Status Recorder::Start(const std::string& path) {
  path_ = path;
  errno = 0;
  file_.open(path, std::ios::binary | std::ios::trunc);
  text_ = absl::StrCat(
      "# Recorded by els-access-point from ",
      absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone()),
      " on.\n");
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    absl::StrAppend(&text_, "# Backend ", i, " is ", ids_[i], ".\n");
  }
  absl::StrAppend(&text_, "time_us,latency_us,backend,outcome,attempt\n");
  file_ << text_ << std::flush;
  text_.clear();
  if (!file_.good()) {
    return absl::UnavailableError(absl::StrCat("--record: cannot write '", path,
                                               "': ", std::strerror(errno)));
  }
  start_ = std::chrono::steady_clock::now();
  latest_ = start_;
  running_ = true;
  writer_ = std::thread([this] { Write(); });
  return absl::OkStatus();
}

absl::Status Recorder::Stop() {
  if (!writer_.joinable()) return absl::OkStatus();
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  stopping_.notify_one();
  writer_.join();
  if (error_ != 0) {
    return absl::UnavailableError(absl::StrCat(
        "--record: cannot write '", path_, "': ", std::strerror(error_)));
  }
  if (lost_ == 0) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("--record: too many at once for '", path_, "', which lacks ",
                   lost_, " attempts"));
}

std::optional<std::uint64_t> Recorder::Begin(std::size_t backend, int count,
                                             els::TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (!running_) return std::nullopt;
  if (rows_.size() == kMostRows) {
    ++lost_;
    return std::nullopt;
  }
  // Another thread may have read the clock before and come here after.
  latest_ = std::max(latest_, now);
  rows_.push_back({.begin = latest_,
                   .backend = static_cast<std::uint32_t>(backend),
                   .count = static_cast<std::uint8_t>(count)});
  return first_ + (rows_.size() - 1);
}

void Recorder::End(std::uint64_t number, els::Outcome outcome,
                   els::TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (!running_) return;
  Row& row = rows_[number - first_];
  row.state = State::kEnded;
  row.outcome = outcome;
  row.latency = std::max(now - row.begin, els::Duration::zero());
}

void Recorder::Forget(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  if (running_) rows_[number - first_].state = State::kForgotten;
}

void Recorder::Write() {
  for (bool running = true; running;) {
    {
      std::unique_lock lock(mutex_);
      stopping_.wait_for(lock, kPause, [this] { return !running_; });
      running = running_;
    }
    WriteAll();
  }
}

bool Recorder::Take(std::vector<Row>& rows) {
  rows.clear();
  const std::lock_guard lock(mutex_);
  // What is still open when all is over never ends.
  while (!rows_.empty() && rows.size() < kBatch &&
         (rows_.front().state != State::kOpen || !running_)) {
    rows.push_back(rows_.front());
    rows_.pop_front();
    ++first_;
  }
  return !rows.empty();
}

void Recorder::WriteAll() {
  std::vector<Row> rows;
  const auto write = [this] {
    if (error_ != 0 || text_.empty()) return text_.clear();
    errno = 0;
    file_ << text_ << std::flush;
    if (!file_.good()) error_ = errno != 0 ? errno : EIO;
    text_.clear();
  };
  while (Take(rows)) {
    for (const Row& row : rows) {
      if (row.state != State::kEnded) continue;
      absl::StrAppend(&text_, Microseconds(row.begin - start_), ",",
                      Microseconds(row.latency), ",", row.backend, ",",
                      Word(row.outcome), ",");
      if (row.count > 1) absl::StrAppend(&text_, int{row.count});
      text_ += '\n';
    }
    if (text_.size() >= kWriteBlock) write();
  }
  write();
}

std::unique_ptr<Attempt> RecordingPicker::Pick(
    els::TimePoint now, std::optional<std::size_t> avoid) {
  std::unique_ptr<Attempt> attempt = picker_.Pick(now, avoid);
  const std::optional<std::uint64_t> number =
      recorder_.Begin(attempt->backend(), avoid.has_value() ? 2 : 1, now);
  return std::make_unique<RecordedAttempt>(std::move(attempt), recorder_,
                                           number);
}

}  // namespace access_point
