#include "sim/files/explain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>

#include "sim/files/catalogue.h"

namespace els_sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Explain's text with blanks for its line ends, to look for sentences.
std::string OneLine(const Scenario& scenario) {
  std::istringstream words(Explain(scenario));
  std::string line;
  for (std::string word; words >> word;)
    line += (line.empty() ? "" : " ") + word;
  return line;
}

void ExpectSays(const Scenario& scenario, const std::string& sentence) {
  EXPECT_NE(OneLine(scenario).find(sentence), std::string::npos)
      << sentence << "\nis not in\n"
      << Explain(scenario);
}

Scenario Two() {
  return {.name = "two",
          .description = "two servers",
          .arrivals = OpenArrivals{.length = seconds(10), .rate = 400},
          .sizes = {.mean = milliseconds(10)},
          .servers = {{.slots = 4}, {.slots = 4}}};
}

TEST(Explain, TellsAScenarioFromItsNameToWhatItCannotShow) {
  EXPECT_EQ(
      Explain(*FindScenario("spotify")),
      R"(spotify: 27 requests at once to four one-slot servers, the first in turn ten
times slower: 35 s instead of 3.5 s

27 requests come at once, at the start. A server that is well takes 3.5 s in the
mean for one; sizes are the same for all.

- Server b0: 1 slot. Throughout it takes 10 times as long.
- Servers b1 to b3, each: 1 slot.

1 access point sends all of them. They wait as long as it takes. Nothing is sent
again. What goes round begins with b0.

Measured is how long each request takes, all attempts together; a failed one
counts 1 s more.

Shows: How long a burst takes to its end: 245 s with round robin, by hand.

Cannot show: Learning: all requests are sent before the first answer comes.
)");
}

// 400 a second of 10 ms are 4 of 8 slots.
TEST(Explain, TellsTheLoadAtTheStartAndTheHighest) {
  ExpectSays(Two(), "requests come in a Poisson stream: 400 a second.");
  ExpectSays(Two(), "8 working slots");
  ExpectSays(Two(), "so that the load is 0.5, and never higher.");
  Scenario spike = Two();
  std::get<OpenArrivals>(spike.arrivals).profile = {
      {.at = seconds(2), .times = 3}, {.at = seconds(3), .times = 1}};
  ExpectSays(spike, "It is highest at 2 s: 1.5, of 1200 requests a second.");
  Scenario failing = Two();
  for (ServerPlan& server : failing.servers) {
    server.phases = {{.from = seconds(4), .failure_rate = 1}};
  }
  ExpectSays(failing,
             "It is highest at 4 s: more than nothing, of servers that can do "
             "nothing");
}

TEST(Explain, TellsEveryTroubleOfAServer) {
  Scenario scenario = Two();
  scenario.timeout = seconds(1);
  scenario.servers[1] = {
      .discipline = Discipline::kSharing,
      .slots = 2,
      .most_in_flight = 9,
      .phases = {{.from = seconds(1),
                  .until = seconds(2),
                  .slowness = 3,
                  .failure_rate = 0.5,
                  .neutral_rate = 0.25,
                  .cut_rate = 0.125},
                 {.from = seconds(5), .silent = true}},
      .crowding = Crowding{.capacity = 60, .beyond = 5},
      .pauses = Pauses{.length = milliseconds(50), .mean_between = seconds(2)},
      .noise = Noise{1, 4, milliseconds(100), milliseconds(100)},
      .warm_up = WarmUp{.length = seconds(10)},
      .neutral_rate = 0.75,
      .streams =
          AnswerStreams{
              .part = 0.5, .mean_length = seconds(30), .slots = 0.125},
      .joins_at = milliseconds(500),
      .leaves_at = seconds(8)};
  for (const char* sentence :
       {"b1: 2 cores shared by all that is in it, and it refuses what arrives "
        "while 9 are in it.",
        "From 1 s to 2 s it takes 3 times as long and fails 50 % of what "
        "arrives, after 1 ms and answers 25 % at once, after 1 ms, with what "
        "says nothing of speed (404) and cuts 12.5 % of its answers off, 1 ms "
        "after their first byte.",
        "Otherwise it answers 75 % at once, after 1 ms, with",
        "Of its answers 50 % are streamed: they end 30 s in the mean after "
        "their first byte, and take 0.125 of a slot until then.",
        "From 5 s on it answers nothing.", "takes 1 + n/60 times as long",
        "It stands still for 50 ms every 2 s in the mean.",
        "1 to 4 times as long, drawn anew every 100 ms.", "It joins at 500 ms.",
        "It leaves at 8 s,", "up to 5 times slower, until 10 s have passed."}) {
    ExpectSays(scenario, sentence);
  }
}

TEST(Explain, TellsEveryKindOfArrivals) {
  Scenario scenario = Two();
  scenario.arrivals = ClosedArrivals{.users = 3, .requests = 9};
  ExpectSays(scenario,
             "Requests come from 3 users, one at a time: a user "
             "waits for the end of one, and sends the next at once. "
             "In all there are 9.");
  scenario.arrivals = TraceArrivals{
      std::make_shared<const std::vector<Duration>>(2, seconds(3))};
  ExpectSays(scenario, "2 requests come at recorded times, the last after 3 s");
}

TEST(Explain, TellsAccessPointsZonesAndWindows) {
  Scenario scenario = Two();
  scenario.access_points = 10;
  scenario.skew = Skew{0.2, 0.8};
  scenario.timeout = milliseconds(300);
  scenario.retries = {.most = 2,
                      .backoff = milliseconds(5),
                      .budget = els::RetryBudgetOptions()};
  scenario.zones = 2;
  scenario.far = 10;
  scenario.delays.assign(2, {milliseconds(1), milliseconds(7)});
  scenario.windows = {{"early", seconds(1), seconds(2)}};
  for (const char* sentence :
       {"20 % of these have 80 % of the requests.", "given up after 300 ms",
        "sent again, up to 2 times, after a random "
        "time of up to 5 ms, which doubles each time.",
        "0.2 retries per request and 10 a second.",
        "servers of another zone are 10 times as distant",
        "A request takes 1 ms, 7 ms from zone 1 to each zone",
        "- early, 1 s to 2 s"}) {
    ExpectSays(scenario, sentence);
  }
}

TEST(Explain, KeepsEveryLineToEightyColumns) {
  for (const Scenario& scenario : Scenarios()) {
    std::istringstream lines(Explain(scenario));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(line.size(), 80u) << line;
    }
  }
}

}  // namespace
}  // namespace els_sim
