#pragma once

// What each outcome does to latency, success rate, outstanding requests and
// counts, row by row of the table at els::Outcome, with numbers worked out by
// hand.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "els/balancer.h"

namespace els {

// What becomes of the ticket.
enum class Way {
  kFinish,
  kAnswer,
  kDrop,
  kAnswerAndDrop,
  // Answered with the outcome of the row, then finished with ...
  kThenSuccess,
  kThenFailure,
  kThenTimeout,
  kThenCancelled,
  kThenNeutral,
};

// How often each was counted at the backend.
struct Counts {
  bool operator==(const Counts&) const = default;

  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t neutral = 0;
  std::uint64_t cut = 0;
  std::uint64_t dropped = 0;
};

inline std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << counts.successes << " successes, " << counts.failures
             << " failures, " << counts.timeouts << " timeouts, "
             << counts.cancelled << " cancelled, " << counts.neutral
             << " neutral, " << counts.cut << " cut, " << counts.dropped
             << " dropped";
}

// What is known of a backend.
struct Seen {
  double latency_ms = 0;
  double failure_latency_ms = 0;
  double success_rate = 0;
  double expected_latency_ms = 0;
  double spared = 0;
  std::int64_t outstanding = 0;
  std::int64_t answered = 0;
  Counts counts;
  // 0 in all rows.
  std::uint64_t late_finishes = 0;
  double mean_age_ms = 0;
};

struct Row {
  std::string name;
  Way way;
  Outcome outcome;
  int latency_ms;
  Seen after;
};

inline void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

// So long a memory that in a second nothing is forgotten.
inline Options LongMemory() {
  Options options;
  options.seed = 1;
  options.latency_memory = std::chrono::hours(24);
  options.success_memory = std::chrono::hours(24);
  options.failure_cost_memory = std::chrono::hours(24);
  options.turn_memory = std::chrono::hours(24);
  options.failure_cost_factor = 5;
  options.turn_slope = 0.3;
  options.turn_limit = 0.15;
  options.turn_premium = 0.15;
  options.answered_weight = 0.25;
  return options;
}

inline Outcome SecondOutcome(Way way) {
  switch (way) {
    case Way::kThenFailure:
      return Outcome::kFailure;
    case Way::kThenTimeout:
      return Outcome::kTimeout;
    case Way::kThenCancelled:
      return Outcome::kCancelled;
    case Way::kThenNeutral:
      return Outcome::kNeutral;
    default:
      return Outcome::kSuccess;
  }
}

// A second is 1e-5 of a day.
inline void ExpectNear(double value, double expected, const char* what) {
  EXPECT_NEAR(value, expected, 1e-5 * expected) << what;
}

inline void ExpectSeen(const Seen& seen, const Seen& expected) {
  ExpectNear(seen.latency_ms, expected.latency_ms, "latency");
  ExpectNear(seen.failure_latency_ms, expected.failure_latency_ms,
             "failure latency");
  ExpectNear(seen.success_rate, expected.success_rate, "success rate");
  ExpectNear(seen.expected_latency_ms, expected.expected_latency_ms,
             "expected latency");
  ExpectNear(seen.spared, expected.spared, "spared");
  EXPECT_EQ(seen.outstanding, expected.outstanding);
  EXPECT_EQ(seen.answered, expected.answered);
  EXPECT_EQ(seen.late_finishes, 0u);
  EXPECT_EQ(seen.mean_age_ms, 0);
  EXPECT_EQ(seen.counts, expected.counts);
}

// A request to b succeeds in 100 ms, one to a in 200 ms, and then one more to a
// is under test. Until that ends the fleet's mean is 150 ms. With one supposed
// observation of that, a's latency is (200 + 150) / 2 = 175 ms, its success
// rate is 1, and a failure costs at least 5 * 150 = 750 ms. Of the picks a has
// 2 of 3, with one supposed for each 3 of 5, or 1.2 fair shares: its turn is
// 1 + 0.3 * 0.2 = 1.06.
template <class Language>
void ExpectTeaches(const Row& row) {
  Language language;
  language.Pick("a");
  language.Report(Way::kFinish, Outcome::kSuccess, 100);
  language.Pick("b");
  language.Report(Way::kFinish, Outcome::kSuccess, 200);
  language.Pick("b");
  ExpectSeen(language.A(), {.latency_ms = 175,
                            .failure_latency_ms = 150,
                            .success_rate = 1,
                            .expected_latency_ms = 2 * 175 * 1.06,
                            .outstanding = 1,
                            .counts = {.successes = 1}});
  language.Report(row.way, row.outcome, row.latency_ms);
  ExpectSeen(language.A(), row.after);
}

