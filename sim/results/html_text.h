#pragma once

// Text as parts of an HTML page.

#include <map>
#include <string>
#include <string_view>

namespace els_sim {

// With HTML's special characters escaped.
std::string EscapeHtml(std::string_view text);

// JavaScript that means the same as `script` and cannot end the element that it
// is inlined in.
std::string EscapeScript(std::string_view script);

// JSON that means the same, and has nothing that HTML could take for a tag.
std::string EscapeJson(std::string_view json);

// To so many significant decimal digits, 1 to 17: pages are small if their
// numbers are short.
double Rounded(double value, int digits);

// Puts the values in place of their {{names}}, in one pass: what a value
// contains is left alone. REQUIRES: every name has a value.
std::string Fill(std::string_view text,
                 const std::map<std::string_view, std::string>& values);

}  // namespace els_sim
