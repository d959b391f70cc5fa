#include "sim/traces/fit_report.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "sim/model/size_sampler.h"
#include "sim/model/streams.h"
#include "sim/model/workload.h"
#include "sim/results/text_table.h"
#include "sim/traces/fit_text.h"
#include "sim/traces/sample.h"

namespace els_sim {
namespace {

constexpr std::uint64_t kSeed = 1;

std::string Count(double value) { return absl::StrFormat("%.0f", value); }
std::string MillisecondsOf(double ns) {
  const double ms = ns / kNanosecondsPerMillisecond;
  return ms < 1000 ? absl::StrFormat("%.4g", ms) : absl::StrFormat("%.0f", ms);
}
std::string PercentOf(double part) {
  return absl::StrFormat("%.2f", 100 * part);
}
std::string KolmogorovSmirnov(const Sample& trace, const Sample& model) {
  return absl::StrFormat("%.4f", Distance(trace, model));
}
std::string ByChance(const Sample& trace, const Sample& model) {
  return absl::StrFormat("%.4f", DistanceByChance(trace, model));
}

// -- Arrivals

// Times of requests, one after the other.
class Times {
 public:
  void Add(Duration time) {
    if (count_ > 0) gaps_.push_back(FractionalDuration(time - last_).count());
    ++count_;
    last_ = time;
    const auto second =
        static_cast<std::size_t>(time / std::chrono::seconds(1));
    if (second >= seconds_.size()) seconds_.resize(second + 1);
    ++seconds_[second];
  }

  double count() const { return static_cast<double>(count_); }
  std::vector<double> TakeGaps() { return std::move(gaps_); }
  double BusiestSecond() const {
    if (seconds_.empty()) return 0;
    return static_cast<double>(
        *std::max_element(seconds_.begin(), seconds_.end()));
  }

 private:
  std::uint64_t count_ = 0;
  Duration last_ = {};
  std::vector<double> gaps_;  // In ns.
  std::vector<std::uint64_t> seconds_;
};

Times TimesOf(const Recording& recording) {
  Times times;
  for (const RecordedAttempt& attempt : recording.attempts) {
    if (attempt.first) times.Add(attempt.time);
  }
  return times;
}

Times TimesOf(const Scenario& scenario) {
  Times times;
  Workload workload(scenario, kSeed);
  while (const std::optional<Arrival> arrival = workload.Next()) {
    times.Add(arrival->time.time_since_epoch());
  }
  return times;
}

std::string ArrivalsReport(const Recording& recording,
                           const Scenario& scenario) {
  Times trace_times = TimesOf(recording);
  Times model_times = TimesOf(scenario);
  const Sample trace(trace_times.TakeGaps());
  const Sample model(model_times.TakeGaps());
  const double length_s =
      FractionalDuration(std::get<OpenArrivals>(scenario.arrivals).length)
          .count() /
      1e9;
  std::vector<TextRow> rows = {
      {"arrivals", "trace", "model"},
      {"requests", Count(trace_times.count()), Count(model_times.count())},
      {"a second", SixDigits(trace_times.count() / length_s),
       SixDigits(model_times.count() / length_s)},
      {"in the busiest second", Count(trace_times.BusiestSecond()),
       Count(model_times.BusiestSecond())},
      {"gap, mean ms", MillisecondsOf(trace.Mean()),
       MillisecondsOf(model.Mean())}};
  for (const auto& [name, part] :
       {std::pair("gap, p10", 0.1), std::pair("gap, p50", 0.5),
        std::pair("gap, p90", 0.9), std::pair("gap, p99", 0.99)}) {
    rows.push_back({name, MillisecondsOf(trace.Quantile(part)),
                    MillisecondsOf(model.Quantile(part))});
  }
  rows.push_back({"gap, variation squared",
                  absl::StrFormat("%.3f", trace.Scv()),
                  absl::StrFormat("%.3f", model.Scv())});
  rows.push_back({"gap, KS distance", KolmogorovSmirnov(trace, model), ""});
  rows.push_back({"by chance, up to", ByChance(trace, model), ""});
  return RenderTable(rows);
}

// -- Latencies

struct Outcomes {
  std::vector<double> latencies = {};  // Of successes, in ns.
  double successes = 0;
  double failures = 0;

