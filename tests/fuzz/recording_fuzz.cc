// Whatever the file: ReadRecording returns, what it accepts can be fitted and
// replayed, and what it refuses it refuses in one short line. The first byte
// says whether there are options.

#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>

#include "sim/files/checker.h"
#include "sim/traces/recording.h"
#include "tests/fuzz/require.h"

namespace {

using els_sim::RecordedAttempt;
using els_sim::Recording;

// A file in memory, by its path.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size)
      : file_(memfd_create("recording", 0)) {
    Require(file_ >= 0, "no file in memory", "");
    const ssize_t written = write(file_, data, size);
    Require(written == static_cast<ssize_t>(size), "not written", "");
  }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  const int file_;
};

void CheckAccepted(const Recording& recording) {
  Require(recording.requests > 0, "no request", recording.story);
  std::size_t requests = 0;
  els_sim::Duration last = {};
  for (const RecordedAttempt& attempt : recording.attempts) {
    Require(attempt.time >= last, "not in order", recording.story);
    Require(attempt.backend < recording.backends.size(), "no such backend",
            recording.story);
    const double work = attempt.work.value_or(0);
    Require(std::isfinite(work) && work >= 0, "no work", recording.story);
    last = attempt.time;
    requests += attempt.first ? 1 : 0;
  }
  Require(requests == recording.requests, "not so many", recording.story);
}

void CheckRefused(const absl::Status& status) {
  const std::string message(status.message());
  constexpr std::size_t kMost = 400;
  Require(message.size() < kMost, "too long", message);
  Require(message.rfind("/proc/self/fd/", 0) == 0, "names no file", message);
  for (const char c : message) {
    Require(c >= ' ' && c <= '~', "not one printable line", message);
  }
}

els_sim::RecordingOptions OptionsOf(std::uint8_t byte) {
  switch (byte) {
    case '1':
      return {.columns = {"time_s", "latency_ms", "backend"}};
    case '2':
      return {.columns = {"$backend [$time_local] $request_time"}};
    case '3':
      return {.from = "1s", .until = "10s"};
    case '4':
      return {.columns = {"latency_ms=x"}};
    default:
      return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const MemoryFile file(data + 1, size - 1);
  const auto recording =
      els_sim::ReadRecording(file.path(), OptionsOf(data[0]));
  if (recording.ok()) {
    CheckAccepted(*recording);
  } else {
    CheckRefused(recording.status());
  }
  return 0;
}
