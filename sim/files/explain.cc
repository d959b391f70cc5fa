#include "sim/files/explain.h"

#include <cstddef>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/files/explain_parts.h"
#include "sim/files/offered.h"

namespace els_sim {
namespace {

constexpr std::size_t kWidth = 80;

// Broken at blanks, every line but the first indented by `indent`.
std::string Wrapped(absl::string_view text, std::size_t indent) {
  std::string wrapped;
  std::size_t column = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column > indent && column + 1 + word.size() > kWidth) {
      absl::StrAppend(&wrapped, "\n", std::string(indent, ' '));
      column = indent;
    } else if (column > 0) {
      absl::StrAppend(&wrapped, " ");
      ++column;
    }
    absl::StrAppend(&wrapped, word);
    column += word.size();
  }
  return wrapped + "\n";
}

std::string Paragraph(const std::string& text) {
  return text.empty() ? "" : "\n" + Wrapped(text, 0);
}

// Neighbours in the list that are alike are told of together.
std::string ServersText(const Scenario& scenario) {
  std::string text = "\n";
  std::size_t first = 0;
  while (first < scenario.servers.size()) {
    const std::string story = ServerStory(scenario.servers[first], scenario);
    std::size_t end = first + 1;
    while (end < scenario.servers.size() &&
           ServerStory(scenario.servers[end], scenario) == story) {
      ++end;
    }
    const std::string names =
        end == first + 1
            ? absl::StrCat("Server b", first)
            : absl::StrCat("Servers b", first, " to b", end - 1, ", each");
    text += Wrapped(absl::StrCat("- ", names, ": ", story), 2);
    first = end;
  }
  return text;
}

std::string WindowsText(const Scenario& scenario) {
  std::string text = Paragraph(MeasuredStory(scenario));
  if (!scenario.windows.empty()) text += "\n";
  for (const Window& window : scenario.windows) {
    text += Wrapped("- " + WindowStory(window), 2);
  }
  return text;
}

}  // namespace

std::string Explain(const Scenario& scenario) {
  std::string text = Wrapped(scenario.name + ": " + scenario.description, 0);
  text += Paragraph(ArrivalsStory(scenario));
  text += Paragraph(LoadStory(scenario));
  text += ServersText(scenario);
  text += Paragraph(AccessPointsStory(scenario));
  text += Paragraph(ZonesStory(scenario));
  text += WindowsText(scenario);
  if (!scenario.shows.empty()) text += Paragraph("Shows: " + scenario.shows);
  if (!scenario.cannot_show.empty()) {
    text += Paragraph("Cannot show: " + scenario.cannot_show);
  }
  return text;
}

}  // namespace els_sim
