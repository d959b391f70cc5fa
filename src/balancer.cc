#include "els/balancer.h"

#include <random>
#include <utility>

#include "absl/base/macros.h"
#include "absl/base/thread_annotations.h"
#include "src/engine.h"
#include "src/mutex.h"
#include "src/record.h"
#include "src/validate_set.h"

namespace els {

// What a Balancer and its tickets share; it lives as long as the last of them.
class internal::Shared {
 public:
  Shared(const Options& options, std::uint64_t seed) : engine(options, seed) {}

  Mutex mutex;
  Engine engine ABSL_GUARDED_BY(mutex);
};

namespace {

using internal::MutexLock;
using internal::Shared;

// Two words of 32 bits, since the device gives no more at a time. Never 0.
std::uint64_t SeedFromSystem() {
  std::random_device device;
  const std::uint64_t high = device();
  const std::uint64_t low = device();
  return ((high << 32) | low) | 1;
}

}  // namespace

Ticket::Ticket(Ticket&& other) noexcept
    : record_(std::move(other.record_)),
      tag_(other.tag_),
      start_(other.start_),
      state_(std::exchange(other.state_, State::kEmpty)) {}

Ticket& Ticket::operator=(Ticket&& other) noexcept {
  if (this == &other) return *this;
  Drop();
  record_ = std::move(other.record_);
  tag_ = other.tag_;
  start_ = other.start_;
  state_ = std::exchange(other.state_, State::kEmpty);
  return *this;
}

Ticket::~Ticket() { Drop(); }

void Ticket::Drop() noexcept {
  if (!*this) return;
  Shared& shared = record_->shared();
  const MutexLock lock(shared.mutex);
  shared.engine.Drop(*record_, start_, state_ == State::kAnswered);
}

Ticket::operator bool() const noexcept {
  return state_ == State::kWaiting || state_ == State::kAnswered;
}

std::string_view Ticket::id() const {
  ABSL_HARDENING_ASSERT(record_ != nullptr);
  return record_->id();
}

std::uint64_t Ticket::tag() const {
  ABSL_HARDENING_ASSERT(record_ != nullptr);
  return tag_;
}

void Ticket::Answered(Outcome outcome, TimePoint now) noexcept {
  if (state_ == State::kEmpty) return;
  Shared& shared = record_->shared();
  const MutexLock lock(shared.mutex);
  if (state_ == State::kWaiting) {
    shared.engine.Answered(*record_, start_, outcome, now);
    state_ = State::kAnswered;
  } else {
    record_->CountLateFinish();
  }
}

void Ticket::Finish(Outcome outcome, TimePoint now) noexcept {
  if (state_ == State::kEmpty) return;
  Shared& shared = record_->shared();
  const MutexLock lock(shared.mutex);
  if (state_ == State::kWaiting) {
    shared.engine.Finish(*record_, start_, outcome, now);
  } else if (state_ == State::kAnswered) {
    shared.engine.Released(*record_);
  } else {
    record_->CountLateFinish();
  }
  state_ = State::kFinished;
}

Balancer::Balancer(const Options& options)
    : shared_(std::make_shared<internal::Shared>(
          options, options.seed != 0 ? options.seed : SeedFromSystem())) {
  ABSL_HARDENING_ASSERT(options.Validate().ok());
}

// Tickets may live on, and with each its record; the engine that they share
// must not keep the records of the others.
Balancer::~Balancer() {
  const MutexLock lock(shared_->mutex);
  shared_->engine.Clear();
}

absl::Status Balancer::SetOptions(const Options& options, TimePoint now) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  MutexLock lock(shared_->mutex);
  shared_->engine.SetOptions(options, now);
  return absl::OkStatus();
}

absl::Status Balancer::SetBackends(absl::Span<const Backend> backends,
                                   TimePoint now) {
  if (absl::Status status = internal::ValidateSet(backends); !status.ok()) {
    return status;
  }
  MutexLock lock(shared_->mutex);
  shared_->engine.SetBackends(backends, now, shared_);
  return absl::OkStatus();
}

Ticket Balancer::Pick(TimePoint now, absl::Span<const std::string_view> avoid) {
  internal::Engine::Picked picked;
  {
    MutexLock lock(shared_->mutex);
    picked = shared_->engine.Pick(now, avoid);
  }
  Ticket ticket;
  if (picked.record == nullptr) return ticket;
  ticket.record_ = std::move(picked.record);
  ticket.tag_ = picked.tag;
  ticket.start_ = picked.start;
  ticket.state_ = Ticket::State::kWaiting;
  return ticket;
}

std::vector<BackendSnapshot> Balancer::Snapshot(TimePoint now) const {
  MutexLock lock(shared_->mutex);
  return shared_->engine.Snapshot(now);
}

}  // namespace els
