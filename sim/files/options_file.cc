#include "sim/files/options_file.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "els/options_text.h"
#include "sim/files/read_file.h"
#include "sim/policies/expected_latency.h"

namespace els_sim {
namespace {

struct Tuned {
  std::string path;
  els::Options options;
  PolicyInfo policy;
};

}  // namespace

absl::StatusOr<els::Options> ReadOptionsFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return absl::InvalidArgumentError(text.status().message());
  absl::StatusOr<els::Options> options = els::ParseOptions(*text);
  if (options.ok()) return options;
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", options.status().message()));
}

absl::StatusOr<const PolicyInfo*> PolicyOfOptionsFile(const std::string& path) {
  static std::vector<std::unique_ptr<const Tuned>> kept;
  for (const auto& tuned : kept) {
    if (tuned->path == path) return &tuned->policy;
  }
  const absl::StatusOr<els::Options> options = ReadOptionsFile(path);
  if (!options.ok()) return options.status();
  if (path.find_first_of(",|\"\n") != path.npos) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", path, "': it is to be the policy's name in tables, and may have ",
        "no comma, |, quote or line end"));
  }
  auto tuned = std::make_unique<Tuned>(Tuned{path, *options, {}});
  tuned->policy = WithOptions(tuned->options);
  tuned->policy.name = tuned->path;
  kept.push_back(std::move(tuned));
  return &kept.back()->policy;
}

}  // namespace els_sim
