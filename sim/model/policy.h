#pragma once

// What chooses a server, as the simulation sees it. Each access point has a
// policy of its own, which learns from that access point's requests alone.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/random.h"
#include "els/server_load.h"
#include "sim/model/virtual_time.h"

namespace els_sim {

// A request sent to a server and not finished yet.
struct Attempt {
  std::uint32_t server = 0;
  std::uint32_t token = 0;  // The policy's own, given back to it at Finish.
  bool begun = false;       // Answered was called for it.
};

// A server that a policy may choose.
struct Member {
  std::uint32_t server = 0;  // Its place in the scenario.
  // As els::Backend has them.
  double distance = 1;
  double weight = 1;
  std::uint32_t max_outstanding = 0;

  // Its part of the requests, relative to others, where a policy has one number
  // for each server.
  double Share() const { return weight / distance; }
};

// What an access point knows of a request before it sends it.
struct Asked {
  absl::Span<const std::uint32_t> avoid = {};  // See Policy::Pick.
  // How large it is, relative to the mean; 1 if nobody knows. Or a key that
  // requests of about its size share; see WorkTold.
  double work = 1;
  std::optional<std::uint64_t> key = {};
};

// What is true of the servers at this moment: for yardsticks, as no access
// point can know it, and for what a probe would be answered.
class Truth {
 public:
  virtual ~Truth() = default;

  // Requests in the server, waiting or in service.
  virtual std::size_t InServer(std::uint32_t server) const = 0;

  // How long the server would take to become empty, if nothing more came: the
  // work in it, as large as it is there, over the slots. In ns.
  virtual double WorkLeft(std::uint32_t server) const = 0;

  // What multiplies the size of what starts there now.
  virtual double Slowness(std::uint32_t server) const = 0;

  // Whether what is sent there now would be served at once, and with all the
  // speed it can have. By default, of a server that serves one at a time.
  virtual bool IsFree(std::uint32_t server) const {
    return InServer(server) == 0;
  }

  // What the server says of its load in an answer that arrives now. Empty: it
  // says nothing.
  virtual std::optional<els::ServerLoad> Told(std::uint32_t) const {
    return std::nullopt;
  }

  // Whether what it answers now, to a probe or a request, is ever heard.
  virtual bool Answers(std::uint32_t) const { return true; }
};

// What a policy is made from.
struct PolicySetup {
  std::vector<Member> members = {};  // At the start; see SetMembers.
  els::Random random;                // All of the policy's randomness.
  // How many there are, for policies that have to be told.
  std::size_t access_points = 1;
  // Where a policy that goes round begins; empty: anywhere, at random.
  std::optional<std::size_t> first_in_turn = {};
  // Outlives the policy. For yardsticks, and for what a server would put into
  // its answers.
  const Truth* truth = nullptr;
  const els::Options* options = nullptr;  // See PolicyInfo.
};

class Policy {
 public:
  virtual ~Policy() = default;

  // These are all the servers from now on. What was sent to others may still
  // finish. REQUIRES: at least one, each once.
  virtual void SetMembers(absl::Span<const Member> members, Time now) = 0;

  // Chooses a member, and one of `avoid` only if nothing else is left. `now`
  // never steps back between calls.
  virtual Attempt Pick(Time now,
                       absl::Span<const std::uint32_t> avoid = {}) = 0;

  // The same, for whoever makes use of more than `asked.avoid`. Empty if every
  // member has its Member::max_outstanding, to a policy that obeys them.
  virtual std::optional<Attempt> PickFor(Time now, const Asked& asked) {
    return Pick(now, asked.avoid);
  }

  // The first byte of an answer that goes on is here. Called at most once for
  // an attempt, before Finish, whose latency is then that of the end; or the
  // end tells that the answer was cut off, by kFailure.
  virtual void Answered(const Attempt&, Duration, Time) {}

  // Whether an attempt is over for the policy when its first byte is here: then
  // Finish is called at that moment with kSuccess, instead of Answered, and
  // nothing more.
  virtual bool EndsAtFirstByte() const { return false; }

  // How the attempt went. Called exactly once for each, in any order; or
  // FinishNeutral is.
  // `outcome` is not kNeutral.
  virtual void Finish(const Attempt& attempt, els::Outcome outcome,
                      Duration latency, Time now) = 0;

  // Instead of Finish: the answer says nothing of speed, as HTTP 404. To most
  // that is an answer like any other.
  virtual void FinishNeutral(const Attempt& attempt, Duration latency,
                             Time now) {
    Finish(attempt, els::Outcome::kSuccess, latency, now);
  }
};

// An entry of the table of policies.
struct PolicyInfo {
  std::string_view name;
  std::string_view description;
  std::unique_ptr<Policy> (*make)(const PolicySetup& setup);
  // All access points hold requests back, in one queue, while the server that
  // is picked is not free; the first of them is picked for again whenever one
  // may have become so. What is given up leaves the queue unsent. REQUIRES: a
  // policy that does not count its picks, and picks a free server if there is
  // one that it may.
  bool one_queue = false;
  // Of the library, if that is the policy; null: its defaults. Their seed does
  // not matter. They outlive the policies.
  const els::Options* options = nullptr;
};

// What an access point could do, in the order of reports.
absl::Span<const PolicyInfo> Policies();

// More that access points run: what other proxies and libraries do.
absl::Span<const PolicyInfo> Peers();

// What no access point could, or would: those that know the truth, and those
// that theory speaks of. For validation, and to compare with.
absl::Span<const PolicyInfo> Yardsticks();

// Of all three. Null if there is none of this name.
const PolicyInfo* FindPolicy(std::string_view name);

}  // namespace els_sim
