#include "examples/access_point/body.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

#include "examples/access_point/status.h"

namespace access_point {
namespace {

std::optional<std::uint64_t> ParseLength(std::string_view text) {
  std::uint64_t length = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, length);
  if (error != std::errc() || rest != end || length > INT64_MAX) {
    return std::nullopt;
  }
  return length;
}

// What the fields say of the content.
struct Claims {
  bool contradict = false;
  std::optional<std::uint64_t> length;
  bool coded = false;    // There is a Transfer-Encoding field.
  bool chunked = false;  // It is the one that is known here.
};

// A length may be repeated, but only as it is: servers do so by mistake, and
// there is no doubt about what they mean.
Claims ClaimsOf(const Fields& fields) {
  Claims claims;
  std::string_view length;
  for (const Field& field : fields) {
    if (field.known == Known::kTransferEncoding) {
      claims.chunked = !claims.coded && SameName(field.value, "chunked");
      claims.coded = true;
    } else if (field.known == Known::kContentLength) {
      claims.contradict |= claims.length && field.value != length;
      length = field.value;
      claims.length = ParseLength(length);
      claims.contradict |= !claims.length;
    }
  }
  claims.contradict |= claims.coded && claims.length;
  return claims;
}

// The value of a hexadecimal digit; -1 for anything else.
int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Framing> FramingOf(const RequestHead& head, unsigned& refusal) {
  const Claims claims = ClaimsOf(head.fields);
  if (claims.contradict || (claims.coded && head.is_http10)) {
    refusal = status::kBadRequest;
    return std::nullopt;
  }
  if (claims.chunked) return Framing{Framing::Kind::kChunked};
  if (claims.coded) {
    refusal = status::kNotImplemented;
    return std::nullopt;
  }
  if (claims.length) return Framing{Framing::Kind::kLength, *claims.length};
  return Framing{};
}

std::optional<Framing> FramingOf(const ResponseHead& head, bool to_head) {
  const bool interim = head.status < status::kOk;
  if (interim || head.status == status::kNoContent) return Framing{};
  const Claims claims = ClaimsOf(head.fields);
  if (claims.contradict || (claims.coded && !claims.chunked)) {
    return std::nullopt;
  }
  if (to_head || head.status == status::kNotModified) return Framing{};
  if (claims.chunked) return Framing{Framing::Kind::kChunked};
  if (claims.length) return Framing{Framing::Kind::kLength, *claims.length};
  return Framing{Framing::Kind::kToClose};
}

BodyDecoder::BodyDecoder(const Framing& framing)
    : chunked_(framing.kind == Framing::Kind::kChunked), left_(framing.length) {
  if (chunked_) {
    state_ = State::kSize;
  } else if (framing.kind == Framing::Kind::kToClose) {
    state_ = State::kToClose;
  } else if (framing.length > 0) {
    state_ = State::kContent;
  }
}

BodyDecoder::Piece BodyDecoder::Decode(std::span<char> bytes) {
  if (state_ == State::kToClose) {
    return {bytes.size(), {bytes.data(), bytes.size()}};
  }
  std::size_t used = 0;
  char* begin = nullptr;  // Of the content.
  std::size_t size = 0;
  while (used < bytes.size() && !done() && !bad()) {
    char* const next = bytes.data() + used;
    if (state_ != State::kContent) {
      Take(*next);
      ++used;
      continue;
    }
    const std::size_t run = static_cast<std::size_t>(
        std::min<std::uint64_t>(left_, bytes.size() - used));
    if (begin == nullptr) begin = next;
    if (begin + size != next) std::memmove(begin + size, next, run);
    size += run;
    used += run;
    left_ -= run;
    if (left_ == 0) state_ = chunked_ ? State::kContentCr : State::kDone;
  }
  return {used, {begin, size}};
}

void BodyDecoder::End() {
  if (done()) return;
  state_ = state_ == State::kToClose ? State::kDone : State::kBad;
}

void BodyDecoder::Take(char c) {
  switch (state_) {
    case State::kContentCr:
      state_ = c == '\r' ? State::kContentLf : State::kBad;
      return;
    case State::kContentLf:
      state_ = c == '\n' ? State::kSize : State::kBad;
      line_ = 0;
      return;
    case State::kSize:
      return TakeSize(c);
    case State::kAfterSize:
    case State::kExtension:
      return TakeAfterSize(c);
    case State::kSizeLf:
      if (c != '\n') {
        state_ = State::kBad;
      } else {
        state_ = left_ > 0 ? State::kContent : State::kTrailer;
      }
      return;
    case State::kTrailer:
      return TakeTrailer(c);
    default:
      return;
  }
}

void BodyDecoder::TakeSize(char c) {
  if (line_ == 0) left_ = 0;
  const int digit = HexValue(c);
  if (digit < 0) {
    if (line_ == 0) {
      state_ = State::kBad;
    } else {
      TakeAfterSize(c);
    }
  } else if (left_ > (INT64_MAX >> 4) || ++line_ > kChunkLineLimit) {
    state_ = State::kBad;
  } else {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
  }
}

// White space, then an extension, which is not passed on, or the line's end.
void BodyDecoder::TakeAfterSize(char c) {
  const bool space = c == ' ' || c == '\t';
  const bool control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  const bool fits =
      space || c == ';' || (state_ == State::kExtension && !control);
  if (++line_ > kChunkLineLimit || (!fits && c != '\r')) {
    state_ = State::kBad;
  } else if (c == '\r') {
    state_ = State::kSizeLf;
  } else if (c == ';') {
    state_ = State::kExtension;
  } else if (state_ != State::kExtension) {
    state_ = State::kAfterSize;
  }
}

void BodyDecoder::TakeTrailer(char c) {
  const bool after_cr = !trailers_.empty() && trailers_.back() == '\r';
  if (trailers_.size() == kTrailerLimit || (c == '\n') != after_cr) {
    state_ = State::kBad;
    return;
  }
  trailers_.push_back(c);
  const std::string_view all = trailers_;
  if (all != "\r\n" && !all.ends_with("\r\n\r\n")) return;
  Fields fields;
  const bool good = ParseFields(all, fields) == FieldsError::kNone;
  state_ = good ? State::kDone : State::kBad;
  if (fields.empty()) trailers_.clear();
}

}  // namespace access_point
