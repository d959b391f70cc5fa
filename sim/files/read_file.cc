#include "sim/files/read_file.h"

#include <fstream>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace els_sim {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (file.good() && content.good()) return std::move(content).str();
  return absl::NotFoundError(
      absl::StrCat(path, ": cannot be read, or is empty"));
}

}  // namespace els_sim
