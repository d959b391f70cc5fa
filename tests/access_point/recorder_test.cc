#include "examples/access_point/recorder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace access_point {
namespace {

using els::Outcome;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Recording : public testing::Test {
 protected:
  Recording() {
    EXPECT_TRUE(recorder_.Start(path_).ok());
    start_ = std::chrono::steady_clock::now();
  }
  ~Recording() override { std::filesystem::remove(path_); }

  // The lines that do not begin with #, the first names the columns.
  std::vector<std::string> Lines() {
    EXPECT_TRUE(recorder_.Stop().ok());
    std::ifstream file(path_);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] != '#') lines.push_back(line);
    }
    EXPECT_FALSE(lines.empty());
    if (lines.empty()) return lines;
    EXPECT_EQ(lines.front(), "time_us,latency_us,backend,outcome,attempt");
    lines.erase(lines.begin());
    return lines;
  }

  // Without the time, which depends on when the recorder began.
  std::vector<std::string> LinesWithoutTime() {
    std::vector<std::string> lines = Lines();
    for (std::string& line : lines) line = line.substr(line.find(','));
    return lines;
  }

  const std::string path_ = testing::TempDir() + "els_recorder_" +
                            std::to_string(::getpid()) + ".csv";
  Recorder recorder_{{"a:1", "b:2"}};
  std::unique_ptr<Picker> picker_ =
      MakePicker(Policy::kRoundRobin, {"a:1", "b:2"}, 1);
  RecordingPicker recording_{*picker_, recorder_};
  els::TimePoint start_;
};

TEST_F(Recording, HasALineForEachAttemptInTheOrderInWhichTheyBegan) {
  auto slow = recording_.Pick(start_, 1);
  auto fast = recording_.Pick(start_ + milliseconds(2), 0);
  fast->Answered(Outcome::kFailure, start_ + milliseconds(3));
  fast->Finish(Outcome::kSuccess, start_ + milliseconds(9));
  slow->Finish(Outcome::kTimeout, start_ + milliseconds(250));
  auto first = recording_.Pick(start_ + milliseconds(251), std::nullopt);
  first->Answered(Outcome::kSuccess,
                  start_ + milliseconds(252) + microseconds(17));
  first->Finish(Outcome::kCancelled, start_ + seconds(2));
  const std::string backend = std::to_string(first->backend());
  EXPECT_EQ(LinesWithoutTime(), (std::vector<std::string>{
                                    ",250000,0,timeout,2", ",1000,1,failure,2",
                                    ",1017," + backend + ",,"}));
}

TEST_F(Recording, SaysOfANeutralAnswerThatItWasAnswered) {
  recording_.Pick(start_, 1)->Finish(Outcome::kNeutral,
                                     start_ + milliseconds(3));
  EXPECT_EQ(LinesWithoutTime(), (std::vector<std::string>{",3000,0,,2"}));
}

TEST_F(Recording, CountsMicrosecondsFromItsStart) {
  for (const int ms : {1000, 1002}) {
    recording_.Pick(start_ + milliseconds(ms), std::nullopt)
        ->Finish(Outcome::kSuccess, start_ + milliseconds(ms));
  }
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), 2u);
  const long first = std::stol(lines[0]);
  EXPECT_NEAR(static_cast<double>(first), 1e6, 5e5);
  EXPECT_EQ(std::stol(lines[1]), first + 2000);
}

TEST_F(Recording, LeavesOutWhatWasNeverMadeAndWhatHasNotEnded) {
  recording_.Pick(start_, std::nullopt).reset();
  auto open = recording_.Pick(start_, std::nullopt);
  recording_.Pick(start_, 1)->Finish(Outcome::kCancelled, start_);
  EXPECT_EQ(LinesWithoutTime(), (std::vector<std::string>{",0,0,cancelled,2"}));
  open->Finish(Outcome::kSuccess, start_);  // Too late, and no harm.
}

TEST_F(Recording, NamesTheBackends) {
  EXPECT_TRUE(Lines().empty());
  std::ostringstream content;
  content << std::ifstream(path_).rdbuf();
  EXPECT_NE(content.str().find("# Backend 0 is a:1.\n# Backend 1 is b:2.\n"),
            std::string::npos)
      << content.str();
}

TEST_F(Recording, OfManyThreadsLosesNothingAndIsInOrder) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      std::unique_ptr<Attempt> held;
      for (int k = 0; k < kEach; ++k) {
        auto next =
            recording_.Pick(std::chrono::steady_clock::now(), std::nullopt);
        if (held) {
          held->Finish(Outcome::kSuccess, std::chrono::steady_clock::now());
        }
        held = std::move(next);
      }
      held->Finish(Outcome::kSuccess, std::chrono::steady_clock::now());
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), std::size_t{kThreads} * kEach);
  long latest = 0;
  for (const std::string& line : lines) {
    const long time = std::stol(line);
    ASSERT_LE(latest, time);
    latest = time;
  }
}

TEST(Recorder, SaysWhatCannotBeWritten) {
  Recorder nowhere({"a:1"});
  EXPECT_EQ(nowhere.Start("/nowhere/r.csv").message(),
            "--record: cannot write '/nowhere/r.csv': No such file or "
            "directory");
  EXPECT_TRUE(nowhere.Stop().ok());
  Recorder full({"a:1"});
  EXPECT_EQ(full.Start("/dev/full").message(),
            "--record: cannot write '/dev/full': No space left on device");
}

TEST(Recorder, RecordsNothingBeforeItStarts) {
  Recorder recorder({"a:1"});
  EXPECT_FALSE(recorder.Begin(0, 1, els::TimePoint()).has_value());
}

}  // namespace
}  // namespace access_point
