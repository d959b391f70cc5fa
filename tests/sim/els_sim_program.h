#pragma once

// Starts els-sim as a user does. ELS_SIM_PROGRAM is its path.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace els_sim {

inline const std::string kProgram = "'" ELS_SIM_PROGRAM "'";

struct Exit {
  int status = -1;
  std::string out;
  std::string err;
};

inline std::string Content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

class ElsSim : public testing::Test {
 protected:
  ElsSim() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::path(testing::TempDir()) /
                 (std::string("els_sim_") + info->name() + "_" +
                  std::to_string(getpid()));
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  ~ElsSim() override { std::filesystem::remove_all(directory_); }

  Exit Start(const std::string& arguments) const {
    const std::string out = (directory_ / "out").string();
    const std::string err = (directory_ / "err").string();
    const std::string command =
        kProgram + " " + arguments + " >" + out + " 2>" + err;
    const int status = std::system(command.c_str());
    return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            .out = Content(out),
            .err = Content(err)};
  }

  // One line that holds all of `parts`, status 2 and no output.
  void ExpectUsageError(const std::string& arguments,
                        const std::vector<std::string>& parts) const {
    const Exit exit = Start(arguments);
    EXPECT_EQ(exit.status, 2) << arguments;
    EXPECT_EQ(exit.out, "") << arguments;
    EXPECT_EQ(exit.err.find('\n'), exit.err.size() - 1) << exit.err;
    for (const std::string& part : parts) {
      EXPECT_NE(exit.err.find(part), std::string::npos)
          << arguments << ": " << exit.err << "lacks " << part;
    }
  }

  std::filesystem::path directory_;
};

}  // namespace els_sim
