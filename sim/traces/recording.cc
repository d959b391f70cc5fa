#include "sim/traces/recording.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "sim/files/checker.h"

namespace els_sim {
namespace {

constexpr std::uint64_t kPart = std::uint64_t{1} << 20;

// Numbers the backends as they come, and puts them in order at the end.
class Backends {
 public:
  // Empty if there are too many.
  std::optional<std::uint32_t> NumberOf(std::string_view name) {
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

  void PutInOrder(Recording& recording) const {
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

 private:
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
  std::map<std::string, std::uint32_t, std::less<>>::const_iterator latest_ =
      numbers_.end();
};

WorkKind KindOf(const TraceReader& reader, const RecordingOptions& options) {
  if (options.service.has_value()) return WorkKind::kDeclared;
  if (reader.has_latencies()) return WorkKind::kLatencies;
  return reader.has_sizes() ? WorkKind::kSizes : WorkKind::kNothing;
}

std::optional<double> WorkOf(const TraceRow& row, WorkKind kind,
                             const RecordingOptions& options) {
  switch (kind) {
    case WorkKind::kNothing:
      break;
    case WorkKind::kLatencies:
      if (!row.latency.has_value()) return std::nullopt;
      return FractionalDuration(*row.latency).count();
    case WorkKind::kDeclared:
      return options.service->Of(row.numbers).count();
    case WorkKind::kSizes:
      return row.size;
  }
  return std::nullopt;
}

void Append(const TraceRow& row, std::uint32_t backend,
            std::optional<double> work, Recording& recording) {
  const bool first = row.attempt == 1;
  recording.attempts.push_back({.time = row.time,
                                .work = work,
                                .backend = backend,
                                .outcome = row.outcome,
                                .first = first});
  if (first) ++recording.requests;
  recording.most_attempts = std::max(recording.most_attempts, row.attempt);
}

}  // namespace

Duration Length(const Recording& recording) {
  return recording.attempts.empty() ? Duration()
                                    : recording.attempts.back().time;
}

absl::StatusOr<Recording> ReadRecording(
    const std::string& path, const RecordingOptions& options,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_part) {
  TraceColumns columns = {.names = options.columns};
  if (options.service.has_value()) columns.numbers = options.service->columns();
  auto reader = TraceReader::Open(path, columns);
  if (!reader.ok()) return reader.status();
  Recording recording = {.path = path,
                         .has_times = reader->has_times(),
                         .work = KindOf(*reader, options)};
  Backends backends;
  for (std::uint64_t told = 0;;) {
    auto row = reader->Next();
    if (!row.ok()) return row.status();
    if (!row->has_value()) break;
    const auto backend = backends.NumberOf((*row)->backend);
    if (!backend.has_value()) {
      return reader->Error(
          absl::StrCat("brings more than ", kMaxServers, " backends"));
    }
    Append(**row, *backend, WorkOf(**row, recording.work, options), recording);
    if (!on_part || reader->position() < (told + 1) * kPart) continue;
    on_part(++told, reader->size() / kPart + 1);
  }
  if (recording.requests == 0) {
    return absl::InvalidArgumentError(path + ": records no request");
  }
  backends.PutInOrder(recording);
  return recording;
}

}  // namespace els_sim
