#pragma once

// Text of lines, each a word that says what it is and values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace els_sim {

// Reads it from the front. After the first error all that is read is 0 or empty
// and no line begins, so that one look at status() at the end is enough. Not
// thread-safe; the text has to outlive it.
class LineReader {
 public:
  // `file` as errors name it.
  LineReader(std::string file, std::string_view text);

  // Goes to the next line if that begins with `word` and a blank, or is `word`.
  bool Begin(std::string_view word);

  // The same, and an error if it does not.
  void Expect(std::string_view word);

  // What comes next in this line.
  std::uint64_t Integer();
  std::uint64_t Hexadecimal();
  double HexFloat();            // As HexFloatText writes it.
  std::string_view Word();      // Up to a blank.
  bool Skip(std::string_view);  // Goes on, if it is this word.
  std::string_view RestOfLine();

  // Ends the reading. `error` is about this line.
  void Fail(std::string_view error);

  // InvalidArgumentError, FILE:LINE: what is wrong, of the first error.
  const absl::Status& status() const { return status_; }

 private:
  const std::string file_;
  std::string_view text_;  // From the next line on.
  std::string_view line_;  // What is left of this one.
  std::size_t number_ = 0;
  absl::Status status_;
};

// All bits of a number that is not infinite, whatever the locale: "1.8p-3".
std::string HexFloatText(double value);

}  // namespace els_sim
