#pragma once

// The names that proxy.cc and its private headers take from Asio and Beast.
// Nothing else includes this header: Beast is slow to compile.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <cstddef>

#include "els/balancer.h"

namespace access_point {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using boost::asio::ip::tcp;
using Error = boost::system::error_code;

template <class T = void>
using Async = net::awaitable<T>;

// co_await yields a tuple that begins with the error: in a proxy the other
// side's failure is an ordinary result.
inline constexpr auto kResult = net::as_tuple(net::use_awaitable);

using Request = http::request<http::buffer_body>;
using Response = http::response<http::buffer_body>;
using RequestParser = http::request_parser<http::buffer_body>;
using ResponseParser = http::response_parser<http::buffer_body>;

// What one read or write moves at most, and so what a connection costs in
// memory. Larger blocks save system calls on long bodies only.
inline constexpr std::size_t kBlock = std::size_t{16} * 1024;

// The longest head accepted of a user or a backend: what nginx accepts by
// default, 4 x 8 KiB.
inline constexpr std::size_t kHeadLimit = std::size_t{32} * 1024;

// How long a side may neither send the rest of a body nor take what is sent to
// it: nginx's default for the same (client_body_timeout, send_timeout and
// proxy_read_timeout).
inline constexpr els::Duration kStallLimit = std::chrono::seconds(60);

inline els::TimePoint Now() { return std::chrono::steady_clock::now(); }

}  // namespace access_point
