// Each format of sim/traces/formats.h, as its program writes it, written here.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/traces/formats.h"
#include "tests/sim/recording_setup.h"

namespace els_sim {
namespace {

class RecordingFormat : public RecordingSetup {
 protected:
  // Reads `text`, which must be taken for `format`.
  std::string As(const std::string& format, const std::string& text) const {
    const auto recording = Read(text);
    if (!recording.ok()) return recording.status().ToString();
    EXPECT_EQ(recording->story.find("t.csv: read as " + format), 0u)
        << recording->story;
    return Told(*recording);
  }
};

TEST_F(RecordingFormat, OfK6IsOnlyTheTimeOfRequestsAndEndsThen) {
  const std::string head =
      "metric_name,timestamp,metric_value,check,error,error_code,"
      "expected_response,group,method,name,proto,scenario,service,status,"
      "subproto,tls_version,url,extra_tags,metadata\n";
  const auto row = [&](const char* begin, const char* status) {
    return std::string(begin) + ",,,,true,,GET,http://x,HTTP/1.1,default,," +
           status + ",,," + "http://x,,\n";
  };
  EXPECT_EQ(
      As("k6, CSV", head + row("http_reqs,1595325560,1.000000", "200") +
                        row("http_req_duration,1595325560,221.899000", "200") +
                        row("http_req_blocked,1595325560,225.275000", "200") +
                        row("http_req_duration,1595325561,120.5", "503") +
                        row("http_req_duration,1595325562,60000.5", "0")),
      "0 60000.5  failure\n57778.601 221.899  success\n"
      "58880 120.5  failure\n");
  EXPECT_EQ(
      As("k6, JSON",
         R"({"type":"Metric","data":{"name":"http_req_duration","type":"trend",)"
         R"("contains":"time"},"metric":"http_reqs"}
{"type":"Point","data":{"time":"2024-10-07T15:59:12.250000001+02:00","value":5.5,)"
         R"("tags":{"status":"200","url":"http://x"}},"metric":"http_req_duration"}
{"type":"Point","data":{"time":"2024-10-07T15:59:12.5+02:00","value":7,)"
         R"("tags":{"status":"404"}},"metric":"http_req_duration"}
)"),
      "0 5.5  success\n248.499999 7  neutral\n");
}

TEST_F(RecordingFormat, OfJMeterHasItsOwnErrorsAndNoTransactions) {
  const std::string head =
      "timeStamp,elapsed,label,responseCode,responseMessage,threadName,"
      "dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,"
      "URL,Latency,IdleTime,Connect\n";
  EXPECT_EQ(
      As("JMeter",
         head +
             "1662749136019,170,get,200,OK,T 1-1,text,true,,1,0,1,1,x,162,0,1\n"
             "1662749136119,44,get,200,OK,T 1-1,text,false,\"not\nso\",1,0,1,1,"
             "x,1,0,1\n"
             "1662749136219,43,get,500,\"Internal, broken\",T 1-1,text,false,,"
             "1,0,1,1,x,43,0,1\n"
             "1662749136319,99,get,Non HTTP response code: "
             "java.net.SocketTimeoutException,Non HTTP response message: Read "
             "timed out,T 1-1,text,false,,1,0,1,1,x,0,0,0\n"
             "1662749136319,400,all,200,\"Number of samples in transaction : "
             "3, "
             "number of failing samples : 0\",T "
             "1-1,,true,,1,0,1,1,null,1,0,0\n"),
      "0 170  success\n100 44  failure\n200 43  failure\n300 99  timeout\n");
}

TEST_F(RecordingFormat, OfHeyAndAbIsInAnyOrder) {
  EXPECT_EQ(As("hey",
               "response-time,DNS+dialup,DNS,Request-write,Response-delay,"
               "Response-read,status-code,offset\n"
               "0.0087,0.0047,0.0042,0.0001,0.0019,0.0001,200,0.0016\n"
               "0.0200,0.0,0.0,0.0001,0.0019,0.0001,500,0.0010\n"),
            "0 20  failure\n0.6 8.7  success\n");
  EXPECT_EQ(As("ab -g",
               "starttime\tseconds\tctime\tdtime\tttime\twait\n"
               "Mon Oct 07 15:59:13 2024\t1728316753\t0\t1\t1\t1\n"
               "Mon Oct 07 15:59:12 2024\t1728316752\t0\t9\t9\t9\n"),
            "0 9  success\n1000 1  success\n");
}

TEST_F(RecordingFormat, OfVegetaIsInNanoseconds) {
  EXPECT_EQ(As("vegeta, CSV",
               "1728316752000000000,200,1500000,2,0,,aGk=,big,0,GET,http://x,"
               "SA==\n"
               "1728316752010000000,0,30000000000,0,0,\"Get \"\"http://x\"\": "
               "context deadline exceeded, late\",,big,1,GET,http://x,\n"),
            "0 1.5  success\n10 30000  failure\n");
  EXPECT_EQ(As("vegeta, JSON",
               R"({"attack":"","seq":0,"code":200,"timestamp":)"
               R"("2024-10-07T15:59:12.5+02:00","latency":1500000,"error":""})"
               "\n"
               R"({"attack":"","seq":1,"code":429,"timestamp":)"
               R"("2024-10-07T15:59:12.51+02:00","latency":20,"error":"x"})"),
            "0 1.5  success\n10 2e-05  failure\n");
}

TEST_F(RecordingFormat, OfABrowserIsAHar) {
  const std::string har = R"({
  "log": {"version": "1.2", "creator": {"name": "x"}, "entries": [
    {"startedDateTime": "2024-10-07T15:59:12.500Z", "time": 12.25,
     "request": {"method": "GET"}, "response": {"status": 200},
     "serverIPAddress": "10.0.0.1"},
    {"startedDateTime": "2024-10-07T15:59:12.600Z", "time": 3,
     "response": {"status": 503}, "serverIPAddress": "10.0.0.2"}]}})";
  const std::string told = "0 12.25 10.0.0.1 success\n100 3 10.0.0.2 failure\n";
  EXPECT_EQ(As("HAR", har), told);
  std::string line = har;
  std::replace(line.begin(), line.end(), '\n', ' ');
  EXPECT_EQ(As("HAR, gzip", Gzip(line)), told);
  EXPECT_EQ(Error(har.substr(0, 100))
                .find("t.csv: is neither lines nor one "
                      "document of JSON ("),
            0u)
      << Error(har.substr(0, 100));
}

TEST_F(RecordingFormat, OfJsonHasTheNamesOfTables) {
  const std::string told = "0 12 a success\n500 3 b timeout\n";
  EXPECT_EQ(As("JSON", R"({"time_s":1,"latency_ms":12,"backend":"a"}

{"backend":"b","outcome":"timeout","time_s":1.5,"latency_ms":3,"x":{"y":[1]}}
)"),
            told);
  EXPECT_EQ(As("JSON", R"([{"time_s":1,"latency_ms":12,"backend":"a"},
{"backend":"b","outcome":"timeout","time_s":1.5,"latency_ms":3}])"),
            told);
  EXPECT_EQ(Error(R"([{"time_s":1},7])"),
            "t.csv: entry 2: is no object of JSON: \"7\"");
  EXPECT_EQ(Error("{\"time_s\":1}\n{\"time_s\":\n"),
            "t.csv:2: is no object of JSON: \"{\\\"time_s\\\":\"");
}

constexpr const char* kNginx =
    "1.2.3.4 - bob [07/Oct/2024:15:59:12 +0000] \"GET /a\\x22b HTTP/1.1\" ";

TEST_F(RecordingFormat, OfNginxHasTheTriesOfARequest) {
  const std::string head = kNginx;
  const auto recording =
      Read(head +
           "200 12 \"-\" \"curl/7.88, x\" 0.130 0.050, 0.075 10.0.0.1:80, "
           "10.0.0.2:80 502, 200\n" +
           head + "404 12 \"-\" \"curl/7.88\" 0.000 - - -\n");
  ASSERT_TRUE(recording.ok()) << recording.status();
  EXPECT_EQ(Told(*recording),
            "0 50 10.0.0.1:80 failure\n50 75 10.0.0.2:80 success again\n");
  EXPECT_EQ(recording->story,
            "t.csv: read as log of nginx or Apache, $remote_addr $ident "
            "$remote_user [$time_local] \"$request\" $status $body_bytes_sent "
            "\"$word\" \"$word\" $request_time $upstream_response_time "
            "$upstream_addr $upstream_status\n"
            "  time_local: end; status: outcome; request_time: latency in s; "
            "upstream_response_time: latency of each try in s; upstream_addr: "
            "backend; upstream_status: outcome of each try\n"
            "  2 records, of which do not count: 1 without a backend (line "
            "2)\n");
}

TEST_F(RecordingFormat, OfNginxMayNameItsColumns) {
  const std::string head = kNginx;
  const std::string next =
      "::1 - - [07/Oct/2024:16:59:13 +0100] \"GET / HTTP/1.1\" ";
  EXPECT_EQ(As("log of nginx or Apache",
               head +
                   "499 0 \"-\" \"x\" rt=0.003 uct=\"-\" urt=\"-\" "
                   "ua=\"10.0.0.1:80\" us=\"-\"\n" +
                   next +
                   "200 0 \"-\" \"x\" rt=0.004 uct=\"0.000\" urt=\"0.000\" "
                   "ua=\"unix:/run/x\" us=\"200\"\n"),
            "0 3 10.0.0.1:80 cancelled\n999 0.5 unix:/run/x success\n");
  EXPECT_EQ(As("log of ingress-nginx",
               head + "200 7 \"-\" \"x\" 89 0.031 [a-b-80] [] 10.0.0.1:80, "
                      "10.0.0.2:80 0, 345 0.010, 0.020 504, 200 8a1f\n"),
            "0 10 10.0.0.1:80 timeout\n10 20 10.0.0.2:80 success again\n");
  EXPECT_EQ(
      As("JSON", R"({"time_iso8601":"2024-10-07T15:59:12+00:00","msec":)"
                 R"("1728316752.250","status":"200","request_time":"0.010",)"
                 R"("upstream_addr":"10.0.0.1:80","upstream_status":"200",)"
                 R"("upstream_response_time":"0.008"})"),
      "0 8 10.0.0.1:80 success\n");
}

TEST_F(RecordingFormat, OfApacheBeginsWithTheRequest) {
  const std::string head = kNginx;
  const auto recording =
      Read("example.org:80 " + head + "200 12 \"-\" \"curl\" 2500\n");
  ASSERT_TRUE(recording.ok()) << recording.status();
  EXPECT_EQ(Told(*recording), "0 2.5  success\n");
  EXPECT_NE(recording->story.find("start_time: start; status: outcome; "
                                  "duration_us: latency in us\n"),
            std::string::npos)
      << recording->story;
  // The common format says nothing of latencies.
  EXPECT_EQ(Read(head + "200 12\n")->work, WorkKind::kNothing);
}

TEST_F(RecordingFormat, OfEnvoyHasFlags) {
  const std::string head = "[2024-10-07T15:59:12.250Z] \"GET / HTTP/1.1\" ";
  const std::string tail = " \"-\" \"curl, x\" \"id\" \"example.org\" ";
  const std::string told =
      "0 20 10.0.0.1:80 success\n0 5000 10.0.0.2:80 timeout\n";
  EXPECT_EQ(As("log of Envoy,",
               head + "200 - 0 12 23 20" + tail + "\"10.0.0.1:80\"\n" + head +
                   "504 UT 0 24 5000 -" + tail + "\"10.0.0.2:80\"\n" + head +
                   "503 UH 0 24 0 -" + tail + "\"-\"\n"),
            told);
  EXPECT_EQ(As("log of Envoy of Istio",
               head + "200 - via_upstream - \"-\" 0 12 23 20" + tail +
                   "\"10.0.0.1:80\" outbound|80||x 1.2.3.4:5 - default\n" +
                   head + "504 UT response_timeout - \"-\" 0 24 5000 -" + tail +
                   "\"10.0.0.2:80\" outbound|80||x 1.2.3.4:5 - default\n"),
            told);
  EXPECT_EQ(As("Envoy, JSON",
               R"({"@timestamp":"2024-10-07T15:59:12.289Z","duration":21,)"
               R"("upstream_service_time":"20","upstream_host":"10.0.0.1:80",)"
               R"("response_code":200,"response_flags":"-"})"
               "\n"
               R"({"@timestamp":"2024-10-07T15:59:12.289Z","duration":9,)"
               R"("upstream_service_time":null,"upstream_host":"10.0.0.2:80",)"
               R"("response_code":0,"response_flags":"DC"})"),
            "0 20 10.0.0.1:80 success\n0 9 10.0.0.2:80 cancelled\n");
  EXPECT_EQ(As("Traefik, JSON",
               R"({"StartUTC":"2024-10-07T15:59:12.289Z","Duration":2000000,)"
               R"("OriginDuration":1500000,"OriginStatus":200,)"
               R"("DownstreamStatus":200,"ServiceAddr":"10.0.0.1:80"})"),
            "0 1.5 10.0.0.1:80 success\n");
}

TEST_F(RecordingFormat, OfHaproxyTellsHowASessionEnded) {
  const auto line = [](const char* at, const char* rest) {
    return std::string(
               "Feb  6 12:14:14 host haproxy[14389]: 10.0.1.2:33317 "
               "[06/Feb/2009:12:14:") +
           at + "] http-in " + rest;
  };
  EXPECT_EQ(As("log of HAProxy, option httplog",
               line("14.655",
                    "static/srv1 10/0/30/69/109 200 2750 - - ---- "
                    "1/1/1/1/0 0/0 {1wt.eu} {} \"GET / HTTP/1.1\"\n") +
                   line("14.700",
                        "static/srv2 0/5/0/0/+7 200 99 - - ---- 1/1/1/1/0 "
                        "0/0 \"GET / HTTP/1.1\"\n") +
                   line("15.655",
                        "static/srv1 0/0/1/-1/3001 504 99 - - sH-- "
                        "1/1/1/1/0 0/0 \"GET / HTTP/1.1\"\n") +
                   line("16.655",
                        "static/srv1 0/0/1/-1/40 -1 0 - - CH-- 1/1/1/1/0 "
                        "0/0 \"GET / HTTP/1.1\"\n") +
                   line("17.655",
                        "static/<NOSRV> 0/-1/-1/-1/0 503 99 - - SC-- "
                        "1/1/1/1/0 0/0 \"GET / HTTP/1.1\"\n")),
            "0 99 static/srv1 success\n40 0.5 static/srv2 success\n"
            "990 3001 static/srv1 timeout\n1990 40 static/srv1 cancelled\n");
  EXPECT_EQ(As("log of HAProxy, option tcplog",
               line("14.655", "db/srv1 0/1/5007 212 -- 0/0/0/0/3 0/0\n")),
            "0 5007 db/srv1 success\n");
}

TEST_F(RecordingFormat, ThatIsASummaryIsRefusedWithWhatToDo) {
  const auto says = [this](const char* text, const char* advice) {
    const std::string error = Error(text);
    EXPECT_NE(error.find(advice), std::string::npos) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  };
  says("This is ApacheBench, Version 2.3\n", "`ab -g FILE`");
  says("Running 30s test @ http://x\n  2 threads", "wrk or wrk2, which write");
  says("\nSummary:\n  Total:\t1.0 secs\n", "`hey -o csv`");
  says("Requests      [total, rate, throughput]  9, 1, 1\n",
       "`vegeta encode --to csv`");
  says("  checks..: 1\n     http_req_duration..............: avg=5ms\n",
       "`k6 run --out csv=FILE`");
  says("{\"metrics\": {}, \"root_group\": {}}", "`k6 run --out csv=FILE`");
  says("Type,Name,Request Count,Failure Count\n", "summary of Locust");
  says("Label,# Samples,Average\n", "`jmeter -l FILE.jtl`");
  says("<?xml version=\"1.0\"?>\n<testResults version=\"1.2\">\n",
       "save.saveservice.output_format=csv");
}

TEST_F(RecordingFormat, IsNotTwoInOneFile) {
  const std::string log = std::string(kNginx) + "200 1 \"-\" \"x\" 0.001\n";
  EXPECT_EQ(Error(log + "{\"time_s\":1}\n"),
            "t.csv:2: is of another form: \"{\\\"time_s\\\":1}\"");
}

TEST(Formats, AreAllInTheHelp) {
  const std::string help = FormatsText();
  EXPECT_NE(help.find("  JMeter\n      timeStamp,elapsed\n      timeStamp: "
                      "start; elapsed: latency in ms; "),
            std::string::npos)
      << help;
  for (const Format& format : Formats()) {
    EXPECT_NE(help.find(std::string("  ") + std::string(format.name) + "\n"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace els_sim
