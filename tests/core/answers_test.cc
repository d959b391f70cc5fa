// Answers that say nothing of how good a backend is, answers that are cut, and
// answers that go on for long: each by what a user of the library would see.

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/virtual_clock.h"

namespace els {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// How one backend serves a request.
struct Serving {
  milliseconds answers_after{40};
  Outcome answer = Outcome::kSuccess;
  milliseconds goes_on{0};
  Outcome end = Outcome::kSuccess;
};

class AnswersTest : public testing::Test {
 protected:
  void SetIds(const std::vector<std::string>& ids) {
    std::vector<Backend> backends;
    for (const std::string& id : ids) backends.push_back({.id = id});
    ASSERT_TRUE(balancer_->SetBackends(backends, clock_.now()).ok());
  }

  // A request every `gap` for `length`; "odd" serves them as `odd` says, and
  // all others in 40 ms. Returns each backend's part of the picks.
  std::map<std::string, double> Serve(Duration length, Duration gap,
                                      const Serving& odd) {
    const TimePoint end = clock_.now() + length;
    std::map<std::string, double> picks;
    double all = 0;
    while (clock_.now() < end) {
      EndDue();
      Ticket ticket = balancer_->Pick(clock_.now());
      ++picks[std::string(ticket.id())];
      ++all;
      const Serving serving = ticket.id() == "odd" ? odd : Serving();
      sent_.push_back(
          {std::move(ticket), clock_.now() + serving.answers_after, serving});
      clock_.Advance(gap);
    }
    for (auto& [id, count] : picks) count /= all;
    return picks;
  }

  BackendSnapshot Of(const std::string& id) {
    for (BackendSnapshot& backend : balancer_->Snapshot(clock_.now())) {
      if (backend.id == id) return std::move(backend);
    }
    ADD_FAILURE() << id << " is not in the set";
    return {};
  }

  VirtualClock clock_;
  std::optional<Balancer> balancer_{Options{.seed = 1}};

 private:
  struct Sent {
    Ticket ticket;
    TimePoint due;
    Serving serving;
    bool answered = false;
  };

  void EndDue() {
    for (Sent& sent : sent_) {
      if (!sent.answered && sent.due <= clock_.now()) {
        sent.ticket.Answered(sent.serving.answer, sent.due);
        sent.answered = true;
        sent.due += sent.serving.goes_on;
      }
      if (sent.answered && sent.due <= clock_.now()) {
        sent.ticket.Finish(sent.serving.end, sent.due);
      }
    }
    std::erase_if(sent_, [](const Sent& sent) { return !sent.ticket; });
  }

  std::vector<Sent> sent_;
};

constexpr Serving kNotFoundAtOnce = {.answers_after = milliseconds(1),
                                     .answer = Outcome::kNeutral};

TEST_F(AnswersTest, OneThatAnswersNothingButNeutralGetsAtMostItsFairShare) {
  for (const Duration gap :
       {Duration(milliseconds(2)), Duration(milliseconds(10)),
        Duration(milliseconds(50))}) {
    SCOPED_TRACE(std::to_string(gap / milliseconds(1)) + " ms");
    balancer_.emplace(Options{.seed = 1});
    SetIds({"odd", "a", "b", "c"});
    auto shares = Serve(minutes(1), gap, kNotFoundAtOnce);
    EXPECT_LE(shares["odd"], 0.25);
    EXPECT_GT(shares["odd"], 0.1) << "it is alive";

    // What a neutral answer spares counts in the mean over a minute. So it
    // takes a minute until it counts in full.
    balancer_.emplace(Options{.seed = 1});
    SetIds({"odd", "a", "b", "c"});
    Serve(minutes(1), gap, Serving());
    shares = Serve(minutes(1), gap, kNotFoundAtOnce);
    EXPECT_LE(shares["odd"], 0.35) << "was well";
    shares = Serve(minutes(1), gap, kNotFoundAtOnce);
    EXPECT_LE(shares["odd"], 0.25) << "was well a minute ago";
  }
}

// 4xx that take as long as successes do change nothing.
TEST_F(AnswersTest, NeutralAnswersThatTakeTheirTimeCostNothing) {
  SetIds({"odd", "a", "b", "c"});
  Serve(minutes(1), milliseconds(10), Serving());
  const auto shares =
      Serve(minutes(1), milliseconds(10), {.answer = Outcome::kNeutral});
  EXPECT_NEAR(shares.at("odd"), 0.25, 0.01);
  EXPECT_NEAR(Of("odd").spared, 0, 0.01);
  EXPECT_EQ(Of("odd").success_rate, 1);
}

TEST_F(AnswersTest, OneThatBeginsAnswersAndCutsThemGetsLessThanOneThatWorks) {
  for (const Outcome end : {Outcome::kFailure, Outcome::kTimeout}) {
    balancer_.emplace(Options{.seed = 1});
    SetIds({"odd", "a", "b"});
    const auto shares = Serve(minutes(1), milliseconds(10),
                              {.goes_on = milliseconds(10), .end = end});
    EXPECT_LT(shares.at("odd"), 0.05);
    EXPECT_GT(Of("odd").cut, 0u);
    EXPECT_LT(Of("odd").success_rate, 1);
    EXPECT_EQ(Of("odd").failures + Of("odd").timeouts, 0u) << "not twice";
  }
}

// 100 of each second's answers are streams that go on for ten seconds.
TEST_F(AnswersTest, StreamsCountForTheirPartOfARequestOnceTheyHaveBegun) {
  for (const double weight : {0.0, 0.1, 1.0}) {
    balancer_.emplace(Options{.seed = 1, .answered_weight = weight});
    SetIds({"odd"});
    Serve(seconds(5), milliseconds(10), {.goes_on = seconds(10)});
    const BackendSnapshot odd = Of("odd");
    EXPECT_EQ(odd.outstanding, 500);
    EXPECT_EQ(odd.answered, 496) << "the others wait";
    EXPECT_EQ(odd.work, 4);
    EXPECT_EQ(odd.answered_work, 496);
    EXPECT_DOUBLE_EQ(odd.queue, 4 + weight * 496);
    EXPECT_EQ(odd.overdue, 1);
  }
}

TEST_F(AnswersTest, ABackendWithStreamsIsPassedOverByTheWeightOfStreams) {
  for (const double weight : {0.0, 1.0}) {
    balancer_.emplace(Options{.seed = 1, .answered_weight = weight});
    SetIds({"odd", "a"});
    Serve(minutes(1), milliseconds(10), Serving());
    const auto shares =
        Serve(minutes(1), milliseconds(10), {.goes_on = minutes(1)});
    if (weight == 0) {
      EXPECT_NEAR(shares.at("odd"), 0.5, 0.02);
    } else {
      EXPECT_LT(shares.at("odd"), 0.05);
    }
  }
}

}  // namespace
}  // namespace els
