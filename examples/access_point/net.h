#pragma once

// The names that the parts with connections take from Asio.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>

#include "els/balancer.h"

namespace access_point {

namespace net = boost::asio;

using boost::asio::ip::tcp;
using Error = boost::system::error_code;

template <class T = void>
using Async = net::awaitable<T>;

// What one read or write moves at most, and so what a connection costs in
// memory. Larger blocks save system calls on long bodies only.
inline constexpr std::size_t kBlock = std::size_t{16} * 1024;

inline els::TimePoint Now() { return std::chrono::steady_clock::now(); }

}  // namespace access_point
