#include "sim/files/number_file.h"
#include "sim/files/scenario_sections.h"

namespace els_sim {
namespace {

// A point of which the fields are those keys of the section.
ProfilePoint ReadPoint(Section& section, std::size_t index,
                       std::string_view at) {
  const std::string field = absl::StrCat("arrivals.profile[", index, "]");
  section.log().Alias(field + ".at", section.FullKey(at));
  section.log().Alias(field + ".times", section.FullKey("times"));
  ProfilePoint point;
  section.ReadRequired(at, point.at);
  section.ReadRequired("times", point.times);
  return point;
}

void ReadRamp(Section& section, std::vector<ProfilePoint>& profile) {
  section.log().Alias("arrivals.profile[0].at", section.FullKey("from"));
  ProfilePoint from = {.ramp = true};
  section.ReadRequired("from", from.at);
  profile = {from, ReadPoint(section, 1, "until")};
}

void ReadSpike(Section& section, std::vector<ProfilePoint>& profile) {
  const ProfilePoint point = ReadPoint(section, 0, "at");
  section.log().Alias("arrivals.profile[1].at", section.FullKey("length"));
  Duration length = {};
  section.ReadRequired("length", length);
  if (section.Has("length") && length == Duration::zero()) {
    section.Refuse("length", "must be above 0");
  }
  // So large a length is refused for what it is, not for what it overflows to.
  const bool sum_fits = length <= Duration::max() - point.at;
  profile = {point, {.at = sum_fits ? point.at + length : Duration::max()}};
}

void ReadProfile(Section& section, std::vector<ProfilePoint>& profile) {
  section.AtMostOneOf({"profile", "steps", "ramp", "spike"});
  section.Tables("profile", [&profile](Section& point) {
    profile.push_back(ReadPoint(point, profile.size(), "at"));
    point.Read("ramp", profile.back().ramp);
  });
  section.Tables("steps", [&profile](Section& step) {
    profile.push_back(ReadPoint(step, profile.size(), "at"));
  });
  section.Table("ramp", [&profile](Section& ramp) { ReadRamp(ramp, profile); });
  section.Table("spike",
                [&profile](Section& spike) { ReadSpike(spike, profile); });
}

void ReadOnOff(Section& section, OnOff& on_off) {
  section.ReadRequired("mean_on", on_off.mean_on);
  section.ReadRequired("mean_off", on_off.mean_off);
  section.ReadRequired("times_on", on_off.times_on);
  section.ReadRequired("times_off", on_off.times_off);
}

Arrivals ReadOpen(Section& section, Gaps gaps) {
  OpenArrivals open = {.gaps = gaps};
  section.ReadRequired("length", open.length);
  section.ExactlyOneOf({"rate", "load"});
  section.Read("rate", open.rate);
  section.Read("load", open.load);
  section.ReadOneOf<Capacity>(
      "capacity",
      {{"healthy", Capacity::kHealthy}, {"at-start", Capacity::kAtStart}},
      open.capacity);
  if (section.Has("rate") && section.Has("capacity")) {
    section.Refuse("capacity", "has no effect on a rate");
  }
  ReadProfile(section, open.profile);
  section.Table("on_off", [&open](Section& on_off) {
    ReadOnOff(on_off, open.on_off.emplace());
  });
  return open;
}

Arrivals ReadPoisson(Section& section, const FileLoader&) {
  return ReadOpen(section, Gaps::kExponential);
}

Arrivals ReadConstant(Section& section, const FileLoader&) {
  return ReadOpen(section, Gaps::kConstant);
}

Arrivals ReadClosed(Section& section, const FileLoader&) {
  ClosedArrivals closed;
  section.ReadRequired("users", closed.users);
  section.Read("think", closed.mean_think);
  section.ReadRequired("requests", closed.requests);
  return closed;
}

Arrivals ReadBurst(Section& section, const FileLoader&) {
  BurstArrivals burst;
  section.ReadRequired("requests", burst.requests);
  return burst;
}

// `faster` has been read, but not been checked.
void Hasten(Section& section, double faster, std::vector<Duration>& times) {
  if (!(faster > 0 && faster <= 1e6)) {
    return section.Refuse("times_faster", "must be in (0, 1e6]");
  }
  for (Duration& time : times) {
    const FractionalDuration sooner = FractionalDuration(time) / faster;
    const bool fits = sooner < FractionalDuration(1e15);
    time = fits ? Rounded(sooner) : Duration::max();
  }
}

Arrivals ReadTrace(Section& section, const FileLoader& load) {
  std::string file;
  std::string column;
  double faster = 1;
  section.ReadRequired("file", file);
  section.Read("column", column);
  section.Read("times_faster", faster);
  section.log().Alias("arrivals.times", "arrivals.file");
  std::vector<Duration> times;
  if (!file.empty()) {
    const auto text = load(file);
    auto parsed = text.ok() ? ParseTimes(*text, column) : text.status();
    if (parsed.ok()) {
      times = *std::move(parsed);
    } else {
      section.RefuseFile("file", file, text.ok(), parsed.status());
    }
  }
  if (faster != 1) Hasten(section, faster, times);
  return TraceArrivals{
      std::make_shared<const std::vector<Duration>>(std::move(times))};
}

}  // namespace

void ReadArrivals(Section& section, const FileLoader& load,
                  Arrivals& arrivals) {
  using ReadKind = Arrivals (*)(Section&, const FileLoader&);
  ReadKind read = nullptr;
  if (!section.Require("kind") ||
      !section.ReadOneOf<ReadKind>("kind",
                                   {{"poisson", ReadPoisson},
                                    {"constant", ReadConstant},
                                    {"closed", ReadClosed},
                                    {"burst", ReadBurst},
                                    {"trace", ReadTrace}},
                                   read)) {
    return section.IgnoreTheRest();
  }
  arrivals = read(section, load);
}

}  // namespace els_sim
