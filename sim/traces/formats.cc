#include "sim/traces/formats.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/model/absl_view.h"
#include "sim/traces/values.h"

namespace els_sim {
namespace {

using enum ColumnRole;

// Those whose numbers have no unit of their own may end in one.
constexpr ColumnMeaning kGeneral[] = {
    {"time", kStart},
    {"timestamp", kStart},
    {"@timestamp", kStart},
    {"ts", kStart},
    {"start", kStart},
    {"start_time", kStart},
    {"end", kEnd},
    {"end_time", kEnd},
    {"msec", kEnd},          // nginx's names, from here
    {"time_iso8601", kEnd},  //
    {"time_local", kEnd},    //
    {"request_time", kWhole, kInS},
    {"upstream_response_time", kTry, kInS},
    {"upstream_status", kTryStatus},
    {"upstream_addr", kBackend},
    {"rt", kWhole, kInS},  // to its users' usual ones.
    {"urt", kTry, kInS},
    {"latency", kWhole},
    {"duration", kWhole},
    {"elapsed", kWhole},
    {"response_time", kWhole},
    {"outcome", kOutcome},
    {"status", kOutcome},
    {"status_code", kOutcome},
    {"response_code", kOutcome},
    {"http_status", kOutcome},
    {"code", kOutcome},
    {"success", kOutcome},
    {"backend", kBackend},
    {"upstream", kBackend},
    {"upstream_host", kBackend},
    {"size", kSize},
    {"attempt", kAttempt},
};

struct UnitSuffix {
  std::string_view text;
  std::int64_t ns;
};
constexpr UnitSuffix kSuffixes[] = {
    {"_s", kInS}, {"_ms", kInMs}, {"_us", kInUs}, {"_ns", 1}};

const std::vector<ColumnMeaning> kEnvoys = {
    {"start_time", kStart},      {"@timestamp", kStart},
    {"duration", kWhole, kInMs}, {"upstream_service_time", kTry, kInMs},
    {"response_code", kOutcome}, {"response_flags", kFlags},
    {"upstream_host", kBackend},
};

const std::vector<ColumnMeaning> kHaproxys = {
    {"accept_date", kStart},    {"TR", kWait, kInMs}, {"Tw", kWait, kInMs},
    {"Tc", kPart, kInMs},       {"Tr", kPart, kInMs}, {"Tt", kWhole, kInMs},
    {"Ta", kWhole, kInMs},      {"status", kOutcome}, {"end", kTermination},
    {"proxy_server", kBackend},
};

// What Formats() returns: a row is a format.
const std::vector<Format> kFormats = {
    {"k6, CSV",
     FormatShape::kTable,
     "metric_name,timestamp,metric_value",
     {{"timestamp", kEnd},
      {"metric_value", kWhole, kInMs},
      {"status", kOutcome}},
     {"metric_name", "http_req_duration"}},
    {"k6, JSON",
     FormatShape::kJson,
     "metric,data.time,data.value",
     {{"data.time", kEnd},
      {"data.value", kWhole, kInMs},
      {"data.tags.status", kOutcome}},
     {"metric", "http_req_duration"}},
    {"JMeter",
     FormatShape::kTable,
     "timeStamp,elapsed",
     {{"timeStamp", kStart},
      {"elapsed", kWhole, kInMs},
      {"responseCode", kOutcome},
      {"success", kOutcome}},
     {"responseMessage", "Number of samples in transaction", false}},
    {"hey",
     FormatShape::kTable,
     "response-time,status-code,offset",
     {{"offset", kStart, kInS},
      {"response-time", kWhole, kInS},
      {"status-code", kOutcome}}},
    {"ab -g",
     FormatShape::kTable,
     "starttime,seconds,ttime",
     {{"seconds", kStart}, {"ttime", kWhole, kInMs}}},
    {"vegeta, CSV",
     FormatShape::kBareTable,
     "timestamp,code,latency,bytes_out,bytes_in,error,body,attack,seq,method,"
     "url,headers",
     {{"timestamp", kStart}, {"latency", kWhole, 1}, {"code", kOutcome}}},
    {"vegeta, JSON",
     FormatShape::kJson,
     "attack,seq,timestamp,latency",
     {{"timestamp", kStart}, {"latency", kWhole, 1}, {"code", kOutcome}}},
    {"HAR",
     FormatShape::kJson,
     "startedDateTime,time,response.status",
     {{"startedDateTime", kStart},
      {"time", kWhole, kInMs},
      {"response.status", kOutcome},
      {"serverIPAddress", kBackend}}},
    {"Envoy, JSON", FormatShape::kJson, "duration,upstream_host", kEnvoys},
    {"Traefik, JSON",
     FormatShape::kJson,
     "StartUTC,Duration,ServiceAddr",
     {{"StartUTC", kStart},
      {"Duration", kWhole, 1},
      {"OriginDuration", kTry, 1},
      {"OriginStatus", kTryStatus},
      {"DownstreamStatus", kOutcome},
      {"ServiceAddr", kBackend}}},
    {"HAProxy, option httplog", FormatShape::kLog,
     "$client [$accept_date] $frontend $proxy_server $TR/$Tw/$Tc/$Tr/$Ta "
     "$status $bytes $captured $captured $end $rest",
     kHaproxys},
    {"HAProxy, option tcplog",
     FormatShape::kLog,
     "$client [$accept_date] $frontend $proxy_server $Tw/$Tc/$Tt $bytes $end "
     "$rest",
     {{"accept_date", kStart},
      {"Tt", kWhole, kInMs},
      {"end", kTermination},
      {"proxy_server", kBackend}}},
    {"Envoy", FormatShape::kLog,
     "[$start_time] \"$request\" $response_code $response_flags "
     "$bytes_received $bytes_sent $duration $upstream_service_time "
     "\"$forwarded_for\" \"$agent\" \"$id\" \"$authority\" "
     "\"$upstream_host\" $rest",
     kEnvoys},
    {"Envoy of Istio", FormatShape::kLog,
     "[$start_time] \"$request\" $response_code $response_flags $details "
     "$termination \"$failure\" $bytes_received $bytes_sent $duration "
     "$upstream_service_time \"$forwarded_for\" \"$agent\" \"$id\" "
     "\"$authority\" \"$upstream_host\" $rest",
     kEnvoys},
    {"ingress-nginx", FormatShape::kLog,
     "$remote_addr - $remote_user [$time_local] \"$request\" $status "
     "$body_bytes_sent \"$http_referer\" \"$http_user_agent\" "
     "$request_length $request_time [$proxy] [$other_proxy] $upstream_addr "
     "$upstream_response_length $upstream_response_time $upstream_status "
     "$req_id"},
    {"nginx or Apache", FormatShape::kLog,
     "$remote_addr $ident $remote_user [$time_local] \"$request\" $status "
     "$body_bytes_sent $more"},
    {"nginx or Apache, of a virtual host", FormatShape::kLog,
     "$host $remote_addr $ident $remote_user [$time_local] \"$request\" "
     "$status $body_bytes_sent $more"},
    {"numbers",
     FormatShape::kBareTable,
     "latency_ms",
     {{"latency_ms", kWhole, kInMs}}},
};

struct Refused {
  std::string_view mark;  // Where the file begins, or somewhere in its head.
  bool begins;
  std::string_view why;
};

// In this order: what is binary comes last.
constexpr Refused kRefused[] = {
    {"This is ApacheBench", true,
     "is ab's summary; record single requests by `ab -g FILE`"},
    {"Percentage served,", true,
     "is ab's summary; record single requests by `ab -g FILE`"},
    {"Running ", true,
     "is a summary of wrk or wrk2, which write no single requests; take the "
     "log of the proxy or of the servers"},
    {"\nSummary:\n  Total:", true,
     "is hey's summary; record single requests by `hey -o csv`"},
    {"Summary:\n  Total:", true,
     "is hey's summary; record single requests by `hey -o csv`"},
    {"Requests      [total", true,
     "is vegeta's report; take its results: `vegeta encode --to csv`"},
    {"http_req_duration..", false,
     "is k6's summary; record single requests by `k6 run --out csv=FILE`"},
    {"\"root_group\"", false,
     "is k6's summary; record single requests by `k6 run --out csv=FILE`"},
    {"Type,Name,Request Count", true,
     "is a summary of Locust; write single requests in a listener of its "
     "event `request`, with the columns time_s, latency_ms and outcome"},
    {"Timestamp,User Count,Type", true,
     "is a summary of Locust; write single requests in a listener of its "
     "event `request`, with the columns time_s, latency_ms and outcome"},
    {"Label,# Samples", true,
     "is a summary of JMeter; take the file of `jmeter -l FILE.jtl`"},
    {"<?xml", true,
     "is XML; JMeter writes a table with "
     "`-Jjmeter.save.saveservice.output_format=csv`"},
    {"\x1f\x8b", true, "is gzip within gzip; decompress it once"},
    {"\xfd"
     "7zXZ",
     true, "is an xz archive; decompress it by `xz -d`"},
    {"BZh", true, "is a bzip2 archive; decompress it by `bzip2 -d`"},
    {"PK\x03\x04", true, "is a zip archive; unpack it"},
    {"\xff\xfe", true, "is UTF-16; convert it by `iconv -f UTF-16 -t UTF-8`"},
    {"\xfe\xff", true, "is UTF-16; convert it by `iconv -f UTF-16 -t UTF-8`"},
};

// Before the head's first 4 KiB say so.
bool IsBinary(std::string_view head) {
  head = head.substr(0, 4096);
  return std::any_of(head.begin(), head.end(), [](char c) {
    return c == '\0' || c == '\x7f' ||
           (c > 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' &&
            c != '\x1b');
  });
}

std::string_view UnitText(std::int64_t unit_ns) {
  if (unit_ns == 0) return "";
  if (unit_ns == kInS) return " in s";
  if (unit_ns == kInMs) return " in ms";
  return unit_ns == kInUs ? " in us" : " in ns";
}

}  // namespace

const std::vector<Format>& Formats() { return kFormats; }

std::optional<GeneralColumn> GeneralMeaning(std::string_view column) {
  const std::string lower = absl::AsciiStrToLower(AbslView(column));
  for (std::size_t i = 0; i < std::size(kGeneral); ++i) {
    const ColumnMeaning& known = kGeneral[i];
    if (lower == known.name) return GeneralColumn{known, i};
    const bool has_unit =
        known.role == kStart || known.role == kEnd || known.role == kWhole;
    if (!has_unit || known.unit_ns != 0) continue;
    const auto suffix = std::find_if(
        std::begin(kSuffixes), std::end(kSuffixes), [&](const UnitSuffix& one) {
          return lower ==
                 absl::StrCat(AbslView(known.name), AbslView(one.text));
        });
    if (suffix == std::end(kSuffixes)) continue;
    return GeneralColumn{{known.name, known.role, suffix->ns}, i};
  }
  return std::nullopt;
}

std::string_view NameOf(ColumnRole role) {
  switch (role) {
    case kStart:
      return "start";
    case kEnd:
      return "end";
    case kWait:
      return "wait before it";
    case kWhole:
      return "latency";
    case kTry:
      return "latency of each try";
    case kPart:
      return "part of the latency";
    case kOutcome:
    case kFlags:
    case kTermination:
      return "outcome";
    case kTryStatus:
      return "outcome of each try";
    case kBackend:
      return "backend";
    case kSize:
      return "size";
    case kAttempt:
      return "attempt";
  }
  return "";
}

std::optional<std::string_view> WhyNot(std::string_view head) {
  for (const Refused& refused : kRefused) {
    if (refused.begins ? head.starts_with(refused.mark)
                       : head.find(refused.mark) != head.npos) {
      return refused.why;
    }
  }
  if (!IsBinary(head)) return std::nullopt;
  return "is binary, and no archive of gzip or zstd; make text of it first "
         "(vegeta's results: `vegeta encode --to csv`)";
}

std::string MeaningText(std::string_view column, ColumnRole role,
                        std::int64_t unit_ns) {
  return absl::StrCat(AbslView(column), ": ", AbslView(NameOf(role)),
                      AbslView(UnitText(unit_ns)));
}

std::string FormatsText() {
  std::string text;
  for (const Format& format : Formats()) {
    absl::StrAppend(&text, "  ", AbslView(format.name), "\n      ",
                    AbslView(format.look), "\n");
    std::vector<std::string> meanings;
    for (const ColumnMeaning& meaning : format.columns) {
      meanings.push_back(
          MeaningText(meaning.name, meaning.role, meaning.unit_ns));
    }
    if (meanings.empty()) continue;
    absl::StrAppend(&text, "      ", absl::StrJoin(meanings, "; "), "\n");
  }
  return text;
}

}  // namespace els_sim
