#include "sim/theory/validation_cases.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/theory/theory.h"
#include "sim/theory/validation_steady.h"

namespace els_sim {
namespace {

using Cases = std::vector<ValidationCase>;

// Up to here quantiles are judged, too. Above, p99 takes too long.
constexpr double kMostForTails = 0.8;

double ErrorAt(double rho) {
  return rho > kMostForTails ? kErrorOfMeans : kErrorOfTails;
}

// `quantile` by the part that does not exceed it.
template <typename F>
void AddQuantiles(ValidationCase& each, const std::string& source,
                  const F& quantile) {
  for (const std::uint64_t thousandths : {500, 900, 990}) {
    each.references.push_back(
        {.thousandths = thousandths,
         .value = quantile(static_cast<double>(thousandths) / 1000),
         .source = source});
  }
}

// -- One server, and one queue for many

void AddOneServer(Cases& cases) {
  for (const double rho : {0.5, 0.8, 0.9, 0.95}) {
    const bool judged = rho < 0.95;
    ValidationCase each =
        Steady(Named("M/M/1", rho), "random", Alike(1), ExponentialSize(), rho,
               {.rho = rho, .error = judged ? ErrorAt(rho) : kErrorOfReported});
    each.references = {{.value = theory::Mm1Mean(rho),
                        .source = "1 / (1 - rho)",
                        .judged = judged}};
    const auto quantile = [=](double p) { return theory::Mm1Quantile(rho, p); };
    if (rho <= kMostForTails) AddQuantiles(each, "exponential", quantile);
    each.quick = rho == 0.5;
    cases.push_back(std::move(each));
  }
}

struct GeneralSize {
  std::string_view name;
  Shape shape;
  double scv;
  double error = kErrorOfMeans;
};

// Too few of its largest come in a run to judge it.
bool Judged(const GeneralSize& size) { return size.error < kErrorOfReported; }

GeneralSize HeavyTailed() {
  return {"bounded Pareto", BoundedParetoSize{1.5, 1000},
          theory::BoundedParetoScv(1.5, 1000), kErrorOfReported};
}

void AddOneServerOfGeneralSizes(Cases& cases) {
  const std::vector<GeneralSize> sizes = {
      {"constant", ConstantSize(), 0},
      {"Erlang-4", ErlangSize{4}, theory::ErlangScv(4)},
      {"hyperexponential", HyperexponentialSize{4}, 4},
      {"lognormal", LognormalSize{1}, theory::LognormalScv(1), kErrorOfHeavy},
      {"bimodal", BimodalSize{0.1, 11}, theory::BimodalScv(0.1, 11),
       kErrorOfHeavy},
      HeavyTailed()};
  for (const GeneralSize& size : sizes) {
    for (const double rho : {0.5, 0.8}) {
      ValidationCase each =
          Steady(Named(absl::StrFormat("M/G/1 %s", size.name), rho), "random",
                 Alike(1), size.shape, rho,
                 {.rho = rho, .scv = size.scv, .error = size.error});
      each.references = {{.value = theory::Mg1Mean(rho, size.scv),
                          .source = "Pollaczek-Khinchine",
                          .judged = Judged(size)}};
      each.quick = rho < 0.8 && Judged(size);
      cases.push_back(std::move(each));
    }
  }
}

void AddManySlots(Cases& cases, std::size_t slots) {
  const std::vector<ServerPlan> servers = {{.slots = slots}};
  for (const double rho : {0.5, 0.8, 0.9}) {
    const double rate = rho * static_cast<double>(slots);
    ValidationCase each =
        Steady(Named(absl::StrCat("M/M/", slots), rho), "random", servers,
               ExponentialSize(), rate,
               {.rho = rho, .pooled = slots, .error = ErrorAt(rho)});
    each.references = {
        {.value = theory::MmcMean(slots, rho), .source = "Erlang C"}};
    const auto quantile = [=](double p) {
      return theory::MmcQuantile(slots, rho, p);
    };
    if (rho <= kMostForTails) AddQuantiles(each, "Erlang C", quantile);
    each.quick = rho == 0.5 && slots == 4;
    cases.push_back(std::move(each));
    ValidationCase constant =
        Steady(Named(absl::StrCat("M/D/", slots), rho), "random", servers,
               ConstantSize(), rate, {.rho = rho, .scv = 0, .pooled = slots});
    constant.references = {
        {.value = theory::MdcMean(slots, rho), .source = "Crommelin"}};
    constant.quick = rho == 0.8 && slots == 4;
    cases.push_back(std::move(constant));
  }
}

// What still arrives slows down what is there, so that arrivals have to go on.
void AddSharing(Cases& cases) {
  const std::vector<GeneralSize> sizes = {
      {"exponential", ExponentialSize(), 1},
      {"hyperexponential", HyperexponentialSize{4}, 4},
      HeavyTailed()};
  for (const GeneralSize& size : sizes) {
    for (const double rho : {0.5, 0.8}) {
      const Pace pace = {.rho = rho,
                         .scv = size.scv,
                         .cool_down = MeanSizes(100 / (1 - rho)),
                         .error = size.error};
      ValidationCase each = Steady(
          Named(absl::StrFormat("M/G/1-PS %s", size.name), rho), "random",
          {{.discipline = Discipline::kSharing}}, size.shape, rho, pace);
      each.references = {{.value = theory::ProcessorSharingMean(rho),
                          .source = "insensitivity",
                          .judged = Judged(size)}};
      each.quick = rho < 0.8 && size.error == kErrorOfMeans;
      cases.push_back(std::move(each));
    }
  }
}

// -- Policies that theory knows

void AddRoundRobin(Cases& cases, std::size_t count) {
  const double n = static_cast<double>(count);
  for (const double rho : {0.5, 0.8, 0.9}) {
    const bool tails = count == 10 && rho <= kMostForTails;
    // Arrivals at each server are as constant as Erlang sizes are.
    ValidationCase each =
        Steady(Named(absl::StrCat("round robin of ", count), rho),
               "round-robin", Alike(count), ExponentialSize(), rho * n,
               {.rho = rho,
                .scv = theory::ErlangScv(count),
                .error = tails ? kErrorOfTails : kErrorOfMeans});
    each.references = {
        {.value = theory::RoundRobinMean(count, rho), .source = "E_N/M/1"}};
    const auto quantile = [=](double p) {
      return theory::RoundRobinQuantile(count, rho, p);
    };
    if (tails) AddQuantiles(each, "E_N/M/1", quantile);
    each.quick = rho == 0.5 && tails;
    cases.push_back(std::move(each));
  }
}

void AddShortestOfTwo(Cases& cases) {
  for (const double rho : {0.5, 0.8, 0.9}) {
    ValidationCase each =
        Steady(Named("JSQ of 2", rho), "least-outstanding", Alike(2),
               ExponentialSize(), 2 * rho, {.rho = rho, .pooled = 2});
    each.references = {{.value = theory::JoinShortestOfTwoMean(rho),
                        .source = "chain, solved"}};
    each.quick = rho == 0.5;
    cases.push_back(std::move(each));
  }
}

// With a slot each, the least work left is one queue for all.
void AddLeastWorkLeft(Cases& cases) {
  for (const double rho : {0.5, 0.8, 0.9}) {
    ValidationCase each = Steady(
        Named("least work left of 10", rho), "least-work-left", Alike(10),
        ExponentialSize(), 10 * rho, {.rho = rho, .pooled = 10});
    each.references = {
        {.value = theory::MmcMean(10, rho), .source = "Erlang C"}};
    each.quick = rho == 0.8;
    cases.push_back(std::move(each));
    ValidationCase constant =
        Steady(Named("least work left of 10, constant", rho), "least-work-left",
               Alike(10), ConstantSize(), 10 * rho,
               {.rho = rho, .scv = 0, .pooled = 10});
    constant.references = {
        {.value = theory::MdcMean(10, rho), .source = "Crommelin"}};
    cases.push_back(std::move(constant));
  }
}

// As if all slots were one server's; and of two servers, that to the faster one
// first.
void AddCentralQueue(Cases& cases) {
  const std::vector<ServerPlan> servers(5, ServerPlan{.slots = 2});
  for (const double rho : {0.5, 0.8, 0.9}) {
    ValidationCase each =
        Steady(Named("central queue of 5 of 2 slots", rho), "central-queue",
               servers, ExponentialSize(), 10 * rho,
               {.rho = rho, .pooled = 10, .error = ErrorAt(rho)});
    each.references = {
        {.value = theory::MmcMean(10, rho), .source = "Erlang C"}};
    const auto quantile = [=](double p) {
      return theory::MmcQuantile(10, rho, p);
    };
    if (rho <= kMostForTails) AddQuantiles(each, "Erlang C", quantile);
    cases.push_back(std::move(each));
  }
  constexpr double kSlowness = 3;
  for (const double rho : {0.5, 0.8}) {
    const double rate = rho * (1 + 1 / kSlowness);
    ValidationCase each =
        Steady(Named("central queue of 2, one 3x slow", rho), "central-queue",
               OneSlow(2, kSlowness), ExponentialSize(), rate,
               {.rho = rho, .pooled = 2, .slowest = kSlowness});
    each.references = {
        {.value = theory::OneQueueOfTwoMean(1, 1 / kSlowness, rate),
         .source = "balance of states"}};
    cases.push_back(std::move(each));
  }
}

// Splits of `rate` among servers of which one is slow. It is in a zone apart,
// so that "split" gives it less.
void AddSplits(Cases& cases, std::size_t count, double slowness, double rate) {
  std::vector<double> serves(count, 1);
  serves[0] = 1 / slowness;
  const auto add = [&](std::string_view name, const std::vector<double>& sent) {
    const double rho = std::max(sent[0] / serves[0], sent[1]);
    ValidationCase each = Steady(
        absl::StrFormat("%s split of %d, one %gx slow", name, count, slowness),
        "split", OneSlow(count, slowness), ExponentialSize(), rate,
        {.rho = rho, .slowest = slowness, .error = kErrorOfHeavy});
    each.scenario.servers[0].zone = 1;
    each.scenario.zones = 2;
    each.scenario.far = sent[1] / sent[0];
    each.references = {
        {.value = theory::SplitMean(serves, sent), .source = "M/M/1 for each"}};
    each.quick = count == 2 && name == "optimal";
    cases.push_back(std::move(each));
  };
  add("proportional", theory::ProportionalSplit(serves, rate));
  add("optimal", theory::OptimalSplit(serves, rate));
  const double equal = rate / static_cast<double>(count);
  if (equal < serves[0]) add("equal", std::vector<double>(count, equal));
}

}  // namespace

std::vector<ValidationCase> ValidationCases() {
  Cases cases;
  AddOneServer(cases);
  AddOneServerOfGeneralSizes(cases);
  for (const std::size_t slots : {2, 4, 10}) AddManySlots(cases, slots);
  AddSharing(cases);
  for (const std::size_t count : {4, 10, 100}) AddRoundRobin(cases, count);
  AddShortestOfTwo(cases);
  AddLeastWorkLeft(cases);
  AddSplits(cases, 2, 2, 0.75);
  AddSplits(cases, 10, 10, 7);
  AddSimulated(cases);
  AddCentralQueue(cases);
  // Each has seeds of its own, or one unlucky stream of arrivals would look
  // like many mistakes.
  for (std::size_t i = 0; i < cases.size(); ++i) {
    cases[i].seeds.first = 1 + 1000 * i;
  }
  return cases;
}

}  // namespace els_sim
