#pragma once

// What is seen while a policy runs.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <string>

#include "examples/demo/load.h"

namespace demo {

// The run so far, in one line of at most 80 columns.
std::string ProgressLine(const std::string& policy,
                         std::chrono::seconds elapsed, const LoadLog& log);

// Shows the line on standard output until the log holds all `requests`: always
// the same line on a terminal, else a new one every few seconds.
boost::asio::awaitable<void> ShowProgress(std::string policy,
                                          std::size_t requests,
                                          const LoadLog& log);

}  // namespace demo
