// ContestPageData of contest_page.h.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/results/contest_events.h"
#include "sim/results/contest_page.h"
#include "sim/results/contest_report.h"
#include "sim/results/html_text.h"

namespace els_sim {
namespace {

namespace json = boost::json;

// Four digits: more cannot be seen, and would make most of the page.
double Short(double value) { return Rounded(value, 4); }

double InMilliseconds(FractionalDuration duration) {
  return Short(duration / std::chrono::milliseconds(1));
}

// Of the requests of each second.
json::array CostsOverTime(const Timeline& timeline) {
  json::array costs;
  for (const Timeline::Step& step : timeline.steps()) {
    if (step.requests == 0) {
      costs.push_back(nullptr);
      continue;
    }
    costs.push_back(
        InMilliseconds(step.cost / static_cast<double>(step.requests)));
  }
  return costs;
}

// A server's in the mean of the group, in each second.
json::array SharesOverTime(const Timeline& timeline, const ServerGroup& group) {
  json::array shares;
  for (const Timeline::Step& step : timeline.steps()) {
    if (step.requests == 0) {
      shares.push_back(nullptr);
      continue;
    }
    double sum = 0;
    for (std::size_t i = 0; i < group.count; ++i) {
      sum += static_cast<double>(step.by_server[group.first + i]);
    }
    shares.push_back(Short(100 * sum / static_cast<double>(group.count) /
                           static_cast<double>(step.requests)));
  }
  return shares;
}

json::object EntryData(const Entry& entry,
                       const std::vector<ServerGroup>& groups) {
  const LogRatio& ratio = entry.to_base;
  const bool known = ratio.half_width.has_value();
  json::array quantiles;
  for (const Duration quantile : entry.quantiles) {
    quantiles.push_back(InMilliseconds(quantile));
  }
  json::object object = {
      {"ratio", Short(ratio.Ratio())},
      {"low", known ? json::value(Short(ratio.Low())) : json::value()},
      {"high", known ? json::value(Short(ratio.High())) : json::value()},
      {"quantiles", std::move(quantiles)}};
  if (!entry.timeline.has_value()) return object;
  object["costs"] = CostsOverTime(*entry.timeline);
  json::array shares;
  for (const ServerGroup& group : groups) {
    shares.push_back(SharesOverTime(*entry.timeline, group));
  }
  object["shares"] = std::move(shares);
  return object;
}

json::object ScenarioData(const Contest& contest, std::size_t index) {
  const Scenario& scenario = contest.plan.scenarios[index];
  const std::vector<ServerGroup> groups = GroupServers(scenario);
  json::array names;
  for (const ServerGroup& group : groups) {
    names.push_back(json::string(NameOf(group)));
  }
  json::array events;
  for (const ScenarioEvent& event : EventsOf(scenario)) {
    events.push_back(
        json::object{{"at", Seconds(event.at)}, {"text", event.text}});
  }
  json::array entries;
  for (const Entry& entry : contest.entries[index]) {
    entries.push_back(EntryData(entry, groups));
  }
  return {{"title", TitleOf(contest, index)},
          {"description", scenario.description},
          {"groups", std::move(names)},
          {"events", std::move(events)},
          {"entries", std::move(entries)}};
}

}  // namespace

std::string ContestPageData(const Contest& contest) {
  json::array policies;
  for (const PolicyInfo* policy : contest.plan.policies) {
    policies.push_back(json::string(policy->name.data(), policy->name.size()));
  }
  json::array thousandths;
  for (const std::uint64_t each : kContestQuantiles) {
    thousandths.push_back(each);
  }
  json::array scenarios;
  for (std::size_t i = 0; i < contest.plan.scenarios.size(); ++i) {
    scenarios.push_back(ScenarioData(contest, i));
  }
  return json::serialize(json::object{{"base", contest.plan.base},
                                      {"policies", std::move(policies)},
                                      {"thousandths", std::move(thousandths)},
                                      {"scenarios", std::move(scenarios)}});
}

}  // namespace els_sim
