#include "sim/results/write_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace els_sim {
namespace {

namespace fs = std::filesystem;

absl::Status CannotWrite(const std::string& path, const std::string& why) {
  return absl::UnavailableError(absl::StrCat("cannot write ", path, ": ", why));
}

bool ReplaceableByRename(const std::string& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return !fs::exists(status) || fs::is_regular_file(status);
}

// The file itself if `path` is a link, which then stays one.
fs::path Target(const std::string& path) {
  std::error_code error;
  fs::path target = fs::canonical(path, error);
  return error ? fs::path(path) : target;
}

// One of its own for each process that writes the same file.
fs::path Neighbour(const fs::path& target) {
  return target.string() + absl::StrCat(".", getpid(), ".tmp");
}

absl::Status WriteInPlace(const std::string& path, const fs::path& file,
                          std::string_view text) {
  errno = 0;
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text << std::flush;
  stream.close();
  if (stream.good()) return absl::OkStatus();
  return CannotWrite(path, std::strerror(errno != 0 ? errno : EIO));
}

}  // namespace

absl::Status WriteFile(const std::string& path, std::string_view text) {
  if (!ReplaceableByRename(path)) return WriteInPlace(path, path, text);
  const fs::path target = Target(path);
  const fs::path neighbour = Neighbour(target);
  std::error_code error;
  absl::Status written = WriteInPlace(path, neighbour, text);
  if (written.ok()) {
    fs::rename(neighbour, target, error);
    if (error) written = CannotWrite(path, error.message());
  }
  if (!written.ok()) fs::remove(neighbour, error);
  return written;
}

absl::Status CheckWritable(const std::string& path) {
  if (!ReplaceableByRename(path)) return WriteInPlace(path, path, "");
  const fs::path neighbour = Neighbour(Target(path));
  absl::Status written = WriteInPlace(path, neighbour, "");
  std::error_code ignored;
  fs::remove(neighbour, ignored);
  return written;
}

}  // namespace els_sim
