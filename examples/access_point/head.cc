#include "examples/access_point/head.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "examples/access_point/status.h"

namespace access_point {
namespace {

using Table = std::array<bool, 256>;

constexpr bool IsAlphanumeric(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

constexpr Table kTokenTable = [] {
  Table table = {};
  for (unsigned c = 0; c < table.size(); ++c) {
    table[c] = IsAlphanumeric(static_cast<unsigned char>(c));
  }
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

// RFC 9110, 5.5; and of a reason phrase, RFC 9112, 4.
constexpr Table kValueTable = [] {
  Table table = {};
  for (unsigned c = 0; c < table.size(); ++c) {
    table[c] = c == '\t' || (c >= ' ' && c != 0x7f);
  }
  return table;
}();

// What a request target may hold in any form. Characters that a URI must encode
// but browsers do not, such as | and ^, are let through.
constexpr Table kTargetTable = [] {
  Table table = {};
  for (unsigned c = 0; c < table.size(); ++c) {
    table[c] = c > ' ' && c < 0x7f && c != '#';
  }
  return table;
}();

bool AllIn(const Table& table, std::string_view text) {
  for (const char c : text) {
    if (!table[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

// The lines of a head. Those that end with LF alone are taken only where all
// do: one among lines that end with CRLF is how a field is hidden from the
// server before.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // Nothing if there is no further line, or one that ends otherwise.
  std::optional<std::string_view> Next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const bool crlf = end > 0 && rest_[end - 1] == '\r';
    if (!first_ && crlf != crlf_) return std::nullopt;
    crlf_ = crlf;
    first_ = false;
    const std::string_view line = rest_.substr(0, crlf ? end - 1 : end);
    rest_.remove_prefix(end + 1);
    return line;
  }

 private:
  std::string_view rest_;
  bool first_ = true;
  bool crlf_ = false;
};

bool ParseField(std::string_view line, Field& out) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  out.name = line.substr(0, colon);
  out.value = Trim(line.substr(colon + 1));
  // A line that begins with a space goes on with the one before it in old
  // HTTP; its name is no token, so it is refused (RFC 9112, 5.2).
  if (!IsToken(out.name) || !AllIn(kValueTable, out.value)) return false;
  out.known = Classify(out.name);
  return true;
}

FieldsError ParseFields(Lines& lines, Fields& out) {
  out.clear();
  for (;;) {
    const std::optional<std::string_view> line = lines.Next();
    if (!line) return FieldsError::kMalformed;
    if (line->empty()) return FieldsError::kNone;
    if (out.size() == kMostFields) return FieldsError::kTooMany;
    if (!ParseField(*line, out.emplace_back())) return FieldsError::kMalformed;
  }
}

constexpr std::string_view kName = "HTTP/";
constexpr std::size_t kVersionSize = 8;  // HTTP/1.1

// Whether `text` is a version of HTTP.
bool IsVersion(std::string_view text) {
  return text.size() == kVersionSize && text.starts_with(kName) &&
         absl::ascii_isdigit(text[5]) && text[6] == '.' &&
         absl::ascii_isdigit(text[7]);
}

std::optional<unsigned> ParseRequestLine(std::string_view line,
                                         RequestHead& out) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == last) return status::kBadRequest;
  out.method = line.substr(0, first);
  out.target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(out.method) || out.target.empty() ||
      !AllIn(kTargetTable, out.target) || !IsVersion(version)) {
    return status::kBadRequest;
  }
  if (version[5] != '1') return status::kVersionNotSupported;
  out.is_http10 = version[7] == '0';
  return std::nullopt;
}

// The space after the status is taken as optional: not a few servers forget it
// where there is no reason.
bool ParseStatusLine(std::string_view line, ResponseHead& out) {
  if (!IsVersion(line.substr(0, kVersionSize)) || line[5] != '1') return false;
  out.is_http10 = line[7] == '0';
  line.remove_prefix(kVersionSize);
  if (line.size() < 4 || line[0] != ' ') return false;
  out.status = 0;
  for (const char digit : line.substr(1, 3)) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return false;
    out.status = out.status * 10 + static_cast<unsigned>(digit - '0');
  }
  line.remove_prefix(4);
  if (!line.empty() && line[0] != ' ') return false;
  out.reason = line.empty() ? line : line.substr(1);
  return out.status >= 100 && AllIn(kValueTable, out.reason);
}

}  // namespace

