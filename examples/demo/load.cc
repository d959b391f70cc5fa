#include "examples/demo/load.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace demo {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

struct Connection {
  explicit Connection(const asio::any_io_executor& executor)
      : stream(executor) {}

  // False if the server has closed it, or has said something unasked.
  bool Usable() {
    char byte = 0;
    boost::system::error_code error;
    stream.socket().non_blocking(true, error);
    stream.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek,
                            error);
    return error == asio::error::would_block;
  }

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
};

// Connections to one server, kept open between requests.
class Client {
 public:
  Client(asio::any_io_executor executor, tcp::endpoint target)
      : executor_(std::move(executor)), target_(target) {
    std::ostringstream host;
    host << target_;
    host_ = host.str();
  }

  // Throws boost::system::system_error if there is no answer by `deadline`.
  asio::awaitable<Response> Send(Request request, Clock::time_point deadline) {
    request.set(http::field::host, host_);
    std::unique_ptr<Connection> connection = TakeIdle();
    if (!connection) {
      connection = std::make_unique<Connection>(executor_);
      connection->stream.expires_at(deadline);
      co_await connection->stream.async_connect(target_, asio::use_awaitable);
      connection->stream.socket().set_option(tcp::no_delay(true));
    }
    connection->stream.expires_at(deadline);
    co_await http::async_write(connection->stream, request,
                               asio::use_awaitable);
    Response response;
    co_await http::async_read(connection->stream, connection->buffer, response,
                              asio::use_awaitable);
    connection->stream.expires_never();
    if (response.keep_alive()) idle_.push_back(std::move(connection));
    co_return response;
  }

 private:
  // The idle connection that was used last; null if there is none.
  std::unique_ptr<Connection> TakeIdle() {
    while (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      if (connection->Usable()) return connection;
    }
    return nullptr;
  }

  const asio::any_io_executor executor_;
  const tcp::endpoint target_;
  std::string host_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

bool Ok(const Response& response) {
  return http::to_status_class(response.result()) ==
         http::status_class::successful;
}

Request MakeRequest(bool post) {
  Request request(post ? http::verb::post : http::verb::get, "/", 11);
  if (post) request.body() = "a small body\n";
  request.prepare_payload();
  return request;
}

// What the requests of one run share.
struct Run {
  Client client;
  Clock::time_point start;
  Duration patience;
  LoadLog& log;
};

asio::awaitable<void> SendOne(Run& run, Arrival arrival) {
  const Clock::time_point due = run.start + arrival.due;
  Sample sample{.due = arrival.due, .late = Clock::now() - due};
  try {
    sample.ok = Ok(co_await run.client.Send(MakeRequest(arrival.post),
                                            due + run.patience));
  } catch (const boost::system::system_error&) {
    // Without an answer it has failed, whatever the reason.
  }
  sample.latency = Clock::now() - due;
  run.log.samples.push_back(sample);
}

}  // namespace

asio::awaitable<void> RunLoad(tcp::endpoint target,
                              std::span<const Arrival> schedule,
                              Duration patience, LoadLog& log) {
  const auto executor = co_await asio::this_coro::executor;
  Run run{Client(executor, target), Clock::now(), patience, log};
  std::size_t unanswered = schedule.size();
  asio::steady_timer all_answered(executor, Clock::time_point::max());
  const auto count = [&](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
    if (--unanswered == 0) all_answered.cancel();
  };
  asio::steady_timer next(executor);
  for (const Arrival& arrival : schedule) {
    next.expires_at(run.start + arrival.due);
    co_await next.async_wait(asio::use_awaitable);
    ++log.sent;
    asio::co_spawn(executor, SendOne(run, arrival), count);
  }
  boost::system::error_code cancelled;
  while (unanswered > 0) {
    co_await all_answered.async_wait(
        asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

asio::awaitable<std::string> Fetch(tcp::endpoint target, std::string path) {
  constexpr std::chrono::seconds kFetchTimeout(5);
  Client client(co_await asio::this_coro::executor, target);
  Request request(http::verb::get, path, 11);
  Response response =
      co_await client.Send(std::move(request), Clock::now() + kFetchTimeout);
  if (!Ok(response)) {
    throw std::runtime_error("GET " + path + ": status " +
                             std::to_string(response.result_int()));
  }
  co_return std::move(response.body());
}

}  // namespace demo
