#pragma once

// Finds the content of a message in the bytes that follow its head.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "examples/access_point/head.h"

namespace access_point {

// How a message's content ends (RFC 9112, 6).
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kToClose };

  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // Of kLength.

  friend bool operator==(const Framing&, const Framing&) = default;
};

// Of a request; or the status to refuse it with in `refusal`: 400 for claims
// that contradict each other, 501 for a transfer coding other than "chunked".
std::optional<Framing> FramingOf(const RequestHead& head, unsigned& refusal);

// Of the final response to a request that is HEAD or not. Nothing if the
// response cannot be passed on.
std::optional<Framing> FramingOf(const ResponseHead& head, bool to_head);

// What the lines before a chunk, and the lines after the last one, may have at
// most. Servers send about ten bytes, and checksums as trailers.
inline constexpr std::size_t kChunkLineLimit = std::size_t{4} * 1024;
inline constexpr std::size_t kTrailerLimit = std::size_t{8} * 1024;

// Decodes the content as it comes. Keeps nothing of it but the trailer fields,
// so its memory is bounded.
class BodyDecoder {
 public:
  BodyDecoder() = default;
  explicit BodyDecoder(const Framing& framing);

  struct Piece {
    std::size_t used = 0;           // Of the bytes: content and what frames it.
    std::string_view content = {};  // In the bytes used.
  };

  // Takes what it can of `bytes`, and moves the content in them together. To
  // be called with what was not used the last time and what came since.
  Piece Decode(std::span<char> bytes);

  // No more bytes will come.
  void End();

  bool done() const { return state_ == State::kDone; }
  bool bad() const { return state_ == State::kBad; }

  // Lines of fields and an empty one, as ParseFields reads them. Empty if there
  // were no trailer fields.
  std::string_view trailers() const { return trailers_; }

 private:
  enum class State : std::uint8_t {
    kContent,  // Of known length, or of a chunk.
    kToClose,
    kContentCr,
    kContentLf,
    kSize,
    kAfterSize,
    kExtension,
    kSizeLf,
    kTrailer,
    kDone,
    kBad,
  };

  // Each takes the next character in its state.
  void Take(char c);
  void TakeSize(char c);
  void TakeAfterSize(char c);
  void TakeTrailer(char c);

  bool chunked_ = false;
  State state_ = State::kDone;
  std::uint64_t left_ = 0;  // Of the content, or of the chunk.
  std::size_t line_ = 0;    // Characters of the line of the chunk's size.
  std::string trailers_;
};

}  // namespace access_point
