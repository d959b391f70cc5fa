#include "src/set/membership.h"

#include "els/balancer.h"

namespace els::internal {
namespace {

// Bounds how much a stream of ever new ids can make the balancer remember.
constexpr std::size_t kMaxRemembered = Balancer::kMaxBackends;

// How many forgotten records are looked at for each backend that is forgotten,
// and at each change of the set. More than one, so that the records that still
// had tickets become fewer.
constexpr int kLooks = 3;

}  // namespace

Record* Membership::Remembered(std::string_view id) const {
  const auto found = remembered_.find(id);
  return found == remembered_.end() ? nullptr : found->second.record;
}

std::int64_t Membership::Return(std::string_view id) noexcept {
  const auto found = remembered_.find(id);
  Departed& departed = departed_[found->second.number - first_departure_];
  departed.record = nullptr;
  remembered_.erase(found);
  return departed.since_ns;
}

void Membership::ReserveLeaves(const std::vector<Record*>& leaving) {
  leaving_.clear();
  std::uint64_t number = next_departure_;
  for (Record* record : leaving) {
    leaving_.emplace(record->id(), Memory{record, number++});
  }
  remembered_.reserve(remembered_.size() + leaving.size());
  while (departed_.size() < number - first_departure_) departed_.emplace_back();
}

void Membership::Leave(Record* record, std::int64_t now_ns) noexcept {
  remembered_.insert(leaving_.extract(record->id()));
  departed_[next_departure_ - first_departure_] = {record, now_ns};
  ++next_departure_;
}

void Membership::Forget(std::int64_t now_ns, std::int64_t memory_ns) {
  while (first_departure_ < next_departure_ &&
         (departed_.front().record == nullptr ||
          next_departure_ - first_departure_ > kMaxRemembered ||
          now_ns - departed_.front().since_ns > memory_ns)) {
    ForgetFirst();
  }
  RecycleSome();
}

// The calls that may throw come first, so that no record is lost.
void Membership::ForgetFirst() {
  Record* const record = departed_.front().record;
  if (record != nullptr) {
    forgotten_.push_back(record);
    remembered_.erase(record->id());
  }
  departed_.pop_front();
  ++first_departure_;
  if (record != nullptr) RecycleSome();
}

// A record that still has tickets stays in forgotten_ until they are gone.
void Membership::RecycleSome() {
  for (int i = 0; i < kLooks && !forgotten_.empty(); ++i) {
    Record* const record = forgotten_.front();
    if (InUse(record)) {
      forgotten_.push_back(record);
    } else {
      pool_.Return(record);
    }
    forgotten_.pop_front();
  }
}

bool Membership::InUse(Record* record) {
  const SpinLockHolder lock(record->lock);
  return record->References() > 0;
}

}  // namespace els::internal
