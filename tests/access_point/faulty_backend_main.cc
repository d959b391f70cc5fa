// els-faulty-backend: a backend that goes wrong when it is told to.
//
//   els-faulty-backend PORT DELAY_MS
//
// Listens on 127.0.0.1, prints "listening", and answers each request with 200
// after the delay. SIGTERM makes it finish its requests and exit with 0.
//
// The path of a request may be a command to the backend itself:
//   /control/FAULT      from now on requests meet this fault (see Serve), and
//                       the count of them begins again at 0
//   /control/requests   answers with the count of requests that were read
// Requests for /health meet faults, too, but are not counted.

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <iostream>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/access_point/support.h"

namespace access_point {
namespace {

constexpr char kControl[] = "/control/";
constexpr char kCheck[] = "/health";
constexpr char kHalfOfIt[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha";
constexpr char kGarbage[] = "\x01\x02 this is not HTTP\r\n\r\n";

std::string Ok(const std::string& body) {
  return absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(),
                      "\r\n\r\n", body);
}

// The second word of the request line.
std::string Path(const std::string& start) {
  const std::size_t from = start.find(' ') + 1;
  return start.substr(from, start.find(' ', from) - from);
}

class FaultyBackend {
 public:
  FaultyBackend(std::uint16_t port, std::chrono::milliseconds delay)
      : delay_(delay), acceptor_(context_, tcp::v4()) {
    const int yes = 1;
    // A test holds the port while no backend runs.
    ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes,
                 sizeof(yes));
    acceptor_.bind({boost::asio::ip::address_v4::loopback(), port});
    acceptor_.listen();
  }

  // Until Stop. Returns when the last connection is closed.
  void Run() {
    for (;;) {
      boost::system::error_code error;
      tcp::socket socket = acceptor_.accept(error);
      std::unique_lock lock(mutex_);
      if (stopped_ || error) {
        all_closed_.wait(lock, [&] { return wires_.empty(); });
        return;
      }
      const auto wire = wires_.emplace(wires_.end(), std::move(socket));
      std::thread([this, wire] { Converse(wire); }).detach();
    }
  }

  // Requests that have come are served, and no others. Thread-safe.
  void Stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    for (Connection& connection : wires_) connection.StopReading();
  }

 private:
  struct Connection {
    explicit Connection(tcp::socket socket)
        : handle(socket.native_handle()), wire(std::move(socket)) {}
    void StopReading() const { ::shutdown(handle, SHUT_RD); }

    const int handle;
    Wire wire;
  };

  void Converse(std::list<Connection>::iterator connection) {
    try {
      while (Serve(connection->wire)) {
      }
    } catch (const std::exception&) {
      // The other end has closed the connection, as it may.
    }
    const std::lock_guard lock(mutex_);
    wires_.erase(connection);
    if (wires_.empty()) all_closed_.notify_all();
  }

  // One request. False if the connection is to be closed.
  bool Serve(Wire& wire) {
    const std::string path = Path(wire.Read().Start());
    if (path.starts_with(kControl)) {
      wire.Send(Ok(Obey(path.substr(sizeof(kControl) - 1))));
      return true;
    }
    const std::string fault = Count(path);
    std::string rest;
    if (fault == "mute") return wire.ReadToEnd(rest), false;
    if (fault == "reset") return wire.Reset(), false;
    if (fault == "garbage") return wire.Send(kGarbage), false;
    if (fault == "cut") return wire.Send(kHalfOfIt), false;
    if (fault == "busy") return wire.Send(kUnavailable), true;
    if (fault == "stall") {
      wire.Send(kHalfOfIt);
      return wire.ReadToEnd(rest), false;
    }
    std::this_thread::sleep_for(delay_);
    wire.Send(Ok("whole"));
    return true;
  }

  std::string Obey(const std::string& command) {
    const std::lock_guard lock(mutex_);
    if (command == "requests") return std::to_string(requests_);
    fault_ = command;
    return std::to_string(std::exchange(requests_, 0));
  }

  // Counts a request, unless it is a check; the fault that it is to meet.
  std::string Count(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (path != kCheck) ++requests_;
    return fault_;
  }

  const std::chrono::milliseconds delay_;
  boost::asio::io_context context_;  // Never runs: all calls are blocking.
  tcp::acceptor acceptor_;

  std::mutex mutex_;  // Guards all below.
  std::condition_variable all_closed_;
  std::list<Connection> wires_;
  std::string fault_ = "none";
  int requests_ = 0;
  bool stopped_ = false;
};

int Main(const std::string& port, const std::string& delay_ms) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  FaultyBackend backend(static_cast<std::uint16_t>(std::stoul(port)),
                        std::chrono::milliseconds(std::stoul(delay_ms)));
  std::thread([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    backend.Stop();
  }).detach();
  std::cout << "listening" << std::endl;
  backend.Run();
  // Threads that have just closed a connection may still be on their way out.
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace
}  // namespace access_point

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: els-faulty-backend PORT DELAY_MS" << std::endl;
    return 2;
  }
  // Sockets of the process that started this one must end when it ends them.
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  return access_point::Main(argv[1], argv[2]);
}
