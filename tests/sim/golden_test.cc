#include "sim/results/golden.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace els_sim {
namespace {

std::string TemporaryPath(const std::string& name) {
  return testing::TempDir() + "els_sim_golden_" + std::to_string(getpid()) +
         name;
}

TEST(CompareGolden, FindsNoDifferenceInWhatWasWritten) {
  const std::string path = TemporaryPath("same");
  ASSERT_TRUE(WriteGolden(path, "one\ntwo\n").ok());
  EXPECT_TRUE(CompareGolden(path, "one\ntwo\n").empty());
}

TEST(CompareGolden, ShowsEachLineThatDiffers) {
  const std::string path = TemporaryPath("lines");
  ASSERT_TRUE(WriteGolden(path, "one\ntwo\nthree\n").ok());
  EXPECT_EQ(CompareGolden(path, "one\nto \nthree\n"),
            std::vector<std::string>{
                path + ":2:\n  expected 'two'\n  got      'to '"});
}

TEST(CompareGolden, SeesAMissingOrAddedEnd) {
  const std::string path = TemporaryPath("end");
  ASSERT_TRUE(WriteGolden(path, "one\n").ok());
  EXPECT_EQ(CompareGolden(path, "one").size(), 1);
  EXPECT_EQ(CompareGolden(path, "one\n\n").size(), 1);
}

TEST(CompareGolden, NamesAFileThatCannotBeRead) {
  const std::string path = TemporaryPath("missing/file");
  EXPECT_EQ(CompareGolden(path, ""),
            std::vector<std::string>{path + ": cannot be read"});
}

TEST(WriteGolden, NamesAFileThatCannotBeWritten) {
  const std::string path = TemporaryPath("missing/file");
  EXPECT_EQ(WriteGolden(path, "").message(), "cannot write " + path);
}

}  // namespace
}  // namespace els_sim
