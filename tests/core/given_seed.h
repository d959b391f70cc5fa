#pragma once

#include <cstdint>
#include <cstdlib>
#include <optional>

// The seed given by ELS_TEST_SEED, if any, to repeat a random test.
inline std::optional<std::uint64_t> GivenSeed() {
  const char* const given = std::getenv("ELS_TEST_SEED");
  if (given == nullptr) return std::nullopt;
  return std::strtoull(given, nullptr, 10);
}