  double FailureRate() const {
    return failures == 0 ? 0 : failures / (successes + failures);
  }
};

struct Pair {
  Outcomes trace = {};
  Outcomes model = {};
};

void AddTrace(const RecordedAttempt& attempt, Outcomes& outcomes) {
  if (!attempt.Succeeded()) {
    ++outcomes.failures;
    return;
  }
  ++outcomes.successes;
  if (attempt.work.has_value()) outcomes.latencies.push_back(*attempt.work);
}

// What becomes of attempts in a scenario of infinite servers.
class Model {
 public:
  explicit Model(const Scenario& scenario)
      : scenario_(scenario), sampler_(scenario.sizes) {}

  void Add(std::size_t number, const RecordedAttempt& attempt,
           Outcomes& outcomes) const {
    const Phase phase =
        PhaseAt(scenario_.servers[attempt.backend], attempt.time);
    els::Random size = sizes_.At(number);
    const FractionalDuration latency =
        FractionalDuration(sampler_.Draw(size)) * phase.slowness;
    const bool late =
        scenario_.timeout.has_value() && latency > *scenario_.timeout;
    if (phase.silent || late ||
        luck_.At(number).Uniform() < phase.failure_rate) {
      ++outcomes.failures;
      return;
    }
    ++outcomes.successes;
    outcomes.latencies.push_back(latency.count());
  }

 private:
  const Scenario& scenario_;
  const SizeSampler sampler_;
  const Stream sizes_ = Stream(kSeed, Purpose::kSize);
  const Stream luck_ = Stream(kSeed, Purpose::kFailure);
};

TextRow BackendRow(const std::string& name, Pair pair) {
  const Sample trace(std::move(pair.trace.latencies));
  const Sample model(std::move(pair.model.latencies));
  TextRow row = {name,
                 Count(pair.trace.successes + pair.trace.failures),
                 PercentOf(pair.trace.FailureRate()),
                 PercentOf(pair.model.FailureRate()),
                 MillisecondsOf(trace.Mean()),
                 MillisecondsOf(model.Mean())};
  for (const double part : {0.5, 0.9, 0.99, 0.999}) {
    row.push_back(MillisecondsOf(trace.Quantile(part)));
    row.push_back(MillisecondsOf(model.Quantile(part)));
  }
  row.push_back(KolmogorovSmirnov(trace, model));
  row.push_back(ByChance(trace, model));
  return row;
}

void Append(const Outcomes& from, Outcomes& to) {
  to.latencies.insert(to.latencies.end(), from.latencies.begin(),
                      from.latencies.end());
  to.successes += from.successes;
  to.failures += from.failures;
}

std::string BackendsReport(const Recording& recording, const Scenario& scenario,
                           const std::function<void()>& on_part) {
  std::vector<Pair> pairs(recording.backends.size());
  const Model model(scenario);
  for (std::size_t i = 0; i < recording.attempts.size(); ++i) {
    const RecordedAttempt& attempt = recording.attempts[i];
    if (attempt.outcome == els::Outcome::kCancelled) continue;
    AddTrace(attempt, pairs[attempt.backend].trace);
    model.Add(i, attempt, pairs[attempt.backend].model);
  }
  std::vector<TextRow> rows = {{"backend", "attempts", "errors %", "model",
                                "mean ms", "model", "p50", "model", "p90",
                                "model", "p99", "model", "p99.9", "model", "KS",
                                "by chance"}};
  Pair all;
  for (const Pair& pair : pairs) {
    Append(pair.trace, all.trace);
    Append(pair.model, all.model);
  }
  rows.push_back(BackendRow("all", std::move(all)));
  if (on_part) on_part();
  for (std::size_t i = 0; i < pairs.size() && pairs.size() > 1; ++i) {
    rows.push_back(BackendRow(recording.backends[i], std::move(pairs[i])));
    if (on_part) on_part();
  }
  return RenderTable(rows);
}

}  // namespace

std::string FitReport(const Recording& recording, const Scenario& scenario,
                      const std::function<void()>& on_part) {
  std::string text;
  if (recording.has_times) {
    text = ArrivalsReport(recording, scenario) + "\n";
    if (on_part) on_part();
  }
  return text + BackendsReport(recording, scenario, on_part);
}

std::size_t FitReportParts(const Recording& recording) {
  const std::size_t backends = recording.backends.size();
  return (recording.has_times ? 2 : 1) + (backends > 1 ? backends : 0);
}

}  // namespace els_sim
