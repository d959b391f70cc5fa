#pragma once

// A recording's file as lines, whether it is compressed or not.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace els_sim {

// At most 80 characters of `text`, printable and between quotes.
std::string Quoted(std::string_view text);

// Reads plain text, gzip (also several members) and zstd (also several frames)
// from the front, in constant memory. Not thread-safe. Errors are of one line
// that begins with the path: NotFoundError if the file cannot be read,
// DataLossError if an archive is damaged or ends too early, and
// ResourceExhaustedError if a line or a document is too long.
class LineInput {
 public:
  // No line of a log of requests is longer.
  static constexpr std::size_t kLongestLine = std::size_t{1} << 20;

  static absl::StatusOr<LineInput> Open(const std::string& path);

  // What begins the file, without a byte order mark: all of a short one, and
  // 64 KiB of another. Valid until the first line is read.
  std::string_view Head() const;

  // Sets `line` to the next one, without its end; it is valid until the next
  // call. Returns false after the last.
  absl::StatusOr<bool> Next(std::string_view& line);

  // All that is left, which must be at most `most` bytes.
  absl::StatusOr<std::string> Rest(std::size_t most);

  const std::string& path() const { return path_; }
  std::size_t line_number() const { return line_number_; }
  // Whether the file ends in the middle of the line that was read last.
  bool cut_off() const { return cut_off_; }
  std::string_view compression() const;  // "gzip", "zstd" or empty.

  // Of the file as it is stored, in bytes; the size is 0 if nobody knows it.
  std::uint64_t size() const { return size_; }
  std::uint64_t position() const;

 private:
  struct Stream;  // The libraries' own state.

  explicit LineInput(const std::string& path);

  // Appends to the buffer. Returns false at the end of the file.
  absl::StatusOr<bool> Fill();
  absl::StatusOr<std::string_view> ReadRaw();  // Empty at the end of the file.
  absl::StatusOr<bool> Decompress();
  absl::Status Damaged(std::string_view what) const;

  std::string path_;
  std::shared_ptr<Stream> stream_;
  std::uint64_t size_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;    // Of what has not been served.
  std::size_t scanned_ = 0;  // No line ends before.
  std::size_t line_number_ = 0;
  bool cut_off_ = false;
  bool at_end_ = false;
};

}  // namespace els_sim
