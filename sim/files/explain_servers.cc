#include <limits>
#include <vector>

#include "absl/strings/str_join.h"
#include "sim/files/explain_parts.h"
#include "sim/files/explain_words.h"

namespace els_sim {
namespace {

std::string RoomStory(const ServerPlan& server) {
  std::string text;
  switch (server.discipline) {
    case Discipline::kSlots:
      text = Told(server.slots, "slot");
      break;
    case Discipline::kSharing:
      text = Told(server.slots, "core") + " shared by all that is in it";
      break;
    case Discipline::kInfinite:
      text = "all requests at once, none slower for the others";
      break;
  }
  if (server.most_in_flight != std::numeric_limits<std::size_t>::max()) {
    absl::StrAppend(&text, ", and it refuses what arrives while ",
                    server.most_in_flight, " are in it");
  }
  return text + ".";
}

std::string SpanText(Duration from, Duration until) {
  if (from == Duration::zero() && until == Duration::max()) return "Throughout";
  if (until == Duration::max()) {
    return absl::StrCat("From ", Told(from), " on");
  }
  return absl::StrCat("From ", Told(from), " to ", Told(until));
}

std::string NeutralText(double rate, const ServerPlan& server) {
  return absl::StrCat("answers ", Percent(rate), " at once, after ",
                      Told(server.neutral_after),
                      ", with what says nothing of speed (404)");
}

std::string PhaseStory(const Phase& phase, const ServerPlan& server) {
  std::vector<std::string> what;
  if (phase.slowness != 1) {
    what.push_back(
        phase.slowness > 1
            ? absl::StrCat("takes ", Told(phase.slowness), " times as long")
            : absl::StrCat("is ", Told(1 / phase.slowness), " times as fast"));
  }
  if (phase.failure_rate > 0) {
    what.push_back(absl::StrCat("fails ", Percent(phase.failure_rate),
                                " of what arrives, after ",
                                Told(server.failure_after)));
  }
  if (phase.neutral_rate.has_value()) {
    what.push_back(NeutralText(*phase.neutral_rate, server));
  }
  if (phase.cut_rate > 0) {
    what.push_back(absl::StrCat("cuts ", Percent(phase.cut_rate),
                                " of its answers off, ", Told(server.cut_after),
                                " after their first byte"));
  }
  if (phase.silent) what.push_back("answers nothing");
  if (what.empty()) what.push_back("is well");
  return absl::StrCat(" ", SpanText(phase.from, phase.until), " it ",
                      absl::StrJoin(what, " and "), ".");
}

std::string CrowdingStory(const Crowding& crowding) {
  return absl::StrCat(
      " A crowd slows it: with n requests in it, what starts "
      "takes 1 + n/",
      Told(crowding.capacity), " times as long up to ", Told(crowding.capacity),
      " of them, and ", Told(crowding.beyond), " times as long beyond.");
}

std::string StreamsStory(const AnswerStreams& streams) {
  return absl::StrCat(
      streams.part == 1 ? " Its answers are streamed"
                        : absl::StrCat(" Of its answers ",
                                       Percent(streams.part), " are streamed"),
      ": they end ", Told(streams.mean_length),
      " in the mean after their first byte, and take ",
      streams.slots == 0
          ? "nothing until then."
          : absl::StrCat(Told(streams.slots), " of a slot until then."));
}

std::string NoiseStory(const Noise& noise) {
  const std::string times =
      noise.shortest == noise.longest
          ? Told(noise.shortest)
          : absl::StrCat(Told(noise.shortest), " to ", Told(noise.longest));
  return absl::StrCat(" Neighbours make it take ", Told(noise.least), " to ",
                      Told(noise.most), " times as long, drawn anew every ",
                      times, ".");
}

std::string ToldStory(const ServerPlan& server) {
  std::vector<std::string> what;
  if (server.weight != 1) {
    what.push_back("a weight of " + Told(server.weight));
  }
  if (server.max_outstanding.has_value()) {
    what.push_back(absl::StrCat("a limit of ", *server.max_outstanding,
                                " outstanding at a time, each"));
  }
  if (what.empty()) return "";
  return absl::StrCat(" Access points are told ", absl::StrJoin(what, " and "),
                      ".");
}

std::string MembershipStory(const ServerPlan& server) {
  std::string text;
  if (server.joins_at != Duration::zero()) {
    absl::StrAppend(&text, " It joins at ", Told(server.joins_at), ".");
  }
  if (server.leaves_at != Duration::max()) {
    absl::StrAppend(&text, " It leaves at ", Told(server.leaves_at),
                    ", and still answers what it has.");
  }
  return text;
}

std::string BudgetStory(const els::RetryBudgetOptions& budget) {
  return absl::StrCat(" A budget allows each access point ", Told(budget.ratio),
                      " retries per request and ",
                      Told(budget.floor_per_second), " a second.");
}

std::string RetriesStory(const Retries& retries) {
  if (retries.most == 0) return " Nothing is sent again.";
  std::string text =
      absl::StrCat(" What failed or timed out is sent again, up to ",
                   Told(retries.most, "time"), ", ");
  if (retries.backoff == Duration::zero()) {
    text += "at once.";
  } else {
    absl::StrAppend(&text, "after a random time of up to ",
                    Told(retries.backoff), ", which doubles each time.");
  }
  if (retries.budget.has_value()) text += BudgetStory(*retries.budget);
  return text;
}

std::string WorkStory(const Scenario& scenario) {
  switch (scenario.work) {
    case WorkTold::kNone:
      return "";
    case WorkTold::kSize:
      return " Of each request it is known how large it is.";
    case WorkTold::kKey:
      return absl::StrCat(" Each request has a key, ",
                          AreApart(scenario.sizes)
                              ? "whether it is a large one"
                              : "the power of two of its size",
                          ", and what a key costs is learnt.");
  }
  return "";
}

}  // namespace

std::string ServerStory(const ServerPlan& server, const Scenario& scenario) {
  std::string text = RoomStory(server);
  for (const Phase& phase : server.phases) {
    text += PhaseStory(phase, server);
  }
  if (server.neutral_rate > 0) {
    absl::StrAppend(&text, server.phases.empty() ? " It " : " Otherwise it ",
                    NeutralText(server.neutral_rate, server), ".");
  }
  if (server.crowding.has_value()) text += CrowdingStory(*server.crowding);
  if (server.streams.has_value()) text += StreamsStory(*server.streams);
  if (server.stragglers.has_value()) {
    absl::StrAppend(&text, " Of its answers ", Percent(server.stragglers->part),
                    " are late, each attempt by itself, by ",
                    Told(server.stragglers->mean_delay), " in the mean.");
  }
  if (server.pauses.has_value()) {
    absl::StrAppend(&text, " It stands still for ", Told(server.pauses->length),
                    " every ", Told(server.pauses->mean_between),
                    " in the mean.");
  }
  if (server.noise.has_value()) text += NoiseStory(*server.noise);
  text += ToldStory(server);
  if (server.reports) text += " Each answer tells how busy the server is.";
  text += MembershipStory(server);
  if (server.warm_up.has_value()) {
    absl::StrAppend(&text, " It is cold when it joins: up to ",
                    Told(server.warm_up->most), " times slower, until ",
                    Told(server.warm_up->length), " have passed.");
  }
  if (scenario.zones > 1) absl::StrAppend(&text, " Zone ", server.zone, ".");
  return text;
}

std::string HedgeStory(const Scenario& scenario) {
  if (!scenario.hedge.has_value()) return "";
  constexpr absl::string_view kLoser =
      " The first success counts; the other server still does the work.";
  switch (scenario.hedge->kind) {
    case HedgePlan::Kind::kNone:
      return "";
    case HedgePlan::Kind::kFixed:
      return absl::StrCat(" What is unanswered after ",
                          Told(scenario.hedge->delay),
                          " is sent to another server, too.", kLoser);
    case HedgePlan::Kind::kLearnt:
      return absl::StrCat(
          " What is unanswered after the quantile of ",
          Told(scenario.hedge->options.quantile),
          " of the latencies, which each learns, is sent to another server, "
          "too, but no more than ",
          Percent(scenario.hedge->options.ratio), " of the requests.", kLoser);
  }
  return "";
}

std::string LimitStory(const Scenario& scenario) {
  if (!scenario.limit.has_value()) return "";
  std::string text =
      absl::StrCat(" The limiter ", scenario.limit->limiter,
                   " bounds what each has outstanding, and refuses the rest.");
  const auto& [sheddable, critical] = scenario.priorities;
  if (sheddable > 0) {
    absl::StrAppend(&text, " ", Percent(sheddable), " are sheddable.");
  }
  if (critical > 0) {
    absl::StrAppend(&text, " ", Percent(critical), " are critical.");
  }
  return text;
}

std::string AccessPointsStory(const Scenario& scenario) {
  std::string text = absl::StrCat(Told(scenario.access_points, "access point"),
                                  scenario.access_points == 1
                                      ? " sends all of them."
                                      : " send them, each by what it alone "
                                        "has seen.");
  if (scenario.skew.has_value()) {
    absl::StrAppend(&text, " ", Percent(scenario.skew->heavy),
                    " of these have ", Percent(scenario.skew->share),
                    " of the requests.");
  }
  text += WorkStory(scenario);
  if (scenario.timeout.has_value()) {
    absl::StrAppend(&text, " An attempt is given up after ",
                    Told(*scenario.timeout),
                    "; the server still does the work.");
  } else {
    text += " They wait as long as it takes.";
  }
  text += RetriesStory(scenario.retries);
  text += HedgeStory(scenario);
  text += LimitStory(scenario);
  if (scenario.first_in_turn.has_value()) {
    absl::StrAppend(&text, " What goes round begins with b",
                    *scenario.first_in_turn, ".");
  }
  return text;
}

std::string ZonesStory(const Scenario& scenario) {
  std::string text;
  if (scenario.zones > 1) {
    absl::StrAppend(&text, "The access points are in ", scenario.zones,
                    " zones in turn. To a policy, servers of another zone are ",
                    scenario.far == 1
                        ? "as near as its own."
                        : Told(scenario.far) + " times as distant as its own.");
  }
  for (std::size_t i = 0; i < scenario.delays.size(); ++i) {
    std::vector<std::string> row;
    for (const Duration delay : scenario.delays[i]) row.push_back(Told(delay));
    absl::StrAppend(&text, text.empty() ? "" : " ", "A request takes ",
                    absl::StrJoin(row, ", "));
    if (scenario.zones > 1) {
      absl::StrAppend(&text, " from zone ", i, " to each zone");
    } else {
      text += " to its server";
    }
    text += ", and its answer as long.";
  }
  return text;
}

std::string MeasuredStory(const Scenario& scenario) {
  return absl::StrCat(
      "Measured is how long each request takes, all attempts together; a "
      "failed one counts ",
      Told(scenario.failure_penalty), " more.",
      scenario.windows.empty() ? "" : " These stretches by themselves, too:");
}

std::string WindowStory(const Window& window) {
  return absl::StrCat(window.name, ", ", Told(window.from), " to ",
                      Told(window.until));
}

}  // namespace els_sim
