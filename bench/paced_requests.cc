// Sends requests at a rate that proxies have, on a virtual clock: what one of
// them costs is what a program counts that runs this one. Used by
// instructions.cmake.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "els/balancer.h"
#include "els/random.h"

namespace {

constexpr char kUsage[] =
    "Usage: els-paced BACKENDS RATE FAIL REQUESTS\n"
    "\n"
    "Makes REQUESTS picks and finishes at RATE a second of virtual time, "
    "while\n"
    "256 are outstanding. One in FAIL fails; 0: none does. One in 16 is of\n"
    "eight times the usual work, and says so.\n";

constexpr std::size_t kOutstanding = 256;
constexpr std::uint64_t kHeavyOneIn = 16;
constexpr double kHeavyWork = 8;

void Send(std::size_t backends, std::int64_t rate, std::uint64_t fail,
          std::uint64_t requests) {
  std::vector<els::Backend> set;
  for (std::size_t i = 0; i < backends; ++i) {
    set.push_back({.id = "10.0.0.1:" + std::to_string(i), .tag = i});
  }
  // Half of the gap passes before each pick, and half before each finish.
  const std::chrono::nanoseconds half_gap(500'000'000 / rate);
  els::TimePoint now{std::chrono::seconds(1)};
  els::Balancer balancer(els::Options{.seed = 1});
  if (!balancer.SetBackends(set, now).ok()) std::abort();
  std::vector<els::Ticket> outstanding(kOutstanding);
  for (els::Ticket& ticket : outstanding) ticket = balancer.Pick(now);
  els::Random random(1);
  for (std::uint64_t i = 0; i < requests; ++i) {
    now += half_gap;
    const double work = i % kHeavyOneIn == 0 ? kHeavyWork : 1;
    els::Ticket ticket = balancer.Pick(now, els::Request{.work = work});
    std::swap(outstanding[i % kOutstanding], ticket);
    now += half_gap;
    const bool fails = fail != 0 && random.Below(fail) == 0;
    ticket.Finish(fails ? els::Outcome::kFailure : els::Outcome::kSuccess, now);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 5) throw std::invalid_argument("four arguments are needed");
    const long long backends = std::stoll(argv[1]);
    const long long rate = std::stoll(argv[2]);
    const long long fail = std::stoll(argv[3]);
    const long long requests = std::stoll(argv[4]);
    if (backends < 1 || rate < 1 || rate > 500'000'000 || fail < 0 ||
        requests < 0) {
      throw std::invalid_argument("out of range");
    }
    Send(static_cast<std::size_t>(backends), rate,
         static_cast<std::uint64_t>(fail),
         static_cast<std::uint64_t>(requests));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "els-paced: %s\n%s", error.what(), kUsage);
    return 2;
  }
}
