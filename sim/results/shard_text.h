#pragma once

// How the text of shard_file.h begins and ends.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace els_sim {

inline constexpr std::string_view kShardMagic = "els-sim-shard";
inline constexpr std::uint64_t kShardFormat = 1;

// The last line, if that is all before.
std::string ShardEnd(std::string_view all_before);

}  // namespace els_sim
