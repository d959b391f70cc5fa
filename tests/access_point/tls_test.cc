// Users who come by TLS, with certificates that the openssl program makes.

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/access_point/child.h"
#include "tests/access_point/support.h"
#include "tests/temporary_folder.h"

namespace access_point {
namespace {

namespace net = boost::asio;
namespace ssl = boost::asio::ssl;
using Error = boost::system::error_code;

// A user with TLS, who believes every certificate; all calls blocking.
class SecureWire {
 public:
  // Throws unless the handshake succeeds.
  explicit SecureWire(std::uint16_t port, const char* name = nullptr)
      : stream_(io_, context_) {
    if (name != nullptr) {
      SSL_set_tlsext_host_name(stream_.native_handle(), name);
    }
    stream_.next_layer().connect({net::ip::address_v4::loopback(), port});
    stream_.handshake(ssl::stream_base::client);
  }

  // Of the certificate's subject.
  std::string PeerName() {
    X509* const peer = SSL_get1_peer_certificate(stream_.native_handle());
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name,
                              sizeof(name));
    X509_free(peer);
    return name;
  }

  void Send(const std::string& bytes) {
    net::write(stream_, net::buffer(bytes));
  }

  // Up to `end`, which is included.
  std::string ReadTo(const std::string& end) {
    const std::size_t size =
        net::read_until(stream_, net::dynamic_buffer(unread_), end);
    std::string bytes = unread_.substr(0, size);
    unread_.erase(0, size);
    return bytes;
  }

  // How reading ends: eof is the end that TLS itself tells of.
  Error ReadToEnd(std::string& all) {
    Error error;
    net::read(stream_, net::dynamic_buffer(unread_), error);
    all = std::exchange(unread_, {});
    return error;
  }

  // Tells the end of TLS, and leaves TCP as it is.
  void EndSending() { SSL_shutdown(stream_.native_handle()); }

 private:
  net::io_context io_;
  ssl::context context_{ssl::context::tls_client};
  ssl::stream<tcp::socket> stream_;
  std::string unread_;
};

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Tls : public testing::Test {
 protected:
  // A new certificate for `name` and its key, in the files `as`.pem and
  // `as`.key.
  TlsFiles Make(const std::string& as, const std::string& name) const {
    TlsFiles files = {folder_.File(as + ".pem"), folder_.File(as + ".key")};
    Child openssl({ELS_OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                   "-subj", "/CN=" + name, "-addext",
                   "subjectAltName=DNS:" + name, "-keyout", files.key, "-out",
                   files.certificate});
    EXPECT_EQ(openssl.Wait(), 0) << openssl.err();
    return files;
  }

  Options Secure() const {
    Options options = RunningProxy::Patient();
    options.tls = {one_};
    return options;
  }

  std::string File(const char* name) const { return folder_.File(name); }

  const TemporaryFolder folder_;
  const TlsFiles one_ = Make("one", "one.test");
  ScriptedBackend backend_{Always(kOk)};
};

constexpr char kEndOfOk[] = "\r\n\r\nok";

TEST_F(Tls, NamePicksTheCertificateAndTheFirstIsForAllOthers) {
  Options options = Secure();
  options.tls.push_back(Make("two", "two.test"));
  options.tls.push_back(Make("many", "*.many.test"));
  RunningProxy proxy({backend_.port()}, options);
  const auto name = [&](const char* asked) {
    SecureWire user(proxy.port(), asked);
    user.Send(kGet);
    user.ReadTo(kEndOfOk);
    return user.PeerName();
  };
  EXPECT_EQ(name("two.test"), "two.test");
  EXPECT_EQ(name("TWO.test"), "two.test");
  EXPECT_EQ(name("a.many.test"), "*.many.test");
  EXPECT_EQ(name("one.test"), "one.test");
  EXPECT_EQ(name("a.b.many.test"), "one.test");
  EXPECT_EQ(name("other.test"), "one.test");
  EXPECT_EQ(name(nullptr), "one.test");
}

TEST_F(Tls, LargeContentOfARealClientIsWholeBothWays) {
  ScriptedBackend echo([](Wire& wire) {
    const std::string body = wire.Read().body;
    wire.Send(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(),
                           "\r\n\r\n", body));
  });
  RunningProxy proxy({echo.port()}, Secure());
  const std::string content = Noise(5'000'000);
  std::ofstream(File("up"), std::ios::binary) << content;
  for (const char* version : {"1.2", "1.3"}) {
    Child curl({ELS_CURL, "-sS", "-H", "Expect:", "--cacert", one_.certificate,
                absl::StrCat("--tlsv", version), "--tls-max", version,
                "--resolve",
                absl::StrCat("one.test:", proxy.port(), ":127.0.0.1"),
                "--data-binary", "@" + File("up"), "-o", File("down"),
                absl::StrCat("https://one.test:", proxy.port(), "/")});
    EXPECT_EQ(curl.Wait(), 0) << curl.err();
    EXPECT_TRUE(TextOf(File("down")) == content);
  }
}

