// The program els-demo-backend, from outside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "tests/demo/backend_process.h"

namespace demo {
namespace {

namespace asio = boost::asio;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Everything the server at `target` says to `request` until it closes.
std::string Converse(asio::io_context& io, asio::ip::tcp::endpoint target,
                     const std::string& request) {
  asio::ip::tcp::socket socket(io);
  socket.connect(target);
  asio::write(socket, asio::buffer(request));
  std::string answer;
  boost::system::error_code closed;
  asio::read(socket, asio::dynamic_buffer(answer), closed);
  return answer;
}

std::vector<Arrival> Requests(std::size_t count) {
  std::vector<Arrival> schedule(count);
  for (std::size_t i = 0; i < count; ++i) {
    schedule[i] = {std::chrono::milliseconds(i), i % 2 == 0};
  }
  return schedule;
}

TEST(Backend, AnswersGetsAndPostsOverOneConnectionAndSignsThem) {
  asio::io_context io(1);
  BackendProcess backend(io, {"--name", "amber", "--mean-ms", "1"});
  const std::string answer =
      Converse(io, backend.endpoint(),
               "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
               "GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  const std::size_t second = answer.find("HTTP/1.1", 1);
  ASSERT_NE(second, std::string::npos) << answer;
  EXPECT_THAT(answer.substr(second), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("X-Backend: amber\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\ndone\n"));
  EXPECT_EQ(backend.Count("attempts"), 2u);
}

TEST(Backend, FailsTheShareThatItIsToldAndCountsIt) {
  asio::io_context io(1);
  BackendProcess backend(io, {"--failing", "0.9", "--mean-ms", "1"});
  const auto schedule = Requests(300);
  LoadLog log;
  RunToEnd(
      io, RunLoad(backend.endpoint(), schedule, std::chrono::seconds(30), log));
  std::uint64_t failed = 0;
  for (const Sample& sample : log.samples) failed += sample.ok ? 0 : 1;
  // 270 with a standard error of sqrt(300 0.9 0.1) = 5.2, times four.
  EXPECT_NEAR(static_cast<double>(failed), 270, 21);
  EXPECT_EQ(backend.Count("failed"), failed);
  EXPECT_EQ(backend.Count("attempts"), 300u);
}

TEST(Backend, FailsWithoutWaitingForASlot) {
  asio::io_context io(1);
  // The only slot is taken for longer than this test can last.
  BackendProcess backend(
      io, {"--slots", "1", "--mean-ms", "1000000", "--failing", "0.5"});
  const auto schedule = Requests(40);
  LoadLog log;
  auto run = asio::co_spawn(
      io, RunLoad(backend.endpoint(), schedule, std::chrono::hours(1), log),
      asio::use_future);
  RunUntil(io, [&backend] { return backend.Count("attempts") == 40; });
  const std::uint64_t failed = backend.Count("failed");
  RunUntil(io, [&] { return log.samples.size() >= failed; });
  EXPECT_EQ(log.samples.size(), failed);
  EXPECT_GT(failed, 0u);
  for (const Sample& sample : log.samples) EXPECT_FALSE(sample.ok);
}

}  // namespace
}  // namespace demo
