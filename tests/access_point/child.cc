#include "tests/access_point/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace access_point {
namespace {

constexpr int kCannotRun = 127;  // As a shell says it.

std::pair<int, int> Pipe() {
  std::array<int, 2> ends = {};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  return {ends[0], ends[1]};
}

// Appends what can be read; false at the end.
bool ReadSome(int fd, std::string& text) {
  std::array<char, 4096> block;
  const ssize_t size = ::read(fd, block.data(), block.size());
  if (size <= 0) return false;
  text.append(block.data(), static_cast<std::size_t>(size));
  return true;
}

}  // namespace

Child::Child(const std::vector<std::string>& argv,
             const std::string& directory) {
  std::vector<char*> args;
  for (const std::string& arg : argv) {
    args.push_back(const_cast<char*>(arg.c_str()));
  }
  args.push_back(nullptr);
  const auto [out, out_writer] = Pipe();
  const auto [err, err_writer] = Pipe();
  pid_ = ::fork();
  if (pid_ == 0) {
    // Only what is safe after fork in a program with threads.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(out_writer, STDOUT_FILENO);
    ::dup2(err_writer, STDERR_FILENO);
    if (directory.empty() || ::chdir(directory.c_str()) == 0) {
      ::execvp(args[0], args.data());
    }
    ::_exit(kCannotRun);
  }
  ::close(out_writer);
  ::close(err_writer);
  out_fd_ = out;
  err_fd_ = err;
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
}

Child::~Child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(out_fd_);
  ::close(err_fd_);
}

void Child::Signal(int signal) const { ::kill(pid_, signal); }

std::string Child::ReadLine() {
  std::size_t end = out_.find('\n');
  while (end == std::string::npos && ReadSome(out_fd_, out_)) {
    end = out_.find('\n');
  }
  std::string line = out_.substr(0, end);
  out_.erase(0, end == std::string::npos ? end : end + 1);
  return line;
}

int Child::Wait() {
  std::array<pollfd, 2> open = {{{out_fd_, POLLIN, 0}, {err_fd_, POLLIN, 0}}};
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    ::poll(open.data(), open.size(), -1);
    if (open[0].revents != 0 && !ReadSome(out_fd_, out_)) open[0].fd = -1;
    if (open[1].revents != 0 && !ReadSome(err_fd_, err_)) open[1].fd = -1;
  }
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace access_point
