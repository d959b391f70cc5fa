#include "examples/access_point/certificates.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstring>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace access_point {
namespace {

// Those with forward secrecy and authenticated encryption, which all browsers
// of the last ten years have. TLS 1.3 has no others.
constexpr char kTls12Ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

// The protocol names that may be agreed upon (RFC 7301, 3.1).
constexpr unsigned char kProtocols[] = "\x08http/1.1";
constexpr unsigned kProtocolsSize = sizeof(kProtocols) - 1;

// Who offers other protocols only would not understand ours.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(
      &chosen, out_size, kProtocols, kProtocolsSize, offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                         : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// OpenSSL would ask at the terminal for the password of a key that has one.
int NoPassword(char*, int, int, void*) { return -1; }

// The most particular cause that OpenSSL knows.
std::string Cause() {
  const unsigned long error = ERR_peek_error();
  const char* const reason = ERR_SYSTEM_ERROR(error)
                                 ? std::strerror(ERR_GET_REASON(error))
                                 : ERR_reason_error_string(error);
  return reason != nullptr ? reason : "unknown error";
}

absl::Status CannotUse(std::string_view flag, const std::string& file) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", absl::string_view(flag.data(), flag.size()), ": '",
                   file, "' cannot be used: ", Cause()));
}

void SetUp(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kTls12Ciphers);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  // Partial writes, from wherever the bytes are then: see TlsStream::Write.
  // Idle connections keep no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // Users keep their sessions themselves, as tickets.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, NoPassword);
}

}  // namespace

void Certificates::Free::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

absl::StatusOr<Certificates::Context> Certificates::LoadPair(
    const TlsFiles& files) {
  Context context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return absl::ResourceExhaustedError("no memory");
  SetUp(context.get());
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context.get(),
                                         files.certificate.c_str()) != 1) {
    return CannotUse("tls-certificate", files.certificate);
  }
  // Refuses the key of another certificate, too.
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(),
                                  SSL_FILETYPE_PEM) != 1) {
    return CannotUse("tls-key", files.key);
  }
  return context;
}

absl::StatusOr<std::shared_ptr<const Certificates>> Certificates::Load(
    const std::vector<TlsFiles>& files) {
  auto loaded = std::make_shared<Certificates>();
  for (const TlsFiles& pair : files) {
    absl::StatusOr<Context> context = LoadPair(pair);
    if (!context.ok()) return context.status();
    loaded->contexts_.push_back(*std::move(context));
  }
  SSL_CTX* const first = loaded->contexts_.front().get();
  SSL_CTX_set_tlsext_servername_callback(first, ChooseByName);
  SSL_CTX_set_tlsext_servername_arg(first, loaded.get());
  return loaded;
}

SSL* Certificates::NewConnection() const {
  return SSL_new(contexts_.front().get());
}

int Certificates::ChooseByName(SSL* ssl, int*, void* self) {
  const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (const Context& each : static_cast<Certificates*>(self)->contexts_) {
    X509* const certificate = SSL_CTX_get0_certificate(each.get());
    if (X509_check_host(certificate, name, 0, 0, nullptr) == 1) {
      SSL_set_SSL_CTX(ssl, each.get());
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_NOACK;
}

}  // namespace access_point
