// Programs and libraries of different versions: structs shorter and longer than
// those of this library. Each lies in memory of exactly its size, so that the
// address sanitizer sees a byte too much.

#include "src/api/c_structs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "els/c_api.h"
#include "tests/core/c_balancer.h"

namespace els {
namespace {

using internal::ReadOptions;
using testing::HasSubstr;

static_assert(sizeof(void*) != 8 ||
                  (sizeof(els_options) == 208 && sizeof(els_backend) == 56 &&
                   sizeof(els_ticket) == 24 && sizeof(els_request) == 56 &&
                   sizeof(els_backend_snapshot) == 312),
              "These may grow, but only by fields at their end.");
static_assert(sizeof(void*) != 8 ||
                  sizeof(els_options) == sizeof(Options) + sizeof(std::size_t),
              "els_options must have a field for each of Options.");

// `size` bytes that begin like `whole`, with zeros behind it.
template <typename Struct>
class Resized {
 public:
  Resized(Struct whole, std::size_t size) : memory_(Words(size)) {
    whole.struct_size = size;
    std::memcpy(memory_.data(), &whole, std::min(size, sizeof whole));
  }

  Struct* get() { return reinterpret_cast<Struct*>(memory_.data()); }
  std::uint64_t& word(std::size_t offset) { return memory_.at(offset / 8); }

 private:
  static std::vector<std::uint64_t> Words(std::size_t size) {
    return std::vector<std::uint64_t>((size + 7) / 8);
  }

  std::vector<std::uint64_t> memory_;
};

els_options Unusual() {
  els_options options;
  EXPECT_EQ(els_options_init(&options, sizeof options), ELS_OK);
  options.seed = 7;
  options.turn_limit = 0.5;
  options.turn_slope = 3;
  options.removed_memory_ns = 5;
  return options;
}

TEST(CStructsTest, FieldsThatAShorterStructLacksTakeTheirDefaults) {
  Resized<els_options> older(Unusual(), offsetof(els_options, turn_slope));
  const auto options = ReadOptions(older.get());
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->seed, 7u);
  EXPECT_EQ(options->turn_limit, 0.5);
  EXPECT_EQ(options->turn_slope, Options().turn_slope);
  EXPECT_EQ(options->removed_memory, std::chrono::minutes(10));
}

TEST(CStructsTest, AStructOfNothingButItsSizeIsAllDefaults) {
  Resized<els_options> oldest(Unusual(), sizeof(std::size_t));
  const auto options = ReadOptions(oldest.get());
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->seed, 0u);
  EXPECT_EQ(options->turn_limit, 0.24);
}

TEST(CStructsTest, ALongerStructIsTakenIfItsExcessIsZero) {
  Resized<els_options> newer(Unusual(), sizeof(els_options) + 16);
  const auto options = ReadOptions(newer.get());
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->removed_memory, std::chrono::nanoseconds(5));

  newer.word(sizeof(els_options) + 8) = std::uint64_t{1} << 56;
  const absl::Status status = ReadOptions(newer.get()).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("els_options has a field set that this library does "
                        "not know: struct_size is 224"));
}

// As programs did before these fields were added: 21 words.
TEST(CStructsTest, OptionsOfTheFirstVersionTakeTheNewDefaults) {
  els_options whole = Unusual();
  whole.answered_weight = 0.75;
  whole.parallelism = 0.5;
  whole.turn_premium = 0.25;
  whole.queue_by_work = 0.125;
  whole.tail = 3;
  Resized<els_options> first(whole, 21 * 8);
  const auto options = ReadOptions(first.get());
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->seed, 7u);
  EXPECT_EQ(options->outage_growth, 0.2);
  EXPECT_EQ(options->answered_weight, Options().answered_weight);
  EXPECT_EQ(options->parallelism, 0);
  EXPECT_EQ(options->turn_premium, Options().turn_premium);
  EXPECT_EQ(options->queue_by_work, Options().queue_by_work);
  EXPECT_EQ(options->tail, Options().tail);
  const auto all = ReadOptions(&whole);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->answered_weight, 0.75);
  EXPECT_EQ(all->parallelism, 0.5);
  EXPECT_EQ(all->turn_premium, 0.25);
  EXPECT_EQ(all->queue_by_work, 0.125);
  EXPECT_EQ(all->tail, 3);
}

