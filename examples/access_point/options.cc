#include "examples/access_point/options.h"

#include <algorithm>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <boost/program_options/variables_map.hpp>
#include <charconv>
#include <fstream>
#include <string_view>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "els/options_text.h"

namespace access_point {
namespace {

namespace po = boost::program_options;

// Enough for any machine, and few enough to start without harm.
constexpr unsigned kMaxThreads = 256;
constexpr std::size_t kMaxIdlePerBackend = 65'536;
constexpr std::size_t kMaxConnections = 1'000'000'000;
constexpr absl::Duration kMaxTimeout = absl::Hours(1);

// What comes before a request.
void AddGreeting(po::options_description& flags) {
  flags.add_options()(
      "proxy-protocol",
      "users come through a balancer that says who they are, by the PROXY "
      "protocol, version 1 or 2; a connection on which it does not is closed")(
      "tls-certificate",
      po::value<std::vector<std::string>>()->value_name("FILE"),
      "in PEM, with its chain: take users by TLS alone, presenting this; if "
      "given again, the first that has the name a user asks for, or else the "
      "first. SIGHUP reads the files anew")(
      "tls-key", po::value<std::vector<std::string>>()->value_name("FILE"),
      "the private key of each certificate, in the same order")(
      "handshake-timeout", po::value<std::string>()->value_name("DURATION"),
      "how long a user may take before it can send a request (10s)");
}

// What users may do.
void AddLimits(po::options_description& flags) {
  flags.add_options()(
      "user-timeout", po::value<std::string>()->value_name("DURATION"),
      "how long a user may neither send the rest of a request nor take that "
      "of a response (60s)")(
      "idle-timeout", po::value<std::string>()->value_name("DURATION"),
      "how long a user's connection is kept without a request (60s)")(
      "max-connections", po::value<std::string>()->value_name("N"),
      "users' connections at a time; more are refused with a 503 (half the "
      "limit on open files)")("max-connections-per-user",
                              po::value<std::string>()->value_name("N"),
                              "the same of each IPv4 address and each /64 of "
                              "IPv6 addresses (no limit)")(
      "max-body", po::value<std::string>()->value_name("BYTES"),
      "the longest content of a request; longer is refused with a 413 (no "
      "limit)");
}

// Values are read as text, so that every error can name its flag and value.
po::options_description Flags() {
  po::options_description flags("Options");
  flags.add_options()("help", "print this and exit")(
      "listen", po::value<std::string>()->value_name("HOST:PORT"),
      "where to accept users; port 0 takes a free one (127.0.0.1:8080)")(
      "backend", po::value<std::vector<std::string>>()->value_name("HOST:PORT"),
      "a server to forward to, once for each; a name is resolved at the start")(
      "policy", po::value<std::string>()->value_name("NAME"),
      "els, round-robin or least-outstanding (els)")(
      "timeout", po::value<std::string>()->value_name("DURATION"),
      "the longest wait for a backend to begin its response once the request "
      "is sent, such as 250ms or 1.5s (1s)")(
      "connect-timeout", po::value<std::string>()->value_name("DURATION"),
      "the longest wait for a connection to a backend (500ms)")(
      "retry-budget", po::value<std::string>()->value_name("RATIO"),
      "how many of the requests, from 0 to 1, may be tried on another backend "
      "besides the 10 a second that always may; 0: none at all (0.2)")(
      "client-errors", po::value<std::string>()->value_name("OUTCOME"),
      "what a response of 4xx, but not 429, says of its backend: neutral, or "
      "success for a service of which they are ordinary answers (neutral)")(
      "max-idle", po::value<std::string>()->value_name("N"),
      "unused connections kept open per backend and thread (64)")(
      "threads", po::value<std::string>()->value_name("N"),
      "threads that serve; all share one balancer (1)")(
      "seed", po::value<std::string>()->value_name("N"),
      "of the policy's random decisions; 0 draws one (0)")(
      "options", po::value<std::string>()->value_name("FILE"),
      "of els, a line each, as `els-sim tune --out` writes them; those that "
      "FILE lacks are the library's, and its seed does not count")(
      "record", po::value<std::string>()->value_name("FILE"),
      "write there when each attempt began, to which backend, how it went and "
      "how long that took, for `els-sim fit` and `els-sim replay`; an older "
      "FILE is replaced");
  AddGreeting(flags);
  AddLimits(flags);
  return flags;
}

absl::Status Wrong(std::string_view flag, std::string_view value,
                   std::string_view want) {
  return absl::InvalidArgumentError(
      absl::StrFormat("--%s: '%s' is not %s", flag, value, want));
}

template <class Integer>
absl::Status ReadInteger(const po::variables_map& given, const char* flag,
                         Integer lowest, Integer highest, Integer& out) {
  if (!given.count(flag)) return absl::OkStatus();
  const std::string& text = given[flag].as<std::string>();
  const char* const end = text.data() + text.size();
  Integer value = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < lowest ||
      value > highest) {
    return Wrong(flag, text,
                 absl::StrCat("a number from ", lowest, " to ", highest));
  }
  out = value;
  return absl::OkStatus();
}

template <class Integer>
absl::Status ReadInteger(const po::variables_map& given, const char* flag,
                         Integer lowest, Integer highest,
                         std::optional<Integer>& out) {
  if (!given.count(flag)) return absl::OkStatus();
  return ReadInteger(given, flag, lowest, highest, out.emplace());
}

absl::Status ReadDuration(const po::variables_map& given, const char* flag,
                          els::Duration& out) {
  if (!given.count(flag)) return absl::OkStatus();
  const std::string& text = given[flag].as<std::string>();
  absl::Duration value;
  if (!absl::ParseDuration(text, &value) || value < absl::Milliseconds(1) ||
      value > kMaxTimeout) {
    return Wrong(flag, text, "a duration from 1ms to 1h, such as 250ms");
  }
  out = absl::ToChronoNanoseconds(value);
  return absl::OkStatus();
}

absl::Status ReadRetryBudget(const po::variables_map& given,
                             els::RetryBudgetOptions& out) {
  if (!given.count("retry-budget")) return absl::OkStatus();
  const std::string& text = given["retry-budget"].as<std::string>();
  els::RetryBudgetOptions value = out;
  if (!absl::SimpleAtod(text, &value.ratio) || !value.Validate().ok()) {
    return Wrong("retry-budget", text, "a number from 0 to 1");
  }
  if (value.ratio == 0) value.floor_per_second = 0;
  out = value;
  return absl::OkStatus();
}

absl::Status ReadAddress(const char* flag, const std::string& text,
                         Address& out) {
  absl::StatusOr<Address> address = ParseAddress(text);
  if (!address.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, ": ", address.status().message()));
  }
  out = *std::move(address);
  return absl::OkStatus();
}

