#pragma once

// The paragraphs of Explain, as running text; empty if there is nothing to say.

#include <string>

#include "sim/model/scenario.h"

namespace els_sim {

// How many requests come when, and how large they are.
std::string ArrivalsStory(const Scenario& scenario);

// What that is of what the servers can do, at the start and at worst.
std::string LoadStory(const Scenario& scenario);

// What the server is, and what happens to it.
std::string ServerStory(const ServerPlan& server, const Scenario& scenario);

std::string AccessPointsStory(const Scenario& scenario);
std::string ZonesStory(const Scenario& scenario);

std::string MeasuredStory(const Scenario& scenario);
std::string WindowStory(const Window& window);

}  // namespace els_sim
