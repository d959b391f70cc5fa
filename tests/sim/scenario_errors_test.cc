// Every kind of error in a scenario's file, by the exact line that it makes.

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "sim/files/scenario_file.h"

namespace els_sim {
namespace {

constexpr std::string_view kGood = R"(name = "x"
description = "one line"
shows = "this"
cannot_show = "that"

[arrivals]
kind = "poisson"
length = "10s"
load = 0.5

[sizes]
shape = "exponential"
mean = "40ms"

[[servers]]
count = 2
slots = 8

[[servers]]
slots = 8
phases = [{ from = "2s", slowness = 10 }]

[access_points]
count = 10
timeout = "1s"
)";

absl::StatusOr<std::string> LoadQuantiles(const std::string& name) {
  if (name == "letters.txt") return std::string("1\na\n");
  if (name == "falling.txt") return std::string("2\n1\n");
  if (name == "good.txt") return std::string("1\n2\n");
  return absl::NotFoundError("there is no such file");
}

struct Row {
  const char* old_text;  // Of kGood, once,
  const char* new_text;  // is replaced by this.
  const char* error;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.error; }

class ScenarioErrors : public testing::TestWithParam<Row> {};

TEST_P(ScenarioErrors, AreToldInOneLineWithPlaceAndKey) {
  std::string text(kGood);
  const std::size_t place = text.find(GetParam().old_text);
  ASSERT_NE(place, text.npos);
  text.replace(place, std::string_view(GetParam().old_text).size(),
               GetParam().new_text);
  const auto scenario = ParseScenario(text, "a/x.toml", LoadQuantiles);
  ASSERT_FALSE(scenario.ok());
  EXPECT_EQ(scenario.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(scenario.status().message()),
            std::string("a/x.toml:") + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Form, ScenarioErrors,
    testing::Values(
        Row{"load = 0.5", "load = ",
            "9:8: Error while parsing key-value pair: expected value, saw "
            "'\\n'"},
        Row{"[sizes]", "[=sizes]",
            "11:2: Error while parsing key: expected bare key starting "
            "character or string delimiter, saw '='"},
        Row{"\"x\"", "\"y\"",
            "1:8: name is \"y\"; it must be that of the file, \"x\""},
        Row{"\"one line\"", "\"two\\nlines\"",
            "2:15: description must be one line"},
        Row{"\"this\"", "\"\"",
            "3:9: shows is \"\"; it must be a text in quotes, not empty"},
        Row{"\"this\"", "1",
            "3:9: shows is 1; it must be a text in quotes, not empty"},
        Row{"description = \"one line\"\n", "", "1:1: description is missing"},
        Row{"kind = \"poisson\"\nlength = \"10s\"\nload = 0.5\n", "",
            "6:1: arrivals.kind is missing"},
        Row{"\"poisson\"", "\"poison\"",
            "7:8: arrivals.kind is \"poison\"; it must be one of poisson, "
            "constant, closed, burst, trace"},
        Row{"load = 0.5", "lod = 0.5\nload = 0.5",
            "9:1: arrivals.lod is unknown; known are capacity, kind, length, "
            "load, on_off, profile, ramp, rate, spike, steps"},
        Row{"\"10s\"", "10",
            "8:10: arrivals.length is 10; it must be a duration, such as "
            "\"250us\", \"40ms\", \"1.5s\" or \"2min\""},
        Row{"\"10s\"", "\"10 s\"",
            "8:10: arrivals.length is \"10 s\"; it must be a duration, such as "
            "\"250us\", \"40ms\", \"1.5s\" or \"2min\""},
        Row{"load = 0.5", "load = true",
            "9:8: arrivals.load is true; it must be a number"},
        Row{"load = 0.5", "load = 0.5\nrate = 5",
            "9:8: arrivals.load and arrivals.rate exclude each other"},
        Row{"load = 0.5\n", "",
            "6:1: arrivals.rate or arrivals.load is missing"},
        Row{"load = 0.5", "rate = 5\ncapacity = \"at-start\"",
            "10:12: arrivals.capacity has no effect on a rate"},
        Row{"load = 0.5", "load = 0.5\nspike = 3",
            "10:9: arrivals.spike is 3; it must be a table"},
        Row{"load = 0.5",
            "load = 0.5\nspike = { at = \"1s\", length = \"0s\", times = 2 }",
            "10:31: arrivals.spike.length must be above 0"},
        Row{"load = 0.5", "load = 0.5\nsteps = 3",
            "10:9: arrivals.steps is 3; it must be an array of tables"},
        Row{"load = 0.5", "load = 0.5\nsteps = [3]",
            "10:10: arrivals.steps[0] is 3; it must be a table"},
        Row{"load = 0.5", "load = 0.5\nsteps = []\nprofile = []",
            "10:9: arrivals.steps and arrivals.profile exclude each other"},
        Row{"slots = 8\n\n[[", "slots = -8\n\n[[",
            "17:9: servers[0].slots is -8; it must be a whole number, not "
            "negative"},
        Row{"slots = 8\n\n[[", "slots = 8.0\n\n[[",
            "17:9: servers[0].slots is 8; it must be a whole number, not "
            "negative"},
        Row{"slowness = 10", "cut_rate = true",
            "21:37: servers[1].phases[0].cut_rate is true; it must be a "
            "number"},
        Row{"slots = 8\n\n[[", "streams = { part = 0.5 }\n\n[[",
            "17:11: servers[0].streams.mean_length is missing"},
        Row{"slots = 8\n\n[[", "streams = true\n\n[[",
            "17:11: servers[0].streams is true; it must be a table"},
        Row{"slots = 8\n\n[[", "neutral_after = 5\n\n[[",
            "17:17: servers[0].neutral_after is 5; it must be a duration, such "
            "as \"250us\", \"40ms\", \"1.5s\" or \"2min\""},
        Row{"slots = 8\n\n[[", "weight = \"2\"\n\n[[",
            "17:10: servers[0].weight is \"2\"; it must be a number"},
        Row{"slots = 8\n\n[[", "max_outstanding = 1.5\n\n[[",
            "17:19: servers[0].max_outstanding is 1.5; it must be a whole "
            "number, not negative"},
        Row{"count = 10", "work = \"sizes\"",
            "24:8: access_points.work is \"sizes\"; it must be one of none, "
            "size, key"},
        Row{"count = 10", "work = 1",
            "24:8: access_points.work is 1; it must be a text in quotes, not "
            "empty"},
        Row{"count = 2", "count = 0",
            "16:9: servers[0].count is 0; it must be in [1, 10000]"},
        Row{"count = 2", "apart = \"1s\"",
            "16:9: servers[0].apart has no effect without joins_at or "
            "leaves_at"},
        Row{"slowness = 10", "silent = 1",
            "21:35: servers[1].phases[0].silent is 1; it must be true or "
            "false"},
        Row{", slowness = 10", "",
            "21:11: servers[1].phases[0].slowness or "
            "servers[1].phases[0].failure_rate or servers[1].phases[0].silent "
            "or servers[1].phases[0].neutral_rate or "
            "servers[1].phases[0].cut_rate is missing"},
        Row{"slots = 8\n\n[[", "noise = { least = 1, most = 2 }\n\n[[",
            "17:9: servers[0].noise.shortest is missing\n"
            "a/x.toml:17:9: servers[0].noise.longest is missing"}));

INSTANTIATE_TEST_SUITE_P(
    Files, ScenarioErrors,
    testing::Values(
        Row{"\"exponential\"", "\"quantiles\"",
            "11:1: sizes.file or sizes.values is missing"},
        Row{"\"exponential\"", "\"quantiles\"\nfile = \"none.txt\"",
            "13:8: sizes.file is \"none.txt\"; there is no such file"},
        Row{"\"exponential\"", "\"quantiles\"\nfile = \"letters.txt\"",
            "13:8: sizes.file is \"letters.txt\"; letters.txt:2: \"a\" is no "
            "number"},
        Row{"\"exponential\"", "\"quantiles\"\nfile = \"falling.txt\"",
            "13:8: sizes.file[1] is 1; it must not be below 2 before it"},
        Row{"\"exponential\"", "\"quantiles\"\nvalues = [1, \"2\"]",
            "13:14: sizes.values[1] is \"2\"; it must be a number"},
        Row{"\"exponential\"", "\"quantiles\"\nvalues = [1]",
            "13:10: sizes.values are fewer than two numbers"},
        Row{"kind = \"poisson\"\nlength = \"10s\"\nload = 0.5",
            "kind = \"trace\"\nfile = \"falling.txt\"",
            "8:8: arrivals.file[1] is 1s; it must not be below 2s before it"},
        Row{"kind = \"poisson\"\nlength = \"10s\"\nload = 0.5",
            "kind = \"trace\"\nfile = \"good.txt\"\ntimes_faster = 0",
            "9:16: arrivals.times_faster must be in (0, 1e6]"}));

INSTANTIATE_TEST_SUITE_P(
    Values, ScenarioErrors,
    testing::Values(
        Row{"slowness = 10", "failure_rate = 1.5",
            "21:41: servers[1].phases[0].failure_rate is 1.5; it must be in "
            "[0, 1]"},
        Row{"slots = 8\n\n[[", "slots = 0\n\n[[",
            "17:9: servers[0].slots is 0; it must be in [1, 1000000]"},
        Row{"slowness = 10", "neutral_rate = -0.5",
            "21:41: servers[1].phases[0].neutral_rate is -0.5; it must be in "
            "[0, 1]"},
        Row{"slowness = 10", "cut_rate = 1.5",
            "21:37: servers[1].phases[0].cut_rate is 1.5; it must be in [0, "
            "1]"},
        Row{"slots = 8\n\n[[", "cut_after = \"25h\"\n\n[[",
            "17:13: servers[0].cut_after is 90000s; it must be in [0s, "
            "86400s]"},
        Row{"slots = 8\n\n[[",
            "streams = { mean_length = \"1s\", part = 0 }\n\n[[",
            "17:40: servers[0].streams.part is 0; it must be in (0, 1]"},
        Row{"slots = 8\n\n[[",
            "streams = { mean_length = \"1s\", slots = 2 }\n\n[[",
            "17:41: servers[0].streams.slots is 2; it must be in [0, 1]"},
        Row{"slots = 8\n\n[[", "streams = { mean_length = \"0s\" }\n\n[[",
            "17:27: servers[0].streams.mean_length is 0s; it must be in (0s, "
            "86400s]"},
        Row{"slots = 8\nphases", "neutral_rate = 2\nphases",
            "20:16: servers[1].neutral_rate is 2; it must be in [0, 1]"},
        Row{"slots = 8\n\n[[", "neutral_after = \"25h\"\n\n[[",
            "17:17: servers[0].neutral_after is 90000s; it must be in [0s, "
            "86400s]"},
        Row{"slots = 8\n\n[[", "weight = 0\n\n[[",
            "17:10: servers[0].weight is 0; it must be in (0, 1000000]"},
        Row{"slots = 8\n\n[[", "max_outstanding = 0\n\n[[",
            "17:19: servers[0].max_outstanding is 0; it must be in [1, "
            "4294967295]"},
        Row{"load = 0.5", "load = nan",
            "9:8: arrivals.load is nan; it must be in (0, 1000]"},
        Row{"load = 0.5",
            "load = 0.5\nspike = { at = \"1s\", length = \"1s\", times = -2 }",
            "10:45: arrivals.spike.times is -2; it must be in [0, 1000000]"},
        Row{"load = 0.5",
            "load = 0.5\nramp = { from = \"5s\", until = \"5s\", times = 2 }",
            "10:31: arrivals.ramp.until is 5s; it must be after the point "
            "before it, 5s"},
        Row{"timeout = \"1s\"",
            "timeout = \"1s\"\n[zones]\nfar_delay = \"25h\"\ncount = 2",
            "27:13: zones.far_delay is 90000s; it must be in [0s, 86400s]"},
        Row{"timeout = \"1s\"",
            "timeout = \"1s\"\n[zones]\ndelays = [[\"1s\", \"x\"]]",
            "27:18: zones.delays[0][1] is \"x\"; it must be a duration, such "
            "as \"250us\", \"40ms\", \"1.5s\" or \"2min\""},
        Row{"timeout = \"1s\"",
            "timeout = \"1s\"\n[[windows]]\nname = \"w\"\nfrom = \"5s\"\n"
            "until = \"4s\"",
            "29:9: windows[0].until is 4s; it must be after windows[0].from, "
            "which is 5s"}));

TEST(ScenarioErrors, AreAllToldInOrderOfPlace) {
  const auto scenario = ParseScenario("shows = 1\nname = \"x\"\nfoo = 2\n",
                                      "x.toml", LoadQuantiles);
  EXPECT_EQ(std::string(scenario.status().message()),
            "x.toml:1:1: description is missing\n"
            "x.toml:1:1: arrivals is missing\n"
            "x.toml:1:1: sizes is missing\n"
            "x.toml:1:1: servers is missing\n"
            "x.toml:1:9: shows is 1; it must be a text in quotes, not empty\n"
            "x.toml:3:1: foo is unknown; known are access_points, arrivals, "
            "cannot_show, description, failure_penalty, first_in_turn, name, "
            "servers, shows, sizes, windows, zones");
}

TEST(ReadScenario, SaysThatAFileCannotBeRead) {
  EXPECT_EQ(std::string(ReadScenario("none/x.toml").status().message()),
            "none/x.toml: cannot be read, or is empty");
}

}  // namespace
}  // namespace els_sim