absl::Status ReadBackends(const po::variables_map& given,
                          std::vector<Address>& out) {
  if (!given.count("backend")) {
    return absl::InvalidArgumentError("--backend: at least one is needed");
  }
  for (const auto& text : given["backend"].as<std::vector<std::string>>()) {
    Address address;
    if (absl::Status read = ReadAddress("backend", text, address); !read.ok()) {
      return read;
    }
    if (address.port == 0)
      return Wrong("backend", text, "a port to connect to");
    if (std::find(out.begin(), out.end(), address) != out.end()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("--backend: '%s' is given twice", text));
    }
    out.push_back(std::move(address));
  }
  if (out.size() > els::Balancer::kMaxBackends) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--backend: %d are more than %d", out.size(),
                        els::Balancer::kMaxBackends));
  }
  return absl::OkStatus();
}

absl::Status ReadPolicy(const po::variables_map& given, Policy& out) {
  if (!given.count("policy")) return absl::OkStatus();
  const std::string& name = given["policy"].as<std::string>();
  const std::optional<Policy> policy = ParsePolicy(name);
  if (!policy) {
    return Wrong("policy", name, "els, round-robin or least-outstanding");
  }
  out = *policy;
  return absl::OkStatus();
}

absl::Status ReadClientErrors(const po::variables_map& given,
                              els::Outcome& out) {
  if (!given.count("client-errors")) return absl::OkStatus();
  const std::string& name = given["client-errors"].as<std::string>();
  if (name != "neutral" && name != "success") {
    return Wrong("client-errors", name, "neutral or success");
  }
  out = name == "neutral" ? els::Outcome::kNeutral : els::Outcome::kSuccess;
  return absl::OkStatus();
}

