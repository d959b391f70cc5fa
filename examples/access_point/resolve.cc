#include "examples/access_point/resolve.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "els/balancer.h"
#include "examples/access_point/backends.h"

namespace access_point {

absl::StatusOr<std::vector<tcp::endpoint>> Resolve(const char* flag,
                                                   const Address& address) {
  net::io_context context;
  tcp::resolver resolver(context);
  Error error;
  const auto found =
      resolver.resolve(address.host, std::to_string(address.port),
                       tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, ": cannot resolve '", ToString(address),
                     "': ", error.message()));
  }
  return std::vector<tcp::endpoint>(found.begin(), found.end());
}

absl::StatusOr<std::vector<Address>> ResolveBackends(
    const std::vector<Address>& backends) {
  std::vector<Address> resolved;
  for (const Address& backend : backends) {
    const auto endpoints = Resolve("backend", backend);
    if (!endpoints.ok()) return endpoints.status();
    for (const tcp::endpoint& endpoint : *endpoints) {
      Address address = {endpoint.address().to_string(), endpoint.port()};
      if (std::find(resolved.begin(), resolved.end(), address) ==
          resolved.end()) {
        resolved.push_back(std::move(address));
      }
    }
  }
  if (resolved.size() > els::Balancer::kMaxBackends) {
    return absl::InvalidArgumentError(
        absl::StrCat("--backend: ", resolved.size(),
                     " addresses are more than ", els::Balancer::kMaxBackends));
  }
  return resolved;
}

}  // namespace access_point
