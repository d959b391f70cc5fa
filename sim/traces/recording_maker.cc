#include "sim/traces/recording_maker.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/files/checker.h"
#include "sim/files/duration_text.h"
#include "sim/model/absl_view.h"

namespace els_sim {
std::optional<std::uint32_t> BackendNames::NumberOf(std::string_view name) {
  if (latest_ != numbers_.end() && latest_->first == name) {
    return latest_->second;
  }
  latest_ = numbers_.find(name);
  if (latest_ != numbers_.end()) return latest_->second;
  if (numbers_.size() == kMaxServers) return std::nullopt;
  const auto number = static_cast<std::uint32_t>(numbers_.size());
  latest_ = numbers_.emplace(std::string(name), number).first;
  return number;
}

void BackendNames::PutInOrder(Recording& recording) const {
  std::vector<std::pair<std::string, std::uint32_t>> all(numbers_.begin(),
                                                         numbers_.end());
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.first.size() < b.first.size();
  });
  std::vector<std::uint32_t> place(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    place[all[i].second] = static_cast<std::uint32_t>(i);
    recording.backends.push_back(all[i].first);
  }
  for (RecordedAttempt& attempt : recording.attempts) {
    attempt.backend = place[attempt.backend];
  }
}

std::string SkippedRecords::Text(std::string_view place_name) const {
  std::vector<std::string> parts;
  for (const auto& [why, skip] : skips_) {
    parts.push_back(absl::StrCat(skip.count, " ", why, " (",
                                 skip.count > 1 ? "first " : "",
                                 AbslView(place_name), " ", skip.first, ")"));
  }
  return absl::StrJoin(parts, ", ");
}

RecordingMaker::RecordingMaker(const std::string& path,
                               const RecordingOptions& options,
                               const Recognised& known)
    : options_(options),
      known_(known),
      from_(BoundOf(options.from)),
      until_(BoundOf(options.until)),
      reader_(known) {
  recording_.path = path;
  recording_.has_times = reader_.has_times();
  recording_.work = Kind();
}

std::optional<RecordingMaker::TimeBound> RecordingMaker::BoundOf(
    const std::optional<std::string>& text) {
  if (!text.has_value()) return std::nullopt;
  const std::optional<Duration> since = ParseDuration(*text);
  if (since.has_value()) return TimeBound{*since, false};
  const std::optional<Instant> instant = InstantParser().Parse(*text, 0);
  return TimeBound{instant.value_or(Instant{}).time};
}

WorkKind RecordingMaker::Kind() const {
  if (options_.service.has_value()) return WorkKind::kDeclared;
  if (reader_.has_latencies()) return WorkKind::kLatencies;
  return reader_.Has(ColumnRole::kSize) ? WorkKind::kSizes : WorkKind::kNothing;
}

std::optional<double> RecordingMaker::WorkOf(const RequestTry& one) const {
  switch (recording_.work) {
    case WorkKind::kNothing:
      break;
    case WorkKind::kLatencies:
      if (!one.latency.has_value()) return std::nullopt;
      return FractionalDuration(*one.latency).count();
    case WorkKind::kDeclared:
      return options_.service->Of(row_.numbers).count();
    case WorkKind::kSizes:
      return row_.size;
  }
  return std::nullopt;
}

absl::Status RecordingMaker::Error(std::string_view what) const {
  const Records& records = *known_.records;
  const bool is_line = records.PlaceName() == "line";
  return absl::InvalidArgumentError(
      absl::StrCat(recording_.path, is_line ? ":" : ": entry ", records.Place(),
                   ": ", AbslView(what)));
}

absl::Status RecordingMaker::Take(const Cells& cells) {
  const absl::StatusOr<std::string> why_not = reader_.Read(cells, row_);
  if (!why_not.ok()) return TakeWrong(std::string{why_not.status().message()});
  ++records_;
  if (why_not->empty()) return Append();
  skips_.Add(*why_not, known_.records->Place());
  return absl::OkStatus();
}

absl::Status RecordingMaker::TakeWrong(std::string_view why) {
  constexpr std::uint64_t kEnough = 100;
  ++records_;
  if (known_.records->input().cut_off()) {
    skips_.Add("cut off at the end of the file", known_.records->Place());
    return absl::OkStatus();
  }
  if (++wrong_ == 1) first_wrong_ = std::string(Error(why).message());
  return wrong_ >= kEnough ? CheckWrong() : absl::OkStatus();
}

absl::Status RecordingMaker::CheckWrong() const {
  constexpr std::uint64_t kOneOf = 100;
  if (wrong_ * kOneOf <= records_) return absl::OkStatus();
  std::string text = first_wrong_;
  if (wrong_ > 1) {
    absl::StrAppend(&text, "; ", wrong_, " of ", records_,
                    " records are wrong: are there two recordings in it?");
  }
  return absl::InvalidArgumentError(text);
}

bool RecordingMaker::IsBefore(Duration time, const TimeBound& bound) const {
  return (bound.is_since_1970 ? *begin_ + time : time) < bound.at;
}

absl::Status RecordingMaker::CheckLength(Duration time) {
  const Extreme now = {time, known_.records->Place()};
  if (recording_.attempts.empty()) earliest_ = latest_ = now;
  const bool is_late = time - earliest_.time > kLongest;
  if (is_late || latest_.time - time > kLongest) {
    return Error(absl::StrCat(
        reader_.time_column(), ": is more than a day ",
        is_late ? "after " : "before ", AbslView(known_.records->PlaceName()),
        " ", is_late ? earliest_.place : latest_.place,
        "; give --from and --until, at most a day from each other"));
  }
  NoteOrder(time);
  if (time < earliest_.time) earliest_ = now;
  if (time > latest_.time) latest_ = now;
  return absl::OkStatus();
}

