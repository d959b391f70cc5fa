#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "examples/access_point/options.h"
#include "examples/access_point/picker.h"

namespace access_point {

// An HTTP/1.1 reverse proxy. Streams bodies both ways, reuses connections to
// the backends, and tells `picker` how each attempt went.
//
// To see how els is used, read session.cc: Forward asks for a backend, and
// Report says what is learnt from each end of an attempt. exchange.h says when
// an attempt is answered. Below them, connection.h makes events of sockets, and
// head.h, body.h, target.h, http_rules.h and outgoing.h know HTTP and no
// socket.
class Proxy {
 public:
  // Reads the certificates, resolves the backends and listens; connections wait
  // until Run. Fails with one line that names the file or address at fault.
  // `picker` knows the backends of `options` by their indices and outlives the
  // proxy.
  static absl::StatusOr<std::unique_ptr<Proxy>> Open(const Options& options,
                                                     Picker& picker);
  ~Proxy();

  // Where it listens: the port in use if 0 was asked for.
  const Address& address() const;

  // Serves, on this thread and options.threads - 1 others, until Stop was
  // called and the last request in flight is done. To be called once.
  void Run();

  // Accepts no more, closes idle connections, and lets requests in flight
  // finish. Thread-safe; may be called before Run, and again.
  void Stop();

  // Whether users come by TLS.
  bool has_certificates() const;

  // Reads the files of the certificates anew, for the connections to come. If
  // one cannot be used, all certificates stay, and the error names the file in
  // one line. Thread-safe. REQUIRES: has_certificates().
  absl::Status ReadCertificates();

 private:
  class Server;

  explicit Proxy(std::unique_ptr<Server> server);

  const std::unique_ptr<Server> server_;
};

}  // namespace access_point
