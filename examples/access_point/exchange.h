#pragma once

// Private to proxy.cc.

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <optional>

#include "els/retry_budget.h"
#include "examples/access_point/message.h"
#include "examples/access_point/net.h"
#include "examples/access_point/options.h"
#include "examples/access_point/picker.h"
#include "examples/access_point/relay.h"
#include "examples/access_point/upstream_pool.h"

namespace access_point {

// A request being served. What is forwarded is the parser's message.
struct Incoming {
  Incoming(tcp::socket& from, beast::flat_buffer& unparsed)
      : user(from), buffer(unparsed) {}

  tcp::socket& user;
  beast::flat_buffer& buffer;  // Read from the user and not parsed yet.
  RequestParser parser;
  unsigned version = kHttp11;  // As the user sent it.
  bool repeatable = false;     // Even if a backend may have served it.
  bool sent = false;           // A backend may have got some of it.
  bool keep_alive = false;     // The user's connection may stay open.
};

// How sending a request to a backend ended.
enum class End {
  kDelivered,   // The user has the whole response.
  kFailed,      // No response came, or one that cannot be passed on.
  kGivenUp,     // A response of 5xx that another attempt is to better.
  kTimeout,     // No response in time.
  kStale,       // The backend had closed a reused connection.
  kCut,         // The backend failed in the middle of its response.
  kUserGone,    // Nobody waits for the response any more.
  kBadRequest,  // The rest of the request made no sense.
};

// Returns once the user has gone, and takes nothing from the connection. The
// end of the user's stream counts as having gone: a user who closes looks just
// like one who has no more to send but still listens, and is far more common.
// Behind data that waits (a pipelined request) only a reset can be noticed.
inline Async<> UserGone(tcp::socket& user) {
  co_await user.async_wait(tcp::socket::wait_read, kResult);
  char byte = 0;
  Error error;
  user.receive(net::buffer(&byte, 1), tcp::socket::message_peek, error);
  if (error) co_return;
  co_await user.async_wait(tcp::socket::wait_error, kResult);
}

// One request sent over one connection, and its response brought to the user.
class Exchange {
 public:
  // `retries`: unless null, a 5xx response for which it grants another attempt
  // ends the exchange with kGivenUp and goes no further. `draining` is read
  // when the response begins: true closes the user's connection after it.
  Exchange(Incoming& incoming, Upstream& upstream, Attempt& attempt,
           const Options& options, els::RetryBudget* retries,
           const bool& draining)
      : incoming_(incoming),
        upstream_(upstream),
        attempt_(attempt),
        options_(options),
        retries_(retries),
        draining_(draining),
        backend_(upstream.socket, options.timeout) {}

  // Tells the attempt that it is answered, but not that it is finished.
  Async<End> Run() {
    using net::experimental::awaitable_operators::operator||;
    // Both at once: a backend may answer, or say 100 (Continue), before it has
    // the whole request, and a user may go at any time.
    const auto first = co_await (Receive() || Send());
    // The user may close so soon after the last byte that both are true.
    if (delivered_) co_return End::kDelivered;
    co_return first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
  }

  // Whether the connection can carry another request.
  bool reusable() const {
    return delivered_ && sent_ && parser_->keep_alive() &&
           upstream_.buffer.size() == 0;
  }

 private:
  // Sends the request, then waits for the user to go; ends only with something
  // that makes the response pointless.
  Async<End> Send() {
    Side user(incoming_.user, kStallLimit);
    const Relayed relayed =
        co_await Relay(user, incoming_.buffer, incoming_.parser, backend_);
    if (relayed.end == Relayed::End::kSourceFailed) {
      co_return IsNonsense(relayed.error) ? End::kBadRequest : End::kUserGone;
    }
    sent_ = relayed.end == Relayed::End::kDone;
    // A backend that stops reading may have said why: go on receiving.
    if (!answered_) backend_.Await();
    co_await UserGone(incoming_.user);
    co_return End::kUserGone;
  }

  Async<End> Receive() {
    unsigned status = 0;
    do {
      parser_.emplace();
      parser_->header_limit(kHeadLimit);
      parser_->body_limit(boost::none);
      parser_->skip(incoming_.parser.get().method() == http::verb::head);
      const auto [error, size] = co_await http::async_read_header(
          upstream_.socket, upstream_.buffer, *parser_, kResult);
      if (error) co_return NoResponse();
      any_response_ = true;
      if (IsUnusable(parser_->get())) co_return End::kFailed;
      status = parser_->get().result_int();
      if (status < 200) {
        const bool user_is_there = co_await PassOnInterim();
        if (!user_is_there) co_return End::kUserGone;
      }
    } while (status < 200);

    answered_ = true;
    backend_.Release();
    backend_.set_limit(kStallLimit);  // For the rest of the request, if any.
    attempt_.Answered(OutcomeOf(status, options_.client_error), Now());
    if (status >= 500 && retries_ && retries_->TryRetry(Now())) {
      co_return End::kGivenUp;
    }
    co_return co_await Deliver();
  }

  Async<End> Deliver() {
    // What the user may still be sending cannot be told from a next request.
    incoming_.keep_alive &= incoming_.parser.is_done() && !draining_;
    PrepareResponse(*parser_, parser_->get(), incoming_.version,
                    incoming_.keep_alive);
    Side backend(upstream_.socket, kStallLimit);
    Side user(incoming_.user, kStallLimit);
    const Relayed relayed =
        co_await Relay(backend, upstream_.buffer, *parser_, user);
    switch (relayed.end) {
      case Relayed::End::kSourceFailed:
        co_return End::kCut;
      case Relayed::End::kSinkFailed:
        co_return End::kUserGone;
      case Relayed::End::kDone:
        break;
    }
    delivered_ = true;
    co_return End::kDelivered;
  }

  // Sends on a response of 1xx, which the final one will follow. HTTP/1.0 knows
  // of none. False if the user has gone.
  Async<bool> PassOnInterim() {
    if (incoming_.version == kHttp10) co_return true;
    Response& response = parser_->get();
    bool keep_alive = true;
    PrepareResponse(*parser_, response, incoming_.version, keep_alive);
    http::response_serializer<http::buffer_body> serializer(response);
    Side user(incoming_.user, kStallLimit);
    const auto [error, size] =
        co_await http::async_write_header(user.Await(), serializer, kResult);
    co_return !error;
  }

  End NoResponse() const {
    if (backend_.expired()) return End::kTimeout;
    const bool nothing = !any_response_ && !parser_->got_some();
    return upstream_.reused && nothing ? End::kStale : End::kFailed;
  }

  // A response that cannot be passed on, or that switches protocols, which
  // nobody has asked for since Upgrade is not forwarded.
  static bool IsUnusable(const Response& response) {
    return response.result_int() < 100 || response.result_int() == 101 ||
           HasUnknownCoding(response);
  }

  Incoming& incoming_;
  Upstream& upstream_;
  Attempt& attempt_;
  const Options& options_;
  els::RetryBudget* const retries_;
  const bool& draining_;

  Side backend_;  // Waits for it to take the request, then to respond.
  std::optional<ResponseParser> parser_;  // Of the latest head.
  bool sent_ = false;                     // The whole request.
  bool any_response_ = false;             // 1xx counts.
  bool answered_ = false;                 // The final response has begun.
  bool delivered_ = false;
};

}  // namespace access_point
