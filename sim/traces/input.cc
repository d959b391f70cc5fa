#include "sim/traces/input.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "sim/model/absl_view.h"

namespace els_sim {
namespace {

constexpr std::size_t kHead = std::size_t{64} << 10;
constexpr std::size_t kChunk = std::size_t{128} << 10;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

}  // namespace

std::string Quoted(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string shown =
      absl::CHexEscape(AbslView(text.substr(0, std::min(kMost, text.size()))));
  if (text.size() > kMost || shown.size() > kMost) {
    shown.resize(std::min(shown.size(), kMost - 3));
    shown += "...";
  }
  return absl::StrCat("\"", shown, "\"");
}

// zlib serves what is no gzip as it is, and so also zstd's bytes.
struct LineInput::Stream {
  ~Stream() {
    ZSTD_freeDStream(zstd);
    if (file != nullptr) gzclose(file);
  }

  gzFile file = nullptr;
  bool began = false;
  bool is_gzip = false;
  ZSTD_DStream* zstd = nullptr;  // Null unless it is zstd's.
  std::vector<char> raw = std::vector<char>(kChunk);
  ZSTD_inBuffer in = {};
  bool frame_is_open = false;
};

LineInput::LineInput(const std::string& path)
    : path_(path), stream_(std::make_shared<Stream>()) {}

absl::StatusOr<LineInput> LineInput::Open(const std::string& path) {
  LineInput input(path);
  std::error_code error;
  const bool is_folder = std::filesystem::is_directory(path, error);
  const auto size = std::filesystem::file_size(path, error);
  input.size_ = error ? 0 : size;
  Stream& stream = *input.stream_;
  stream.file = is_folder ? nullptr : gzopen(path.c_str(), "rb");
  if (stream.file == nullptr) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  }
  gzbuffer(stream.file, kChunk);
  while (input.buffer_.size() < kHead) {
    const absl::StatusOr<bool> more = input.Fill();
    if (!more.ok()) return more.status();
    if (!*more) break;
  }
  if (input.Head().starts_with(kByteOrderMark)) {
    input.begin_ = input.scanned_ = kByteOrderMark.size();
  }
  return input;
}

std::string_view LineInput::Head() const {
  const std::string_view all = buffer_;
  return all.substr(begin_);
}

absl::StatusOr<std::string_view> LineInput::ReadRaw() {
  Stream& stream = *stream_;
  const int read = gzread(stream.file, stream.raw.data(), kChunk);
  int error = Z_OK;
  const char* const why = gzerror(stream.file, &error);
  if (error == Z_ERRNO) {
    return absl::NotFoundError(absl::StrCat(path_, ": cannot be read"));
  }
  if (read < 0) return Damaged(why);
  if (read == 0 && (error == Z_BUF_ERROR || stream.frame_is_open)) {
    return Damaged("it ends in the middle");
  }
  stream.is_gzip = gzdirect(stream.file) == 0;
  return std::string_view(stream.raw.data(), static_cast<std::size_t>(read));
}

absl::StatusOr<bool> LineInput::Fill() {
  if (at_end_) return false;
  Stream& stream = *stream_;
  if (stream.zstd != nullptr && stream.in.pos < stream.in.size) {
    return Decompress();
  }
  const absl::StatusOr<std::string_view> raw = ReadRaw();
  if (!raw.ok()) return raw.status();
  at_end_ = raw->empty();
  if (at_end_) return false;
  if (!std::exchange(stream.began, true) && raw->starts_with(kZstdMagic)) {
    stream.zstd = ZSTD_createDStream();
  }
  if (stream.zstd == nullptr) {
    buffer_.append(*raw);
    return true;
  }
  stream.in = {raw->data(), raw->size(), 0};
  return Decompress();
}

absl::StatusOr<bool> LineInput::Decompress() {
  Stream& stream = *stream_;
  const std::size_t old = buffer_.size();
  buffer_.resize(old + kChunk);
  ZSTD_outBuffer out = {buffer_.data() + old, kChunk, 0};
  const std::size_t left = ZSTD_decompressStream(stream.zstd, &out, &stream.in);
  buffer_.resize(old + out.pos);
  if (ZSTD_isError(left) != 0) return Damaged(ZSTD_getErrorName(left));
  stream.frame_is_open = left != 0;
  return true;
}

absl::StatusOr<bool> LineInput::Next(std::string_view& line) {
  std::size_t end = buffer_.find('\n', scanned_);
  while (end == buffer_.npos) {
    if (buffer_.size() - begin_ > kLongestLine) {
      return absl::ResourceExhaustedError(absl::StrCat(
          path_, ":", line_number_ + 1,
          ": is longer than 1 MiB; no log of requests has such lines"));
    }
    buffer_.erase(0, std::exchange(begin_, 0));
    scanned_ = buffer_.size();
    const absl::StatusOr<bool> more = Fill();
    if (!more.ok()) return more.status();
    if (!*more) break;
    end = buffer_.find('\n', scanned_);
  }
  cut_off_ = end == buffer_.npos && begin_ < buffer_.size();
  if (begin_ == buffer_.size()) return false;
  ++line_number_;
  const std::string_view all = buffer_;
  line = all.substr(begin_, end - begin_);
  begin_ = scanned_ = cut_off_ ? buffer_.size() : end + 1;
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

absl::StatusOr<std::string> LineInput::Rest(std::size_t most) {
  for (;;) {
    if (buffer_.size() - begin_ > most) {
      return absl::ResourceExhaustedError(absl::StrCat(
          path_, ": is one JSON document of more than ", most >> 20,
          " MiB; make a line of each request first (jq -c)"));
    }
    const absl::StatusOr<bool> more = Fill();
    if (!more.ok()) return more.status();
    if (!*more) return buffer_.substr(std::exchange(begin_, buffer_.size()));
  }
}

std::string_view LineInput::compression() const {
  if (stream_->zstd != nullptr) return "zstd";
  return stream_->is_gzip ? "gzip" : "";
}

std::uint64_t LineInput::position() const {
  return static_cast<std::uint64_t>(std::max<long>(0, gzoffset(stream_->file)));
}

absl::Status LineInput::Damaged(std::string_view what) const {
  return absl::DataLossError(absl::StrCat(
      path_, ": is a damaged ", stream_->zstd != nullptr ? "zstd" : "gzip",
      " archive (", AbslView(what), ", after line ", line_number_,
      "); copy it again, or decompress what is left of it"));
}

}  // namespace els_sim
