#include "tests/access_point/support.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "els/random.h"

namespace access_point {
namespace {

namespace net = boost::asio;
using Error = boost::system::error_code;

// Blocking sockets need a context and never run it.
net::io_context& Context() {
  static net::io_context context;
  return context;
}

tcp::endpoint Loopback(std::uint16_t port) {
  return {net::ip::address_v4::loopback(), port};
}

absl::string_view AsAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

std::vector<std::string> Ids(const std::vector<std::uint16_t>& ports) {
  std::vector<std::string> ids;
  for (const std::uint16_t port : ports) {
    ids.push_back(ToString(Address{"127.0.0.1", port}));
  }
  return ids;
}

}  // namespace

std::string Message::Start() const { return head.substr(0, head.find("\r\n")); }

bool Message::Has(std::string_view name) const {
  return absl::StrContains(
      absl::AsciiStrToLower(head),
      absl::StrCat("\r\n", absl::AsciiStrToLower(AsAbsl(name)), ":"));
}

std::string Message::Field(std::string_view name) const {
  std::size_t line = head.find("\r\n");
  while (line != std::string::npos) {
    line += 2;
    const std::size_t end = head.find("\r\n", line);
    const std::string field = head.substr(line, end - line);
    const std::size_t colon = field.find(':');
    if (absl::EqualsIgnoreCase(field.substr(0, colon), AsAbsl(name))) {
      return std::string(absl::StripAsciiWhitespace(field.substr(colon + 1)));
    }
    line = end;
  }
  return "";
}

Wire::Wire(tcp::socket socket) : socket_(std::move(socket)) {
  socket_.set_option(tcp::no_delay(true));
}

Wire Wire::To(std::uint16_t port, const char* from) {
  tcp::socket socket(Context(), tcp::endpoint(net::ip::make_address(from), 0));
  socket.connect(Loopback(port));
  return Wire(std::move(socket));
}

std::unique_ptr<Wire> Wire::New(std::uint16_t port) {
  return std::unique_ptr<Wire>(new Wire(To(port)));
}

void Wire::Send(std::string_view bytes) {
  net::write(socket_, net::buffer(bytes.data(), bytes.size()));
}

std::string Wire::ReadHead() {
  std::string head;
  for (std::string line = ReadLine(); !line.empty(); line = ReadLine()) {
    head += line + "\r\n";
  }
  return head + "\r\n";
}

Message Wire::Read() {
  Message message = ReadBodiless();
  if (message.Field("Transfer-Encoding") == "chunked") {
    for (;;) {
      const std::size_t size = std::stoul(ReadLine(), nullptr, 16);
      message.body += ReadBytes(size);
      if (size == 0) break;
      if (!ReadLine().empty()) throw std::runtime_error("chunk too long");
    }
    for (std::string line = ReadLine(); !line.empty(); line = ReadLine()) {
      message.trailers += line + "\r\n";
    }
    return message;
  }
  if (message.Has("Content-Length")) {
    message.body = ReadBytes(std::stoul(message.Field("Content-Length")));
  }
  return message;
}

Message Wire::ReadBodiless() { return {ReadHead()}; }

std::string Wire::ReadBytes(std::size_t count) {
  std::string bytes = unread_.substr(0, count);
  unread_.erase(0, bytes.size());
  const std::size_t had = bytes.size();
  bytes.resize(count);
  net::read(socket_, net::buffer(bytes.data() + had, count - had));
  return bytes;
}

std::string Wire::ReadLine() {
  std::size_t end = unread_.find("\r\n");
  while (end == std::string::npos) {
    char block[4096];
    const std::size_t size = socket_.read_some(net::buffer(block));
    unread_.append(block, size);
    end = unread_.find("\r\n");
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 2);
  return line;
}

bool Wire::ReadToEnd(std::string& all) {
  all = std::exchange(unread_, {});
  for (;;) {
    char block[4096];
    Error error;
    const std::size_t size = socket_.read_some(net::buffer(block), error);
    all.append(block, size);
    if (error) return error == net::error::eof;
  }
}

std::string Wire::ReadToFin() {
  std::string all;
  if (!ReadToEnd(all)) throw std::runtime_error("reset after: " + all);
  return all;
}

void Wire::EndSending() { socket_.shutdown(tcp::socket::shutdown_send); }

void Wire::Close() {
  const std::lock_guard lock(closing_);
  socket_.close();
}

void Wire::Reset() {
  const std::lock_guard lock(closing_);
  socket_.set_option(net::socket_base::linger(true, 0));
  socket_.close();
}

void Wire::ShutDown() {
  const std::lock_guard lock(closing_);
  if (socket_.is_open()) ::shutdown(socket_.native_handle(), SHUT_RDWR);
}

ScriptedBackend::ScriptedBackend(Script script, const char* at,
                                 std::uint16_t port)
    : script_(std::move(script)),
      acceptor_(Context(), {net::ip::make_address(at), port}),
      port_(acceptor_.local_endpoint().port()),
      accepting_([this] { Accept(); }) {}

ScriptedBackend::~ScriptedBackend() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (Wire& wire : wires_) wire.ShutDown();
  }
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  accepting_.join();
  threads_.clear();
}

