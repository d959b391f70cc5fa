#pragma once

// The sections of a scenario's file; see scenario_file.h. Parts of its reader.

#include "sim/files/scenario_file.h"
#include "sim/files/toml_section.h"
#include "sim/model/scenario.h"

namespace els_sim {

void ReadArrivals(Section& section, const FileLoader& load, Arrivals& arrivals);

void ReadSizes(Section& section, const FileLoader& load, Sizes& sizes);

// Appends the servers that an entry of [[servers]] stands for.
void ReadServers(Section& section, std::vector<ServerPlan>& servers);

}  // namespace els_sim
