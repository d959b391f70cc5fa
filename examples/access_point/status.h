#pragma once

// The statuses that the access point answers with by itself, and others that it
// treats in a way of their own.

namespace access_point::status {

inline constexpr unsigned kSwitchingProtocols = 101;
inline constexpr unsigned kOk = 200;  // Those before are interim.
inline constexpr unsigned kNoContent = 204;
inline constexpr unsigned kNotModified = 304;
inline constexpr unsigned kBadRequest = 400;
inline constexpr unsigned kMethodNotAllowed = 405;
inline constexpr unsigned kRequestTimeout = 408;
inline constexpr unsigned kContentTooLarge = 413;
inline constexpr unsigned kTargetTooLong = 414;
inline constexpr unsigned kFieldsTooLarge = 431;
inline constexpr unsigned kServerError = 500;  // All from here on.
inline constexpr unsigned kNotImplemented = 501;
inline constexpr unsigned kBadGateway = 502;
inline constexpr unsigned kServiceUnavailable = 503;
inline constexpr unsigned kGatewayTimeout = 504;
inline constexpr unsigned kVersionNotSupported = 505;

}  // namespace access_point::status
