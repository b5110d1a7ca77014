#pragma once
#include <string>
#include <variant>
#include <vector>

#include "core/field.hpp"

/// Delays of single synapses, [target][source], in training and in simulation.
namespace tripartite {

/// Of an HDF5 file: of results, or a user's own.
struct DelaysFile {
    static constexpr std::string_view name = "file", doc = "delay [target][source], in ms, of /projections/<projection> in an HDF5 file, as results.h5 has it";
    std::string path, projection;
    static constexpr auto fields() {
        return std::tuple{field("path", &DelaysFile::path, "", "the file"), field("projection", &DelaysFile::projection, "", "its name in the file, if it is another")};
    }
};

struct ListedDelays {
    static constexpr std::string_view name = "list", doc = "delay [target][source], row after row; `[1 ms, 3 ms]` is short for `{list: {times: [1 ms, 3 ms]}}`";
    std::vector<double> times;
    static constexpr auto fields() { return std::tuple{field("times", &ListedDelays::times, "ms", "one for each synapse, whole steps").non_negative()}; }
};

using GivenDelays = std::variant<DelaysFile, ListedDelays>;

/// The delays in ms that `given` has for a projection between two populations. Errors: no such file or data set, not `targets` rows, a delay that is negative or no
/// whole number of steps of dt ms.
std::vector<double> times_of(const GivenDelays& given, const std::string& from, const std::string& to, int targets, double dt);
/// What errors call them: "the list of delays from 'a' to 'b'".
std::string name_of(const GivenDelays& given, const std::string& from, const std::string& to);

}  // namespace tripartite
