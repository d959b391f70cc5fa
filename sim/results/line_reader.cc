#include "sim/results/line_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace els_sim {
namespace {

std::string_view UpTo(std::string_view text, char end) {
  return text.substr(0, std::min(text.find(end), text.size()));
}

void Drop(std::string_view& text, std::size_t count) {
  text.remove_prefix(std::min(count, text.size()));
}

// All of the word has to be the number. `how` is a base or a format.
template <typename Number, typename How>
bool Convert(std::string_view word, How how, Number& number) {
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number, how);
  return error == std::errc() && rest == end;
}

}  // namespace

LineReader::LineReader(std::string file, std::string_view text)
    : file_(std::move(file)), text_(text) {}

bool LineReader::Begin(std::string_view word) {
  if (!status_.ok()) return false;
  const std::string_view next = UpTo(text_, '\n');
  if (text_.empty() || UpTo(next, ' ') != word) return false;
  line_ = next;
  Drop(line_, word.size() + 1);
  Drop(text_, next.size() + 1);
  ++number_;
  return true;
}

void LineReader::Expect(std::string_view word) {
  if (Begin(word) || !status_.ok()) return;
  ++number_;
  Fail(std::string("must begin with '").append(word).append("'"));
}

std::uint64_t LineReader::Integer() {
  std::uint64_t value = 0;
  const std::string_view word = Word();
  if (!Convert(word, 10, value)) Fail("lacks an integer");
  return status_.ok() ? value : 0;
}

std::uint64_t LineReader::Hexadecimal() {
  std::uint64_t value = 0;
  const std::string_view word = Word();
  if (!Convert(word, 16, value)) Fail("lacks a hexadecimal integer");
  return status_.ok() ? value : 0;
}

double LineReader::HexFloat() {
  double value = 0;
  const std::string_view word = Word();
  if (!Convert(word, std::chars_format::hex, value) || !std::isfinite(value)) {
    Fail("lacks a hexadecimal number");
  }
  return status_.ok() ? value : 0;
}

std::string_view LineReader::Word() {
  const std::string_view word = UpTo(line_, ' ');
  Drop(line_, word.size() + 1);
  return word;
}

bool LineReader::Skip(std::string_view word) {
  if (UpTo(line_, ' ') != word) return false;
  Drop(line_, word.size() + 1);
  return true;
}

std::string_view LineReader::RestOfLine() { return std::exchange(line_, {}); }

void LineReader::Fail(std::string_view error) {
  line_ = {};
  if (!status_.ok()) return;
  status_ = absl::InvalidArgumentError(
      absl::StrCat(file_, ":", number_, ": ",
                   absl::string_view(error.data(), error.size())));
}

std::string HexFloatText(double value) {
  // A sign, 14 digits and a point, 'p' and an exponent of up to five.
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::hex)
                       .ptr;
  return {text.data(), end};
}

}  // namespace els_sim
