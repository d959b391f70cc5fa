// els-demo-backend: an HTTP server that is as slow and as faulty as it is told.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <utility>

#include "els/random.h"
#include "examples/demo/flags.h"
#include "examples/demo/slots.h"

namespace demo {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace po = boost::program_options;
using asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

struct Character {
  std::string name;
  std::size_t slots = 0;
  double mean_s = 0;
  double failing = 0;  // the share of requests refused at once
  std::uint64_t seed = 0;
};

asio::awaitable<void> Sleep(std::chrono::duration<double> time) {
  asio::steady_timer timer(
      co_await asio::this_coro::executor,
      std::chrono::duration_cast<std::chrono::nanoseconds>(time));
  co_await timer.async_wait(asio::use_awaitable);
}

// The state that all connections share. Not thread-safe.
class Backend {
 public:
  Backend(const asio::any_io_executor& executor, Character character)
      : character_(std::move(character)),
        slots_(executor, character_.slots),
        random_(character_.seed) {}

  // Work goes on when the client has gone, as in most servers: it is noticed
  // only when the answer is written.
  asio::awaitable<Response> Answer(const Request& request) {
    if (request.target() == "/stats") {
      co_return Make(request, http::status::ok, Stats());
    }
    ++attempts_;
    if (random_.Uniform() < character_.failing) {
      ++failed_;
      co_return Make(request, http::status::service_unavailable, "failing\n");
    }
    const double service_s =
        -character_.mean_s * std::log1p(-random_.Uniform());
    co_await slots_.Run(Sleep(std::chrono::duration<double>(service_s)));
    co_return Make(request, http::status::ok, "done\n");
  }

 private:
  std::string Stats() const {
    return "{\"attempts\":" + std::to_string(attempts_) +
           ",\"failed\":" + std::to_string(failed_) + "}\n";
  }

  Response Make(const Request& request, http::status status,
                std::string body) const {
    Response response(status, request.version());
    response.set("X-Backend", character_.name);
    response.keep_alive(request.keep_alive());
    response.body() = std::move(body);
    response.prepare_payload();
    return response;
  }

  const Character character_;
  Slots slots_;
  els::Random random_;
  std::uint64_t attempts_ = 0;
  std::uint64_t failed_ = 0;
};

asio::awaitable<void> ServeConnection(tcp::socket socket, Backend& backend) {
  socket.set_option(tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  for (bool open = true; open;) {
    Request request;
    co_await http::async_read(socket, buffer, request, asio::use_awaitable);
    Response response = co_await backend.Answer(request);
    co_await http::async_write(socket, response, asio::use_awaitable);
    open = response.keep_alive();
  }
}

asio::awaitable<void> Listen(tcp::acceptor& acceptor, Backend& backend) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    // A connection that ends, however it ends, is the client's affair.
    asio::co_spawn(acceptor.get_executor(),
                   ServeConnection(std::move(socket), backend), asio::detached);
  }
}

void Rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int Serve(std::uint16_t port, Character character) {
  asio::io_context io(1);
  Backend backend(io.get_executor(), std::move(character));
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](boost::system::error_code, int) { io.stop(); });
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
  asio::co_spawn(io, Listen(acceptor, backend), Rethrow);
  std::cout << "listening on " << acceptor.local_endpoint() << std::endl;
  io.run();
  return 0;
}

po::options_description Flags() {
  po::options_description flags("Flags");
  flags.add_options()  //
      ("port", po::value<long>()->default_value(0),
       "port on 127.0.0.1; 0 takes a free one")  //
      ("name", po::value<std::string>()->default_value("backend"),
       "value of the X-Backend header of every answer")  //
      ("slots", po::value<long>()->default_value(8),
       "requests worked on at a time; the others wait in line")  //
      ("mean-ms", po::value<double>()->default_value(40),
       "mean of the exponential service time, in milliseconds")  //
      ("failing", po::value<double>()->default_value(0),
       "share of requests answered 503 at once, without a slot, 0 to 1")  //
      ("seed", po::value<long>()->default_value(1), "of its random numbers");
  return flags;
}

int Main(int argc, char** argv) {
  po::variables_map values;
  const auto done = ParseFlags(
      argc, argv,
      "An HTTP server as slow and as faulty as it is told. It prints\n"
      "'listening on 127.0.0.1:PORT' when ready; GET /stats tells how many\n"
      "requests it has received and how many of them it failed.\n",
      Flags(), values);
  if (done) return *done;
  const long port = values["port"].as<long>();
  const long slots = values["slots"].as<long>();
  const long seed = values["seed"].as<long>();
  const double mean_ms = values["mean-ms"].as<double>();
  const double failing = values["failing"].as<double>();
  for (const auto& error :
       {OutOfRange("port", port, 0, 65535), OutOfRange("slots", slots, 1, 1e6),
        OutOfRange("mean-ms", mean_ms, 0, 1e6),
        OutOfRange("failing", failing, 0, 1),
        OutOfRange("seed", seed, 0, 1e15)}) {
    if (error) return BadFlag("els-demo-backend", *error);
  }
  return Serve(static_cast<std::uint16_t>(port),
               {.name = values["name"].as<std::string>(),
                .slots = static_cast<std::size_t>(slots),
                .mean_s = mean_ms / 1e3,
                .failing = failing,
                .seed = static_cast<std::uint64_t>(seed)});
}

}  // namespace
}  // namespace demo

int main(int argc, char** argv) {
  try {
    return demo::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "els-demo-backend: " << error.what() << "\n";
    return 1;
  }
}
