#include "examples/access_point/proxy.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "els/retry_budget.h"
#include "examples/access_point/net.h"
#include "examples/access_point/session.h"
#include "examples/access_point/upstream_pool.h"

namespace access_point {
namespace {

// A bug or no memory: it ends one coroutine and not the others' service.
void ReportException(std::exception_ptr thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    std::cerr << "els-access-point: " << exception.what() << std::endl;
  }
}

// One thread's sessions and connections. All members are for that thread
// alone, except where a function says otherwise.
class Worker {
 public:
  explicit Worker(const Service& service)
      : service_(service),
        pool_(service.backends.size(), service.options.max_idle),
        busy_(context_.get_executor()) {}

  net::io_context& context() { return context_; }

  // Thread-safe.
  void Serve(tcp::socket user) {
    net::co_spawn(context_, ServeUser(std::move(user)), ReportException);
  }

  // Thread-safe. Run returns once the requests in flight are done.
  void Drain() {
    net::post(context_, [this] {
      draining_ = true;
      for (Session* const session : sessions_) session->CloseIfIdle();
      busy_.reset();
    });
  }

  void Run() { context_.run(); }

 private:
  Async<> ServeUser(tcp::socket user) {
    Session session(std::move(user), service_, pool_, draining_);
    sessions_.insert(&session);
    const absl::Cleanup leave = [&] { sessions_.erase(&session); };
    co_await session.Run();
  }

  const Service& service_;
  bool draining_ = false;
  std::unordered_set<Session*> sessions_;

  // Destroyed before what its coroutines refer to, and after the sockets.
  net::io_context context_{1};
  UpstreamPool pool_;
  net::executor_work_guard<net::io_context::executor_type> busy_;
};

absl::StatusOr<std::vector<tcp::endpoint>> Resolve(net::io_context& context,
                                                   const char* flag,
                                                   const Address& address) {
  Error error;
  tcp::resolver resolver(context);
  const auto found =
      resolver.resolve(address.host, std::to_string(address.port),
                       tcp::resolver::numeric_service, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, ": cannot resolve '", ToString(address),
                     "': ", error.message()));
  }
  return std::vector<tcp::endpoint>(found.begin(), found.end());
}

// Listens on the first of the endpoints that can be.
Error Listen(tcp::acceptor& acceptor,
             const std::vector<tcp::endpoint>& endpoints) {
  Error error = net::error::host_not_found;
  for (const tcp::endpoint& endpoint : endpoints) {
    acceptor.close(error);
    if (acceptor.open(endpoint.protocol(), error)) continue;
    acceptor.set_option(net::socket_base::reuse_address(true), error);
    if (acceptor.bind(endpoint, error)) continue;
    if (!acceptor.listen(net::socket_base::max_listen_connections, error)) {
      break;
    }
  }
  return error;
}

}  // namespace

class Proxy::Server {
 public:
  Server(const Options& options, Picker& picker)
      : options_(options),
        retries_(options.retry_budget),
        service_{options_, picker, retries_, {}} {}

  absl::Status Open() {
    net::io_context resolving;
    for (const Address& backend : options_.backends) {
      auto endpoints = Resolve(resolving, "backend", backend);
      if (!endpoints.ok()) return endpoints.status();
      service_.backends.push_back(*std::move(endpoints));
    }
    const auto endpoints = Resolve(resolving, "listen", options_.listen);
    if (!endpoints.ok()) return endpoints.status();
    for (unsigned i = 0; i < options_.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(service_));
    }
    acceptor_.emplace(workers_[0]->context());
    if (const Error error = Listen(*acceptor_, *endpoints)) {
      return absl::UnavailableError(absl::StrCat("--listen: cannot listen on '",
                                                 ToString(options_.listen),
                                                 "': ", error.message()));
    }
    const tcp::endpoint bound = acceptor_->local_endpoint();
    address_ = {bound.address().to_string(), bound.port()};
    return absl::OkStatus();
  }

  const Address& address() const { return address_; }

  void Run() {
    net::co_spawn(workers_[0]->context(), Accept(), ReportException);
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < workers_.size(); ++i) {
      others.emplace_back([this, i] { workers_[i]->Run(); });
    }
    workers_[0]->Run();
  }

  void Stop() {
    net::post(workers_[0]->context(), [this] {
      Error ignored;
      acceptor_->close(ignored);
      for (const auto& worker : workers_) worker->Drain();
    });
  }

 private:
  // When accepting fails, for want of file descriptors as a rule, the next try
  // would fail as well, until some request is done.
  static constexpr els::Duration kAcceptPause = std::chrono::milliseconds(100);

  // Deals the users out to the workers in turn.
  Async<> Accept() {
    net::steady_timer pause(workers_[0]->context());
    for (std::size_t i = 0; acceptor_->is_open(); ++i) {
      Worker& worker = *workers_[i % workers_.size()];
      auto [error, user] =
          co_await acceptor_->async_accept(worker.context(), kResult);
      if (!error) {
        worker.Serve(std::move(user));
      } else if (acceptor_->is_open()) {
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(kResult);
      }
    }
  }

  const Options options_;
  els::RetryBudget retries_;
  Service service_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::optional<tcp::acceptor> acceptor_;  // Of the first worker.
  Address address_;
};

absl::StatusOr<std::unique_ptr<Proxy>> Proxy::Open(const Options& options,
                                                   Picker& picker) {
  auto server = std::make_unique<Server>(options, picker);
  if (absl::Status opened = server->Open(); !opened.ok()) return opened;
  return std::unique_ptr<Proxy>(new Proxy(std::move(server)));
}

Proxy::Proxy(std::unique_ptr<Server> server) : server_(std::move(server)) {}
Proxy::~Proxy() = default;

const Address& Proxy::address() const { return server_->address(); }
void Proxy::Run() { server_->Run(); }
void Proxy::Stop() { server_->Stop(); }

}  // namespace access_point
