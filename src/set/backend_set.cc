#include "src/set/backend_set.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>

namespace els::internal {
namespace {

// A backend that joins counts as having had this part of its fair share of the
// recent picks. The rest is owed to it, as nobody knows how quick the backend
// is. A fourth server of a quiet service, as good as the others, has 25 % of
// the picks of its first 10 s (0.95: 30 %, 1: 21 %).
constexpr double kJoinsWith = 0.975;

// The weights of a set, by their mean. All quotients are of weights, so that
// no weight is too large or too small.
class Weights {
 public:
  explicit Weights(absl::Span<const Backend> backends) {
    for (const Backend& backend : backends) {
      largest_ = std::max(largest_, backend.weight);
    }
    for (const Backend& backend : backends) {
      sum_ += backend.weight / largest_;
    }
    sum_ /= static_cast<double>(backends.size());
  }

  double mean() const { return sum_ * largest_; }

  // Returns the mean weight divided by `weight`, within the bounds of what
  // makes sense.
  double MeanBy(double weight) const {
    return std::clamp(sum_ * (largest_ / weight), 1e-6, 1e6);
  }

 private:
  double largest_ = 0;
  double sum_ = 0;
};

}  // namespace

// Which records the backends of a new set have already, and which records leave
// the set.
struct BackendSet::Match {
  // In the order of the backends. Null for a backend that joins.
  std::vector<Record*> records;
  std::vector<Record*> leaving;
};

// Holds new records for backends that are to join. The destructor returns to
// the pool the records that were not taken.
class BackendSet::Newcomers {
 public:
  Newcomers(RecordPool& pool, std::size_t most) : pool_(pool) {
    records_.reserve(most);
  }
  ~Newcomers() {
    for (Record* record : records_) pool_.Return(record);
  }
  Newcomers(const Newcomers&) = delete;
  Newcomers& operator=(const Newcomers&) = delete;

  void Add(std::string_view id) {
    records_.push_back(pool_.Take(std::string(id)));
  }

  // Takes the records in the opposite order of Add.
  Record* TakeLast() noexcept {
    Record* const record = records_.back();
    records_.pop_back();
    return record;
  }

