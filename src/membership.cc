#include "src/membership.h"

#include <string>

#include "els/balancer.h"

namespace els::internal {
namespace {

// Bounds what a stream of ever new ids can make the balancer remember.
constexpr std::size_t kMaxRemembered = Balancer::kMaxBackends;

// How many of those with tickets are looked at for each one that has left: more
// than one, so that they become fewer.
constexpr int kLooks = 3;

absl::string_view Key(std::string_view id) { return {id.data(), id.size()}; }

}  // namespace

Record* Membership::Join(std::string_view id) {
  const auto found = remembered_.find(Key(id));
  if (found == remembered_.end()) return pool_.Take(std::string(id));
  const Remembered remembered = found->second;
  remembered_.erase(found);
  departed_[remembered.number - first_departure_].record = nullptr;
  return remembered.record;
}

void Membership::Leave(Record* record, std::int64_t now_ns) {
  remembered_[Key(record->id())] = {record,
                                    first_departure_ + departed_.size()};
  departed_.push_back({record, now_ns});
}

void Membership::Forget(std::int64_t now_ns, std::int64_t memory_ns) {
  while (!departed_.empty() &&
         (departed_.front().record == nullptr ||
          departed_.size() > kMaxRemembered ||
          now_ns - departed_.front().since_ns > memory_ns)) {
    ForgetFirst();
  }
  RecycleSome();
}

void Membership::ForgetFirst() {
  Record* const record = departed_.front().record;
  departed_.pop_front();
  ++first_departure_;
  if (record == nullptr) return;
  remembered_.erase(Key(record->id()));
  forgotten_.push_back(record);
  RecycleSome();
}

// Those with requests outstanding stay listed until these are over.
void Membership::RecycleSome() {
  for (int i = 0; i < kLooks && !forgotten_.empty(); ++i) {
    Record* const record = forgotten_.front();
    forgotten_.pop_front();
    if (InUse(record)) {
      forgotten_.push_back(record);
    } else {
      pool_.Return(record);
    }
  }
}

bool Membership::InUse(Record* record) {
  const SpinLockHolder lock(record->lock);
  return record->References() > 0;
}

}  // namespace els::internal
