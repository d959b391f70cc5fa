#include "examples/demo/progress.h"

#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <iostream>

#include "examples/demo/table.h"

namespace demo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick(250);
constexpr int kTicksPerLine = 16;  // where lines stay

// Goes back to the start of the line, and clears what is there.
constexpr const char* kSameLine = "\r\x1b[K";

}  // namespace

std::string ProgressLine(const std::string& policy,
                         std::chrono::seconds elapsed, const LoadLog& log) {
  std::size_t errors = 0;
  for (const Sample& sample : log.samples) errors += sample.ok ? 0 : 1;
  const Ranking ranking(log.samples);
  char text[128];
  std::snprintf(text, sizeof text,
                "%-17s %2ds %zu sent %zu answered %zu errors", policy.c_str(),
                static_cast<int>(elapsed.count()), log.sent,
                log.samples.size() - errors, errors);
  if (ranking.size() == 0) return text;
  return std::string(text) + " p50 " + FormatLatency(ranking.Quantile(0.5)) +
         " p99 " + FormatLatency(ranking.Quantile(0.99));
}

boost::asio::awaitable<void> ShowProgress(std::string policy,
                                          std::size_t requests,
                                          const LoadLog& log) {
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  const Clock::time_point start = Clock::now();
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor,
                                  start);
  for (int tick = 1;; ++tick) {
    timer.expires_at(start + tick * kTick);
    co_await timer.async_wait(boost::asio::use_awaitable);
    const bool done = log.samples.size() >= requests;
    if (!terminal && !done && tick % kTicksPerLine != 0) continue;
    const auto elapsed =
        std::chrono::floor<std::chrono::seconds>(Clock::now() - start);
    std::cout << (terminal ? kSameLine : "")
              << ProgressLine(policy, elapsed, log)
              << (terminal && !done ? "" : "\n") << std::flush;
    if (done) co_return;
  }
}

}  // namespace demo
