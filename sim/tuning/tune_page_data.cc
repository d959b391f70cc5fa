// TunePageData of tune_page.h.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <set>
#include <utility>

#include "els/portable_math.h"
#include "sim/results/html_text.h"
#include "sim/tuning/tune_page.h"

namespace els_sim {
namespace {

namespace json = boost::json;

// Five digits: more cannot be seen.
double Short(double value) { return Rounded(value, 5); }

// What kind of point it is, for the one chart: at most one of these.
std::string_view GroupOf(const TuneResult& result, std::size_t place) {
  if (place == result.chosen) return "tuned";
  if (place == 0) return "start";
  if (result.points[place].judgement.violation > 0)
    return "breaks a constraint";
  return StageText(result.points[place].stage);
}

json::object PointData(const TunePlan& plan, const TuneResult& result,
                       std::size_t place, bool in_set) {
  const TunePoint& point = result.points[place];
  const auto group = GroupOf(result, place);
  return {{"values", json::array(point.values.begin(), point.values.end())},
          {"text", ValuesText(plan.options, point.values)},
          {"group", json::string(group.data(), group.size())},
          {"seeds", point.seeds},
          {"above_start", Short(point.above_start)},
          {"cost", Short(els::Exp(point.judgement.log_cost))},
          {"p99", Short(els::Exp(point.judgement.log_p99))},
          {"errors", Short(100 * point.judgement.error_rate)},
          {"pareto", in_set}};
}

}  // namespace

std::string TunePageData(const TunePlan& plan, const TuneResult& result) {
  json::array options;
  for (const TunedOption& option : plan.options) {
    options.push_back(
        json::object{{"name", option.name},
                     {"unit", option.is_duration ? " s" : ""},
                     {"logarithmic", option.scale == Scale::kLogarithmic}});
  }
  const std::set<std::size_t> set(result.pareto.begin(), result.pareto.end());
  json::array points;
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    points.push_back(PointData(plan, result, i, set.count(i) > 0));
  }
  return json::serialize(json::object{{"options", std::move(options)},
                                      {"seeds", plan.seeds},
                                      {"points", std::move(points)}});
}

}  // namespace els_sim
