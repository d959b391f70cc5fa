#include "examples/access_point/proxy.h"

#include <atomic>
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
#include "examples/access_point/descriptors.h"
#include "examples/access_point/net.h"
#include "examples/access_point/outgoing.h"
#include "examples/access_point/resolve.h"
#include "examples/access_point/session.h"
#include "examples/access_point/status.h"
#include "examples/access_point/upstream_pool.h"

namespace access_point {
namespace {

void Report(const std::exception& exception) {
  std::cerr << "els-access-point: " << exception.what() << std::endl;
}

// A bug or no memory: it ends one session and not the others' service.
void ReportThrown(std::exception_ptr thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    Report(exception);
  }
}

// One thread's sessions and connections. All members are for that thread
// alone, except where a function says otherwise.
class Worker {
 public:
  // `users` counts those of all workers.
  Worker(const Service& service, std::atomic<std::size_t>& users)
      : service_(service),
        users_(users),
        pool_(service.backends.size(), service.options.max_idle),
        busy_(context_.get_executor()) {}

  net::io_context& context() { return context_; }

  // Thread-safe.
  void Serve(tcp::socket user) {
    users_.fetch_add(1, std::memory_order_relaxed);
    net::co_spawn(context_, ServeUser(std::move(user)), ReportThrown);
  }

  // Thread-safe. Run returns once the requests in flight are done.
  void Drain() {
    net::post(context_, [this] {
      draining_ = true;
      // A session that ends takes itself out of the set.
      const std::vector<Session*> now(sessions_.begin(), sessions_.end());
      for (Session* const session : now) session->Drain();
      busy_.reset();
      Leave();
    });
  }

  // What a handler throws, for want of memory as a rule, ends there: the other
  // sessions go on, and its own meets its deadline.
  void Run() {
    for (;;) {
      try {
        context_.run();
        return;
      } catch (const std::exception& exception) {
        Report(exception);
      }
    }
  }

 private:
  Async<> ServeUser(tcp::socket user) {
    const absl::Cleanup uncount = [&] {
      users_.fetch_sub(1, std::memory_order_relaxed);
    };
    Session session(std::move(user), service_, pool_, draining_);
    sessions_.insert(&session);
    const absl::Cleanup leave = [&] {
      sessions_.erase(&session);
      Leave();
    };
    co_await session.Run();
  }

  // Idle connections to backends, being watched, would keep Run from returning.
  void Leave() {
    if (draining_ && sessions_.empty()) pool_.CloseAll();
  }

  const Service& service_;
  std::atomic<std::size_t>& users_;
  bool draining_ = false;
  std::unordered_set<Session*> sessions_;

  // Destroyed before what its coroutines refer to, and after the sockets.
  net::io_context context_{1};
  UpstreamPool pool_;
  net::executor_work_guard<net::io_context::executor_type> busy_;
};

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
        user_limit_(options.max_connections_per_user),
        certificates_(options.tls),
        service_{options_,    picker,
                 retries_,    {},
                 user_limit_, has_certificates() ? &certificates_ : nullptr} {}

  bool has_certificates() const { return !options_.tls.empty(); }
  absl::Status ReadCertificates() { return certificates_.Read(); }

  absl::Status Open() {
    if (has_certificates()) {
      if (absl::Status read = ReadCertificates(); !read.ok()) return read;
    }
    for (const Address& backend : options_.backends) {
      const auto endpoints = Resolve("backend", backend);
      if (!endpoints.ok()) return endpoints.status();
      service_.backends.push_back(endpoints->front());
    }
    const auto endpoints = Resolve("listen", options_.listen);
    if (!endpoints.ok()) return endpoints.status();
    for (unsigned i = 0; i < options_.threads; ++i) {
      workers_.push_back(std::make_unique<Worker>(service_, users_));
    }
    acceptor_.emplace(workers_[0]->context());
    pause_.emplace(workers_[0]->context());
    if (const Error error = Listen(*acceptor_, *endpoints)) {
      return absl::UnavailableError(absl::StrCat("--listen: cannot listen on '",
                                                 ToString(options_.listen),
                                                 "': ", error.message()));
    }
    Error ignored;
    acceptor_->non_blocking(true, ignored);
    const tcp::endpoint bound = acceptor_->local_endpoint();
    address_ = {bound.address().to_string(), bound.port()};
    return absl::OkStatus();
  }

  const Address& address() const { return address_; }

  void Run() {
    Accept();
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
      pause_->cancel();
      for (const auto& worker : workers_) worker->Drain();
    });
  }

 private:
  // When accepting fails although a descriptor was freed for it, the next try
  // would fail as well, until some request is done.
  static constexpr els::Duration kAcceptPause = std::chrono::milliseconds(100);

  // Waits for users, and accepts each in the handler: if there is no memory for
  // one, there may be for the next.
  void Accept() {
    acceptor_->async_wait(tcp::acceptor::wait_read, [this](const Error&) {
      if (!acceptor_->is_open()) return;
      try {
        if (!AcceptOne()) return Pause();
      } catch (const std::exception& exception) {
        Report(exception);
      }
      Accept();
    });
  }

  // Deals the users out to the workers in turn. False if that cannot be gone on
  // with at once.
  bool AcceptOne() {
    Worker& worker = *workers_[next_++ % workers_.size()];
    Error error;
    tcp::socket user = acceptor_->accept(worker.context(), error);
    if (error == net::error::would_block) return true;
    if (error) return IsShortage(error) && RefuseOne();
    Welcome(worker, std::move(user));
    return true;
  }

  // More users than descriptors for their requests would make requests fail
  // that could have been served.
  void Welcome(Worker& worker, tcp::socket user) {
    const std::size_t users = users_.load(std::memory_order_relaxed);
    if (users >= MostUsers()) {
      ReportShortage();
    } else if (users >= options_.max_connections.value_or(SIZE_MAX)) {
      ReportRefusal("--max-connections");
    } else {
      return worker.Serve(std::move(user));
    }
    Refuse(std::move(user));
  }

  // Accepts with the descriptor in reserve, as the user would else wait for a
  // time that nobody knows. False if that failed, too.
  bool RefuseOne() {
    reserve_.Release();
    Error error;
    tcp::socket user = acceptor_->accept(error);
    ReportShortage();
    if (!error) Refuse(std::move(user));
    reserve_.Restore();
    return !error;
  }

  void Pause() {
    pause_->expires_after(kAcceptPause);
    pause_->async_wait([this](const Error&) {
      if (acceptor_->is_open()) Accept();
    });
  }

  void Refuse(tcp::socket user) const {
    if (has_certificates()) return;  // It would understand no response.
    const std::string response =
        OwnResponse(status::kServiceUnavailable, false, false);
    Error ignored;
    user.non_blocking(true, ignored);
    user.send(net::buffer(response), 0, ignored);
    user.shutdown(tcp::socket::shutdown_send, ignored);
  }

  const Options options_;
  els::RetryBudget retries_;
  UserLimit user_limit_;
  CertificateStore certificates_;
  Service service_;
  std::atomic<std::size_t> users_ = 0;  // A count alone: relaxed.
  std::vector<std::unique_ptr<Worker>> workers_;

  // Of the first worker.
  std::optional<tcp::acceptor> acceptor_;
  std::optional<net::steady_timer> pause_;
  DescriptorReserve reserve_;
  std::size_t next_ = 0;

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
bool Proxy::has_certificates() const { return server_->has_certificates(); }
absl::Status Proxy::ReadCertificates() { return server_->ReadCertificates(); }

}  // namespace access_point
