#include "examples/demo/demo.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <numeric>
#include <sstream>
#include <utility>

#include "examples/demo/load.h"
#include "examples/demo/progress.h"
#include "examples/demo/schedule.h"
#include "examples/demo/table.h"

namespace demo {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr std::array<const char*, 3> kPolicies = {"round-robin",
                                                  "least-outstanding", "els"};

// Half of what the two healthy backends can do.
constexpr double kRate = 0.5 * 2 * kSlots / 0.040;

// Longer than the access point needs to give up twice.
constexpr std::chrono::seconds kPatience(4);

asio::awaitable<std::uint64_t> FetchAttempts(asio::ip::tcp::endpoint backend) {
  const json::value stats = json::parse(co_await Fetch(backend, "/stats"));
  co_return json::value_to<std::uint64_t>(stats.at("attempts"));
}

Proxying ProxyingOf(const DemoOptions& options, const std::string& policy) {
  Proxying proxying = {.policy = policy};
  if (policy != "els") return proxying;
  const auto add = [&proxying](const char* flag, const std::string& file) {
    if (!file.empty())
      proxying.flags.insert(proxying.flags.end(), {flag, file});
  };
  add("--options", options.options);
  add("--record", options.record);
  return proxying;
}

asio::awaitable<PolicyResult> RunPolicy(const DemoOptions& options,
                                        std::string policy,
                                        std::span<const Arrival> schedule) {
  using asio::experimental::awaitable_operators::operator&&;
  const Fleet fleet = co_await StartFleet(
      options.programs, ProxyingOf(options, policy), options.seed);
  LoadLog log;
  co_await (RunLoad(fleet.access_point.endpoint, schedule, kPatience, log) &&
            ShowProgress(policy, schedule.size(), log));
  PolicyResult result{policy, std::move(log.samples), {}};
  for (std::size_t i = 0; i < kBackends.size(); ++i) {
    // Not within the braces below: g++ 12 destroys such temporaries twice.
    const std::uint64_t attempts =
        co_await FetchAttempts(fleet.backends[i].endpoint);
    result.shares.push_back({kBackends[i].name, attempts});
  }
  co_return result;
}

}  // namespace

asio::awaitable<std::vector<PolicyResult>> RunDemo(DemoOptions options) {
  const std::vector<Arrival> schedule =
      PoissonSchedule(kRate, options.seconds, options.seed);
  std::vector<PolicyResult> results;
  results.reserve(kPolicies.size());
  for (const char* policy : kPolicies) {
    results.push_back(co_await RunPolicy(options, policy, schedule));
  }
  co_return results;
}

std::vector<std::string> DescribeSetUp(
    const DemoOptions& options, const std::vector<PolicyResult>& results) {
  Duration late{};
  for (const PolicyResult& result : results) {
    late = std::max(late, GeneratorLateness(result.samples, 0.99));
  }
  std::ostringstream servers;
  servers
      << "Four HTTP backends, each a process of its own, work on " << kSlots
      << " requests at a time; the others wait in line. The service time is "
         "exponential with a mean of "
      << kBackends[0].mean_ms << " ms, but " << kBackends[2].mean_ms
      << " ms at " << kBackends[2].name << "; " << kBackends[3].name
      << " refuses " << 100 * kBackends[3].failing
      << " % of its requests at once with status 503. The access point "
         "picks a backend for each request by the policy, waits "
      << kAttemptTimeout.count()
      << " s for it, and repeats a failed GET once elsewhere, but never a "
         "POST.";
  std::ostringstream load;
  load << "Requests arrive at random moments, " << kRate
       << " a second on average, half of what the two healthy backends can do, "
          "for "
       << options.seconds.count()
       << " seconds; half of them are POSTs. Each policy gets the same "
          "schedule (seed "
       << options.seed
       << ") and servers started afresh. A request is sent when it is due, "
          "whether or not earlier ones have been answered; 99 % were sent "
          "within "
       << FormatLatency(late) << " of that moment.";
  return {servers.str(), load.str()};
}

}  // namespace demo