// What s_client prints of a handshake.
std::string Handshake(std::uint16_t port, const std::string& flags) {
  Child client({"sh", "-c",
                absl::StrCat(ELS_OPENSSL " s_client -connect 127.0.0.1:", port,
                             " ", flags, " </dev/null")});
  client.Wait();
  return client.out();
}

TEST_F(Tls, Http11IsAgreedUponAndNothingElseIs) {
  RunningProxy proxy({backend_.port()}, Secure());
  EXPECT_TRUE(absl::StrContains(Handshake(proxy.port(), "-alpn h2,http/1.1"),
                                "ALPN protocol: http/1.1"));
  EXPECT_TRUE(absl::StrContains(Handshake(proxy.port(), "-alpn h2"),
                                "Cipher is (NONE)"));
}

TEST_F(Tls, OldVersionsAndCiphersWithoutForwardSecrecyAreRefused) {
  RunningProxy proxy({backend_.port()}, Secure());
  const auto refused = [&](const char* flags) {
    return absl::StrContains(Handshake(proxy.port(), flags),
                             "Cipher is (NONE)");
  };
  EXPECT_TRUE(refused("-tls1_1 -cipher DEFAULT@SECLEVEL=0"));
  EXPECT_TRUE(refused("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"));
  EXPECT_FALSE(refused("-tls1_2"));
  EXPECT_FALSE(refused("-tls1_3"));
}

TEST_F(Tls, EndOfTheConnectionIsToldAndACutResponseIsNot) {
  RunningProxy proxy({backend_.port()}, Secure());
  SecureWire user(proxy.port());
  user.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string all;
  EXPECT_EQ(user.ReadToEnd(all), net::error::eof);
  EXPECT_TRUE(absl::EndsWith(all, kEndOfOk)) << all;

  ScriptedBackend cut([](Wire& wire) {
    wire.Read();
    wire.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart");
  });
  RunningProxy other({cut.port()}, Secure());
  SecureWire victim(other.port());
  victim.Send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  EXPECT_NE(victim.ReadToEnd(all), net::error::eof);
}

TEST_F(Tls, UserWhoHasSaidItsEndGetsTheResponse) {
  RunningProxy proxy({backend_.port()}, Secure());
  SecureWire user(proxy.port());
  user.Send(kGet);
  user.EndSending();
  EXPECT_TRUE(absl::EndsWith(user.ReadTo(kEndOfOk), kEndOfOk));
}

TEST_F(Tls, BackendIsToldWhateverTheUserSays) {
  Channel<Message> heads;
  ScriptedBackend backend([&](Wire& wire) {
    heads.Put(wire.Read());
    wire.Send(kOk);
  });
  RunningProxy proxy({backend.port()}, Secure());
  SecureWire user(proxy.port());
  user.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: http\r\n\r\n");
  user.ReadTo(kEndOfOk);
  const std::string head = heads.Take().head;
  EXPECT_TRUE(absl::StrContains(head, "\r\nX-Forwarded-Proto: https\r\n"));
  EXPECT_FALSE(absl::StrContains(head, "Proto: http\r\n"));
}

TEST_F(Tls, TunnelCarriesBytesBothWays) {
  ScriptedBackend backend([](Wire& wire) {
    wire.ReadHead();
    wire.Send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
        "Upgrade: x\r\n\r\nhello");
    wire.Send(wire.ReadBytes(4) + "!");
  });
  RunningProxy proxy({backend.port()}, Secure());
  SecureWire user(proxy.port());
  user.Send(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
  user.ReadTo("hello");
  user.Send("ping");
  std::string all;
  EXPECT_EQ(user.ReadToEnd(all), net::error::eof);
  EXPECT_EQ(all, "ping!");
}

TEST_F(Tls, PlainHttpIsClosedWithoutAResponse) {
  RunningProxy proxy({backend_.port()}, Secure());
  Wire user = Wire::To(proxy.port());
  user.Send(kGet);
  std::string all;
  user.ReadToEnd(all);
  EXPECT_FALSE(absl::StrContains(all, "HTTP")) << all;
  EXPECT_EQ(backend_.connections(), 0u);
}

constexpr std::string_view kHalfOfAHello("\x16\x03\x01\x02\x00\x01", 6);

TEST_F(Tls, HalfAHandshakeDelaysNobodyElse) {
  RunningProxy proxy({backend_.port()}, Secure());  // Of one thread.
  std::vector<std::unique_ptr<Wire>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(Wire::New(proxy.port()));
    slow.back()->Send(kHalfOfAHello);
  }
  SecureWire user(proxy.port());
  user.Send(kGet);
  EXPECT_TRUE(absl::EndsWith(user.ReadTo(kEndOfOk), kEndOfOk));
}

