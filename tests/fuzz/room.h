#pragma once

#include <cstddef>

#include "examples/access_point/head.h"

// Whether a message has so many fields that the next server, if that is an
// access point too, may refuse that message: each adds a few fields.
inline bool LeavesNoRoom(const access_point::Fields& fields) {
  constexpr std::size_t kMostAdded = 8;
  return fields.size() + kMostAdded > access_point::kMostFields;
}
