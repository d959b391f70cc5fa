#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "els/balancer.h"
#include "tests/fuzz/balancer_model.h"
#include "tests/fuzz/require.h"

// A few places for tickets, each beside what the model knows of it.
class HeldTickets {
 public:
  static constexpr std::size_t kPlaces = 16;

  // What was at the place is dropped. `life` is null if the ticket is empty.
  void Put(std::size_t place, els::Ticket ticket, std::shared_ptr<Life> life,
           double work) {
    Held& held = held_[place];
    CountDropped(held);
    held.work = work;
    held.ticket = std::move(ticket);
    held.tag = life == nullptr ? 0 : life->tag;
    held.id = life == nullptr ? std::string_view() : held.ticket.id();
    held.life = std::move(life);
    held.answered = held.answered_well = held.finished = false;
  }

  void Drop(std::size_t place) { Put(place, els::Ticket(), nullptr, 0); }

  void Answered(std::size_t place, els::Outcome outcome, els::TimePoint now) {
    Held& held = held_[place];
    held.ticket.Answered(outcome, now);
    if (held.life == nullptr) return;
    if (held.answered || held.finished) {
      ++held.life->late_finishes;
    } else {
      held.life->Settle(held.work);
      held.life->Learn(outcome);
      held.answered_well = outcome == els::Outcome::kSuccess;
    }
    held.answered = true;
  }

  void Finish(std::size_t place, els::Outcome outcome, els::TimePoint now) {
    Held& held = held_[place];
    held.ticket.Finish(outcome, now);
    if (held.life == nullptr) return;
    if (held.finished) {
      ++held.life->late_finishes;
      return;
    }
    if (!held.answered) {
      held.life->Settle(held.work);
      held.life->Learn(outcome);
    }
    held.life->cut +=
        held.answered_well && (outcome == els::Outcome::kFailure ||
                               outcome == els::Outcome::kTimeout);
    held.life->Release(held.work);
    held.finished = true;
  }

  // Also to the place where it is.
  void Move(std::size_t from, std::size_t to) {
    Held& source = held_[from];
    Held& target = held_[to];
    target.ticket = std::move(source.ticket);
    if (from == to) return;
    CountDropped(target);
    target.life = std::move(source.life);
    target.tag = source.tag;
    target.work = source.work;
    target.answered = source.answered;
    target.answered_well = source.answered_well;
    target.finished = source.finished;
    if (target.life != nullptr) target.id = target.ticket.id();
  }

  // Whether each ticket is what it should be, whatever has become of its
  // backend and its balancer.
  void Check() const {
    for (const Held& held : held_) {
      Require(static_cast<bool>(held.ticket) == held.live(),
              "a ticket is empty and should not be, or the other way round",
              held.life == nullptr ? "" : held.life->id);
      if (held.life == nullptr) continue;
      Require(held.ticket.id() == held.life->id && held.id == held.life->id &&
                  held.ticket.tag() == held.tag,
              "a ticket has forgotten whose it is", held.life->id);
    }
  }

 private:
  struct Held {
    els::Ticket ticket;
    std::shared_ptr<Life> life;  // Null: the ticket is empty.
    std::uint64_t tag = 0;
    double work = 0;
    std::string_view id = {};  // As the ticket said when it came to its place.
    bool answered = false;
    bool answered_well = false;
    bool finished = false;

    bool live() const { return life != nullptr && !finished; }
  };

  static void CountDropped(const Held& held) {
    if (!held.live()) return;
    if (!held.answered) {
      ++held.life->dropped;
      held.life->Settle(held.work);
    }
    held.life->Release(held.work);
  }

  std::array<Held, kPlaces> held_;
};