// Makes what is known of a once its requests are over. `alone_ms` is l + c (1/s
// - 1): what an answer takes if a has nothing else to do.
inline Seen Over(double latency_ms, double failure_latency_ms,
                 double success_rate, double alone_ms, const Counts& counts) {
  return {.latency_ms = latency_ms,
          .failure_latency_ms = failure_latency_ms,
          .success_rate = success_rate,
          .expected_latency_ms = alone_ms * 1.06,
          .counts = counts};
}

inline Seen Untaught(const Counts& counts) {
  return Over(175, 150, 1, 175, counts);
}

// A request that is answered and not over counts as a quarter.
inline Seen StillOutstanding(Seen seen) {
  seen.outstanding = 1;
  seen.answered = 1;
  seen.expected_latency_ms *= (1.25 + seen.spared) / (1 + seen.spared);
  return seen;
}

// A neutral answer that is so much quicker than the 175 ms of a success. The
// balancer has seen a little of its turn memory of a day, which counts as a
// hundredth: 864 s.
inline Seen Spared(double seconds) {
  Seen seen = Untaught({.successes = 1, .neutral = 1});
  seen.spared = seconds / 864;
  seen.expected_latency_ms *= 1 + seen.spared;
  return seen;
}

// A success at 500 ms makes the fleet's mean 800 / 3 = 266.667 ms. So a's
// latency is (200 + 500 + 266.667) / 3 = 322.222 ms. That a success took so
// much longer than those before does not count yet: the answers must vary for
// some time before the supposed observation weighs more.
inline const Seen kSucceeded =
    Over(322.2222, 266.6667, 1, 322.2222, {.successes = 2});
// The failure leaves 0.6 of the one success before it: the success rate is (0.6
// + 1) / 2.6, so that E has 0.625 of what a failure costs, which is now 5 *
// 266.667 = 1333.333 ms. It has no latency.
inline const Seen kCut = Over(322.2222, 266.6667, 1.6 / 2.6,
                              322.2222 + 833.3333, {.successes = 2, .cut = 1});
// The same, but a failure costs 750 ms or, if that is more, its mean latency,
// which is that of the sample and of 150 ms.
inline const Seen kFailed =
    Over(175, 325, 1.6 / 2.6, 175 + 468.75, {.successes = 1, .failures = 1});
// A timeout leaves 0.6 of the 200 ms: (0.6 * 200 + 1000 + 150) / 2.6.
inline const Seen kTimedOut =
    Over(488.4615, 150, 1, 488.4615, {.successes = 1, .timeouts = 1});
// It counts as at least the 750 ms that a failure costs: (0.6 * 200 + 750 +
// 150) / 2.6.
inline const Seen kTimedOutSoon =
    Over(392.3077, 150, 1, 392.3077, {.successes = 1, .timeouts = 1});
// But as no more than 32 * 150 ms: (0.6 * 200 + 4800 + 150) / 2.6.
inline const Seen kTimedOutLate =
    Over(1950, 150, 1, 1950, {.successes = 1, .timeouts = 1});
// A longer wait without an answer: (200 + 500 + 150) / 3.
inline const Seen kCancelled =
    Over(283.3333, 150, 1, 283.3333, {.successes = 1, .cancelled = 1});

