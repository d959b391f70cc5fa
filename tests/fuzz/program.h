#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

// The input of a fuzz target as a program, of which each byte means its low
// four bits, so that one can be written in letters: 'p' is 0, 'a' is 1, and so
// on to 'o', which is 15.
class Program {
 public:
  Program(const std::uint8_t* data, std::size_t size)
      : next_(data), end_(data + size) {}

  bool AtEnd() const { return next_ == end_; }

  // 0 to 15, and 0 after the last.
  unsigned Next() { return AtEnd() ? 0 : *next_++ & 15U; }

  template <class Table>
  auto OneOf(const Table& table) {
    return table[Next() % std::size(table)];
  }

 private:
  const std::uint8_t* next_;
  const std::uint8_t* const end_;
};
