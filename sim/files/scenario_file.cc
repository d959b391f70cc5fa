#include "sim/files/scenario_file.h"

#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "sim/files/checker.h"
#include "sim/files/fingerprint.h"
#include "sim/files/hedge_text.h"
#include "sim/files/read_file.h"
#include "sim/files/scenario_sections.h"

namespace els_sim {
namespace {

void ReadLine(Section& section, std::string_view key, std::string& line) {
  section.Read(key, line);
  if (line.find_first_of("\n\r") != line.npos) {
    section.Refuse(key, "must be one line");
  }
}

void ReadTexts(Section& section, std::string_view file, Scenario& scenario) {
  const std::string stem = std::filesystem::path(file).stem().string();
  scenario.name = stem;
  ReadLine(section, "name", scenario.name);
  section.Require("description");
  ReadLine(section, "description", scenario.description);
  ReadLine(section, "shows", scenario.shows);
  ReadLine(section, "cannot_show", scenario.cannot_show);
  if (scenario.name != stem) {
    section.Refuse("name",
                   absl::StrCat("is \"", absl::CHexEscape(scenario.name),
                                "\"; it must be that of the file, \"",
                                absl::CHexEscape(stem), "\""));
  }
}

void ReadRetries(Section& section, Retries& retries) {
  section.Read("most", retries.most);
  section.Read("backoff", retries.backoff);
  section.Table("budget", [&retries](Section& table) {
    els::RetryBudgetOptions& budget = retries.budget.emplace();
    table.Read("ratio", budget.ratio);
    table.Read("floor_per_second", budget.floor_per_second);
    Duration window = budget.window;
    table.Read("window", window);
    budget.window = window;
  });
}

void ReadHedge(Section& section, Scenario& scenario) {
  std::string text;
  if (section.Read("hedge", text) &&
      !ParseHedge(text, scenario.hedge.emplace())) {
    section.Refuse("hedge", absl::StrCat("is \"", absl::CHexEscape(text),
                                         "\"; it must be ", kHedgeTexts));
  }
  section.Table("hedge_options", [&](Section& table) {
    HedgePlan unused;
    els::HedgeTimerOptions& options =
        (scenario.hedge.has_value() ? *scenario.hedge : unused).options;
    table.Read("quantile", options.quantile);
    table.Read("ratio", options.ratio);
    table.Read("burst", options.burst);
    table.Read("keys", options.keys);
    Duration half_life = options.half_life;
    table.Read("half_life", half_life);
    options.half_life = half_life;
    if (text != "learnt") {
      section.Refuse("hedge_options", "need hedge = \"learnt\"");
    }
  });
}

void ReadLimit(Section& section, Scenario& scenario) {
  std::string limiter;
  if (section.Read("limit", limiter)) {
    scenario.limit = LimitPlan{.limiter = limiter};
  }
  section.Table("limit_options", [&](Section& table) {
    LimitPlan unused;
    els::ConcurrencyLimitOptions& options =
        (scenario.limit.has_value() ? *scenario.limit : unused).options;
    table.Read("initial_limit", options.initial_limit);
    table.Read("highest_limit", options.highest_limit);
    table.Read("tolerance", options.tolerance);
    Duration window = options.window;
    table.Read("window", window);
    options.window = window;
    table.Read("baseline_windows", options.baseline_windows);
    if (limiter != "els") {
      section.Refuse("limit_options", "need limit = \"els\"");
    }
  });
  section.Table("priorities", [&scenario](Section& table) {
    table.Read("sheddable", scenario.priorities.sheddable);
    table.Read("critical", scenario.priorities.critical);
  });
}

void ReadAccessPoints(Section& section, Scenario& scenario) {
  section.Read("count", scenario.access_points);
  section.Read("timeout", scenario.timeout);
  section.ReadOneOf<WorkTold>("work",
                              {{"none", WorkTold::kNone},
                               {"size", WorkTold::kSize},
                               {"key", WorkTold::kKey}},
                              scenario.work);
  section.Table("skew", [&scenario](Section& table) {
    Skew& skew = scenario.skew.emplace();
    table.ReadRequired("heavy", skew.heavy);
    table.ReadRequired("share", skew.share);
  });
  section.Table("retries", [&scenario](Section& retries) {
    ReadRetries(retries, scenario.retries);
  });
  ReadHedge(section, scenario);
  ReadLimit(section, scenario);
}

// The same from each zone to every other, and within each.
void ReadTwoDelays(Section& section, Scenario& scenario) {
  Duration near = {};
  Duration far = {};
  section.Read("near_delay", near);
  section.Read("far_delay", far);
  if (!section.Has("near_delay") && !section.Has("far_delay")) return;
  if (section.Has("delays")) {
    return section.Refuse("delays", "leave nothing to near_delay or far_delay");
  }
  scenario.delays.assign(scenario.zones,
                         std::vector<Duration>(scenario.zones, far));
  for (std::size_t i = 0; i < scenario.zones; ++i) {
    scenario.delays[i][i] = near;
    for (std::size_t j = 0; j < scenario.zones; ++j) {
      section.log().Alias(absl::StrCat("zones.delays[", i, "][", j, "]"),
                          i == j ? "zones.near_delay" : "zones.far_delay");
    }
  }
}

void ReadZones(Section& section, Scenario& scenario) {
  scenario.zones = section.Count("count", 1, kMaxZones);
  section.Read("far", scenario.far);
  section.Read("delays", scenario.delays);
  ReadTwoDelays(section, scenario);
}

void ReadWindow(Section& section, Window& window) {
  section.ReadRequired("name", window.name);
  section.ReadRequired("from", window.from);
  section.ReadRequired("until", window.until);
}

void ReadAll(Section& section, std::string_view file, const FileLoader& load,
             Scenario& scenario) {
  ReadTexts(section, file, scenario);
  section.Read("failure_penalty", scenario.failure_penalty);
  section.Read("first_in_turn", scenario.first_in_turn);
  if (section.Require("arrivals")) {
    section.Table("arrivals", [&](Section& arrivals) {
      ReadArrivals(arrivals, load, scenario.arrivals);
    });
  }
  if (section.Require("sizes")) {
    section.Table("sizes", [&](Section& sizes) {
      ReadSizes(sizes, load, scenario.sizes);
    });
  }
  if (section.Require("servers")) {
    section.Tables("servers", [&scenario](Section& server) {
      ReadServers(server, scenario.servers);
    });
  }
  section.Table("access_points", [&scenario](Section& access_points) {
    ReadAccessPoints(access_points, scenario);
  });
  section.Table("zones",
                [&scenario](Section& zones) { ReadZones(zones, scenario); });
  section.Tables("windows", [&scenario](Section& window) {
    ReadWindow(window, scenario.windows.emplace_back());
  });
}

}  // namespace

absl::StatusOr<Scenario> ParseScenario(std::string_view text,
                                       std::string_view file,
                                       const FileLoader& load) {
  FileLog log{std::string(file)};
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    log.Add({error.source().begin.line, error.source().begin.column},
            std::string(error.description()));
    return log.Status();
  }
  Scenario scenario;
  Fingerprint fingerprint;
  fingerprint.Add(text);
  const FileLoader load_and_note = [&](const std::string& name) {
    absl::StatusOr<std::string> content = load(name);
    if (content.ok()) fingerprint.Add(*content);
    return content;
  };
  Section::ReadTable(parsed.table(), "", log, [&](Section& section) {
    ReadAll(section, file, load_and_note, scenario);
  });
  scenario.origin = {.word = std::string(file),
                     .fingerprint = fingerprint.value()};
  if (log.ok()) {
    for (const Fault& fault : Faults(scenario)) log.Add(fault);
  }
  if (!log.ok()) return log.Status();
  return scenario;
}

absl::StatusOr<Scenario> ReadScenario(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  return ParseScenario(*text, path, [&folder](const std::string& name) {
    return ReadFile((folder / name).string());
  });
}

}  // namespace els_sim
