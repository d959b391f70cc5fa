#include "sim/results/contest_events.h"

#include <map>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/files/explain_parts.h"
#include "sim/files/explain_words.h"

namespace els_sim {
namespace {

using ByTime = std::map<Duration, std::vector<std::string>>;

std::string PhaseText(const Phase& phase) {
  std::vector<std::string> what;
  if (phase.slowness > 1) {
    what.push_back(absl::StrCat(Roughly(phase.slowness), " times slower"));
  }
  if (phase.slowness < 1) {
    what.push_back(absl::StrCat(Roughly(1 / phase.slowness), " times faster"));
  }
  if (phase.failure_rate > 0) {
    what.push_back(absl::StrCat("failing ", Percent(phase.failure_rate)));
  }
  if (phase.silent) what.emplace_back("silent");
  return what.empty() ? "well" : absl::StrJoin(what, " and ");
}

void AddServer(const ServerPlan& server, const std::string& name,
               ByTime& events) {
  for (std::size_t i = 0; i < server.phases.size(); ++i) {
    const Phase& phase = server.phases[i];
    events[phase.from].push_back(absl::StrCat(name, " ", PhaseText(phase)));
    const bool goes_on = i + 1 < server.phases.size() &&
                         server.phases[i + 1].from == phase.until;
    if (goes_on || phase.until == Duration::max()) continue;
    events[phase.until].push_back(name + " well again");
  }
  if (server.joins_at != Duration::zero()) {
    events[server.joins_at].push_back(name + " joins");
  }
  if (server.leaves_at != Duration::max()) {
    events[server.leaves_at].push_back(name + " leaves");
  }
}

void AddRates(const OpenArrivals& arrivals, ByTime& events) {
  for (const ProfilePoint& point : arrivals.profile) {
    events[point.at].push_back(absl::StrCat("rate times ", Roughly(point.times),
                                            point.ramp ? ", changing" : ""));
  }
}

}  // namespace

std::vector<ServerGroup> GroupServers(const Scenario& scenario) {
  std::vector<ServerGroup> groups;
  std::string story;
  for (std::size_t i = 0; i < scenario.servers.size(); ++i) {
    const std::string next = ServerStory(scenario.servers[i], scenario);
    if (groups.empty() || next != story) groups.push_back({.first = i});
    ++groups.back().count;
    story = next;
  }
  return groups;
}

std::string NameOf(const ServerGroup& group) {
  if (group.count == 1) return absl::StrCat("b", group.first);
  return absl::StrCat("b", group.first, " to b", group.first + group.count - 1);
}

std::vector<ScenarioEvent> EventsOf(const Scenario& scenario) {
  ByTime by_time;
  for (const ServerGroup& group : GroupServers(scenario)) {
    AddServer(scenario.servers[group.first], NameOf(group), by_time);
  }
  if (const auto* open = std::get_if<OpenArrivals>(&scenario.arrivals)) {
    AddRates(*open, by_time);
  }
  std::vector<ScenarioEvent> events;
  for (const auto& [at, texts] : by_time) {
    events.push_back({.at = at, .text = absl::StrJoin(texts, ", ")});
  }
  return events;
}

}  // namespace els_sim