TEST_F(Tls, HalfAHandshakeEndsInTime) {
  Options options = Secure();
  options.handshake_timeout = std::chrono::milliseconds(20);
  RunningProxy proxy({backend_.port()}, options);
  for (const std::string_view begun : {kHalfOfAHello, std::string_view()}) {
    Wire user = Wire::To(proxy.port());
    user.Send(begun);
    std::string all;
    user.ReadToEnd(all);
    EXPECT_EQ(all, "");
  }
}

class FullTls : public Tls, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(PerUserOrNot, FullTls, testing::Bool());

TEST_P(FullTls, TooManyUsersAreClosedWithoutAResponse) {
  Options options = Secure();
  (GetParam() ? options.max_connections : options.max_connections_per_user) = 1;
  RunningProxy proxy({backend_.port()}, options);
  SecureWire user(proxy.port());
  Wire again = Wire::To(proxy.port());
  std::string all;
  again.ReadToEnd(all);
  EXPECT_EQ(all, "");
}

// The program itself.
class TlsProgram : public Tls {
 protected:
  std::vector<std::string> Command(
      const std::vector<std::string>& flags) const {
    std::vector<std::string> all = {
        ELS_ACCESS_POINT_PROGRAM,
        "--listen",
        "127.0.0.1:0",
        "--timeout",
        "1h",
        "--handshake-timeout",
        "1h",
        "--backend",
        absl::StrCat("127.0.0.1:", backend_.port())};
    all.insert(all.end(), flags.begin(), flags.end());
    return all;
  }

  static std::uint16_t PortOf(Child& program) {
    const std::string line = program.ReadLine();
    return static_cast<std::uint16_t>(
        std::stoul(line.substr(line.rfind(':') + 1)));
  }

  // Sends SIGHUP and waits until a new user gets another certificate.
  static void Await(const Child& program, std::uint16_t port,
                    const std::string& name) {
    do {
      program.Signal(SIGHUP);
    } while (SecureWire(port).PeerName() != name);
  }

  void ExpectRefusal(const TlsFiles& files, const std::string& named) const {
    Child program(Command(
        {"--tls-certificate", files.certificate, "--tls-key", files.key}));
    EXPECT_EQ(program.Wait(), 2) << named;
    EXPECT_EQ(program.out(), "");
    EXPECT_TRUE(absl::StrContains(program.err(), named)) << program.err();
    EXPECT_EQ(std::count(program.err().begin(), program.err().end(), '\n'), 1)
        << program.err();
  }
};

TEST_F(TlsProgram,
       SighupReadsCertificatesAnewAndKeepsConnectionsAndABadFileChangesNone) {
  Child program(
      Command({"--tls-certificate", one_.certificate, "--tls-key", one_.key}));
  const std::uint16_t port = PortOf(program);
  SecureWire before(port);
  EXPECT_EQ(before.PeerName(), "one.test");
  Make("one", "new.test");
  Await(program, port, "new.test");
  before.Send(kGet);
  before.ReadTo(kEndOfOk);

  std::ofstream(one_.certificate) << "nonsense";
  program.Signal(SIGHUP);
  program.Signal(SIGUSR1);
  EXPECT_EQ(SecureWire(port).PeerName(), "new.test");
  before.Send(kGet);
  before.ReadTo(kEndOfOk);
  program.Signal(SIGTERM);
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_TRUE(absl::StrContains(
      program.err(),
      absl::StrCat("\nels-access-point: the certificates stay what they were: "
                   "--tls-certificate: '",
                   one_.certificate, "' cannot be used: ")))
      << program.err();
}

TEST_F(TlsProgram, BadFilesExitWith2AndOneLineThatNamesThem) {
  const std::string nowhere = File("nowhere");
  std::ofstream(File("nonsense")) << "nonsense\n";
  const TlsFiles two = Make("two", "two.test");
  ExpectRefusal({nowhere, one_.key},
                "--tls-certificate: '" + nowhere +
                    "' cannot be used: No such file or directory");
  ExpectRefusal(
      {one_.certificate, nowhere},
      "--tls-key: '" + nowhere + "' cannot be used: No such file or directory");
  ExpectRefusal({File("nonsense"), one_.key}, File("nonsense"));
  ExpectRefusal({one_.certificate, File("nonsense")}, File("nonsense"));
  ExpectRefusal({one_.certificate, two.key}, "--tls-key: '" + two.key +
                                                 "' cannot be used: key values "
                                                 "mismatch");
  ExpectRefusal({"/tmp", one_.key}, "'/tmp'");
}

}  // namespace
}  // namespace access_point
