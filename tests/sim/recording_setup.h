#pragma once

// Texts as recordings' files, and what is read of them.

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sim/traces/recording.h"
#include "tests/temporary_folder.h"

namespace els_sim {

inline const char* Name(els::Outcome outcome) {
  switch (outcome) {
    case els::Outcome::kSuccess:
      return "success";
    case els::Outcome::kFailure:
      return "failure";
    case els::Outcome::kTimeout:
      return "timeout";
    case els::Outcome::kCancelled:
      return "cancelled";
    case els::Outcome::kNeutral:
      return "neutral";
  }
  return "";
}

// Lines of ms since the start, ms or size of the work, backend and outcome.
inline std::string Told(const Recording& recording) {
  std::string text;
  for (const RecordedAttempt& attempt : recording.attempts) {
    absl::StrAppendFormat(
        &text, "%.10g %s %s %s%s\n", Nanoseconds(attempt.time) / 1e6,
        attempt.work.has_value() ? absl::StrFormat("%.10g", *attempt.work / 1e6)
                                 : "?",
        recording.backends[attempt.backend], Name(attempt.outcome),
        attempt.first ? "" : " again");
  }
  return text;
}

inline std::string Gzip(const std::string& text) {
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string copy = text;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// With a checksum, as the program makes it.
inline std::string Zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(),
                               text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

class RecordingSetup : public testing::Test {
 protected:
  // Messages name the file "t.csv", whatever its folder.
  absl::StatusOr<Recording> Read(const std::string& text,
                                 const RecordingOptions& options = {}) const {
    std::ofstream(path_, std::ios::binary) << text;
    auto recording = ReadRecording(path_, options);
    if (recording.ok()) recording->story = Short(recording->story);
    return recording;
  }

  std::string Attempts(const std::string& text,
                       const RecordingOptions& options = {}) const {
    const auto recording = Read(text, options);
    return recording.ok() ? Told(*recording) : recording.status().ToString();
  }

  std::string Error(const std::string& text,
                    const RecordingOptions& options = {}) const {
    const auto recording = Read(text, options);
    if (recording.ok()) return "none";
    return Short(std::string(recording.status().message()));
  }

 private:
  std::string Short(std::string text) const {
    const std::string folder = path_.substr(0, path_.size() - 5);
    for (std::size_t at = 0; (at = text.find(folder)) != text.npos;) {
      text.erase(at, folder.size());
    }
    return text;
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_.File("t.csv");
};

}  // namespace els_sim
