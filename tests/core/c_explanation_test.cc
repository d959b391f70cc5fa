// Explanations in C: each reason where it holds, the pick that it is of, and
// copies that are freed.

#include "els/c_explanation.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "els/explanation.h"
#include "tests/core/c_balancer.h"

namespace els {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

// The explanations that are kept, freed in the end.
class Kept {
 public:
  explicit Kept(const CBalancer& balancer) {
    EXPECT_EQ(els_balancer_explanations(balancer.get(), &explanations_),
              ELS_OK);
  }
  ~Kept() { els_explanations_free(explanations_); }
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;

  std::size_t size() const { return els_explanations_size(explanations_); }
  els_explanation at(std::size_t index) const {
    els_explanation explanation = ELS_EXPLANATION_INIT;
    EXPECT_EQ(els_explanations_get(explanations_, index, &explanation), ELS_OK);
    return explanation;
  }
  els_explanation last() const { return at(size() - 1); }
  const els_explanations* get() const { return explanations_; }

 private:
  els_explanations* explanations_ = nullptr;
};

els_backend_snapshot Candidate(const els_explanation& explanation,
                               std::size_t index) {
  els_backend_snapshot backend = ELS_BACKEND_SNAPSHOT_INIT;
  EXPECT_EQ(els_snapshot_get(explanation.candidates, index, &backend), ELS_OK);
  return backend;
}

std::string_view TextOf(const els_id& id) { return {id.data, id.size}; }

class CExplanationTest : public testing::Test {
 protected:
  CExplanationTest() {
    EXPECT_EQ(els_balancer_explain(balancer_.get(), 10), ELS_OK);
  }

  // The id that is picked; the request is dropped.
  std::string Pick(const std::vector<els_id>& avoid = {},
                   const std::vector<els_id>& prefer = {}) {
    els_request request = ELS_REQUEST_INIT;
    request.avoid = avoid.data();
    request.avoid_count = avoid.size();
    request.prefer = prefer.data();
    request.prefer_count = prefer.size();
    els_ticket ticket;
    EXPECT_EQ(els_balancer_pick_for(balancer_.get(), &request, now_ns_, &ticket,
                                    nullptr),
              ELS_OK);
    const std::string id(IdOf(ticket));
    EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
    return id;
  }

  // One request to this backend of the set "a", "b", "c".
  void Serve(const els_id& id, std::uint64_t latency_ms) {
    std::vector<els_id> others;
    for (const els_id& other : {a_, b_, c_}) {
      if (TextOf(other) != TextOf(id)) others.push_back(other);
    }
    els_ticket ticket;
    ASSERT_EQ(els_balancer_pick(balancer_.get(), others.data(), others.size(),
                                now_ns_, &ticket),
              ELS_OK);
    ASSERT_EQ(IdOf(ticket), TextOf(id));
    ASSERT_EQ(els_ticket_finish(&ticket, ELS_SUCCESS,
                                now_ns_ + latency_ms * kMillisecond),
              ELS_OK);
  }

  // One after the other, which take 40 ms, 50 ms and 60 ms.
  void ServeEach() {
    std::uint64_t latency_ms = 40;
    for (const els_id& id : {a_, b_, c_}) {
      Serve(id, latency_ms);
      now_ns_ += latency_ms * kMillisecond;
      latency_ms += 10;
    }
  }

  void SetChoice(els_choice choice) {
    els_options options;
    ASSERT_EQ(els_options_init(&options, sizeof options), ELS_OK);
    options.choice = choice;
    ASSERT_EQ(els_balancer_set_options(balancer_.get(), &options, now_ns_,
                                       nullptr, 0),
              ELS_OK);
  }

  els_pick_reason LastReason() { return Kept(balancer_).last().reason; }