 private:
  RecordPool& pool_;
  std::vector<Record*> records_;
};

BackendSet::BackendSet(std::uint64_t seed)
    : board_(seed, *indexes_.emplace_back(std::make_unique<Index>(1))) {}

// Mostly the new set is the old one, but for some backends that were added,
// removed or replaced. So a comparison of the two lists side by side matches
// nearly all backends. A table matches those that the comparison has missed.
BackendSet::Match BackendSet::MatchWith(
    absl::Span<const Backend> backends) const {
  std::vector<Record*> old;
  old.reserve(order_.size());
  ForEach([&](Record& record) { old.push_back(&record); });
  Match match;
  match.records.resize(backends.size());
  std::vector<Record*> unmatched;
  const auto same = [&](std::size_t i, std::size_t j) {
    return i < backends.size() && j < old.size() &&
           backends[i].id == old[j]->id();
  };
  std::size_t j = 0;
  for (std::size_t i = 0; i < backends.size(); ++i) {
    if (!same(i, j)) {
      if (same(i + 1, j)) continue;  // Backend i was added.
      if (j < old.size()) unmatched.push_back(old[j++]);
      if (!same(i, j)) continue;  // Backend i replaced a backend.
    }
    match.records[i] = old[j++];
  }
  unmatched.insert(
      unmatched.end(),
      old.begin() + static_cast<std::ptrdiff_t>(std::min(j, old.size())),
      old.end());

  // Not a table of Abseil's: a table of Abseil's that has failed to allocate
  // must not even be destroyed.
  std::unordered_map<std::string_view, Record*> by_id;
  for (Record* record : unmatched) by_id.emplace(record->id(), record);
  for (std::size_t i = 0; i < backends.size() && !by_id.empty(); ++i) {
    if (match.records[i] != nullptr) continue;
    const auto found = by_id.find(backends[i].id);
    if (found == by_id.end()) continue;
    match.records[i] = found->second;
    by_id.erase(found);
  }
  for (Record* record : unmatched) {
    if (by_id.contains(record->id())) match.leaving.push_back(record);
  }
  return match;
}

std::unique_ptr<BackendSet::Newcomers> BackendSet::MakeNewcomers(
    absl::Span<const Backend> backends, const Match& match) {
  const auto joining =
      std::count(match.records.begin(), match.records.end(), nullptr);
  auto newcomers = std::make_unique<Newcomers>(
      members_.pool(), static_cast<std::size_t>(joining));
  // The last backend first, so that Apply takes the records in the order of the
  // backends.
  for (std::size_t i = backends.size(); i-- > 0;) {
    if (match.records[i] == nullptr &&
        members_.Remembered(backends[i].id) == nullptr) {
      newcomers->Add(backends[i].id);
    }
  }
  return newcomers;
}

// The calls that may fail come first. They change nothing that anybody could
// see.
void BackendSet::Change(absl::Span<const Backend> backends,
                        Duration removed_memory, double longest_absence_ns,
                        const Moment& moment) {
  members_.Forget(moment.now_ns,
                  std::chrono::nanoseconds(removed_memory).count());
  Match match = MatchWith(backends);
  const auto newcomers = MakeNewcomers(backends, match);
  members_.ReserveLeaves(match.leaving);
  std::vector<std::uint32_t> order(backends.size());
  Index& index = FindRoom(std::max(order_.size(), backends.size()) + 1);

  board_.MoveTo(index, moment);
  Apply(backends, match, *newcomers, longest_absence_ns, moment);
  for (std::size_t i = 0; i < backends.size(); ++i) {
    const SpinLockHolder record_lock(match.records[i]->lock);
    order[i] = match.records[i]->slot;
  }
  order_.swap(order);
}

// Returns the record of a backend that has left and returns now, or null.
Record* BackendSet::TakeBack(std::string_view id, double longest_absence_ns,
                             const Moment& moment) noexcept {
  Record* const record = members_.Remembered(id);
  if (record == nullptr) return nullptr;
  const std::int64_t since_ns = members_.Return(id);
  if (static_cast<double>(moment.now_ns - since_ns) > longest_absence_ns) {
    const SpinLockHolder lock(record->lock);
    record->evidence.Forget(moment);
  }
  return record;
}

// As long as any backend is to join, a backend leaves only after a backend has
// joined. So picks meanwhile find a set that is neither empty nor much larger.
void BackendSet::Apply(absl::Span<const Backend> backends, Match& match,
                       Newcomers& newcomers, double longest_absence_ns,
                       const Moment& moment) noexcept {
  const Weights weights(backends);
  // What a backend has had of the picks is in proportion to its weight,
  // whatever the other weights of the set are.
  const double fair = mean_weight_ > 0 ? weights.mean() / mean_weight_ : 1;
  const double joins_with = kJoinsWith * fair;
  mean_weight_ = backends.empty() ? 0 : weights.mean();
  std::size_t left = 0;
  const auto leave = [&] {
    Record* const record = match.leaving[left++];
    board_.Remove(*record, moment);
    members_.Leave(record, moment.now_ns);
  };
  for (std::size_t i = 0; i < backends.size(); ++i) {
    const Backend& backend = backends[i];
    const Scoreboard::Description description = {
        backend.tag,
        backend.weight,
        {backend.distance, weights.MeanBy(backend.weight),
         backend.max_outstanding}};
    Record*& record = match.records[i];
    if (record != nullptr) {
      board_.Describe(*record, description, moment);
      continue;
    }
    record = TakeBack(backend.id, longest_absence_ns, moment);
    if (record == nullptr) record = newcomers.TakeLast();
    board_.Add(*record, description, joins_with, moment);
    if (left < match.leaving.size()) leave();
  }
  while (left < match.leaving.size()) leave();
}

// Returns an index with room for `slots`: an index that exists and is not much
// too large, or a new index. The index of the first set is exactly as large as
// needed. The size of a later index is a power of two, or that of the largest
// set. So a set that grows step by step seldom needs a new index, and there are
// at most 16 indexes in all.
Index& BackendSet::FindRoom(std::size_t slots) {
  constexpr std::size_t kSmall = 16;
  const auto next =
      std::find_if(indexes_.begin(), indexes_.end(),
                   [&](const auto& index) { return index->slots() >= slots; });
  if (next != indexes_.end() &&
      (*next)->slots() <= std::max(8 * slots, kSmall)) {
    return **next;
  }
  const std::size_t room =
      indexes_.size() == 1 ? std::max(slots, kSmall)
                           : std::min(std::bit_ceil(std::max(slots, kSmall)),
                                      Balancer::kMaxBackends + 1);
  return **indexes_.insert(next, std::make_unique<Index>(room));
}

}  // namespace els::internal
