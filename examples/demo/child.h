#pragma once

// A program run as a child process that cannot outlive its parent.

#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace demo {

// Owns the process: destruction ends it by SIGTERM, or after a second by
// SIGKILL, and waits until it is gone. Should this process die without that, by
// a crash or by SIGKILL, the kernel kills the child. It runs in a process group
// of its own, so that Ctrl-C reaches it through its parent alone. Not
// thread-safe; the thread that starts a child must live as long as the child is
// to.
class Child {
 public:
  // Starts `command`, a path and its arguments. Throws std::system_error if no
  // process can be had; a path that cannot be run shows as an early end.
  Child(const boost::asio::any_io_executor& executor, std::string name,
        const std::vector<std::string>& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  const std::string& name() const { return name_; }
  pid_t pid() const { return pid_; }

  // The next line of its standard output; empty when that has ended.
  boost::asio::awaitable<std::optional<std::string>> ReadLine();

  // Reads and forgets its standard output. When that ends, throws
  // std::runtime_error with WhyEnded(). Returns if this object is destroyed,
  // and then does not touch it.
  boost::asio::awaitable<void> Watch();

  // For a process whose standard output has ended: reaps it, and tells its
  // name, how it ended, and the end of its standard error. One that does not
  // end within a second is killed. REQUIRES: not called before.
  std::string WhyEnded();

 private:
  const std::string name_;
  pid_t pid_ = -1;   // -1 once reaped
  int errors_ = -1;  // a file in memory: a full pipe could block the child
  boost::asio::posix::stream_descriptor output_;
  std::string unread_;
  const std::shared_ptr<void> alive_ = std::make_shared<char>();
};

}  // namespace demo
