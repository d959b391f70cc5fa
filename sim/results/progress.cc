#include "sim/results/progress.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "absl/strings/str_format.h"

namespace els_sim {

Progress::~Progress() {
  if (shown_) std::fputc('\n', stderr);
}

void Progress::Step() {
  ++done_;
  const auto elapsed = Clock::now() - start_;
  if (isatty(STDERR_FILENO) != 1 || elapsed < std::chrono::seconds(2)) return;
  shown_ = true;
  // What a longer text before may have left is erased.
  constexpr const char* kEraseToEnd = "\x1b[K";
  absl::FPrintF(stderr, "\r%s%s", ProgressText(done_, total_, elapsed, what_),
                kEraseToEnd);
}

std::string ProgressText(std::size_t done, std::size_t total,
                         std::chrono::duration<double> elapsed,
                         std::string_view what) {
  const double rest = static_cast<double>(total - done);
  const auto left_s = static_cast<long long>(
      std::ceil(elapsed.count() * rest / static_cast<double>(done)));
  std::string text = absl::StrFormat("%d of %d %s, ", done, total, what);
  if (left_s >= 60) absl::StrAppendFormat(&text, "%d min ", left_s / 60);
  absl::StrAppendFormat(&text, "%d s left", left_s % 60);
  return text;
}

}  // namespace els_sim
