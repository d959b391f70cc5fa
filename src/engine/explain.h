#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "els/balancer.h"
#include "els/explanation.h"
#include "els/options.h"
#include "src/engine/picker.h"
#include "src/score/moment.h"
#include "src/score/work.h"
#include "src/set/scoreboard.h"

namespace els::internal {

// Explains one pick. Construct it just before the pick, and call Explain just
// after.
class PickExplainer {
 public:
  PickExplainer(const Scoreboard& board, const Moment& moment);

  // REQUIRES: a backend was picked, and this is the first call.
  PickExplanation Explain(const Picked& picked, Choice choice,
                          const Request& request, TimePoint now);

 private:
  struct Candidate {
    std::uint64_t word = 0;
    BackendSnapshot snapshot;
  };

  void PutPickedFirst(const Picked& picked, Work work);
  PickReason Reason(Choice choice,
                    absl::Span<const std::string_view> avoid) const;

  const Scoreboard& board_;
  const Moment moment_;
  // The best few before the pick. Explain puts the backend picked before the
  // best others.
  std::vector<Candidate> best_;
};

}  // namespace els::internal