  const els_id a_ = {"a", 1};
  const els_id b_ = {"b", 1};
  const els_id c_ = {"c", 1};
  std::uint64_t now_ns_ = CBalancer::kNow;
  CBalancer balancer_;
};

TEST_F(CExplanationTest, TheOnlyBackendIsPickedAsThereIsNoOther) {
  Pick({}, {a_});
  EXPECT_EQ(LastReason(), ELS_PICK_REASON_ONLY_ONE);
}

TEST_F(CExplanationTest, APreferredBackendIsPickedAsItIsPreferred) {
  ASSERT_EQ(balancer_.Set({"a", "b", "c"}), ELS_OK);
  ServeEach();
  EXPECT_EQ(Pick({}, {c_}), "c");
  EXPECT_EQ(LastReason(), ELS_PICK_REASON_PREFERRED);
}

TEST_F(CExplanationTest, AChoiceByChanceIsMadeByChance) {
  ASSERT_EQ(balancer_.Set({"a", "b", "c"}), ELS_OK);
  for (const els_choice choice :
       {ELS_CHOICE_POWER_OF_TWO, ELS_CHOICE_WEIGHTED_RANDOM}) {
    SetChoice(choice);
    Pick();
    EXPECT_EQ(LastReason(), ELS_PICK_REASON_BY_CHANCE);
  }
}

TEST_F(CExplanationTest,
       WhatComesAfterBackendsToAvoidIsPickedAsTheyAreAvoided) {
  ASSERT_EQ(balancer_.Set({"a", "b", "c"}), ELS_OK);
  ServeEach();
  EXPECT_EQ(Pick({a_}), "b");
  EXPECT_EQ(LastReason(), ELS_PICK_REASON_AVOIDED);
}

TEST_F(CExplanationTest, ANewBackendIsPickedForItsFirstContact) {
  ASSERT_EQ(balancer_.Set({"b", "c"}), ELS_OK);
  Pick();
  EXPECT_EQ(LastReason(), ELS_PICK_REASON_FIRST_CONTACT);
}

TEST_F(CExplanationTest, OfEqualsOneIsPickedByATie) {
  ASSERT_EQ(balancer_.Set({"a", "b", "c"}), ELS_OK);
  for (const els_id& id : {a_, b_, c_}) Serve(id, 40);
  now_ns_ += 40 * kMillisecond;
  Pick();
  EXPECT_EQ(LastReason(), ELS_PICK_REASON_TIE);
}

TEST_F(CExplanationTest, TheBestIsPickedAsItIsTheBest) {
  ASSERT_EQ(balancer_.Set({"a", "b", "c"}), ELS_OK);
  ServeEach();
  EXPECT_EQ(Pick(), "a");
  const Kept kept(balancer_);
  const els_explanation best = kept.last();
  EXPECT_EQ(best.reason, ELS_PICK_REASON_BEST);
  EXPECT_EQ(best.number, 4u);
  EXPECT_EQ(best.now_ns, now_ns_);
  ASSERT_EQ(els_snapshot_size(best.candidates), 3u);
  const els_backend_snapshot first = Candidate(best, 0);
  EXPECT_EQ(TextOf(first.id), "a");
  EXPECT_EQ(first.outstanding, 0) << "as before the pick";
  EXPECT_EQ(first.picks, 1u);
  EXPECT_EQ(first.successes, 1u);
  EXPECT_EQ(TextOf(Candidate(best, 1).id), "b");
  EXPECT_EQ(TextOf(Candidate(best, 2).id), "c");
  EXPECT_LT(first.expected_latency_ns, Candidate(best, 1).expected_latency_ns);
}

TEST_F(CExplanationTest, EachReasonHasTheTextOfCpp) {
  for (int reason = ELS_PICK_REASON_ONLY_ONE; reason <= ELS_PICK_REASON_BEST;
       ++reason) {
    EXPECT_EQ(els_pick_reason_text(reason),
              ToString(static_cast<PickReason>(reason)));
  }
  EXPECT_STREQ(els_pick_reason_text(ELS_PICK_REASON_BEST), "best");
  EXPECT_STREQ(els_pick_reason_text(-1), "unknown");
  EXPECT_STREQ(els_pick_reason_text(ELS_PICK_REASON_BEST + 1), "unknown");
}

TEST_F(CExplanationTest, AsManyAreKeptAsAskedForTheOldestFirst) {
  for (int i = 0; i < 12; ++i) Pick();
  {
    const Kept kept(balancer_);
    ASSERT_EQ(kept.size(), 10u);
    EXPECT_EQ(kept.at(0).number, 3u);
    EXPECT_EQ(kept.at(9).number, 12u);
  }
  EXPECT_EQ(els_balancer_explain(balancer_.get(), 2), ELS_OK);
  EXPECT_EQ(Kept(balancer_).size(), 2u);
  EXPECT_EQ(Kept(balancer_).at(0).number, 11u);
  EXPECT_EQ(els_balancer_explain(balancer_.get(), 0), ELS_OK);
  Pick();
  EXPECT_EQ(Kept(balancer_).size(), 0u);
  EXPECT_EQ(els_balancer_explain(balancer_.get(), SIZE_MAX), ELS_OK);
  Pick();
  EXPECT_EQ(Kept(balancer_).last().number, 13u)
      << "those not kept do not count";
}

TEST_F(CExplanationTest, CopiesStayAsTheyAreWhenTheBalancerIsGone) {
  const std::string id(100, 'x');
  ASSERT_EQ(balancer_.Set({id}), ELS_OK);
  Pick();
  const Kept kept(balancer_);
  balancer_.Free();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(TextOf(Candidate(kept.at(0), 0).id), id);
}

TEST_F(CExplanationTest, IsWrittenNoFurtherThanTheCallerKnows) {
  Pick();
  const Kept kept(balancer_);
  std::vector<std::uint64_t> memory(sizeof(els_explanation) / 8 + 1, ~0ull);
  auto* explanation = reinterpret_cast<els_explanation*>(memory.data());
  explanation->struct_size = offsetof(els_explanation, now_ns);
  EXPECT_EQ(els_explanations_get(kept.get(), 0, explanation), ELS_OK);
  EXPECT_EQ(explanation->number, 1u);
  EXPECT_EQ(explanation->now_ns, ~0ull);

  explanation->struct_size = sizeof(els_explanation) + 8;
  EXPECT_EQ(els_explanations_get(kept.get(), 0, explanation), ELS_OK);
  EXPECT_EQ(explanation->struct_size, sizeof(els_explanation) + 8);
  EXPECT_EQ(explanation->now_ns, now_ns_);
  EXPECT_EQ(memory.back(), 0u);

  for (const std::size_t size : {std::size_t{0}, std::size_t{4},
                                 std::size_t{20}, std::size_t{1} << 40}) {
    els_explanation unset = ELS_EXPLANATION_INIT;
    unset.struct_size = size;
    EXPECT_EQ(els_explanations_get(kept.get(), 0, &unset),
              ELS_INVALID_ARGUMENT);
    EXPECT_EQ(unset.number, 0u);
  }
}

TEST_F(CExplanationTest, ANullPointerIsAnErrorAndNoCrash) {
  Pick();
  const Kept kept(balancer_);
  els_explanation explanation = ELS_EXPLANATION_INIT;
  int here = 0;
  auto* none = reinterpret_cast<els_explanations*>(&here);
  EXPECT_EQ(els_balancer_explain(nullptr, 1), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_balancer_explanations(balancer_.get(), nullptr),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_balancer_explanations(nullptr, &none), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(els_explanations_get(nullptr, 0, &explanation),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_explanations_get(kept.get(), 0, nullptr), ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_explanations_get(kept.get(), 1, &explanation),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(els_explanations_get(kept.get(), SIZE_MAX, &explanation),
            ELS_INVALID_ARGUMENT);
  EXPECT_EQ(explanation.candidates, nullptr);
  EXPECT_EQ(els_explanations_size(nullptr), 0u);
  els_explanations_free(nullptr);
}

}  // namespace
}  // namespace els
