#pragma once

// A model of what the balancer knows, which keeps every observation ever made
// and sums over all of them for each number. It shares no code with it.

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "els/balancer.h"
#include "tests/core/naive_backend.h"
#include "tests/core/naive_fleet.h"

namespace els {

class Model {
 public:
  // REQUIRES: options.success_memory_spread is 0, and so is parallelism.
  explicit Model(const Options& options) : options_(options), fleet_(options) {}

  const std::vector<ModelBackend*>& set() const { return set_; }

  // Those that join are owed nothing.
  void SetBackends(const std::vector<ModelBackend*>& set) {
    const ModelMoment before = fleet_.Published(0);
    double weights = 0;
    for (const ModelBackend* backend : set) weights += backend->weight;
    const double mean = weights / static_cast<double>(set.size());
    const double fair = 0.975 * (mean_weight_ > 0 ? mean / mean_weight_ : 1);
    mean_weight_ = mean;
    for (ModelBackend* backend : set) {
      backend->per_weight = mean / backend->weight;
      if (!InSet(*backend)) backend->Forgive(before, fair);
    }
    set_ = set;
    double picks = 0;
    for (const ModelBackend* backend : set_) {
      picks += backend->RecentPicks(before);
    }
    fleet_.SetChanged(set_.size(), picks, AllNews());
    ForgetNews();
  }

  void BeforePick(double now_s) {
    fleet_.BeforePick(now_s, AllNews());
    ForgetNews();
  }

  void Pick(ModelBackend& backend, int number, double work, double now_s) {
    backend.Pick(number, work, fleet_.Published(now_s));
    fleet_.Picked();
  }

  // What is learnt is judged by what was known of the fleet when the last
  // request was sent.
  void Answer(ModelBackend& backend, int number, Outcome outcome,
              double now_s) {
    const std::optional<ModelNews> news =
        backend.Answer(number, outcome, fleet_.Published(now_s), options_);
    if (news.has_value()) {
      (InSet(backend) ? news_ : backend.news).push_back(*news);
    }
  }

  void Cut(ModelBackend& backend, double now_s) const {
    backend.Cut(fleet_.Published(now_s), options_);
  }

  void Report(ModelBackend& backend, double in_flight, bool of_all,
              double now_s) const {
    backend.Report(in_flight, of_all, fleet_.Published(now_s), options_);
  }

  void RetryAfter(ModelBackend& backend, double wait_s, double now_s) const {
    backend.RetryAfter(wait_s, fleet_.Published(now_s));
  }

  ModelMoment Now(double now_s) const { return fleet_.Fresh(now_s, AllNews()); }

  ModelBackend::Known At(const ModelBackend& backend,
                         const ModelMoment& moment) const {
    return backend.At(moment, options_);
  }

 private:
  bool InSet(const ModelBackend& backend) const {
    return std::find(set_.begin(), set_.end(), &backend) != set_.end();
  }

  // Of those in the set, too: nothing else has told the fleet since they are.
  std::vector<ModelNews> AllNews() const {
    std::vector<ModelNews> all = news_;
    for (const ModelBackend* backend : set_) {
      all.insert(all.end(), backend->news.begin(), backend->news.end());
    }
    return all;
  }
  void ForgetNews() {
    news_.clear();
    for (ModelBackend* backend : set_) backend->news.clear();
  }

  const Options options_;
  ModelFleet fleet_;
  std::vector<ModelBackend*> set_;
  double mean_weight_ = 0;
  std::vector<ModelNews> news_;  // What the fleet takes at the next pick.
};

}  // namespace els