std::size_t ScriptedBackend::connections() const {
  const std::lock_guard lock(mutex_);
  return wires_.size();
}

void ScriptedBackend::Accept() {
  for (;;) {
    Error error;
    tcp::socket socket = acceptor_.accept(error);
    const std::lock_guard lock(mutex_);
    if (error || stopped_) return;
    Wire& wire = wires_.emplace_back(std::move(socket));
    threads_.emplace_back([this, &wire] {
      try {
        script_(wire);
      } catch (const std::exception&) {
        // The access point has closed the connection, as it may.
      }
      // Left open as a descriptor, for the destructor may be using it.
      wire.ShutDown();
    });
  }
}

ScriptedBackend::Script Always(std::string response) {
  return [response = std::move(response)](Wire& wire) {
    for (;;) {
      wire.Read();
      wire.Send(response);
    }
  };
}

// Bound but not listening, so that connections are refused.
DeadPort::DeadPort() : bound_(Context(), tcp::v4()) {
  const int yes = 1;
  ::setsockopt(bound_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes,
               sizeof(yes));
  bound_.bind(Loopback(0));
}
std::uint16_t DeadPort::port() const { return bound_.local_endpoint().port(); }

Options RunningProxy::Patient() {
  constexpr std::chrono::minutes kLong(10);
  return {.timeout = kLong,
          .connect_timeout = kLong,
          .user_timeout = kLong,
          .idle_timeout = kLong,
          .tunnel_timeout = kLong,
          .handshake_timeout = kLong};
}

RunningProxy::RunningProxy(const std::vector<std::uint16_t>& backends,
                           Options options)
    : picker_(Ids(backends), els::Options{.seed = 1}) {
  options.listen = {"127.0.0.1", 0};
  for (const std::uint16_t port : backends) {
    options.backends.push_back({"127.0.0.1", port});
  }
  auto proxy = Proxy::Open(options, picker_);
  if (!proxy.ok()) throw std::runtime_error(proxy.status().ToString());
  proxy_ = *std::move(proxy);
  thread_ = std::jthread([this] { proxy_->Run(); });
}

RunningProxy::~RunningProxy() { Stop(); }

void RunningProxy::Stop() {
  if (!thread_.joinable()) return;
  proxy_->Stop();
  thread_.join();
}

els::BackendSnapshot RunningProxy::Snapshot(std::size_t backend) const {
  return picker_.Snapshot(std::chrono::steady_clock::now()).at(backend);
}

std::string Noise(std::size_t size) {
  els::Random random(7);
  std::string noise(size, '\0');
  for (char& byte : noise) byte = static_cast<char>(random.Bits());
  return noise;
}

}  // namespace access_point
