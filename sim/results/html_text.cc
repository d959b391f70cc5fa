#include "sim/results/html_text.h"

#include <cstddef>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "sim/model/absl_view.h"

namespace els_sim {

std::string EscapeHtml(std::string_view text) {
  return absl::StrReplaceAll(
      AbslView(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string EscapeScript(std::string_view script) {
  // Both occur in valid scripts in strings and regular expressions only, where
  // the backslash changes nothing.
  return absl::StrReplaceAll(AbslView(script),
                             {{"</script", "<\\/script"}, {"<!--", "<\\!--"}});
}

std::string EscapeJson(std::string_view json) {
  return absl::StrReplaceAll(AbslView(json), {{"<", "\\u003c"}});
}

double Rounded(double value, int digits) {
  double rounded = value;
  const std::string text = absl::StrFormat("%.*g", digits, value);
  return absl::SimpleAtod(text, &rounded) ? rounded : value;
}

std::string Fill(std::string_view text,
                 const std::map<std::string_view, std::string>& values) {
  std::string result;
  for (;;) {
    const std::size_t open = text.find("{{");
    result += text.substr(0, open);
    if (open == text.npos) return result;
    const std::size_t close = text.find("}}", open);
    result += values.at(text.substr(open + 2, close - open - 2));
    text.remove_prefix(close + 2);
  }
}

}  // namespace els_sim