// The text of the file; not of one that is larger than options ever are.
absl::StatusOr<std::string> ReadText(const std::string& path) {
  constexpr std::size_t kMostBytes = 1 << 20;
  std::string text(kMostBytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), kMostBytes);
  // A folder opens, but has no end.
  if (!file.is_open() || file.bad() || !file.eof()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--options: cannot read '", path, "'"));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

absl::Status ReadElsOptions(const po::variables_map& given, els::Options& out) {
  if (!given.count("options")) return absl::OkStatus();
  const std::string& path = given["options"].as<std::string>();
  const absl::StatusOr<std::string> text = ReadText(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<els::Options> options = els::ParseOptions(*text);
  if (!options.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--options: ", path, ": ", options.status().message()));
  }
  out = *std::move(options);
  return absl::OkStatus();
}

absl::Status ReadLimits(const po::variables_map& given, Options& out) {
  absl::Status status = ReadDuration(given, "user-timeout", out.user_timeout);
  status.Update(ReadDuration(given, "idle-timeout", out.idle_timeout));
  status.Update(ReadInteger<std::size_t>(given, "max-connections", 1,
                                         kMaxConnections, out.max_connections));
  status.Update(ReadInteger<std::size_t>(given, "max-connections-per-user", 1,
                                         kMaxConnections,
                                         out.max_connections_per_user));
  status.Update(ReadInteger<std::uint64_t>(given, "max-body", 0, INT64_MAX,
                                           out.max_body));
  return status;
}

absl::Status ReadTls(const po::variables_map& given, Options& out) {
  const auto files = [&](const char* flag) {
    return given.count(flag) ? given[flag].as<std::vector<std::string>>()
                             : std::vector<std::string>();
  };
  const std::vector<std::string> certificates = files("tls-certificate");
  const std::vector<std::string> keys = files("tls-key");
  if (keys.size() != certificates.size()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("--tls-key: given %d times, but --tls-certificate %d",
                        keys.size(), certificates.size()));
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    out.tls.push_back({certificates[i], keys[i]});
  }
  return ReadDuration(given, "handshake-timeout", out.handshake_timeout);
}

absl::StatusOr<Options> ReadOptions(const po::variables_map& given) {
  Options options;
  absl::Status status = ReadBackends(given, options.backends);
  if (given.count("listen")) {
    status.Update(ReadAddress("listen", given["listen"].as<std::string>(),
                              options.listen));
  }
  status.Update(ReadPolicy(given, options.policy));
  status.Update(ReadDuration(given, "timeout", options.timeout));
  status.Update(
      ReadDuration(given, "connect-timeout", options.connect_timeout));
  status.Update(ReadRetryBudget(given, options.retry_budget));
  status.Update(ReadClientErrors(given, options.client_error));
  status.Update(ReadInteger<std::size_t>(given, "max-idle", 0,
                                         kMaxIdlePerBackend, options.max_idle));
  status.Update(
      ReadInteger(given, "threads", 1u, kMaxThreads, options.threads));
  status.Update(
      ReadInteger<std::uint64_t>(given, "seed", 0, UINT64_MAX, options.seed));
  status.Update(ReadElsOptions(given, options.els));
  options.proxy_protocol = given.count("proxy-protocol") > 0;
  status.Update(ReadTls(given, options));
  status.Update(ReadLimits(given, options));
  if (given.count("record")) {
    options.record = given["record"].as<std::string>();
    if (options.record.empty()) {
      status.Update(Wrong("record", "", "the name of a file"));
    }
  }
  if (!status.ok()) return status;
  return options;
}

}  // namespace

std::string HelpText() {
  std::ostringstream text;
  text
      << "els-access-point --backend HOST:PORT [--backend HOST:PORT ...]\n"
         "\n"
         "An HTTP/1.1 reverse proxy that forwards each request to the backend "
         "expected\nto answer it soonest. SIGTERM and SIGINT finish what is in "
         "flight and exit 0; a\nsecond one exits 1 at once. SIGHUP reads "
         "certificates anew, SIGUSR1 changes\nnothing. Exit status 2: wrong "
         "usage.\n\n"
      << Flags();
  return text.str();
}

absl::StatusOr<std::optional<Options>> ParseCommandLine(
    int argc, const char* const argv[]) {
  namespace style = po::command_line_style;
  po::options_description flags = Flags();
  // Collected, to be named: the library's own error would not name it.
  flags.add_options()("unexpected", po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add("unexpected", -1);
  po::variables_map given;
  try {
    po::store(po::command_line_parser(argc, argv)
                  .options(flags)
                  .positional(positions)
                  .style(style::default_style & ~style::allow_guessing)
                  .run(),
              given);
  } catch (const po::error& error) {
    return absl::InvalidArgumentError(error.what());
  }
  if (given.count("unexpected")) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "'%s' is not a flag",
        given["unexpected"].as<std::vector<std::string>>().front()));
  }
  if (given.count("help")) return std::optional<Options>();
  absl::StatusOr<Options> options = ReadOptions(given);
  if (!options.ok()) return options.status();
  return std::optional<Options>(*std::move(options));
}

}  // namespace access_point
