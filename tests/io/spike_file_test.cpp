#include "io/spike_file.hpp"

#include "io/hdf5.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

using Ids = std::vector<std::uint32_t>;
using Steps = std::vector<std::uint64_t>;

const auto from_csv = [](std::string_view text, bool round = false) {
    const TemporaryFolder folder;
    put(folder / "spikes.csv", text);
    return read_spikes({.path = folder / "spikes.csv", .population = "", .neurons = 10, .dt = 0.1, .round = round});
};

const auto from_sonata = [](const std::vector<double>& times, const Steps& ids, const std::string& units, const std::string& name) {
    const TemporaryFolder folder;
    H5Writer writer(folder / "spikes.h5");
    writer.write("/spikes/E/timestamps", times, {times.size()});
    writer.write("/spikes/E/node_ids", ids, {ids.size()});
    if (!units.empty()) writer.attribute("/spikes/E/timestamps", "units", units);
    writer.commit();
    return read_spikes({.path = folder / "spikes.h5", .population = name, .neurons = 10, .dt = 0.5});
};

/// The text of the error, without the folder.
template <class Read> std::string error_without_folder(Read&& read) {
    const std::string text = error_of(read);
    return text.substr(text.find("/spikes.") == std::string::npos ? 0 : text.find("/spikes.") + 1);
}

TEST(SpikeFile, ASpikeBelongsToTheStepThatEndsAtItsTime) {
    const auto spikes = from_csv("time,neuron\n0.1,3\n0.3,2\n0.3,9\n0.3,1\n10,0\n");
    EXPECT_EQ(spikes.step, (Steps{0, 2, 2, 2, 99}));
    EXPECT_EQ(spikes.neuron, (Ids{3, 1, 2, 9, 0}));
    EXPECT_EQ(Ids(spikes.of(2).begin(), spikes.of(2).end()), (Ids{1, 2, 9}));
    EXPECT_EQ(spikes.of(0).size(), 1u);
    EXPECT_TRUE(spikes.of(1).empty());
    EXPECT_TRUE(spikes.of(100).empty());
}

TEST(SpikeFile, FilesWithoutSpikesAreEmpty) {
    EXPECT_TRUE(from_csv("time,neuron\n").of(0).empty());
    EXPECT_TRUE(from_sonata({}, {}, "ms", "").of(0).empty());
}

TEST(SpikeFile, SonataTimesHaveUnits) {
    for (const auto* units : {"", "ms", "milliseconds"}) EXPECT_EQ(from_sonata({0.5, 2}, {1, 2}, units, "E").step, (Steps{0, 3})) << units;
    for (const auto* units : {"s", "seconds"}) EXPECT_EQ(from_sonata({0.0005, 2}, {1, 2}, units, "").step, (Steps{0, 3999})) << units;
}

TEST(SpikeFile, TimesBetweenStepsAreRoundedOnlyOnDemand) {
    EXPECT_EQ(from_csv("0.14,3\n0.16,2\n", true).step, (Steps{0, 1}));
    EXPECT_EQ(error_without_folder([] { from_csv("0.1,3\n0.16,2\n"); }),
              "spikes.csv:2: time 0.16 ms is not a multiple of dt = 0.1 ms; choose another dt, or round the times");
}

TEST(SpikeFile, TheFirstBadRowIsNamed) {
    const auto csv = [](std::string_view text) { return error_without_folder([&] { from_csv(text); }); };
    EXPECT_EQ(csv("time,neuron\n0.2,1\n0.4,1\n0.3,1\n0.1,1\n"), "spikes.csv:4: time 0.3 ms comes after 0.4 ms; sort the spikes by time");
    EXPECT_EQ(csv("0.2,1\n0.4,10\n"), "spikes.csv:2: neuron 10 is not one of the 10 of the population");
    EXPECT_EQ(csv("0,1\n"), "spikes.csv:1: time 0 ms is in no step; the first one ends at 0.1 ms");
    EXPECT_EQ(csv("1e300,1\n"), "spikes.csv:1: time 1e+300 ms is in no step; the first one ends at 0.1 ms");
    EXPECT_EQ(csv("0.1,1.5\n"), "spikes.csv:1: neuron 1.5 is not the index of a neuron: a whole number from 0 up");
    EXPECT_EQ(csv("neuron,time\n"), "spikes.csv:1: expected 2 columns: time and neuron; got 'neuron,time'");

    const auto sonata = [](auto... arguments) { return error_without_folder([=] { from_sonata(arguments...); }); };
    EXPECT_EQ(sonata(std::vector{2.0, 1.0}, Steps{1, 1}, "ms", ""),
              "spikes.h5: '/spikes/E': spike 1: time 1 ms comes after 2 ms; sort the spikes by time");
    EXPECT_EQ(sonata(std::vector{2.0, 1.0}, Steps{1}, "ms", ""), "spikes.h5: '/spikes/E/node_ids' has 1 values where 2 are expected");
    EXPECT_EQ(sonata(std::vector{2.0}, Steps{1}, "us", ""),
              "spikes.h5: '/spikes/E/timestamps' has the units 'us'; expected ms, milliseconds, s or seconds");
    EXPECT_EQ(sonata(std::vector{2.0}, Steps{1}, "ms", "muscle"), "spikes.h5: '/spikes' has no population 'muscle'");
}

}  // namespace
}  // namespace tripartite
