#pragma once

// Private to proxy.cc.

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "els/retry_budget.h"
#include "examples/access_point/exchange.h"
#include "examples/access_point/message.h"
#include "examples/access_point/net.h"
#include "examples/access_point/options.h"
#include "examples/access_point/picker.h"
#include "examples/access_point/upstream_pool.h"

namespace access_point {

// What all sessions share.
struct Service {
  const Options& options;
  Picker& picker;
  els::RetryBudget& retries;
  std::vector<std::vector<tcp::endpoint>> backends;  // Several if a name has.
};

// One user's connection, and the requests that come over it, one by one.
class Session {
 public:
  // `draining` turns true once no further request is to be served.
  Session(tcp::socket user, const Service& service, UpstreamPool& pool,
          const bool& draining)
      : service_(service),
        pool_(pool),
        draining_(draining),
        user_(std::move(user)),
        limit_(user_) {
    Error ignored;
    user_.set_option(tcp::no_delay(true), ignored);
    user_.non_blocking(true, ignored);
    buffer_.reserve(kBlock);
    const tcp::endpoint from = user_.remote_endpoint(ignored);
    const tcp::endpoint to = user_.local_endpoint(ignored);
    user_address_ = from.address().to_string();
    own_address_ = ToString(Address{to.address().to_string(), to.port()});
  }

  // Serves until either side ends the connection.
  Async<> Run() {
    for (bool more = true; more;) {
      // Apart: g++ 12 miscompiles `co_await a && co_await b`.
      more = co_await ReadRequest();
      if (more) more = co_await ServeRequest();
    }
    co_await Close();
  }

  // Closes the connection if it waits for a request.
  void CloseIfIdle() {
    if (reading_ && buffer_.size() == 0) CloseNow();
  }

 private:
  // For a request's head to come whole. Between requests the connection costs
  // little, and browsers would connect anew for each page with much less:
  // nginx has 75 s there, and 60 s for the head.
  static constexpr els::Duration kIdleLimit = std::chrono::seconds(60);

  // How long to take in what the user still sends after the last response: to
  // close at once would reset the connection, and the response might be lost.
  // One round trip is enough.
  static constexpr els::Duration kLingerTime = std::chrono::seconds(1);

  // A request fails twice only if two backends fail at once; more attempts
  // would multiply the load just when all are overloaded.
  static constexpr int kMaxAttempts = 2;

  // False once there is no further request.
  Async<bool> ReadRequest() {
    if (draining_) co_return false;
    incoming_.emplace(user_, buffer_);
    RequestParser& parser = incoming_->parser;
    parser.header_limit(kHeadLimit);
    parser.body_limit(boost::none);
    reading_ = true;
    limit_.Arm(kIdleLimit);
    const auto [error, size] =
        co_await http::async_read_header(user_, buffer_, parser, kResult);
    limit_.Disarm();
    reading_ = false;
    if (!error) co_return true;
    if (error == http::error::header_limit ||
        error == http::error::buffer_overflow) {
      co_await Respond(http::status::request_header_fields_too_large);
    } else if (IsNonsense(error)) {
      co_await Respond(http::status::bad_request);
    }
    co_return false;
  }

  // True if the connection can serve another request.
  Async<bool> ServeRequest() {
    RequestParser& parser = incoming_->parser;
    const Request& request = parser.get();
    if (const std::optional<http::status> refusal = Refusal(request)) {
      co_await Respond(*refusal);
      co_return false;
    }
    incoming_->version = request.version();
    incoming_->keep_alive = parser.keep_alive();
    incoming_->repeatable =
        IsSafeToRepeat(request.method_string(), !parser.is_done());
    PrepareRequest(parser, user_address_, own_address_);

    const End end = co_await Forward();
    switch (end) {
      case End::kDelivered:
        co_return incoming_->keep_alive;
      case End::kFailed:
      case End::kGivenUp:
      case End::kStale:
        co_return co_await Respond(http::status::bad_gateway);
      case End::kTimeout:
        co_return co_await Respond(http::status::gateway_timeout);
      case End::kBadRequest:
        co_return co_await Respond(http::status::bad_request);
      case End::kCut:
        Reset();
        co_return false;
      case End::kUserGone:
        CloseNow();
        co_return false;
    }
    co_return false;
  }

  // Tries a backend, and if that fails and the request and the budget of
  // retries allow it, another.
  Async<End> Forward() {
    service_.retries.Request(Now());
    std::optional<std::size_t> failed;
    for (int attempts = 1;; ++attempts) {
      const bool last =
          attempts == kMaxAttempts || service_.backends.size() == 1;
      const std::unique_ptr<Attempt> attempt =
          service_.picker.Pick(Now(), failed);
      const End end = co_await Try(*attempt, last);
      Report(*attempt, end);
      if (!TriesAgain(end, last)) co_return end;
      failed = attempt->backend();
    }
  }

