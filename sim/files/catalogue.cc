#include "sim/files/catalogue.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sim/files/catalogue_files.h"
#include "sim/files/scenario_file.h"

namespace els_sim {
namespace {

constexpr std::string_view kExtension = ".toml";

absl::StatusOr<std::string> Content(const std::string& name) {
  for (const CatalogueFile& file : CatalogueFiles()) {
    if (file.name == name) return std::string(file.text);
  }
  return absl::NotFoundError("there is no such file");
}

Scenario Parsed(const CatalogueFile& file) {
  auto scenario = ParseScenario(file.text, file.name, Content);
  if (scenario.ok()) {
    scenario->origin.word = scenario->name;
    return *std::move(scenario);
  }
  // The tests read every file; this is one that was changed since.
  std::cerr << scenario.status().message() << "\n";
  std::abort();
}

}  // namespace

std::vector<std::string_view> CatalogueNames() {
  std::vector<std::string_view> names;
  for (const CatalogueFile& file : CatalogueFiles()) {
    if (!file.name.ends_with(kExtension)) continue;
    names.push_back(file.name.substr(0, file.name.size() - kExtension.size()));
  }
  // The order of the files is another: a-b.toml comes before a.toml.
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Scenario> Scenarios() {
  std::vector<Scenario> scenarios;
  for (const std::string_view name : CatalogueNames()) {
    scenarios.push_back(*FindScenario(name));
  }
  return scenarios;
}

std::optional<Scenario> FindScenario(std::string_view name) {
  const std::string file_name = std::string(name) + std::string(kExtension);
  for (const CatalogueFile& file : CatalogueFiles()) {
    if (file.name == file_name) return Parsed(file);
  }
  return std::nullopt;
}

}  // namespace els_sim
