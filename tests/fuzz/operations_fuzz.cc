// Whatever is called in whatever order: counts are exact, who is listed is who
// should be, every number of a snapshot is finite and in its range, what is
// refused changes nothing, and tickets outlive their backends and their
// balancer.
//
// The input is a Program: the kind of an operation, then its arguments.
//
//   p set backends   0-3 ids, 4-7 ids, and if any: whose distance, which
//                    distance, and bits: in reverse order, the same as weight,
//                    and two for its limit
//   a pick           place of the ticket
//   b pick           0-3 ids to prefer, 4-7 ids, price, work, place
//   c pick           ids to avoid as above, place
//   d answered       place, outcome
//   e, f finish      place, outcome
//   g drop           place
//   h move           place, place
//   i, j step        which (see GlitchyClock)
//   k glitch         which, for the time of the next call alone
//   l set options    the lower four bits of the field, 1 for 16 on, value
//   m bad set        as p, and what is bad of it
//   n look           (a snapshot, which is taken after each operation as well)
//   o a new balancer with the same options

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "tests/core/same_snapshot.h"
#include "tests/fuzz/arguments.h"
#include "tests/fuzz/balancer_model.h"
#include "tests/fuzz/check_numbers.h"
#include "tests/fuzz/glitchy_clock.h"
#include "tests/fuzz/held_tickets.h"
#include "tests/fuzz/program.h"
#include "tests/fuzz/require.h"

namespace {

using els::BackendSnapshot;
using els::Outcome;
using els::TimePoint;

class Operations {
 public:
  explicit Operations(Program program) : program_(program) {}

  void Run() {
    while (!program_.AtEnd()) {
      Operate(program_.Next());
      Check(clock_.now());
    }
  }

 private:
  void Operate(unsigned kind) {
    switch (kind) {
      case 0:
        return SetBackends();
      case 1:
        return Pick({}, {});
      case 2:
        return PickFor();
      case 3:
        return Pick(Ids(program_), {});
      case 4:
        return Answered();
      case 5:
      case 6:
        return Finish();
      case 7:
        return held_.Drop(Place());
      case 8:
        return Move();
      case 9:
      case 10:
        return clock_.Step(program_.Next());
      case 11:
        return clock_.Glitch(program_.Next());
      case 12:
        return SetOptions();
      case 13:
        return BadSet();
      case 14:
        return Check(clock_.Reading());
      default:
        return Replace();
    }
  }

  std::size_t Place() { return program_.Next() % HeldTickets::kPlaces; }

  void SetBackends() {
    const std::vector<els::Backend> set = Set(program_, last_tag_);
    const TimePoint now = clock_.Reading();
    model_.Read(now, true);
    const absl::Status status = balancer_->SetBackends(set, now);
    Require(status.ok(), "a good set is refused", status.ToString());
    const std::string_view wrong =
        model_.SetBackends(set, balancer_->Snapshot(now));
    Require(wrong.empty(), "a change of the set", wrong);
  }

  void BadSet() {
    std::vector<els::Backend> set = Set(program_, last_tag_);
    SpoilSet(set, program_.Next());
    ExpectRefused(
        [&](TimePoint now) { return balancer_->SetBackends(set, now); });
  }

  void SetOptions() {
    const unsigned low = program_.Next();
    const unsigned field = low | (program_.Next() & 1) << 4;
    els::Options options = options_;
    if (!SetOption(options, field, program_.Next())) {
      return ExpectRefused(
          [&](TimePoint now) { return balancer_->SetOptions(options, now); });
    }
    const TimePoint now = clock_.Reading();
    model_.Read(now, true);
    const absl::Status status = balancer_->SetOptions(options, now);
    Require(status.ok(), "good options are refused", status.ToString());
    options_ = options;
    model_.SetRemovedMemory(options.removed_memory);
  }

  template <class Call>
  void ExpectRefused(Call call) {
    const std::vector<BackendSnapshot> before =
        balancer_->Snapshot(clock_.now());
    const absl::Status status = call(clock_.Reading());
    Require(absl::IsInvalidArgument(status), "not refused", status.ToString());
    Require(AreSame(before, balancer_->Snapshot(clock_.now())),
            "what was refused has changed something", status.ToString());
  }

  void PickFor() {
    const std::vector<std::string> prefer = Ids(program_);
    const double price = program_.OneOf(kPrices);
    Pick({}, prefer, price, program_.OneOf(kWorks));
  }

  void Pick(const std::vector<std::string>& avoid,
            const std::vector<std::string>& prefer, double price = 2,
            const Work& work = {}) {
    const TimePoint now = clock_.Reading();
    model_.Read(now, !model_.set().empty());
    const std::vector<std::string_view> avoided(avoid.begin(), avoid.end());
    const std::vector<std::string_view> preferred(prefer.begin(), prefer.end());
    els::Ticket ticket = balancer_->Pick(now, {.avoid = avoided,
                                               .prefer = preferred,
                                               .price = price,
                                               .work = work.given});
    Require(ticket.failure() == model_.Failure(),
            "nothing picked, or where nothing was to be picked", "");
    std::shared_ptr<Life> life;
    if (ticket) {
      if (price == kPrices[kAnyPrice]) {
        const std::string_view wrong = model_.Unpreferred(ticket.id(), prefer);
        Require(wrong.empty(), "not what is preferred", wrong);
      }
      life = model_.Picked(ticket.id(), avoid, work.counts);
      Require(life != nullptr, "not to be picked", ticket.id());
      Require(ticket.tag() == life->tag, "an old tag", ticket.id());
    }
    held_.Put(Place(), std::move(ticket), std::move(life), work.counts);
  }

  Outcome NextOutcome() {
    constexpr Outcome kOutcomes[] = {Outcome::kSuccess, Outcome::kFailure,
                                     Outcome::kTimeout, Outcome::kCancelled,
                                     Outcome::kNeutral};
    return program_.OneOf(kOutcomes);
  }

  void Answered() {
    const std::size_t place = Place();
    const Outcome outcome = NextOutcome();
    const TimePoint now = clock_.Reading();
    model_.Read(now, false);
    held_.Answered(place, outcome, now);
  }

  void Finish() {
    const std::size_t place = Place();
    const Outcome outcome = NextOutcome();
    const TimePoint now = clock_.Reading();
    model_.Read(now, false);
    held_.Finish(place, outcome, now);
  }

  void Move() {
    const std::size_t from = Place();
    held_.Move(from, Place());
  }

  // The tickets of the old one live on.
  void Replace() {
    balancer_.emplace(options_);
    model_ = BalancerModel();
    model_.SetRemovedMemory(options_.removed_memory);
  }

  void Check(TimePoint at) const {
    const std::vector<BackendSnapshot> snapshots = balancer_->Snapshot(at);
    for (const BackendSnapshot& backend : snapshots) {
      CheckNumbers(backend, options_);
    }
    const std::string_view wrong = model_.Compare(snapshots);
    Require(wrong.empty(), "the counts or who is listed", wrong);
    held_.Check();
  }

  Program program_;
  GlitchyClock clock_;
  std::uint64_t last_tag_ = 0;
  els::Options options_ = {.seed = 1};
  std::optional<els::Balancer> balancer_{options_};
  BalancerModel model_;
  HeldTickets held_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  Operations(Program(data, size)).Run();
  return 0;
}
