#pragma once

// Private to proxy.cc.

#include <array>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

#include "examples/access_point/deadline.h"
#include "examples/access_point/net.h"

namespace access_point {

// The socket of one side of a relay. It is closed if that side keeps us waiting
// for longer than `limit`.
class Side {
 public:
  Side(tcp::socket& socket, els::Duration limit)
      : socket_(socket), limit_(limit), deadline_(socket) {}

  // Starts the wait and gives the socket to wait for; Release ends it.
  tcp::socket& Await() {
    deadline_.Arm(limit_);
    return socket_;
  }
  void Release() { deadline_.Disarm(); }

  void set_limit(els::Duration limit) { limit_ = limit; }

  // Whether the socket was closed for this.

  bool expired() const { return deadline_.expired(); }

 private:
  tcp::socket& socket_;
  els::Duration limit_;
  Deadline deadline_;
};

struct Relayed {
  enum class End { kDone, kSourceFailed, kSinkFailed };

  End end = End::kDone;
  Error error = {};
};

// Sends the message that `parser` has read the head of, as that head now is,
// and passes the body on as it arrives: no byte waits for another, and a slow
// sink slows the source down.
template <bool kIsRequest>
Async<Relayed> Relay(Side& source, beast::flat_buffer& buffer,
                     http::parser<kIsRequest, http::buffer_body>& parser,
                     Side& sink) {
  using End = Relayed::End;
  auto& message = parser.get();
  auto& body = message.body();
  http::serializer<kIsRequest, http::buffer_body> serializer(message);
  std::array<char, kBlock> block;
  body = {};
  if (!parser.is_done() && buffer.size() == 0) {  // The body is not here yet.
    const auto [error, size] =
        co_await http::async_write_header(sink.Await(), serializer, kResult);
    sink.Release();
    if (error) co_return Relayed{End::kSinkFailed, error};
  }
  while (!serializer.is_done()) {
    if (!parser.is_done()) {
      body.data = block.data();
      body.size = block.size();
      const auto [error, size] = co_await http::async_read_some(
          source.Await(), buffer, parser, kResult);
      source.Release();
      if (error && error != http::error::need_buffer) {
        co_return Relayed{End::kSourceFailed, error};
      }
      body.size = block.size() - body.size;
      if (body.size == 0 && !parser.is_done()) continue;  // A chunk's head.
    } else {
      body.size = 0;
    }
    body.data = body.size > 0 ? block.data() : nullptr;
    body.more = !parser.is_done();
    const auto [error, size] =
        co_await http::async_write(sink.Await(), serializer, kResult);
    sink.Release();
    if (error && error != http::error::need_buffer) {
      co_return Relayed{End::kSinkFailed, error};
    }
  }
  co_return Relayed{};
}

}  // namespace access_point