inline std::vector<Row> RowsOfTheTable() {
  return {
      Row{"Success", Way::kFinish, Outcome::kSuccess, 500, kSucceeded},
      Row{"Failure", Way::kFinish, Outcome::kFailure, 500, kFailed},
      Row{"FailureAtOnce", Way::kFinish, Outcome::kFailure, 1,
          Over(175, 75.5, 1.6 / 2.6, 175 + 468.75,
               {.successes = 1, .failures = 1})},
      Row{"FailureThatTakesLong", Way::kFinish, Outcome::kFailure, 5000,
          Over(175, 2575, 1.6 / 2.6, 175 + 1609.375,
               {.successes = 1, .failures = 1})},
      Row{"TimeoutLongerThanAFailureCosts", Way::kFinish, Outcome::kTimeout,
          1000, kTimedOut},
      Row{"TimeoutShorterThanThat", Way::kFinish, Outcome::kTimeout, 100,
          kTimedOutSoon},
      Row{"TimeoutAfterAVeryLongWait", Way::kFinish, Outcome::kTimeout, 60'000,
          kTimedOutLate},
      Row{"CancelledAfterAVeryLongWait", Way::kFinish, Outcome::kCancelled,
          60'000,
          Over(1716.6667, 150, 1, 1716.6667, {.successes = 1, .cancelled = 1})},
      Row{"CancelledLongerThanUsual", Way::kFinish, Outcome::kCancelled, 500,
          kCancelled},
      Row{"CancelledShorterThanUsual", Way::kFinish, Outcome::kCancelled, 100,
          Untaught({.successes = 1, .cancelled = 1})},
      Row{"NeutralLaterThanASuccess", Way::kFinish, Outcome::kNeutral, 500,
          Untaught({.successes = 1, .neutral = 1})},
      Row{"NeutralSoonerThanASuccess", Way::kFinish, Outcome::kNeutral, 75,
          Spared(0.1)},
      Row{"Dropped", Way::kDrop, Outcome::kSuccess, 500,
          Untaught({.successes = 1, .dropped = 1})}};
}

// At the time of the pick, or before, there is no latency.
inline std::vector<Row> RowsWithoutALatency() {
  return {
      Row{"Success", Way::kFinish, Outcome::kSuccess, 0,
          Untaught({.successes = 2})},
      Row{"SuccessBefore", Way::kFinish, Outcome::kSuccess, -50,
          Untaught({.successes = 2})},
      Row{"Failure", Way::kFinish, Outcome::kFailure, 0,
          Over(175, 150, 1.6 / 2.6, 175 + 468.75,
               {.successes = 1, .failures = 1})},
      Row{"FailureBefore", Way::kFinish, Outcome::kFailure, -50,
          Over(175, 150, 1.6 / 2.6, 175 + 468.75,
               {.successes = 1, .failures = 1})},
      Row{"Timeout", Way::kFinish, Outcome::kTimeout, 0, kTimedOutSoon},
      Row{"TimeoutBefore", Way::kFinish, Outcome::kTimeout, -50, kTimedOutSoon},
      Row{"Cancelled", Way::kFinish, Outcome::kCancelled, 0,
          Untaught({.successes = 1, .cancelled = 1})},
      Row{"Neutral", Way::kFinish, Outcome::kNeutral, 0, Spared(0.175)},
      Row{"NeutralBefore", Way::kFinish, Outcome::kNeutral, -50,
          Spared(0.175)}};
}

// Each outcome of an answer, and each end of the request after it. Only a bad
// end of a good answer teaches more.
inline std::vector<Row> AnswersAndEnds() {
  const std::vector<Row> answers = {
      {"Success", Way::kAnswer, Outcome::kSuccess, 500, kSucceeded},
      {"Failure", Way::kAnswer, Outcome::kFailure, 500, kFailed},
      {"Timeout", Way::kAnswer, Outcome::kTimeout, 1000, kTimedOut},
      {"Cancelled", Way::kAnswer, Outcome::kCancelled, 500, kCancelled},
      {"Neutral", Way::kAnswer, Outcome::kNeutral, 75, Spared(0.1)},
  };
  struct End {
    const char* name;
    Way way;
    bool bad;
  };
  std::vector<Row> rows;
  for (Row row : answers) {
    const std::string name = row.name;
    const Seen over = row.after;
    row.after = StillOutstanding(over);
    rows.push_back(row);
    for (const End& end : {End{"Dropped", Way::kAnswerAndDrop, false},
                           End{"Success", Way::kThenSuccess, false},
                           End{"Failure", Way::kThenFailure, true},
                           End{"Timeout", Way::kThenTimeout, true},
                           End{"Cancelled", Way::kThenCancelled, false},
                           End{"Neutral", Way::kThenNeutral, false}}) {
      const bool cut = end.bad && row.outcome == Outcome::kSuccess;
      rows.push_back({name + "Then" + end.name, end.way, row.outcome,
                      row.latency_ms, cut ? kCut : over});
    }
  }
  return rows;
}

}  // namespace els
