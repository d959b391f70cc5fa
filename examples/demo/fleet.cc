#include "examples/demo/fleet.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace demo {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A start takes milliseconds; this is for a machine that is very busy.
constexpr std::chrono::seconds kStartPatience(10);

constexpr std::string_view kReady = "listening on 127.0.0.1:";

tcp::endpoint ParseReady(const std::string& name, const std::string& line) {
  std::uint16_t port = 0;
  if (line.starts_with(kReady)) {
    const char* const end = line.data() + line.size();
    std::from_chars(line.data() + kReady.size(), end, port);
  }
  if (port == 0) {
    throw std::runtime_error(name + " said \"" + line + "\" instead of \"" +
                             std::string(kReady) + "PORT\"");
  }
  return {asio::ip::address_v4::loopback(), port};
}

void Rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

asio::awaitable<Server> StartServer(std::string name,
                                    std::vector<std::string> command) {
  using asio::experimental::awaitable_operators::operator||;
  const auto executor = co_await asio::this_coro::executor;
  auto process = std::make_unique<Child>(executor, name, command);
  asio::steady_timer patience(executor, kStartPatience);
  const auto line = co_await (process->ReadLine() ||
                              patience.async_wait(asio::use_awaitable));
  if (line.index() != 0) {
    throw std::runtime_error(name + " did not say that it is ready");
  }
  if (!std::get<0>(line)) throw std::runtime_error(process->WhyEnded());
  const tcp::endpoint endpoint = ParseReady(name, *std::get<0>(line));
  asio::co_spawn(executor, process->Watch(), Rethrow);
  co_return Server{std::move(process), endpoint};
}

std::string Print(const auto& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

asio::awaitable<Fleet> StartFleet(Programs programs, Proxying proxying,
                                  std::uint64_t seed) {
  Fleet fleet;
  std::vector<std::string> proxy = {programs.access_point,
                                    "--listen",
                                    "127.0.0.1:0",
                                    "--policy",
                                    proxying.policy,
                                    "--timeout",
                                    Print(kAttemptTimeout.count()) + "s"};
  proxy.insert(proxy.end(), proxying.flags.begin(), proxying.flags.end());
  for (const BackendKind& kind : kBackends) {
    std::vector<std::string> command = {
        programs.backend,    "--name",    kind.name,           "--slots",
        Print(kSlots),       "--mean-ms", Print(kind.mean_ms), "--failing",
        Print(kind.failing), "--seed",    Print(seed++)};
    fleet.backends.push_back(
        co_await StartServer("backend " + std::string(kind.name), command));
    proxy.insert(proxy.end(),
                 {"--backend", Print(fleet.backends.back().endpoint)});
  }
  fleet.access_point = co_await StartServer("access point", proxy);
  co_return fleet;
}

}  // namespace demo
