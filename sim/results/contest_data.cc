// ContestCsv and ContestJson of contest_report.h.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "sim/results/contest_report.h"

namespace els_sim {
namespace {

namespace json = boost::json;

json::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

json::value OrNull(std::optional<double> value) {
  return value.has_value() ? json::value(*value) : json::value();
}

json::object RatioObject(const LogRatio& ratio) {
  const bool known = ratio.half_width.has_value();
  return {{"ratio", ratio.Ratio()},
          {"low", known ? json::value(ratio.Low()) : json::value()},
          {"high", known ? json::value(ratio.High()) : json::value()}};
}

// What both formats have of a scenario and policy, in the order of the columns.
json::object EntryObject(const Contest& contest, std::size_t scenario,
                         std::size_t policy) {
  const ContestPlan& plan = contest.plan;
  const Entry& entry = contest.entries[scenario][policy];
  json::object object = {{"scenario", plan.scenarios[scenario].name},
                         {"load", OrNull(LoadOf(plan.scenarios[scenario]))},
                         {"policy", View(plan.policies[policy]->name)},
                         {"base", View(plan.policies[plan.base]->name)},
                         {"cost_s", entry.mean_s}};
  for (const auto& field : RatioObject(entry.to_base)) object.insert(field);
  object["verdict"] = policy == plan.base
                          ? json::value()
                          : json::value(View(ScoreText(entry.score)));
  object["p50_s"] = Seconds(QuantileOf(entry, 500));
  object["p90_s"] = Seconds(QuantileOf(entry, 900));
  object["p99_s"] = Seconds(QuantileOf(entry, 990));
  object["p999_s"] = Seconds(QuantileOf(entry, 999));
  object["requests"] = entry.requests;
  object["error_rate"] = ErrorRate(entry);
  object["attempts_per_request"] = AttemptsPerRequest(entry);
  return object;
}

std::string CsvField(const json::value& value) {
  if (value.is_null()) return "";
  if (value.is_double()) return absl::StrFormat("%.9g", value.get_double());
  if (!value.is_string()) return json::serialize(value);
  std::string text(value.get_string());
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

// The fields' names, or their values.
std::string CsvLine(const json::object& object, bool names) {
  std::vector<std::string> fields;
  for (const auto& field : object) {
    fields.push_back(names ? std::string(field.key())
                           : CsvField(field.value()));
  }
  return absl::StrJoin(fields, ",") + "\n";
}

json::object StandingObject(const Contest& contest, std::size_t policy) {
  const Standing& standing = contest.standings[policy];
  return {
      {"policy", View(contest.plan.policies[policy]->name)},
      {"to_base", RatioObject(standing.to_base)},
      {"p99_to_base", standing.p99_to_base},
      {"to_yardstick", standing.to_yardstick.has_value()
                           ? json::value(RatioObject(*standing.to_yardstick))
                           : json::value()},
      {"wins", standing.wins},
      {"ties", standing.ties},
      {"losses", standing.losses}};
}

}  // namespace

std::string ContestCsv(const Contest& contest) {
  std::string text = CsvLine(EntryObject(contest, 0, 0), true);
  for (std::size_t i = 0; i < contest.plan.scenarios.size(); ++i) {
    for (std::size_t j = 0; j < contest.plan.policies.size(); ++j) {
      text += CsvLine(EntryObject(contest, i, j), false);
    }
  }
  return text;
}

std::string ContestJson(const Contest& contest) {
  const ContestPlan& plan = contest.plan;
  json::array rows;
  for (std::size_t i = 0; i < plan.scenarios.size(); ++i) {
    for (std::size_t j = 0; j < plan.policies.size(); ++j) {
      json::object row = EntryObject(contest, i, j);
      const std::vector<double>& costs = contest.entries[i][j].costs_s;
      row["costs_by_seed_s"] = json::array(costs.begin(), costs.end());
      rows.push_back(std::move(row));
    }
  }
  json::array standings;
  for (std::size_t i = 0; i < plan.policies.size(); ++i) {
    standings.push_back(StandingObject(contest, i));
  }
  const json::object all = {
      {"base", View(plan.policies[plan.base]->name)},
      {"yardstick", View(Contest::kYardstick)},
      {"seeds", {{"first", plan.seeds.first}, {"count", plan.seeds.count}}},
      {"rows", std::move(rows)},
      {"standings", std::move(standings)}};
  return json::serialize(all) + "\n";
}

}  // namespace els_sim
