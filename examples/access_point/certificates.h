#pragma once

#include <openssl/types.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/access_point/options.h"

namespace access_point {

// What TLS servers of this process present to users: a certificate with its
// chain and its key for each pair of files. Immutable, so thread-safe.
class Certificates {
 public:
  // REQUIRES: !files.empty(). InvalidArgumentError, in one line that names the
  // file at fault, if one cannot be used.
  static absl::StatusOr<std::shared_ptr<const Certificates>> Load(
      const std::vector<TlsFiles>& files);

  // A connection's state, yet without a socket. Null for want of memory. This
  // must outlive it: which certificate is presented is decided in the handshake
  // by the name that the user asks for. It is the first that is for the name,
  // and the first of all if there is none.
  SSL* NewConnection() const;

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  using Context = std::unique_ptr<SSL_CTX, Free>;

  static absl::StatusOr<Context> LoadPair(const TlsFiles& files);
  static int ChooseByName(SSL* ssl, int* alert, void* self);

  std::vector<Context> contexts_;
};

// The certificates in use, which can be read anew. Thread-safe.
class CertificateStore {
 public:
  using Shared = std::shared_ptr<const Certificates>;

  explicit CertificateStore(std::vector<TlsFiles> files)
      : files_(std::move(files)) {}

  // Reads all files. If one cannot be used, all certificates stay what they
  // were. See Certificates::Load.
  absl::Status Read() {
    absl::StatusOr<Shared> read = Certificates::Load(files_);
    if (!read.ok()) return read.status();
    const std::lock_guard lock(mutex_);
    current_ = *std::move(read);
    return absl::OkStatus();
  }

  // Null before the first Read.
  Shared current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

 private:
  const std::vector<TlsFiles> files_;
  mutable std::mutex mutex_;
  Shared current_;  // Guarded by mutex_.
};

}  // namespace access_point