TEST(CStructsTest, ASizeThatNoVersionHasIsRefused) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{4},
                                 std::size_t{20}, std::size_t{1} << 40}) {
    els_options options = Unusual();
    options.struct_size = size;
    els_balancer* balancer = nullptr;
    char why[200];
    EXPECT_EQ(els_balancer_new(&options, &balancer, why, sizeof why),
              ELS_INVALID_ARGUMENT);
    EXPECT_THAT(why, HasSubstr("struct_size of els_options is "));
    EXPECT_EQ(els_options_init(&options, size), ELS_INVALID_ARGUMENT);
    EXPECT_EQ(options.seed, 7u);
  }
}

TEST(CStructsTest, OptionsOfSuchASizeChangeNoBalancer) {
  CBalancer balancer;
  Resized<els_options> excess(Unusual(), sizeof(els_options) + 8);
  excess.word(sizeof(els_options)) = 1;
  els_options unset = Unusual();
  unset.struct_size = 0;
  for (els_options* const options : {&unset, excess.get()}) {
    options->initial_latency_ns = 7'000'000;
    char why[200];
    EXPECT_EQ(els_balancer_set_options(balancer.get(), options, CBalancer::kNow,
                                       why, sizeof why),
              ELS_INVALID_ARGUMENT);
    EXPECT_THAT(why, HasSubstr("struct_size"));
    EXPECT_EQ(balancer.First().failure_latency_ns, 50'000'000u);
  }
}

TEST(CStructsTest, DefaultsAreWrittenNoFurtherThanTheCallerKnows) {
  Resized<els_options> older(Unusual(), offsetof(els_options, turn_slope));
  EXPECT_EQ(els_options_init(older.get(), offsetof(els_options, turn_slope)),
            ELS_OK);
  EXPECT_EQ(older.get()->turn_limit, 0.24);

  Resized<els_options> newer(Unusual(), sizeof(els_options) + 8);
  newer.word(sizeof(els_options)) = 1;
  EXPECT_EQ(els_options_init(newer.get(), sizeof(els_options) + 8), ELS_OK);
  EXPECT_EQ(newer.get()->struct_size, sizeof(els_options) + 8);
  EXPECT_EQ(newer.word(sizeof(els_options)), 0u);
}

// `count` backends, each `size` bytes long: "a", "b", ... with tags from 1.
std::vector<std::uint64_t> Backends(std::size_t count, std::size_t size) {
  static const char kNames[] = "abcdefgh";
  std::vector<std::uint64_t> memory;
  for (std::size_t i = 0; i < count; ++i) {
    els_backend whole = ELS_BACKEND_INIT;
    whole.id = {&kNames[i], 1};
    whole.tag = i + 1;
    whole.distance = 3;
    whole.weight = 2;
    whole.max_outstanding = 9;
    Resized<els_backend> backend(whole, size);
    for (std::size_t at = 0; at < size; at += 8) {
      memory.push_back(backend.word(at));
    }
  }
  return memory;
}

TEST(CStructsTest, AnArrayIsReadByTheCallersSize) {
  struct Case {
    std::size_t size;
    double distance;
    double weight;
    std::uint64_t max_outstanding;
  };
  for (const Case& known :
       {Case{offsetof(els_backend, distance), 1, 1, 0},
        Case{offsetof(els_backend, weight), 3, 1, 0},
        Case{offsetof(els_backend, max_outstanding), 3, 2, 0},
        Case{sizeof(els_backend), 3, 2, 9},
        Case{sizeof(els_backend) + 24, 3, 2, 9}}) {
    std::vector<std::uint64_t> memory = Backends(3, known.size);
    CBalancer balancer;
    EXPECT_EQ(els_balancer_set_backends(
                  balancer.get(), reinterpret_cast<els_backend*>(memory.data()),
                  3, CBalancer::kNow, nullptr, 0),
              ELS_OK);
    const std::vector<els_backend_snapshot> all = balancer.Look();
    ASSERT_EQ(all.size(), 3u);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(all[i].tag, i + 1);
      EXPECT_EQ(all[i].distance, known.distance);
      EXPECT_EQ(all[i].weight, known.weight);
      EXPECT_EQ(all[i].max_outstanding, known.max_outstanding);
    }
  }
}

