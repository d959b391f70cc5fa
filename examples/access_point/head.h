#pragma once

// Reads the heads of HTTP/1.1 messages. Strict, as two servers that read one
// message differently are how requests are smuggled: what is doubtful is
// refused, not mended.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace access_point {

// The fields that the access point does something about.
enum class Known : std::uint8_t {
  kOther,
  kConnection,
  kContentLength,
  kDate,
  kExpect,
  kForwardedFor,
  kForwardedProto,
  kHopByHop,  // Of one connection only, and of no use to us.
  kHost,
  kMaxForwards,
  kTe,
  kTrailer,
  kTransferEncoding,
  kUpgrade,
};

// Which of them `name` is, in any case.
Known Classify(std::string_view name);

// All views below are of the bytes that were parsed.
struct Field {
  std::string_view name;
  std::string_view value;  // Without the white space around it.
  Known known = Known::kOther;
};

using Fields = std::vector<Field>;

struct RequestHead {
  std::string_view method;
  std::string_view target;
  bool is_http10 = false;
  Fields fields;
};

struct ResponseHead {
  unsigned status = 0;
  std::string_view reason;
  bool is_http10 = false;
  Fields fields;
};

// The longest head accepted of a user or a backend: what nginx accepts by
// default, 4 x 8 KiB.
inline constexpr std::size_t kHeadLimit = std::size_t{32} * 1024;

// More fields than any browser or framework sends, and few enough that looking
// at each of them for each other one costs nothing.
inline constexpr std::size_t kMostFields = 256;

// The size of the head that `bytes` begin with, its empty line included, or
// nothing if its end is not here yet. The first `searched` bytes are known not
// to hold it.
std::optional<std::size_t> FindHeadEnd(std::string_view bytes,
                                       std::size_t searched);

// Whether the beginning of a head, without its end, may become a request or a
// response. Tells other protocols early, whose users send no empty line.
bool MayBecomeRequest(std::string_view bytes);
bool MayBecomeResponse(std::string_view bytes);

// Parses a whole head. Lines end with CRLF, or all of them with LF. Gives the
// status to refuse a request with: 400; 431 for too many fields; 505 for
// another major version.
std::optional<unsigned> ParseRequest(std::string_view head, RequestHead& out);
bool ParseResponse(std::string_view head, ResponseHead& out);

// Parses lines of fields that end with an empty line, as in a head.
enum class FieldsError : std::uint8_t { kNone, kMalformed, kTooMany };
FieldsError ParseFields(std::string_view lines, Fields& out);

// Whether all characters are those of a token (RFC 9110, 5.6.2), and one is.
bool IsToken(std::string_view text);

// Without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);

// Calls `visit` with each element of a comma-separated list but empty ones.
template <class Visit>
void ForEachElement(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = Trim(list.substr(0, comma));
    if (!element.empty()) visit(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// Whether two names are equal in any case.
bool SameName(std::string_view one, std::string_view other);

}  // namespace access_point
