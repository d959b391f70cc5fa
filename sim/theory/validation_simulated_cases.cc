#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "sim/theory/theory.h"
#include "sim/theory/validation_steady.h"

namespace els_sim {
namespace {

enum class SizesAre { kConstant, kExponential, kHyperexponential, kLognormal };

struct Simulated {
  std::string_view policy;
  std::size_t servers;
  double rho;  // Of what all servers can do.
  SizesAre sizes;
  bool slow;  // The first of them ten times.
  double mean;
  double half_interval;  // Of 95 %.
};

// By a simulator that was written apart from this one; 40 batches each. They
// are for what no formula is known of. Of the least work left with a slow
// server it has none to compare: there, ties were not broken at random.
constexpr Simulated kSimulatedElsewhere[] = {
    {"least-outstanding", 4, 0.5, SizesAre::kExponential, true, 2.01087,
     0.00289},
    {"least-outstanding", 4, 0.9, SizesAre::kExponential, true, 5.06155,
     0.04979},
    {"least-outstanding", 10, 0.5, SizesAre::kExponential, false, 1.02398,
     0.00054},
    {"least-outstanding", 10, 0.5, SizesAre::kExponential, true, 1.22883,
     0.00105},
    {"least-outstanding", 10, 0.7, SizesAre::kConstant, false, 1.07806,
     0.00047},
    {"least-outstanding", 10, 0.7, SizesAre::kExponential, false, 1.15999,
     0.00076},
    {"least-outstanding", 10, 0.7, SizesAre::kHyperexponential, false, 1.34844,
     0.00625},
    {"least-outstanding", 10, 0.7, SizesAre::kLognormal, false, 1.19905,
     0.00278},
    {"least-outstanding", 10, 0.8, SizesAre::kExponential, false, 1.35631,
     0.00163},
    {"least-outstanding", 10, 0.9, SizesAre::kExponential, false, 1.91417,
     0.00936},
    {"least-outstanding", 100, 0.5, SizesAre::kExponential, false, 0.99988,
     0.00034},
    {"least-outstanding", 100, 0.8, SizesAre::kExponential, false, 1.00501,
     0.00118},
    {"least-outstanding", 100, 0.9, SizesAre::kExponential, false, 1.06671,
     0.00412},
    {"jiq", 4, 0.3, SizesAre::kExponential, true, 1.95103, 0.00275},
    {"jiq", 10, 0.5, SizesAre::kExponential, false, 1.02669, 0.00064},
    {"jiq", 10, 0.7, SizesAre::kConstant, false, 1.09555, 0.00064},
    {"jiq", 10, 0.7, SizesAre::kExponential, false, 1.19666, 0.00138},
    {"jiq", 10, 0.7, SizesAre::kHyperexponential, false, 1.50450, 0.01038},
    {"jiq", 10, 0.7, SizesAre::kLognormal, false, 1.27311, 0.00461},
    {"jiq", 10, 0.8, SizesAre::kExponential, false, 1.48305, 0.00328},
    {"jiq", 10, 0.9, SizesAre::kExponential, false, 2.39443, 0.01589},
    {"jiq", 100, 0.5, SizesAre::kExponential, false, 0.99984, 0.00040},
    {"jiq", 100, 0.8, SizesAre::kExponential, false, 1.00586, 0.00126},
    {"jiq", 100, 0.9, SizesAre::kExponential, false, 1.07003, 0.00449},
    {"least-work-left", 10, 0.7, SizesAre::kHyperexponential, false, 1.14196,
     0.00409},
    {"least-work-left", 10, 0.7, SizesAre::kLognormal, false, 1.08482, 0.00182},
    {"shortest-expected-delay", 4, 0.3, SizesAre::kExponential, true, 1.06944,
     0.00087},
    {"shortest-expected-delay", 4, 0.5, SizesAre::kExponential, true, 1.26815,
     0.00163},
    {"shortest-expected-delay", 4, 0.7, SizesAre::kExponential, true, 1.80532,
     0.00598},
    {"shortest-expected-delay", 10, 0.5, SizesAre::kExponential, true, 1.03412,
     0.00075},
    {"p2c", 10, 0.7, SizesAre::kConstant, false, 1.33205, 0.00084},
    {"p2c", 10, 0.8, SizesAre::kExponential, false, 2.07510, 0.00422},
    {"p2c", 100, 0.5, SizesAre::kExponential, false, 1.26765, 0.00090},
    {"p2c", 100, 0.7, SizesAre::kExponential, false, 1.61900, 0.00208},
    {"p2c", 100, 0.8, SizesAre::kExponential, false, 1.96129, 0.00327},
    {"p2c", 100, 0.9, SizesAre::kExponential, false, 2.64687, 0.00850},
    {"p3c", 100, 0.5, SizesAre::kExponential, false, 1.12752, 0.00078},
    {"p3c", 100, 0.7, SizesAre::kExponential, false, 1.36332, 0.00129},
    {"p3c", 100, 0.8, SizesAre::kExponential, false, 1.59512, 0.00198},
    {"p3c", 100, 0.9, SizesAre::kExponential, false, 2.06520, 0.00588},
    {"p2c-replacement", 100, 0.5, SizesAre::kExponential, false, 1.27138,
     0.00119},
    {"p2c-replacement", 100, 0.7, SizesAre::kExponential, false, 1.62737,
     0.00300},
    {"p2c-replacement", 100, 0.8, SizesAre::kExponential, false, 1.96914,
     0.00379},
    {"p2c-replacement", 100, 0.9, SizesAre::kExponential, false, 2.65938,
     0.01020},
    {"p3c-replacement", 100, 0.5, SizesAre::kExponential, false, 1.13097,
     0.00095},
    {"p3c-replacement", 100, 0.7, SizesAre::kExponential, false, 1.36787,
     0.00139},
    {"p3c-replacement", 100, 0.8, SizesAre::kExponential, false, 1.60249,
     0.00235},
    {"p3c-replacement", 100, 0.9, SizesAre::kExponential, false, 2.07454,
     0.00481},
};

struct Published {
  std::string_view policy;
  double rho;
  double mean;
};

// The simulations of 100 queues in Mitzenmacher, "The Power of Two Choices in
// Randomized Load Balancing" (IEEE TPDS 12, 2001). He gives no intervals.
constexpr Published kMitzenmacher[] = {
    {"p2c", 0.5, 1.2673}, {"p2c", 0.7, 1.6202}, {"p2c", 0.8, 1.9585},
    {"p2c", 0.9, 2.6454}, {"p3c", 0.5, 1.1277}, {"p3c", 0.7, 1.3634},
    {"p3c", 0.8, 1.5940}, {"p3c", 0.9, 2.0614}};
// Generous: the other simulator's are within 0.2 % of his.
constexpr double kMitzenmachersError = 0.005;

constexpr double kSlow = 10;

struct Described {
  std::string_view name;
  Shape shape;
  double scv;
  double error = kErrorOfMeans;
};

Described Describe(SizesAre sizes) {
  switch (sizes) {
    case SizesAre::kConstant:
      return {"constant", ConstantSize(), 0};
    case SizesAre::kExponential:
      return {"exponential", ExponentialSize(), 1};
    case SizesAre::kHyperexponential:
      return {"hyperexponential", HyperexponentialSize{4}, 4};
    case SizesAre::kLognormal:
      return {"lognormal", LognormalSize{1}, theory::LognormalScv(1),
              kErrorOfHeavy};
  }
  return {};
}

// How many choices a policy has that the limit of many servers is known of.
std::size_t ChoicesWithReplacement(std::string_view policy) {
  if (policy == "p2c-replacement") return 2;
  if (policy == "p3c-replacement") return 3;
  return 0;
}

// Fewer than all where a policy may pick a busy server though another is idle:
// it is then between one queue for all and a queue for each.
std::size_t Pooled(const Simulated& row) {
  if (row.policy == "jiq") return row.servers / 2;
  if (row.policy[0] == 'p') return row.servers >= 100 ? 10 : 4;
  return row.servers;
}

void AddReferences(const Simulated& row, std::vector<Reference>& references) {
  references.push_back({.value = row.mean,
                        .source = "another simulator",
                        .allowance = row.half_interval});
  for (const Published& published : kMitzenmacher) {
    if (row.servers != 100 || published.policy != row.policy ||
        published.rho != row.rho) {
      continue;
    }
    references.push_back({.value = published.mean,
                          .source = "Mitzenmacher, 100 queues",
                          .allowance = kMitzenmachersError * published.mean});
  }
  const std::size_t choices = ChoicesWithReplacement(row.policy);
  if (choices == 0) return;
  // A finite number takes longer: as much as the other simulator says.
  const double limit = theory::PowerOfChoicesMean(choices, row.rho);
  references.push_back({.value = limit,
                        .source = "limit of many queues",
                        .allowance = row.mean - limit + row.half_interval});
}

}  // namespace

void AddSimulated(std::vector<ValidationCase>& cases) {
  for (const Simulated& row : kSimulatedElsewhere) {
    const Described described = Describe(row.sizes);
    const double slowest = row.slow ? kSlow : 1;
    const double capacity = static_cast<double>(row.servers) - 1 + 1 / slowest;
    const std::string name =
        absl::StrFormat("%s of %d%s, %s", row.policy, row.servers,
                        row.slow ? ", one 10x slow" : "", described.name);
    ValidationCase each =
        Steady(Named(name, row.rho), row.policy, OneSlow(row.servers, slowest),
               described.shape, row.rho * capacity,
               {.rho = row.rho,
                .scv = described.scv,
                .pooled = Pooled(row),
                .slowest = slowest,
                .error = row.slow ? kErrorOfHeavy : described.error});
    each.quick = row.servers == 10 && row.rho == 0.8;
    AddReferences(row, each.references);
    cases.push_back(std::move(each));
  }
}

}  // namespace els_sim
