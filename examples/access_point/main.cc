// els-access-point: see --help.

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "examples/access_point/backends.h"
#include "examples/access_point/descriptors.h"
#include "examples/access_point/options.h"
#include "examples/access_point/picker.h"
#include "examples/access_point/proxy.h"
#include "examples/access_point/recorder.h"

namespace {

using access_point::Options;
using access_point::Proxy;

constexpr int kWrongUsage = 2;

int Fail(const absl::Status& status) {
  std::cerr << "els-access-point: " << status.message() << std::endl;
  return kWrongUsage;
}

// The line that says what a signal to reload has done.
std::string Reload(Proxy& proxy, int signal) {
  if (signal != SIGHUP || !proxy.has_certificates()) {
    return absl::StrCat(
        "signal ", signal,
        " changes nothing; names of backends are resolved at the start");
  }
  const absl::Status read = proxy.ReadCertificates();
  if (read.ok()) return "the certificates were read anew";
  return absl::StrCat("the certificates stay what they were: ", read.message());
}

// What supervisors and log rotation send, which by default ends a process and
// the requests in flight with it. Only certificates can be read anew: the
// options are those of the command line, and what els has learnt is worth
// keeping.
void HandleReloads(Proxy& proxy, boost::asio::signal_set& signals) {
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    std::cerr << "els-access-point: " << Reload(proxy, signal) << std::endl;
    HandleReloads(proxy, signals);
  });
}

// Runs until a signal has stopped the proxy and its last request is done.
void Serve(Proxy& proxy) {
  boost::asio::io_context context;
  boost::asio::signal_set reloads(context, SIGHUP, SIGUSR1);
  HandleReloads(proxy, reloads);
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](const boost::system::error_code& first, int) {
    if (first) return;
    proxy.Stop();
    signals.async_wait([](const boost::system::error_code& second, int) {
      if (!second) std::_Exit(EXIT_FAILURE);
    });
  });
  std::thread watcher([&] { context.run(); });
  std::cout << "listening on " << ToString(proxy.address()) << std::endl;
  proxy.Run();
  context.stop();
  watcher.join();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::StatusOr<std::optional<Options>> command =
      access_point::ParseCommandLine(argc, argv);
  if (!command.ok()) return Fail(command.status());
  if (!command->has_value()) {
    std::cout << access_point::HelpText();
    return EXIT_SUCCESS;
  }
  Options options = **command;
  access_point::RaiseDescriptorLimit();
  absl::StatusOr<std::vector<access_point::Address>> backends =
      access_point::ResolveBackends(options.backends);
  if (!backends.ok()) return Fail(backends.status());
  options.backends = *std::move(backends);
  std::vector<std::string> ids;
  for (const access_point::Address& backend : options.backends) {
    ids.push_back(ToString(backend));
  }
  access_point::Recorder recorder(ids);
  const std::unique_ptr<access_point::Picker> picker = access_point::MakePicker(
      options.policy, std::move(ids), options.seed, options.els);
  access_point::RecordingPicker recording(*picker, recorder);
  const bool record = !options.record.empty();
  const absl::StatusOr<std::unique_ptr<Proxy>> proxy = Proxy::Open(
      options,
      record ? recording : static_cast<access_point::Picker&>(*picker));
  if (!proxy.ok()) return Fail(proxy.status());
  // Only now: another access point on the same port may be recording.
  if (record) {
    const absl::Status started = recorder.Start(options.record);
    if (!started.ok()) return Fail(started);
  }
  Serve(**proxy);
  const absl::Status recorded = recorder.Stop();
  if (recorded.ok()) return EXIT_SUCCESS;
  Fail(recorded);
  return EXIT_FAILURE;
}
