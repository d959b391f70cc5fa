#include "sim/results/write_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace els_sim {
namespace {

namespace fs = std::filesystem;

class WriteFileTest : public testing::Test {
 protected:
  WriteFileTest()
      : folder_(fs::path(testing::TempDir()) /
                ("write_file_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~WriteFileTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }

  static std::string Content(const std::string& path) {
    std::ostringstream content;
    content << std::ifstream(path).rdbuf();
    return content.str();
  }

  std::ptrdiff_t CountFiles() const {
    return std::distance(fs::directory_iterator(folder_),
                         fs::directory_iterator());
  }

  fs::path folder_;
};

TEST_F(WriteFileTest, ReplacesWhatIsThereAndLeavesNothingElse) {
  EXPECT_TRUE(WriteFile(Path("a"), "a longer text\n").ok());
  EXPECT_TRUE(WriteFile(Path("a"), "text\n").ok());
  EXPECT_EQ(Content(Path("a")), "text\n");
  EXPECT_EQ(CountFiles(), 1);
}

TEST_F(WriteFileTest, KeepsALinkALink) {
  fs::create_symlink(Path("target"), Path("link"));
  std::ofstream(Path("target")) << "old";
  EXPECT_TRUE(WriteFile(Path("link"), "new").ok());
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Content(Path("target")), "new");
}

TEST_F(WriteFileTest, NamesTheFileThatItCannotWrite) {
  const std::string path = Path("none/a");
  const std::string expected =
      "cannot write " + path + ": No such file or directory";
  EXPECT_EQ(WriteFile(path, "x").message(), expected);
  EXPECT_EQ(CheckWritable(path).message(), expected);
  EXPECT_EQ(WriteFile(folder_, "x").message(),
            "cannot write " + folder_.string() + ": Is a directory");
}

TEST_F(WriteFileTest, SaysWhenThereIsNoRoom) {
  EXPECT_EQ(WriteFile("/dev/full", "x").message(),
            "cannot write /dev/full: No space left on device");
}

TEST_F(WriteFileTest, ChecksWithoutTouchingTheFile) {
  std::ofstream(Path("a")) << "old";
  EXPECT_TRUE(CheckWritable(Path("a")).ok());
  EXPECT_TRUE(CheckWritable(Path("b")).ok());
  EXPECT_EQ(Content(Path("a")), "old");
  EXPECT_EQ(CountFiles(), 1);
}

}  // namespace
}  // namespace els_sim