TEST(CStructsTest, AnArrayOfDifferentSizesIsRefused) {
  els_backend backends[2] = {ELS_BACKEND_INIT, ELS_BACKEND_INIT};
  backends[0].id = {"a", 1};
  backends[1].id = {"b", 1};
  backends[1].struct_size = 0;
  CBalancer balancer;
  char why[200];
  EXPECT_EQ(els_balancer_set_backends(balancer.get(), backends, 2,
                                      CBalancer::kNow, why, sizeof why),
            ELS_INVALID_ARGUMENT);
  EXPECT_STREQ(why,
               "struct_size of els_backend 1 is 0; it must be that of the "
               "first, which is 56");
}

TEST(CStructsTest, AnArrayOfASizeThatNoVersionHasIsRefused) {
  CBalancer balancer({"old"});
  char why[200];
  for (const std::size_t size : {std::size_t{0}, std::size_t{4},
                                 std::size_t{20}, std::size_t{1} << 40}) {
    els_backend backend = ELS_BACKEND_INIT;
    backend.id = {"a", 1};
    backend.struct_size = size;
    EXPECT_EQ(els_balancer_set_backends(balancer.get(), &backend, 1,
                                        CBalancer::kNow, why, sizeof why),
              ELS_INVALID_ARGUMENT);
    EXPECT_THAT(why, HasSubstr("struct_size of els_backend 0 is "));
  }
  std::vector<std::uint64_t> memory = Backends(2, sizeof(els_backend) + 8);
  memory.back() = 1;
  EXPECT_EQ(els_balancer_set_backends(
                balancer.get(), reinterpret_cast<els_backend*>(memory.data()),
                2, CBalancer::kNow, why, sizeof why),
            ELS_INVALID_ARGUMENT);
  EXPECT_THAT(why, HasSubstr("els_backend 1 has a field set"));
  EXPECT_EQ(balancer.Look().size(), 1u);
}

TEST(CStructsTest, ASnapshotIsWrittenNoFurtherThanTheCallerKnows) {
  CBalancer balancer;
  const els_ticket ticket = balancer.Pick();
  els_snapshot* snapshot = nullptr;
  ASSERT_EQ(els_balancer_snapshot(balancer.get(), CBalancer::kNow, &snapshot),
            ELS_OK);
  const els_backend_snapshot empty = ELS_BACKEND_SNAPSHOT_INIT;

  Resized<els_backend_snapshot> older(empty,
                                      offsetof(els_backend_snapshot, overdue));
  EXPECT_EQ(els_snapshot_get(snapshot, 0, older.get()), ELS_OK);
  EXPECT_EQ(older.get()->outstanding, 1);

  Resized<els_backend_snapshot> newer(empty, sizeof empty + 8);
  newer.word(sizeof empty) = 1;
  EXPECT_EQ(els_snapshot_get(snapshot, 0, newer.get()), ELS_OK);
  EXPECT_EQ(newer.get()->struct_size, sizeof empty + 8);
  EXPECT_EQ(newer.get()->picks, 1u);
  EXPECT_EQ(newer.word(sizeof empty), 0u);

  for (const std::size_t size : {std::size_t{0}, std::size_t{4},
                                 std::size_t{20}, std::size_t{1} << 40}) {
    els_backend_snapshot unset = empty;
    unset.struct_size = size;
    EXPECT_EQ(els_snapshot_get(snapshot, 0, &unset), ELS_INVALID_ARGUMENT);
    EXPECT_EQ(unset.picks, 0u);
  }
  els_snapshot_free(snapshot);
  EXPECT_EQ(els_ticket_drop(&ticket), ELS_OK);
}

}  // namespace
}  // namespace els
