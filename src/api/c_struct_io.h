#pragma once

// How a struct of the C interface is read from its caller, and written to the
// caller's memory.
// Each struct says how large its caller knows it to be; els/c_api.h has the
// rules. Pure and thread-safe. Errors are InvalidArgumentErrors.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "els/options.h"

namespace els::internal {

// Far above the size of any version's structs. A caller who gives a larger size
// has not set it.
inline constexpr std::size_t kLargestStruct = 4096;

// Refuses most sizes that nobody has set, and every size that cuts a field.
template <typename Struct>
absl::Status CheckSize(std::size_t size, absl::string_view name) {
  static_assert(offsetof(Struct, struct_size) == 0);
  if (size >= sizeof(Struct::struct_size) && size <= kLargestStruct &&
      size % alignof(Struct) == 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("struct_size of ", name, " is ", size,
                   "; it must be its sizeof, here ", sizeof(Struct)));
}

// Copies a struct of the caller's size. Fields that a shorter struct lacks stay
// as they are in `known`.
template <typename Struct>
absl::Status ReadStruct(const Struct* given, absl::string_view name,
                        Struct& known) {
  const std::size_t size = given->struct_size;
  if (absl::Status status = CheckSize<Struct>(size, name); !status.ok()) {
    return status;
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  const auto set = [](unsigned char byte) { return byte != 0; };
  if (size > sizeof(Struct) &&
      std::any_of(bytes + sizeof(Struct), bytes + size, set)) {
    return absl::InvalidArgumentError(
        absl::StrCat(name,
                     " has a field set that this library does not know: "
                     "struct_size is ",
                     size, ", and it knows ", sizeof(Struct), " bytes"));
  }
  std::memcpy(&known, bytes, std::min(size, sizeof(Struct)));
  return absl::OkStatus();
}

// Writes a struct of the caller's size. Fields of a longer struct that the
// library does not know become zero.
template <typename Struct>
absl::Status WriteStruct(Struct known, std::size_t size, absl::string_view name,
                         Struct* written) {
  if (absl::Status status = CheckSize<Struct>(size, name); !status.ok()) {
    return status;
  }
  known.struct_size = size;
  auto* bytes = reinterpret_cast<unsigned char*>(written);
  std::memcpy(bytes, &known, std::min(size, sizeof(Struct)));
  if (size > sizeof(Struct)) {
    std::memset(bytes + sizeof(Struct), 0, size - sizeof(Struct));
  }
  return absl::OkStatus();
}

inline Duration ToDuration(std::uint64_t ns) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  return std::chrono::duration_cast<Duration>(
      std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(ns, kMax))));
}

inline std::uint64_t ToNanoseconds(Duration duration) {
  const auto ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
}

}  // namespace els::internal
