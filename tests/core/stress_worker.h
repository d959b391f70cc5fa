#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "els/balancer.h"
#include "els/random.h"

namespace els {

// What was done to the tickets of all backends, in the terms of a snapshot.
struct Counts {
  std::uint64_t picks = 0;
  std::array<std::uint64_t, 5> outcomes = {};  // By Outcome.
  std::uint64_t cut = 0;
  std::uint64_t dropped = 0;
  std::uint64_t late_finishes = 0;

  Counts& operator+=(const Counts& other) {
    picks += other.picks;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      outcomes[i] += other.outcomes[i];
    }
    cut += other.cut;
    dropped += other.dropped;
    late_finishes += other.late_finishes;
    return *this;
  }
};

inline Counts CountsOf(const BackendSnapshot& backend) {
  return {backend.picks,
          {backend.successes, backend.failures, backend.timeouts,
           backend.cancelled, backend.neutral},
          backend.cut,
          backend.dropped,
          backend.late_finishes};
}

// A ticket, and what must be known of it to count what is done to it.
struct Sent {
  Ticket ticket;
  bool picked = false;  // And since then perhaps finished.
  bool answered = false;
  bool answered_well = false;
};

// Where a thread leaves a request for another.
class Mailbox {
 public:
  // Gives what was there.
  Sent Swap(Sent request) {
    const std::lock_guard lock(mutex_);
    std::swap(request, request_);
    return request;
  }

 private:
  std::mutex mutex_;
  Sent request_;
};

using Mailboxes = std::array<Mailbox, 16>;

// Does what the threads of a proxy do, at random, and keeps count. Backends are
// named for their tags.
class Worker {
 public:
  Worker(Balancer& balancer, Mailboxes& mailboxes, std::uint64_t seed,
         TimePoint start)
      : balancer_(balancer),
        mailboxes_(mailboxes),
        random_(seed),
        now_(start) {}

  // In the end nothing is left in the mailboxes, once all workers have run.
  void Run(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += std::chrono::microseconds(random_.Below(100));
      Step(random_.Below(100));
    }
    for (Sent& request : requests_) Replace(request, {});
    for (Mailbox& mailbox : mailboxes_) {
      Sent left = mailbox.Swap({});
      Replace(left, {});
    }
  }

  const Counts& counts() const { return counts_; }
  std::uint64_t refused() const { return refused_; }  // Picks without a ticket.

 private:
  // Of ten: picks, finishes, answers, hands on and drops.
  void Step(std::uint64_t percent) {
    Sent& request = requests_[random_.Below(requests_.size())];
    if (percent < 40) return Pick(request);
    if (percent < 70) return Finish(request);
    if (percent < 80) return Answer(request);
    if (percent < 95) {
      Mailbox& mailbox = mailboxes_[random_.Below(mailboxes_.size())];
      request = mailbox.Swap(std::move(request));
      return;
    }
    Replace(request, {});
  }

  void Pick(Sent& request) {
    const std::string one = std::to_string(random_.Below(10));
    const std::string another = std::to_string(random_.Below(10));
    const std::string_view avoid[] = {one, "no such"};
    const std::string_view prefer[] = {"no such", another, one};
    constexpr double kWorks[] = {1, 1, 1, 0.001, 7, 1e6};
    Ticket ticket = balancer_.Pick(
        now_,
        Request{.avoid = absl::MakeSpan(avoid).subspan(random_.Below(3)),
                .prefer = absl::MakeSpan(prefer).subspan(random_.Below(4)),
                .price = 1 + static_cast<double>(random_.Below(4)),
                .work = kWorks[random_.Below(6)]});
    if (ticket) {
      ++counts_.picks;
      EXPECT_EQ(ticket.id(), std::to_string(ticket.tag()));
    } else {
      ++refused_;
    }
    const bool picked = static_cast<bool>(ticket);
    Replace(request, {std::move(ticket), picked});
  }

  void Replace(Sent& request, Sent by) {
    if (request.ticket && !request.answered) ++counts_.dropped;
    request = std::move(by);
  }

  void Finish(Sent& request) {
    if (!request.picked) return;
    const Outcome outcome = RandomOutcome();
    if (!request.ticket) {
      ++counts_.late_finishes;
    } else if (!request.answered) {
      Count(outcome);
    } else if (request.answered_well &&
               (outcome == Outcome::kFailure || outcome == Outcome::kTimeout)) {
      ++counts_.cut;
    }
    request.ticket.Finish(outcome, now_);
    EXPECT_FALSE(request.ticket);
  }

  void Answer(Sent& request) {
    if (!request.picked) return;
    const Outcome outcome = RandomOutcome();
    if (request.answered || !request.ticket) {
      ++counts_.late_finishes;
    } else {
      Count(outcome);
      request.answered_well = outcome == Outcome::kSuccess;
    }
    request.answered = true;
    request.ticket.Answered(outcome, now_);
  }

  Outcome RandomOutcome() { return static_cast<Outcome>(random_.Below(5)); }

  void Count(Outcome outcome) {
    ++counts_.outcomes[static_cast<std::size_t>(outcome)];
  }

  Balancer& balancer_;
  Mailboxes& mailboxes_;
  Random random_;
  TimePoint now_;
  std::array<Sent, 8> requests_;
  Counts counts_;
  std::uint64_t refused_ = 0;
};

}  // namespace els
