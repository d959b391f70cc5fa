#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "examples/access_point/body.h"
#include "examples/access_point/connection.h"

namespace access_point {

// The content of a message, taken from a connection as it comes. One piece is
// held at a time, in the connection's buffer: nothing is copied, and a slow
// receiver slows the sender down.
class Content {
 public:
  // `most`: bytes that it may have.
  Content(Connection& from, const Framing& framing,
          std::uint64_t most = UINT64_MAX)
      : from_(&from), decoder_(framing), left_(most) {}

  // Decodes what has come, unless a piece is held.
  void Look() {
    if (!held_.empty() || decoder_.done() || decoder_.bad() || too_long_) {
      return;
    }
    const BodyDecoder::Piece piece = decoder_.Decode(from_->in().bytes());
    held_ = piece.content;
    used_ = piece.used;
    too_long_ = held_.size() > left_;
    left_ -= std::min<std::uint64_t>(left_, held_.size());
    if (held_.empty()) Drop();
    if (from_->in().empty() && from_->ended() && !from_->was_reset()) {
      decoder_.End();
    }
  }

  std::string_view held() const { return held_; }

  // Lets go of the piece held, which has been sent.
  void Drop() {
    from_->in().Consume(used_);
    used_ = 0;
    held_ = {};
  }

  // Whether there is nothing to be held after what is held.
  bool done() const { return decoder_.done(); }
  // Whether the rest makes no sense, or will not come.
  bool bad() const { return decoder_.bad(); }
  // Whether what is held is more than it may have.
  bool too_long() const { return too_long_; }
  bool cut() const {
    return !done() && held_.empty() && from_->ended() && from_->in().empty();
  }
  std::string_view trailers() const { return decoder_.trailers(); }

 private:
  Connection* from_;
  BodyDecoder decoder_;
  std::string_view held_;
  std::size_t used_ = 0;  // Of the buffer, by what is held.
  std::uint64_t left_;    // Of what it may have.
  bool too_long_ = false;
};

// Sends a head, which may be empty, and what is held of the content that
// follows it, in one go. `trailers` are those to be sent at the end.
// REQUIRES: !to.sending().
inline void SendContent(std::string_view head, Content& content, bool chunked,
                        std::string_view trailers, Connection& to) {
  constexpr std::string_view kLineEnd = "\r\n";
  const std::string_view held = content.held();
  if (!chunked) {
    to.Send({head, held});
    return content.Drop();
  }
  std::array<char, 24> size_line;
  std::string_view size, after;
  if (!held.empty()) {
    char* end =
        std::to_chars(size_line.data(), size_line.data() + size_line.size(),
                      held.size(), 16)
            .ptr;
    *end++ = '\r';
    *end++ = '\n';
    size = {size_line.data(), static_cast<std::size_t>(end - size_line.data())};
    after = kLineEnd;
  }
  const std::string_view last = content.done() ? "0\r\n" : "";
  to.Send({head, size, held, after, last, trailers,
           content.done() ? kLineEnd : std::string_view()});
  content.Drop();
}

}  // namespace access_point
