#include "examples/demo/load.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include "tests/demo/backend_process.h"

namespace demo {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::ptrdiff_t Succeeded(const LoadLog& log) {
  return std::count_if(log.samples.begin(), log.samples.end(),
                       [](const Sample& sample) { return sample.ok; });
}

// Each of the schedule's requests is there once, by when it was due.
void ExpectEachOnce(const LoadLog& log, const std::vector<Arrival>& schedule) {
  std::vector<Duration> planned;
  for (const Arrival& arrival : schedule) planned.push_back(arrival.due);
  std::vector<Duration> seen;
  for (const Sample& sample : log.samples) seen.push_back(sample.due);
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, planned);
  EXPECT_EQ(log.sent, schedule.size());
}

TEST(Load, CountsEveryRequestOnce) {
  asio::io_context io(1);
  BackendProcess backend(io, {"--mean-ms", "2"});
  const auto schedule = PoissonSchedule(500, milliseconds(500), 1);
  LoadLog log;
  RunToEnd(io, RunLoad(backend.endpoint(), schedule, seconds(30), log));
  ExpectEachOnce(log, schedule);
  EXPECT_EQ(Succeeded(log), static_cast<std::ptrdiff_t>(schedule.size()));
  EXPECT_EQ(backend.Count("attempts"), schedule.size());
}

TEST(Load, CountsEveryRequestOnceWhenTheServerIsKilledMidway) {
  asio::io_context io(1);
  BackendProcess backend(io, {"--mean-ms", "20"});
  const auto schedule = PoissonSchedule(300, seconds(1), 1);
  LoadLog log;
  auto run = asio::co_spawn(
      io, RunLoad(backend.endpoint(), schedule, seconds(30), log),
      asio::use_future);
  RunUntil(io, [&log] { return log.samples.size() >= 50; });
  kill(backend.pid(), SIGKILL);
  RunUntil(io, [&] { return log.samples.size() == schedule.size(); });
  ExpectEachOnce(log, schedule);
  EXPECT_GE(Succeeded(log), 50);
  EXPECT_LT(Succeeded(log), static_cast<std::ptrdiff_t>(schedule.size()));
}

TEST(Load, SendsWhatIsDueThoughNothingIsAnswered) {
  asio::io_context io(1);
  // Connections wait in its backlog for ever.
  tcp::acceptor silent(io, {asio::ip::address_v4::loopback(), 0});
  const auto schedule = PoissonSchedule(200, milliseconds(100), 1);
  LoadLog log;
  RunToEnd(io,
           RunLoad(silent.local_endpoint(), schedule, milliseconds(300), log));
  ExpectEachOnce(log, schedule);
  EXPECT_EQ(Succeeded(log), 0);
  for (const Sample& sample : log.samples) {
    EXPECT_GE(sample.latency, milliseconds(300));
  }
}

TEST(Load, CountsARefusedConnectionAsAnError) {
  asio::io_context io(1);
  tcp::acceptor gone(io, {asio::ip::address_v4::loopback(), 0});
  const tcp::endpoint target = gone.local_endpoint();
  gone.close();
  const auto schedule = PoissonSchedule(200, milliseconds(100), 1);
  LoadLog log;
  RunToEnd(io, RunLoad(target, schedule, seconds(30), log));
  ExpectEachOnce(log, schedule);
  EXPECT_EQ(Succeeded(log), 0);
}

TEST(Load, OfNothingEndsAtOnce) {
  asio::io_context io(1);
  LoadLog log;
  RunToEnd(io, RunLoad({}, {}, seconds(30), log));
  EXPECT_EQ(log.sent, 0u);
}

TEST(Fetch, ThrowsForAStatusThatIsNotASuccess) {
  asio::io_context io(1);
  BackendProcess backend(io, {"--failing", "1"});
  EXPECT_THROW(RunToEnd(io, Fetch(backend.endpoint(), "/")),
               std::runtime_error);
}

}  // namespace
}  // namespace demo