// In order are lines both that begin and that end one after the other.
void RecordingMaker::NoteOrder(Duration time) {
  constexpr Duration kNothing = std::chrono::seconds(1);
  const Duration end = time + row_.Took();
  const Duration back = std::min(latest_.time - time, latest_end_ - end);
  latest_end_ = recording_.attempts.empty() ? end : std::max(latest_end_, end);
  if (back <= kNothing || recording_.attempts.empty()) return;
  ++steps_back_;
  if (back > step_back_.time) step_back_ = {back, known_.records->Place()};
}

absl::Status RecordingMaker::Append() {
  if (!begin_.has_value()) begin_ = row_.start.time;
  Duration at = row_.start.time - *begin_;
  if ((from_.has_value() && IsBefore(at, *from_)) ||
      (until_.has_value() && !IsBefore(at, *until_))) {
    skips_.Add("outside of --from and --until", known_.records->Place());
    return absl::OkStatus();
  }
  absl::Status fits = CheckLength(at);
  if (!fits.ok()) return fits;
  constexpr std::size_t kMostAttempts = 200'000'000;
  if (recording_.attempts.size() > kMostAttempts) {
    return Error("is of too many requests; give --from and --until");
  }
  NoteSecond();
  for (std::size_t i = 0; i < row_.tries.size(); ++i) {
    const RequestTry& one = row_.tries[i];
    const auto backend = backends_.NumberOf(one.backend);
    if (!backend.has_value()) {
      return Error(absl::StrCat("brings more than ", kMaxServers, " backends"));
    }
    const std::size_t attempt = row_.attempt + i;
    recording_.attempts.push_back({.time = at,
                                   .work = WorkOf(one),
                                   .backend = *backend,
                                   .outcome = one.outcome,
                                   .first = attempt == 1});
    if (recording_.has_times) at += one.latency.value_or(Duration());
    if (attempt == 1) ++recording_.requests;
    recording_.most_attempts = std::max(recording_.most_attempts, attempt);
  }
  return absl::OkStatus();
}

void RecordingMaker::NoteSecond() {
  if (!row_.start.whole_second) return;
  if (row_.logged != second_) Spread();
  second_ = row_.logged;
  of_second_.push_back(recording_.attempts.size());
}

void RecordingMaker::Spread() {
  std::vector<double> parts(of_second_.size());
  for (double& part : parts) part = random_.Uniform();
  std::sort(parts.begin(), parts.end());
  of_second_.push_back(recording_.attempts.size());
  for (std::size_t k = 0; parts.size() > 1 && k < parts.size(); ++k) {
    const Duration later =
        Rounded(FractionalDuration(parts[k] * kNanosecondsPerSecond));
    for (std::size_t i = of_second_[k]; i < of_second_[k + 1]; ++i) {
      recording_.attempts[i].time += later;
    }
    ++spread_;
  }
  of_second_.clear();
}

absl::StatusOr<Recording> RecordingMaker::Made() {
  Spread();
  absl::Status right = CheckWrong();
  if (!right.ok()) return right;
  std::vector<RecordedAttempt>& attempts = recording_.attempts;
  if ((from_.has_value() || until_.has_value()) && !recording_.has_times) {
    return absl::InvalidArgumentError(
        absl::StrCat(recording_.path,
                     ": has no times, so that --from and --until say "
                     "nothing"));
  }
  if (recording_.requests == 0) {
    const std::string skips = skips_.Text(known_.records->PlaceName());
    return absl::InvalidArgumentError(
        absl::StrCat(recording_.path, ": records no request",
                     skips.empty() ? "" : ", but ", skips));
  }
  const auto sooner = [](const RecordedAttempt& a, const RecordedAttempt& b) {
    return a.time < b.time;
  };
  if (!std::is_sorted(attempts.begin(), attempts.end(), sooner)) {
    std::stable_sort(attempts.begin(), attempts.end(), sooner);
  }
  const Duration first = attempts.front().time;
  for (RecordedAttempt& attempt : attempts) attempt.time -= first;
  backends_.PutInOrder(recording_);
  recording_.story = Story();
  return std::move(recording_);
}

std::string RecordingMaker::Story() const {
  std::vector<std::string> meanings;
  for (const KnownColumn& column : known_.columns) {
    meanings.push_back(MeaningText(column.name, column.role, column.unit_ns));
  }
  std::string text = absl::StrCat(recording_.path, ": read as ", known_.format,
                                  "\n  ", absl::StrJoin(meanings, "; "), "\n");
  const std::string skips = skips_.Text(known_.records->PlaceName());
  if (!skips.empty()) {
    absl::StrAppend(&text, "  ", records_,
                    " records, of which do not count: ", skips, "\n");
  }
  if (wrong_ > 0) {
    absl::StrAppend(&text, "  ", wrong_, " of ", records_,
                    wrong_ == 1 ? " records is wrong and does not count: "
                                : " records are wrong and do not count: ",
                    first_wrong_, "\n");
  }
  if (spread_ > 0) {
    text += "  times are whole seconds: requests come at random within each\n";
  }
  if (steps_back_ > 0) {
    absl::StrAppend(&text, "  time steps back ", steps_back_,
                    " times, by up to ", DurationText(step_back_.time), " (",
                    AbslView(known_.records->PlaceName()), " ",
                    step_back_.place, "); all are sorted by it\n");
  }
  return text;
}

}  // namespace els_sim
