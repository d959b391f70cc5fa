#include "els/balancer.h"

#include <cstdlib>
#include <random>
#include <utility>

#include "src/engine/engine.h"
#include "src/score/reported.h"
#include "src/score/work.h"
#include "src/set/record.h"
#include "src/set/validate_set.h"

namespace els {
namespace {

using internal::Engine;

// Aborts in every build if a requirement was not kept.
void Require(bool kept) {
  if (!kept) std::abort();
}

const Options& Required(const Options& options) {
  Require(options.Validate().ok());
  return options;
}

// Returns a seed that is never 0. The device gives 32 bits at a time.
std::uint64_t SeedFromSystem() {
  std::random_device device;
  const std::uint64_t high = device();
  const std::uint64_t low = device();
  return ((high << 32) | low) | 1;
}

}  // namespace

void Ticket::Leave() noexcept {
  if (state_ == State::kWaiting) engine_->Drop(*record_, start_ns_, work_);
  if (state_ == State::kAnswered || state_ == State::kLearnt) {
    engine_->Released(*record_, work_, {});
  }
  Engine::Unrefer(engine_, *record_);
}

std::string_view Ticket::id() const {
  Require(record_ != nullptr);
  return record_->id();
}

std::uint64_t Ticket::tag() const {
  Require(record_ != nullptr);
  return tag_;
}

void Ticket::Answered(Outcome outcome, TimePoint now) noexcept {
  if (state_ == State::kEmpty) return;
  if (state_ != State::kWaiting) return Engine::CountLateFinish(*record_);
  engine_->Settle(*record_, start_ns_, work_, outcome, now, /*over=*/false,
                  std::exchange(told_, {}));
  state_ = outcome == Outcome::kSuccess ? State::kAnswered : State::kLearnt;
}

void Ticket::Finish(Outcome outcome, TimePoint now) noexcept {
  switch (state_) {
    case State::kEmpty:
      return;
    case State::kWaiting:
      engine_->Settle(*record_, start_ns_, work_, outcome, now, /*over=*/true,
                      told_);
      break;
    case State::kAnswered:
      if (outcome == Outcome::kFailure || outcome == Outcome::kTimeout) {
        engine_->Cut(*record_, work_, now, told_);
        break;
      }
      [[fallthrough]];
    case State::kLearnt:
      engine_->Released(*record_, work_, told_);
      break;
    case State::kFinished:
      return Engine::CountLateFinish(*record_);
  }
  state_ = State::kFinished;
}

void Ticket::RetryAfter(Duration wait, TimePoint now) noexcept {
  if (state_ == State::kEmpty) return;
  engine_->RetryAfter(*record_, wait, now);
}

void Ticket::Report(const ServerLoad& load) noexcept {
  told_ = internal::ToldBy(load);
}

Balancer::Balancer(const Options& options)
    : engine_(new Engine(Required(options),
                         options.seed != 0 ? options.seed : SeedFromSystem())) {
}

Balancer::~Balancer() { Engine::Close(engine_); }

absl::Status Balancer::SetOptions(const Options& options, TimePoint now) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  engine_->SetOptions(options, now);
  return absl::OkStatus();
}

absl::Status Balancer::SetBackends(absl::Span<const Backend> backends,
                                   TimePoint now) {
  if (absl::Status status = internal::ValidateSet(backends); !status.ok()) {
    return status;
  }
  engine_->SetBackends(backends, now);
  return absl::OkStatus();
}

Ticket Balancer::Pick(TimePoint now, const Request& request) {
  const internal::Picked picked = engine_->Pick(now, request);
  Ticket ticket;
  ticket.failure_ = picked.failure;
  if (picked.record == nullptr) return ticket;
  ticket.engine_ = engine_;
  ticket.record_ = picked.record;
  ticket.tag_ = picked.tag;
  ticket.start_ns_ = picked.start_ns;
  ticket.work_ = internal::ToWork(request.work);
  ticket.state_ = Ticket::State::kWaiting;
  return ticket;
}

Ticket Balancer::Pick(TimePoint now, absl::Span<const std::string_view> avoid) {
  return Pick(now, Request{.avoid = avoid});
}

std::vector<BackendSnapshot> Balancer::Snapshot(TimePoint now) const {
  return engine_->Snapshot(now);
}

void Balancer::Explain(std::size_t picks) { engine_->Explain(picks); }

std::vector<PickExplanation> Balancer::Explanations() const {
  return engine_->Explanations();
}

}  // namespace els