  // Sends the request to the attempt's backend.
  Async<End> Try(Attempt& attempt, bool last) {
    if (std::optional<Upstream> pooled = pool_.Take(attempt.backend())) {
      const End end = co_await Exchanged(*std::move(pooled), attempt, last);
      // Closed at the moment of sending, which is no fault of the backend. A
      // request that may have been served all the same is not sent again
      // (RFC 9112, 9.3.1), and nothing has been learnt.
      if (end != End::kStale || !incoming_->repeatable) co_return end;
    }
    Upstream upstream{tcp::socket(user_.get_executor())};
    const std::optional<End> failed = co_await Connect(attempt, upstream);
    if (failed) co_return *failed;
    co_return co_await Exchanged(std::move(upstream), attempt, last);
  }

  // Nothing if it went well.
  Async<std::optional<End>> Connect(const Attempt& attempt,
                                    Upstream& upstream) {
    using net::experimental::awaitable_operators::operator||;
    tcp::socket& socket = upstream.socket;
    Side side(socket, service_.options.connect_timeout);
    const auto connect = [&]() -> Async<Error> {
      const auto [error, endpoint] = co_await net::async_connect(
          side.Await(), service_.backends[attempt.backend()], kResult);
      co_return error;
    };
    const auto first = co_await (connect() || UserGone(user_));
    side.Release();
    if (first.index() == 1) co_return End::kUserGone;
    if (side.expired()) co_return End::kTimeout;
    if (std::get<0>(first)) co_return End::kFailed;
    Error ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    upstream.buffer.reserve(kBlock);
    co_return std::nullopt;
  }

  Async<End> Exchanged(Upstream upstream, Attempt& attempt, bool last) {
    bool reusable = false;
    End end = End::kFailed;
    {
      incoming_->sent = true;
      Exchange exchange(
          *incoming_, upstream, attempt, service_.options,
          last || !incoming_->repeatable ? nullptr : &service_.retries,
          draining_);
      end = co_await exchange.Run();
      reusable = exchange.reusable();
    }
    if (reusable) pool_.Put(attempt.backend(), std::move(upstream));
    co_return end;
  }

  // Whether another backend is to be given the request once an attempt has
  // ended so, for which a retry has then been spent.
  bool TriesAgain(End end, bool last) const {
    if (end == End::kGivenUp) return true;  // The budget was asked.
    const bool better_luck = end == End::kFailed || end == End::kTimeout;
    const bool repeatable = !incoming_->sent || incoming_->repeatable;
    return better_luck && repeatable && !last &&
           service_.retries.TryRetry(Now());
  }

  static void Report(Attempt& attempt, End end) {
    switch (end) {
      case End::kDelivered:
        return attempt.Finish(els::Outcome::kSuccess, Now());
      case End::kFailed:
      case End::kGivenUp:
        return attempt.Finish(els::Outcome::kFailure, Now());
      case End::kTimeout:
        return attempt.Finish(els::Outcome::kTimeout, Now());
      case End::kCut:  // If the head was good, it counts as a failure instead.
        return attempt.Finish(els::Outcome::kFailure, Now());
      case End::kUserGone:
      case End::kBadRequest:
        return attempt.Finish(els::Outcome::kCancelled, Now());
      case End::kStale:
        return;
    }
  }

  // Sends a response of our own. True if the connection can serve another
  // request, which it cannot if the rest of this one is still to come.
  Async<bool> Respond(http::status status) {
    const RequestParser& parser = incoming_->parser;
    const bool is_head = parser.get().method() == http::verb::head;
    const bool keep_alive =
        incoming_->keep_alive && parser.is_done() && !draining_;
    const auto response = OwnResponse(status, is_head, keep_alive);
    http::response_serializer<http::string_body> serializer(response);
    limit_.Arm(kStallLimit);
    const auto [error, size] =
        co_await http::async_write(user_, serializer, kResult);
    limit_.Disarm();
    co_return !error && keep_alive;
  }

  void CloseNow() {
    Error ignored;
    user_.close(ignored);
  }

  // Lets the user have the whole of the last response.
  Async<> Close() {
    Error error;
    user_.shutdown(tcp::socket::shutdown_send, error);
    limit_.Arm(kLingerTime);
    std::array<char, 1024> unwanted;
    while (!error) {
      std::tie(error, std::ignore) =
          co_await user_.async_read_some(net::buffer(unwanted), kResult);
    }
    limit_.Disarm();
    user_.close(error);
  }

  // Ends the connection so that the user cannot take a part of a response for
  // the whole, even if only the end of the connection marks it.
  void Reset() {
    Error ignored;
    user_.set_option(net::socket_base::linger(true, 0), ignored);
    user_.close(ignored);
  }

  const Service& service_;
  UpstreamPool& pool_;
  const bool& draining_;

  tcp::socket user_;
  Deadline limit_;
  beast::flat_buffer buffer_;
  std::string user_address_;
  std::string own_address_;
  std::optional<Incoming> incoming_;  // The current request.
  bool reading_ = false;  // The head of a request, or waiting for one.
};

}  // namespace access_point
