#include "src/index/id_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "els/random.h"
#include "tests/core/given_seed.h"

namespace els::internal {
namespace {

TEST(IdTableTest, HashesAsTheDraftSays) {
  // The vectors of the draft for 64 bits, of which the halves are XORed.
  EXPECT_EQ(IdTable::Hash(""), 0xcbf29ce4U ^ 0x84222325U);
  EXPECT_EQ(IdTable::Hash("a"), 0xaf63dc4cU ^ 0x8601ec8cU);
  EXPECT_EQ(IdTable::Hash("foobar"), 0x85944171U ^ 0xf73967e8U);
}

// A table whose ids are `s0`, `s1`, ..., each in the slot that holds it, and
// the same in a map. Few different hashes make long runs, which also go round
// the end of the table.
class Twice {
 public:
  Twice(std::size_t slots, std::uint32_t hashes, std::uint64_t seed)
      : hashes_(hashes), random_(seed), table_(slots), ids_(slots - 1) {}

  void Step() {
    if (map_.size() < ids_.size() && random_.Below(2) == 0) return Insert();
    if (!map_.empty()) Erase();
  }

  void Clear() {
    table_.Clear();
    map_.clear();
    std::fill(ids_.begin(), ids_.end(), std::string());
  }

  void Compare() const {
    for (const auto& [id, slot] : map_) ASSERT_EQ(Find(id), slot) << id;
    ASSERT_EQ(Find("none"), IdTable::kNone);
    for (const std::string& id : erased_) {
      if (map_.contains(id)) continue;
      ASSERT_EQ(Find(id), IdTable::kNone) << id;
    }
  }

 private:
  // Near the upper end of a table, whatever its size.
  std::uint32_t HashOf(const std::string& id) const {
    return ~(IdTable::Hash(id) % hashes_);
  }
  std::size_t Find(const std::string& id) const {
    return table_.Find(HashOf(id), [&](std::size_t slot) {
      return slot < ids_.size() && ids_[slot] == id;
    });
  }

  void Insert() {
    std::size_t slot = random_.Below(ids_.size());
    while (!ids_[slot].empty()) slot = (slot + 1) % ids_.size();
    const std::string id = "s" + std::to_string(number_++);
    ids_[slot] = id;
    map_[id] = slot;
    table_.Insert(HashOf(id), slot);
  }

  void Erase() {
    const auto one = std::next(
        map_.begin(), static_cast<std::ptrdiff_t>(random_.Below(map_.size())));
    table_.Erase(HashOf(one->first), one->second);
    ids_[one->second].clear();
    erased_.push_back(one->first);
    map_.erase(one);
  }

  const std::uint32_t hashes_;
  Random random_;
  IdTable table_;
  std::vector<std::string> ids_;  // By slot; empty if the slot is free.
  std::unordered_map<std::string, std::size_t> map_;
  std::vector<std::string> erased_;
  int number_ = 0;
};

TEST(IdTableTest, AgreesWithAMapOnRandomChanges) {
  const std::uint64_t seed = GivenSeed().value_or(1);
  SCOPED_TRACE("repeat with ELS_TEST_SEED=" + std::to_string(seed));
  for (const std::size_t slots : {2, 3, 8, 17, 100}) {
    for (const std::uint32_t hashes : {1U, 2U, 5U, 1U << 31}) {
      SCOPED_TRACE(std::to_string(slots) + " slots, " + std::to_string(hashes) +
                   " hashes");
      Twice twice(slots, hashes, seed);
      for (int step = 0; step < 500; ++step) {
        twice.Step();
        if (step == 250) twice.Clear();
        twice.Compare();
        if (HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace els::internal
