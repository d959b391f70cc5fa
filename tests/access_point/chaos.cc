#include "tests/access_point/chaos.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace access_point {
namespace {

namespace net = boost::asio;

constexpr std::chrono::seconds kFarTooLong(120);
// Ten times what an answer takes: shorter bursts do no harm.
constexpr std::chrono::milliseconds kLate(50);
constexpr std::chrono::nanoseconds kSecond = std::chrono::seconds(1);

// "echo $$" tells the process id, which exec keeps. A log is a file, for a pipe
// that nobody reads would stop the program.
std::vector<std::string> Shell(const std::string& limits,
                               const std::string& log,
                               const std::vector<std::uint16_t>& backends,
                               const std::vector<std::string>& flags) {
  std::vector<std::string> argv = {
      "sh",
      "-c",
      absl::StrCat(limits, "echo $$; exec \"$0\" \"$@\" 2>", log),
      ELS_ACCESS_POINT_PROGRAM,
      "--listen",
      "127.0.0.1:0"};
  for (const std::uint16_t backend : backends) {
    argv.insert(argv.end(), {"--backend", absl::StrCat("127.0.0.1:", backend)});
  }
  argv.insert(argv.end(), flags.begin(), flags.end());
  return argv;
}

std::string Content(const std::string& file) {
  std::ostringstream content;
  content << std::ifstream(file).rdbuf();
  return content.str();
}

}  // namespace

void FaultyBackend::Start() {
  program_.emplace(std::vector<std::string>{
      ELS_FAULTY_BACKEND, std::to_string(port()), std::to_string(delay_ms_)});
  if (program_->ReadLine() != "listening") {
    throw std::runtime_error("the backend does not start");
  }
}

void FaultyBackend::Kill() {
  program_->Signal(SIGKILL);
  program_->Wait();
}

void FaultyBackend::Leave() {
  program_->Signal(SIGTERM);
  program_->Wait();
}

void FaultyBackend::Freeze() { program_->Signal(SIGSTOP); }
void FaultyBackend::Thaw() { program_->Signal(SIGCONT); }
void FaultyBackend::Turn(const std::string& fault) { Tell(fault); }
int FaultyBackend::Requests() const { return std::stoi(Tell("requests")); }

std::string FaultyBackend::Tell(const std::string& command) const {
  Wire wire = Wire::To(port());
  wire.Send(
      absl::StrCat("GET /control/", command, " HTTP/1.1\r\nHost: a\r\n\r\n"));
  return wire.Read().body;
}

AccessPointProgram::AccessPointProgram(
    const std::vector<std::uint16_t>& backends,
    const std::vector<std::string>& flags, std::optional<int> descriptors)
    : program_(Shell(
          descriptors ? absl::StrCat("ulimit -n ", *descriptors, "; ") : "",
          folder_.File("log"), backends, flags)),
      pid_(std::stoi(program_.ReadLine())) {
  const std::string line = program_.ReadLine();
  const std::size_t colon = line.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error(Log());
  port_ = static_cast<std::uint16_t>(std::stoul(line.substr(colon + 1)));
  rlimit limit = {};
  ::prlimit(pid_, RLIMIT_NOFILE, nullptr, &limit);
  most_descriptors_ = limit.rlim_cur;
}

int AccessPointProgram::Descriptors() const {
  const std::filesystem::directory_iterator open(
      absl::StrCat("/proc/", pid_, "/fd"));
  return static_cast<int>(std::distance(begin(open), end(open)));
}

long AccessPointProgram::ResidentKib() const {
  const std::string status = Content(absl::StrCat("/proc/", pid_, "/status"));
  constexpr std::string_view kField = "VmRSS:";
  return std::stol(status.substr(status.find(kField) + kField.size()));
}

void AccessPointProgram::LimitDescriptors(rlim_t most) const {
  rlimit limit = {};
  ::prlimit(pid_, RLIMIT_NOFILE, nullptr, &limit);
  limit.rlim_cur = most;
  if (::prlimit(pid_, RLIMIT_NOFILE, &limit, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "prlimit");
  }
}

int AccessPointProgram::Stop() {
  program_.Signal(SIGTERM);
  return program_.Wait();
}

std::string AccessPointProgram::Log() const {
  return Content(folder_.File("log"));
}

struct Load::User {
  tcp::socket socket;
  std::string unread = {};
};

Load::Load(std::uint16_t port, int per_second, int requests)
    : port_(port), per_second_(per_second), requests_(requests) {
  net::co_spawn(context_, BeginAll(), net::detached);
  thread_ = std::jthread([this] { context_.run(); });
}

Load::~Load() { Wait(); }

void Load::AwaitBegun(int requests) const {
  for (int begun = begun_; begun < requests; begun = begun_) {
    begun_.wait(begun);
  }
}

std::map<std::string, int> Load::Wait() {
  if (thread_.joinable()) thread_.join();
  return ends_;
}

net::awaitable<void> Load::BeginAll() {
  const auto start = std::chrono::steady_clock::now();
  net::steady_timer due(context_);
  for (int i = 0; i < requests_; ++i) {
    due.expires_at(start + i * kSecond / per_second_);
    co_await due.async_wait(net::use_awaitable);
    if (std::chrono::steady_clock::now() > due.expiry() + kLate) ++late_;
    net::co_spawn(context_, Get(), net::detached);
    ++begun_;
    begun_.notify_all();
  }
}

net::awaitable<void> Load::Get() {
  try {
    std::unique_ptr<User> user;
    if (free_.empty()) {
      user.reset(new User{tcp::socket(context_)});
      co_await user->socket.async_connect(
          {net::ip::address_v4::loopback(), port_}, net::use_awaitable);
    } else {
      user = std::move(free_.back());
      free_.pop_back();
    }
    co_await net::async_write(user->socket, net::buffer(kGet, sizeof kGet - 1),
                              net::use_awaitable);
    const auto unread = net::dynamic_buffer(user->unread);
    const std::size_t head_size = co_await net::async_read_until(
        user->socket, unread, "\r\n\r\n", net::use_awaitable);
    const Message answer{user->unread.substr(0, head_size)};
    const std::size_t size =
        head_size + std::stoul(answer.Field("Content-Length"));
    if (user->unread.size() < size) {
      co_await net::async_read(
          user->socket, unread,
          net::transfer_exactly(size - user->unread.size()),
          net::use_awaitable);
    }
    const bool whole = user->unread.substr(head_size) == "whole";
    ++ends_[whole ? "" : answer.Start()];
    user->unread.clear();
    if (answer.Field("Connection") != "close") free_.push_back(std::move(user));
  } catch (const boost::system::system_error& broken) {
    ++ends_[broken.code().message()];
  } catch (const std::exception& broken) {
    ++ends_[broken.what()];
  }
}

tcp::socket ConnectedSocket(std::uint16_t port) {
  static net::io_context never_runs;
  tcp::socket socket(never_runs);
  socket.connect({net::ip::address_v4::loopback(), port});
  return socket;
}

bool Eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kFarTooLong;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

}  // namespace access_point
