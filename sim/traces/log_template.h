#pragma once

// Lines of logs by the template that made them, in the notation of nginx's
// log_format: $remote_addr [$time_local] "$request" $status

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace els_sim {

// A value. A variable stands for what is up to the text that follows it. It has
// no blanks unless it is between quotes or brackets, or before a bar (|), or is
// a list as nginx
// writes the tries of a request: "0.050, 0.075 : 0.010". $rest stands for all
// that is left, and may be missing.
class LogTemplate {
 public:
  // InvalidArgumentError, of one line, if two variables touch or there is none.
  static absl::StatusOr<LogTemplate> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::vector<std::string>& names() const { return names_; }

  // Sets `cells` to what the variables are in this line. Returns false if the
  // line is of another form. A line may have what syslog puts before it.
  bool Split(std::string_view line, std::vector<std::string>& cells) const;

 private:
  bool SplitAll(std::string_view line, std::vector<std::string>& cells) const;

  std::string text_;
  std::vector<std::string> names_;
  std::vector<std::string> before_;  // By variable: the text that precedes it.
  std::string after_;
};

// Where the variable between these two texts of a template ends in `line`,
// which begins with it; npos if it does not end.
std::size_t EndOfVariable(std::string_view line, std::string_view before,
                          std::string_view after);

// `text`, which ends in " $more", with that made what all `lines` have in its
// place. Words that look like nginx's times, addresses and statuses become
// those; a lone integer becomes Apache's %D, and $time_local its $start_time.
// Empty if no line is of the form.
std::string WithGuessedEnd(std::string_view text,
                           const std::vector<std::string_view>& lines);

}  // namespace els_sim
