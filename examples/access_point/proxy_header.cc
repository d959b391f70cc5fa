#include "examples/access_point/proxy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <vector>

#include "absl/strings/str_split.h"

namespace access_point {
namespace {

// What a header of each version begins with.
constexpr std::string_view kLineMark = "PROXY ";
constexpr std::string_view kBinaryMark("\r\n\r\n\0\r\nQUIT\n", 12);

// Of version 2: the mark, the command, the family and the length of the rest.
constexpr std::size_t kFixedSize = 16;

// Whether `bytes` are, or may become, something that begins with `mark`.
bool Matches(std::string_view bytes, std::string_view mark) {
  const std::size_t size = std::min(bytes.size(), mark.size());
  return bytes.substr(0, size) == mark.substr(0, size);
}

std::uint8_t ByteAt(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

std::uint16_t NumberAt(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint16_t>(ByteAt(bytes, index) << 8 |
                                    ByteAt(bytes, index + 1));
}

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  const bool padded = text.size() > 1 && text.front() == '0';
  if (error != std::errc() || rest != end || padded) return std::nullopt;
  return port;
}

// Of a version of IP, as the header has named it.
std::optional<net::ip::address> ParseIp(std::string_view text, bool is_v4) {
  Error error;
  const auto address = net::ip::make_address(std::string(text), error);
  if (error || address.is_v4() != is_v4) return std::nullopt;
  if (address.is_v6() && address.to_v6().scope_id() != 0) return std::nullopt;
  return address;
}

// PROXY TCP4 SOURCE DESTINATION SOURCE_PORT DESTINATION_PORT, without CRLF.
std::optional<ProxyHeader> ParseLine(std::string_view line) {
  const std::vector<std::string> words =
      absl::StrSplit(absl::string_view(line.data(), line.size()), ' ');
  // What follows it is to be ignored.
  if (words.size() >= 2 && words[1] == "UNKNOWN") return ProxyHeader();
  if (words.size() != 6) return std::nullopt;
  const bool is_v4 = words[1] == "TCP4";
  if (!is_v4 && words[1] != "TCP6") return std::nullopt;
  const auto from = ParseIp(words[2], is_v4);
  const auto to = ParseIp(words[3], is_v4);
  const auto from_port = ParsePort(words[4]);
  const auto to_port = ParsePort(words[5]);
  if (!from || !to || !from_port || !to_port) return std::nullopt;
  return ProxyHeader{tcp::endpoint(*from, *from_port)};
}

// A header of version 2 whose rest, of the length that it says, is all here.
std::optional<ProxyHeader> ParseBinary(std::string_view bytes) {
  constexpr std::uint8_t kLocal = 0x20, kProxy = 0x21;
  constexpr std::uint8_t kTcp4 = 0x11, kTcp6 = 0x21;
  constexpr std::size_t kSize4 = 12, kSize6 = 36;
  const std::string_view rest = bytes.substr(kFixedSize);
  const std::uint8_t command = ByteAt(bytes, 12);
  if (command == kLocal) return ProxyHeader();
  if (command != kProxy) return std::nullopt;
  switch (ByteAt(bytes, 13)) {
    case kTcp4: {
      if (rest.size() < kSize4) return std::nullopt;
      net::ip::address_v4::bytes_type from;
      std::copy_n(rest.begin(), from.size(), from.begin());
      return ProxyHeader{
          tcp::endpoint(net::ip::address_v4(from), NumberAt(rest, 8))};
    }
    case kTcp6: {
      if (rest.size() < kSize6) return std::nullopt;
      net::ip::address_v6::bytes_type from;
      std::copy_n(rest.begin(), from.size(), from.begin());
      return ProxyHeader{
          tcp::endpoint(net::ip::address_v6(from), NumberAt(rest, 32))};
    }
    default:  // The user came in another way, such as by a Unix socket.
      return ProxyHeader();
  }
}

}  // namespace

std::size_t ProxyHeaderReader::Take(std::string_view bytes) {
  const std::size_t before = bytes_.size();
  // One by one: what the next byte may be depends on those before.
  for (const char byte : bytes) {
    if (done() || bad()) break;
    bytes_.push_back(byte);
    Look();
  }
  return bytes_.size() - before;
}

void ProxyHeaderReader::Look() {
  if (Matches(bytes_, kLineMark)) return LookAtLine();
  if (Matches(bytes_, kBinaryMark)) return LookAtBinary();
  bad_ = true;
}

void ProxyHeaderReader::LookAtLine() {
  if (bytes_.ends_with("\r\n")) {
    std::string_view line = bytes_;
    line.remove_suffix(2);
    header_ = ParseLine(line);
    bad_ = !header_;
  } else {
    bad_ = bytes_.size() == kProxyLineLimit;
  }
}

void ProxyHeaderReader::LookAtBinary() {
  if (bytes_.size() < kFixedSize) return;
  const std::size_t size = kFixedSize + NumberAt(bytes_, kFixedSize - 2);
  bad_ = size > kProxyHeaderLimit;
  if (bad_ || bytes_.size() < size) return;
  header_ = ParseBinary(bytes_);
  bad_ = !header_;
}

}  // namespace access_point
