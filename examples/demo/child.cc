#include "examples/demo/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace demo {
namespace {

namespace asio = boost::asio;

// The end of a long standard error is what tells why.
constexpr off_t kErrorsShown = 4096;

int Checked(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

// In the child, between fork and exec.
[[noreturn]] void Become(char* const* arguments, int output, int errors,
                         pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before it was asked for.
  if (getppid() != parent) _exit(1);
  setpgid(0, 0);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  execv(arguments[0], arguments);
  dprintf(STDERR_FILENO, "%s: %s\n", arguments[0], strerror(errno));
  _exit(127);
}

std::string Tail(int file) {
  const off_t size = lseek(file, 0, SEEK_END);
  const off_t shown = std::min(size, kErrorsShown);
  if (shown <= 0) return "nothing";
  std::string text(static_cast<std::size_t>(shown), '\0');
  const ssize_t read = pread(file, text.data(), text.size(), size - shown);
  text.resize(read < 0 ? 0 : static_cast<std::size_t>(read));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// The wait status of a process that is ending, or else is killed after a
// second.
int ReapSoon(pid_t pid) {
  constexpr int kMilliseconds = 1000;
  int status = 0;
  for (int i = 0; i < kMilliseconds; ++i) {
    if (waitpid(pid, &status, WNOHANG) == pid) return status;
    usleep(1000);
  }
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
  return status;
}

std::string Describe(int status) {
  if (WIFEXITED(status)) {
    return "exit status " + std::to_string(WEXITSTATUS(status));
  }
  return "signal " + std::to_string(WTERMSIG(status));
}

}  // namespace

Child::Child(const asio::any_io_executor& executor, std::string name,
             const std::vector<std::string>& command)
    : name_(std::move(name)), output_(executor) {
  std::vector<std::string> copy = command;
  std::vector<char*> arguments;
  arguments.reserve(copy.size() + 1);
  for (std::string& argument : copy) arguments.push_back(argument.data());
  arguments.push_back(nullptr);

  std::array<int, 2> pipe{};
  Checked(pipe2(pipe.data(), O_CLOEXEC), "pipe");
  output_.assign(pipe[0]);
  errors_ = memfd_create("stderr", MFD_CLOEXEC);
  const pid_t parent = getpid();
  pid_ = errors_ < 0 ? -1 : fork();
  if (pid_ == 0) Become(arguments.data(), pipe[1], errors_, parent);
  const int error = errno;
  close(pipe[1]);
  if (pid_ > 0) return;
  close(errors_);
  throw std::system_error(error, std::generic_category(), "starting " + name_);
}

Child::~Child() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    ReapSoon(pid_);
  }
  close(errors_);
}

asio::awaitable<std::optional<std::string>> Child::ReadLine() {
  boost::system::error_code error;
  const std::size_t length = co_await asio::async_read_until(
      output_, asio::dynamic_buffer(unread_), '\n',
      asio::redirect_error(asio::use_awaitable, error));
  if (error == asio::error::eof) co_return std::nullopt;
  if (error) throw boost::system::system_error(error, name_);
  std::string line = unread_.substr(0, length - 1);
  unread_.erase(0, length);
  co_return line;
}

asio::awaitable<void> Child::Watch() {
  const std::weak_ptr<void> alive = alive_;
  std::array<char, 4096> ignored;
  boost::system::error_code error;
  while (!error) {
    co_await output_.async_read_some(
        asio::buffer(ignored),
        asio::redirect_error(asio::use_awaitable, error));
    if (alive.expired()) co_return;
  }
  throw std::runtime_error(WhyEnded());
}

std::string Child::WhyEnded() {
  const int status = ReapSoon(pid_);
  pid_ = -1;
  return name_ + " ended unexpectedly (" + Describe(status) +
         "); its standard error: " + Tail(errors_);
}

}  // namespace demo
