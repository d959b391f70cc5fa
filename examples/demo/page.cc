#include "examples/demo/page.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "examples/demo/page_parts.h"
#include "examples/demo/table.h"

namespace demo {
namespace {

namespace json = boost::json;

// The curve goes from the 10th to the 99.9th percentile, evenly on a scale that
// gives every nine the same room. Beyond, a run has only a handful of requests.
constexpr int kCurveSteps = 150;
constexpr double kFirstNines = 0.0457575;  // -log10(1 - 0.1)
constexpr double kLastNines = 3;

std::string ReplaceAll(std::string_view text, std::string_view from,
                       std::string_view to) {
  std::string result;
  for (;;) {
    const std::size_t at = text.find(from);
    result += text.substr(0, at);
    if (at == std::string_view::npos) return result;
    result += to;
    text.remove_prefix(at + from.size());
  }
}

// Puts the values in place of their {{names}}, in one pass: what a value
// contains is left alone. REQUIRES: every name has a value.
std::string Fill(std::string_view text,
                 const std::map<std::string_view, std::string>& values) {
  std::string result;
  for (;;) {
    const std::size_t open = text.find("{{");
    result += text.substr(0, open);
    if (open == std::string_view::npos) return result;
    const std::size_t close = text.find("}}", open);
    result += values.at(text.substr(open + 2, close - open - 2));
    text.remove_prefix(close + 2);
  }
}

// Milliseconds, or null for a failed request.
json::value Milliseconds(std::optional<Duration> latency) {
  if (!latency) return nullptr;
  return std::chrono::duration<double, std::milli>(*latency).count();
}

json::array Curve(std::span<const Sample> samples) {
  const Ranking ranking(samples);
  json::array points;
  for (int i = 0; i <= kCurveSteps; ++i) {
    const double nines =
        kFirstNines + (kLastNines - kFirstNines) * i / kCurveSteps;
    const double q = 1 - std::pow(10, -nines);
    points.push_back(json::object{{"nines", nines},
                                  {"ms", Milliseconds(ranking.Quantile(q))}});
  }
  return points;
}

json::array Seconds(std::span<const Sample> samples) {
  json::array seconds;
  double middle = 0.5;
  for (const std::vector<Sample>& second : BySecond(samples)) {
    const Ranking ranking(second);
    if (ranking.size() > 0) {
      seconds.push_back(
          json::object{{"at", middle},
                       {"p50", Milliseconds(ranking.Quantile(0.5))},
                       {"errors", 100 * ranking.ErrorRatio()}});
    }
    ++middle;
  }
  return seconds;
}

json::object Data(std::span<const PolicyResult> results) {
  json::array policies;
  json::array backends;
  for (const PolicyResult& result : results) {
    json::array shares;
    backends.clear();
    for (std::size_t i = 0; i < result.shares.size(); ++i) {
      shares.push_back(100 * Share(result, i));
      backends.push_back(json::string(result.shares[i].backend));
    }
    policies.push_back(json::object{{"name", result.policy},
                                    {"curve", Curve(result.samples)},
                                    {"seconds", Seconds(result.samples)},
                                    {"shares", shares}});
  }
  return {{"policies", policies}, {"backends", backends}};
}

std::string TableHtml(std::span<const PolicyResult> results) {
  std::string html = "<thead><tr><td></td>";
  for (const PolicyResult& result : results) {
    html += "<th scope=\"col\">" + EscapeHtml(result.policy) + "</th>";
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const Row& row : Rows(results)) {
    html += "<tr><th scope=\"row\">" + EscapeHtml(row.label) + "</th>";
    for (const std::string& cell : row.cells) {
      html += "<td>" + EscapeHtml(cell) + "</td>";
    }
    html += "</tr>\n";
  }
  return html + "</tbody>";
}

}  // namespace

std::string MakePage(const PageText& text,
                     std::span<const PolicyResult> results) {
  std::string set_up;
  for (const std::string& paragraph : text.set_up) {
    set_up += "<p>" + EscapeHtml(paragraph) + "</p>\n";
  }
  return Fill(
      kPageHtml,
      {{"css", std::string(kPageCss)},
       {"verdict", EscapeHtml(text.verdict)},
       {"command", EscapeHtml(text.command)},
       {"set_up", set_up},
       {"table", TableHtml(results)},
       {"chart_js", EscapeScript(kChartJs)},
       // No "<" at all, so nothing that HTML could take for a tag.
       {"data", ReplaceAll(json::serialize(Data(results)), "<", "\\u003c")},
       {"js", EscapeScript(kPageJs)}});
}

std::string EscapeHtml(std::string_view text) {
  std::string escaped = ReplaceAll(text, "&", "&amp;");
  escaped = ReplaceAll(escaped, "<", "&lt;");
  escaped = ReplaceAll(escaped, ">", "&gt;");
  return ReplaceAll(escaped, "\"", "&quot;");
}

std::string EscapeScript(std::string_view script) {
  // Both occur in valid scripts in strings and regular expressions only, where
  // the backslash changes nothing.
  return ReplaceAll(ReplaceAll(script, "</script", "<\\/script"), "<!--",
                    "<\\!--");
}

}  // namespace demo
