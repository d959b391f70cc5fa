#include "sim/files/checker.h"
#include "sim/files/scenario_sections.h"

namespace els_sim {
namespace {

void ReadPhase(Section& section, Phase& phase) {
  section.Read("from", phase.from);
  section.Read("until", phase.until);
  section.Read("slowness", phase.slowness);
  section.Read("failure_rate", phase.failure_rate);
  section.Read("silent", phase.silent);
  section.Read("neutral_rate", phase.neutral_rate);
  section.Read("cut_rate", phase.cut_rate);
  section.AtLeastOneOf(
      {"slowness", "failure_rate", "silent", "neutral_rate", "cut_rate"});
}

void ReadTroubles(Section& section, ServerPlan& server) {
  section.Tables("phases", [&server](Section& phase) {
    ReadPhase(phase, server.phases.emplace_back());
  });
  section.Table("crowding", [&server](Section& table) {
    Crowding& crowding = server.crowding.emplace();
    table.ReadRequired("capacity", crowding.capacity);
    table.Read("beyond", crowding.beyond);
  });
  section.Table("streams", [&server](Section& table) {
    AnswerStreams& streams = server.streams.emplace();
    table.Read("part", streams.part);
    table.ReadRequired("mean_length", streams.mean_length);
    table.Read("slots", streams.slots);
  });
  section.Table("stragglers", [&server](Section& table) {
    Stragglers& stragglers = server.stragglers.emplace();
    table.ReadRequired("part", stragglers.part);
    table.ReadRequired("mean_delay", stragglers.mean_delay);
  });
  section.Table("pauses", [&server](Section& table) {
    Pauses& pauses = server.pauses.emplace();
    table.ReadRequired("length", pauses.length);
    table.ReadRequired("mean_between", pauses.mean_between);
  });
  section.Table("noise", [&server](Section& table) {
    Noise& noise = server.noise.emplace();
    table.ReadRequired("least", noise.least);
    table.ReadRequired("most", noise.most);
    table.ReadRequired("shortest", noise.shortest);
    table.ReadRequired("longest", noise.longest);
  });
  section.Table("warm_up", [&server](Section& table) {
    WarmUp& warm_up = server.warm_up.emplace();
    table.ReadRequired("length", warm_up.length);
    table.Read("most", warm_up.most);
  });
}

ServerPlan ReadServer(Section& section) {
  ServerPlan server;
  section.ReadOneOf<Discipline>("discipline",
                                {{"slots", Discipline::kSlots},
                                 {"sharing", Discipline::kSharing},
                                 {"infinite", Discipline::kInfinite}},
                                server.discipline);
  section.Read("slots", server.slots);
  section.Read("most_in_flight", server.most_in_flight);
  ReadTroubles(section, server);
  section.Read("failure_after", server.failure_after);
  section.Read("neutral_rate", server.neutral_rate);
  section.Read("neutral_after", server.neutral_after);
  section.Read("cut_after", server.cut_after);
  section.Read("reports", server.reports);
  section.Read("joins_at", server.joins_at);
  section.Read("leaves_at", server.leaves_at);
  section.Read("zone", server.zone);
  section.Read("weight", server.weight);
  section.Read("max_outstanding", server.max_outstanding);
  return server;
}

// By so much later; never, if it overflows.
Duration Later(Duration time, Duration apart) {
  return time <= Duration::max() - apart ? time + apart : Duration::max();
}

}  // namespace

void ReadServers(Section& section, std::vector<ServerPlan>& servers) {
  const std::size_t count = section.Count("count", 1, kMaxServers);
  ServerPlan server = ReadServer(section);
  Duration apart = {};
  section.Read("apart", apart);
  const bool joins = section.Has("joins_at");
  const bool leaves = section.Has("leaves_at");
  if (section.Has("apart") && !joins && !leaves) {
    section.Refuse("apart", "has no effect without joins_at or leaves_at");
  }
  for (std::size_t i = 0; i < count; ++i) {
    section.log().Alias(absl::StrCat("servers[", servers.size(), "]"),
                        section.FullKey());
    servers.push_back(server);
    if (joins) server.joins_at = Later(server.joins_at, apart);
    if (leaves) server.leaves_at = Later(server.leaves_at, apart);
  }
}

}  // namespace els_sim
