#include <numeric>

#include "sim/files/number_file.h"
#include "sim/files/scenario_sections.h"

namespace els_sim {
namespace {

constexpr double kNanosecondsPerMillisecond = 1e6;

// Of the piecewise linear distribution. REQUIRES: two or more.
double Mean(const std::vector<double>& quantiles) {
  const double ends = (quantiles.front() + quantiles.back()) / 2;
  const double sum = std::accumulate(quantiles.begin(), quantiles.end(), 0.0);
  return (sum - ends) / static_cast<double>(quantiles.size() - 1);
}

using ReadShape = void (*)(Section& section, const FileLoader& load,
                           Sizes& sizes);

// A shape whose parameters are numbers, by `read`.
template <typename Shape, typename Read>
void ReadPlain(Section& section, Sizes& sizes, Read read) {
  section.ReadRequired("mean", sizes.mean);
  Shape shape = {};
  read(shape);
  sizes.shape = shape;
}

void ReadConstant(Section& section, const FileLoader&, Sizes& sizes) {
  ReadPlain<ConstantSize>(section, sizes, [](ConstantSize&) {});
}

void ReadExponential(Section& section, const FileLoader&, Sizes& sizes) {
  ReadPlain<ExponentialSize>(section, sizes, [](ExponentialSize&) {});
}

void ReadErlang(Section& section, const FileLoader&, Sizes& sizes) {
  ReadPlain<ErlangSize>(section, sizes, [&section](ErlangSize& shape) {
    section.ReadRequired("stages", shape.stages);
  });
}

void ReadHyperexponential(Section& section, const FileLoader&, Sizes& sizes) {
  ReadPlain<HyperexponentialSize>(section, sizes,
                                  [&section](HyperexponentialSize& shape) {
                                    section.ReadRequired("scv", shape.scv);
                                  });
}

void ReadLognormal(Section& section, const FileLoader&, Sizes& sizes) {
  ReadPlain<LognormalSize>(section, sizes, [&section](LognormalSize& shape) {
    section.ReadRequired("sigma", shape.sigma);
  });
}

void ReadBimodal(Section& section, const FileLoader&, Sizes& sizes) {
  ReadPlain<BimodalSize>(section, sizes, [&section](BimodalSize& shape) {
    section.ReadRequired("large", shape.large);
    section.ReadRequired("ratio", shape.ratio);
  });
}

void ReadBoundedPareto(Section& section, const FileLoader&, Sizes& sizes) {
  ReadPlain<BoundedParetoSize>(section, sizes,
                               [&section](BoundedParetoSize& shape) {
                                 section.ReadRequired("alpha", shape.alpha);
                                 section.ReadRequired("ratio", shape.ratio);
                               });
}

void ReadQuantiles(Section& section, const FileLoader& load, Sizes& sizes) {
  std::vector<double> quantiles;
  section.ExactlyOneOf({"file", "values"});
  section.Read("values", quantiles);
  std::string file;
  if (section.Read("file", file)) {
    section.log().Alias("sizes.values", "sizes.file");
    const auto text = load(file);
    const auto numbers = text.ok() ? ParseNumbers(*text) : text.status();
    if (numbers.ok()) {
      quantiles = *numbers;
    } else {
      section.RefuseFile("file", file, text.ok(), numbers.status());
    }
  }
  if (!section.Read("mean", sizes.mean) && quantiles.size() >= 2) {
    // What it is made of is checked later, and may be anything yet.
    const double mean = Mean(quantiles) * kNanosecondsPerMillisecond;
    sizes.mean = mean > 0 && mean < 1e15 ? Rounded(FractionalDuration(mean))
                                         : Duration::zero();
    section.log().Alias("sizes.mean",
                        section.Has("file") ? "sizes.file" : "sizes.values");
  }
  sizes.shape = QuantileSize{
      std::make_shared<const std::vector<double>>(std::move(quantiles))};
}

}  // namespace

void ReadSizes(Section& section, const FileLoader& load, Sizes& sizes) {
  ReadShape read = nullptr;
  if (!section.Require("shape") ||
      !section.ReadOneOf<ReadShape>("shape",
                                    {{"constant", ReadConstant},
                                     {"exponential", ReadExponential},
                                     {"erlang", ReadErlang},
                                     {"hyperexponential", ReadHyperexponential},
                                     {"lognormal", ReadLognormal},
                                     {"bimodal", ReadBimodal},
                                     {"bounded-pareto", ReadBoundedPareto},
                                     {"quantiles", ReadQuantiles}},
                                    read)) {
    return section.IgnoreTheRest();
  }
  read(section, load, sizes);
}

}  // namespace els_sim
