#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "examples/demo/page.h"
#include "tests/demo/samples.h"

namespace demo {
namespace {

std::string SamplePage() {
  const std::vector<PolicyResult> results = {
      {"a<b", Ladder(98, 2), {{"x</script>", 3}, {"y", 1}}}};
  return MakePage({"els-demo --html \"a&b\"", {"One {{data}}.", "Two."}, "V."},
                  results);
}

TEST(EscapeHtml, LeavesNoSpecialCharacter) {
  EXPECT_EQ(EscapeHtml("a < b && \"c\" > d"),
            "a &lt; b &amp;&amp; &quot;c&quot; &gt; d");
}

TEST(EscapeScript, CannotEndItsElement) {
  EXPECT_EQ(EscapeScript("x = '</script>' + '<!-- y';"),
            "x = '<\\/script>' + '<\\!-- y';");
}

TEST(Page, HasTheTableAndTheTextAsTheyAre) {
  const std::string page = SamplePage();
  EXPECT_NE(page.find("<th scope=\"col\">a&lt;b</th>"), std::string::npos);
  EXPECT_NE(page.find("<tr><th scope=\"row\">p50</th><td>50 ms</td></tr>"),
            std::string::npos);
  EXPECT_NE(page.find("<code>els-demo --html &quot;a&amp;b&quot;</code>"),
            std::string::npos);
  EXPECT_NE(page.find("<p>One {{data}}.</p>\n<p>Two.</p>"), std::string::npos);
}

TEST(Page, EndsNoScriptWithinItsData) {
  const std::string page = SamplePage();
  EXPECT_NE(page.find("x\\u003c/script>"), std::string::npos);
}

TEST(Page, RefersToNothingOutsideItself) {
  const std::string page = SamplePage();
  const std::regex reference(
      "(src|href|action)\\s*=\\s*[\"']|url\\(|@import|\\bfetch\\(|"
      "XMLHttpRequest|importScripts");
  for (std::sregex_iterator it(page.begin(), page.end(), reference), end;
       it != end; ++it) {
    ADD_FAILURE() << page.substr(static_cast<std::size_t>(it->position()), 80);
  }
}

}  // namespace
}  // namespace demo