Known Classify(std::string_view name) {
  const auto is = [&](std::string_view other) { return SameName(name, other); };
  const auto one_of = [&](std::string_view other, Known known) {
    return is(other) ? known : Known::kOther;
  };
  // By length first, so that most names are compared with none or one.
  switch (name.size()) {
    case 2:
      return one_of("TE", Known::kTe);
    case 4:
      return is("Host") ? Known::kHost : one_of("Date", Known::kDate);
    case 6:
      return one_of("Expect", Known::kExpect);
    case 7:
      return is("Upgrade") ? Known::kUpgrade
                           : one_of("Trailer", Known::kTrailer);
    case 10:
      return is("Connection") ? Known::kConnection
                              : one_of("Keep-Alive", Known::kHopByHop);
    case 12:
      return one_of("Max-Forwards", Known::kMaxForwards);
    case 14:
      return one_of("Content-Length", Known::kContentLength);
    case 15:
      return one_of("X-Forwarded-For", Known::kForwardedFor);
    case 17:
      if (is("Transfer-Encoding")) return Known::kTransferEncoding;
      return one_of("X-Forwarded-Proto", Known::kForwardedProto);
    default:
      break;
  }
  constexpr std::string_view kProxy = "Proxy-";
  return name.size() > kProxy.size() &&
                 SameName(name.substr(0, kProxy.size()), kProxy)
             ? Known::kHopByHop
             : Known::kOther;
}

std::optional<std::size_t> FindHeadEnd(std::string_view bytes,
                                       std::size_t searched) {
  // The end has three bytes at the most: LF CR LF.
  std::size_t at = searched > 2 ? searched - 2 : 0;
  for (;; ++at) {
    at = bytes.find('\n', at);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view next = bytes.substr(at + 1, 2);
    if (next.starts_with('\n')) return at + 2;
    if (next == "\r\n") return at + 3;
  }
}

bool MayBecomeRequest(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (end != std::string_view::npos) {
    RequestHead ignored;
    std::string_view line = bytes.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return !ParseRequestLine(line, ignored);
  }
  const std::string_view method = bytes.substr(0, bytes.find(' '));
  return bytes.empty() || IsToken(method) || bytes == "\r";
}

bool MayBecomeResponse(std::string_view bytes) {
  constexpr std::string_view kStart = "HTTP/1.";
  return bytes.substr(0, kStart.size()) == kStart.substr(0, bytes.size());
}

std::optional<unsigned> ParseRequest(std::string_view head, RequestHead& out) {
  Lines lines(head);
  const std::optional<std::string_view> line = lines.Next();
  if (!line) return status::kBadRequest;
  if (const auto refusal = ParseRequestLine(*line, out)) return refusal;
  switch (ParseFields(lines, out.fields)) {
    case FieldsError::kNone:
      return std::nullopt;
    case FieldsError::kMalformed:
      return status::kBadRequest;
    case FieldsError::kTooMany:
      return status::kFieldsTooLarge;
  }
  return status::kBadRequest;
}

bool ParseResponse(std::string_view head, ResponseHead& out) {
  Lines lines(head);
  const std::optional<std::string_view> line = lines.Next();
  return line && ParseStatusLine(*line, out) &&
         ParseFields(lines, out.fields) == FieldsError::kNone;
}

FieldsError ParseFields(std::string_view lines, Fields& out) {
  Lines split(lines);
  return ParseFields(split, out);
}

bool IsToken(std::string_view text) {
  return !text.empty() && AllIn(kTokenTable, text);
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool SameName(std::string_view one, std::string_view other) {
  return absl::EqualsIgnoreCase(absl::string_view(one.data(), one.size()),
                                absl::string_view(other.data(), other.size()));
}

}  // namespace access_point
