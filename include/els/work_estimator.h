#pragma once

// Estimates what a request costs relative to a typical one, for
// els::Request::work, where all that is known of the request is a key: its
// route, its method, the class of its size.
//
//   els::WorkEstimator estimator;                     // one per service
//
//   const double work = estimator.Work(route);        // before the pick
//   ... the request is sent, and answered ...
//   estimator.Learn(route, seconds, Clock::now());    // what it did cost
//
// A cost is any measure of one kind and in one unit: seconds at the server,
// bytes, tokens. Only ratios of costs matter. The time at the server is a good
// measure if the server is not the slower for being busy; bytes and tokens do
// not depend on who served the request.
//
// The estimator keeps a mean cost of each key and the mean cost of all
// requests, both in weights that fall by a factor of e in
// WorkEstimatorOptions::memory. With the weighted sum and the weight of a key's
// costs,
//
//   mean(key) = (sum + prior_weight * overall mean) / (weight + prior_weight)
//   Work(key) = mean(key) / overall mean
//
// So a key counts as typical until its own costs say something else: its mean
// is shrunk to that of all (Buehlmann's credibility, ASTIN Bulletin, 1967).

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "els/options.h"

namespace els {

// A plain value, as Options is. A range includes both its ends.
struct WorkEstimatorOptions {
  // How many keys are remembered, rounded up to 8 times a power of two. Each
  // takes 32 bytes for as long as the estimator lives. Four times the number of
  // frequent keys leaves room for all of them; with fewer places, some are
  // forgotten. 1 to 1,048,576.
  std::uint64_t keys = 1024;

  // How long a cost is remembered: its weight falls by a factor of e in this
  // time. A longer memory is steadier, and knows keys that come less often; a
  // shorter memory follows a change sooner. 1 ms to 1 day.
  Duration memory = std::chrono::minutes(10);

  // How many typical costs each key counts as having had. A higher prior is
  // steadier for keys of which little is known; a lower prior learns sooner how
  // keys differ. 3 is about the best where keys differ by a factor of e^0.5 and
  // the requests of a key by e^1 (both lognormal). It should be higher where
  // keys differ less, and lower where they differ more. 0.01 to 100.
  double prior_weight = 3;

  // OK, or an InvalidArgumentError that names the first field out of range, its
  // value and its range.
  absl::Status Validate() const;
};

// Thread-safe. Share one estimator among all who send requests of the same
// kinds. The results are the same on every machine, given the same calls in the
// same order.
//
// A call takes a time that grows with the length of the key and with nothing
// else. It takes no memory and throws nothing. It holds spin locks for some
// tens of nanoseconds, with what Balancer says of those in its limits of use.
//
// A key is any string; the empty key is a key like any other. Keys are told
// apart by a hash of 64 bits. Two keys with the same hash share a mean. That
// does not happen by chance, but whoever may choose keys at will can bring it
// about.
//
// The hash gives a key a choice of eight places. If other keys have them all,
// the rarest of those makes room: the key whose costs have the lowest weight.
// A forgotten key is as good as new. A key that comes a few times per memory
// has a weight above 1, and a key that has come once has less. So, of each
// eight places, seven stay with the most frequent keys, however many keys come
// once. A new key gets a place for good if it comes again before about as many
// other new keys as there are places.
class WorkEstimator {
 public:
  // REQUIRES: options.Validate().ok(); aborts otherwise.
  explicit WorkEstimator(const WorkEstimatorOptions& options = {});
  ~WorkEstimator();
  WorkEstimator(const WorkEstimator&) = delete;
  WorkEstimator& operator=(const WorkEstimator&) = delete;

  // Learns that a request with this key has cost `cost`. A cost that is
  // negative, infinite or NaN is ignored. A cost of 0 is a cost; a cost above
  // 1e100 counts as 1e100.
  //
  // A cost counts only up to what doubles mean(key). So a single one that is
  // absurdly high does no great harm, and a key that is 1000 times as expensive
  // as others counts as 300 times so after ten costs. Little is lost of the
  // mean of a heavy tail: the more is known of a key, the more a cost may
  // count. The first cost above 0 of all sets the scale, and counts in full.
  //
  // `now` is the reading of any steady clock, and may be any value. It is
  // compared with the latest time, which moves on in steps of up to 1/4096 of
  // the memory. A step back is no step. A reading of an hour or more ahead is
  // taken for the latest time, unless a second one agrees with it: then an hour
  // has passed.
  void Learn(std::string_view key, double cost, TimePoint now) noexcept;

  // Returns the expected cost of a request with this key relative to that of a
  // typical request, at the time of the latest cost learnt. From 1/4096 to 1e6,
  // and never NaN. Exactly 1 for a key that is not known, and for all keys if
  // no cost above 0 was learnt.
  [[nodiscard]] double Work(std::string_view key) const noexcept;

 private:
  class Table;

  std::unique_ptr<Table> table_;  // Constant after construction.
};

}  // namespace els
