#include "plot/groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tripartite {
namespace {

using Counts = std::vector<std::uint64_t>;
const Counts sizes_of_the_microcircuit{20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948};

std::uint64_t sum(const Counts& counts) { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

TEST(Subset, IsProportionalToSize) {
    for (const std::uint64_t wanted : {1, 7, 100, 1200, 77168}) {
        const auto counts = shares(sizes_of_the_microcircuit, wanted, 0);
        EXPECT_EQ(sum(counts), wanted);
        for (std::size_t i = 0; i < counts.size(); ++i) EXPECT_LT(std::abs(double(counts[i]) - double(sizes_of_the_microcircuit[i]) * double(wanted) / 77169.), 1);
    }
}

TEST(Subset, HasTheLeastOfEachPopulation) {
    const auto counts = shares(sizes_of_the_microcircuit, 1200, 40);
    EXPECT_EQ(sum(counts), 1200u);
    EXPECT_EQ(std::ranges::min(counts), 40u);
    EXPECT_EQ(shares(Counts{1000, 3, 1000}, 100, 10)[1], 3u) << "all of a population that has fewer";
    EXPECT_EQ(sum(shares(Counts(50, 100), 20, 10)), 500u) << "even if that is more than wanted";
}

TEST(Subset, IsEverythingIfThatIsNotTooMuch) {
    EXPECT_EQ(shares(Counts{8, 2}, 10, 40), (Counts{8, 2}));
    EXPECT_EQ(shares(Counts{8, 0, 2}, 1000, 1), (Counts{8, 0, 2}));
}

TEST(Subset, OfAPopulationIsEvenAndWithoutRepetition) {
    for (const std::uint64_t size : {1, 10, 97, 20683})
        for (const std::uint64_t count : {1, 7, 10, 60}) {
            if (count > size) continue;
            const auto chosen = evenly(count, size);
            ASSERT_EQ(chosen.size(), count);
            EXPECT_LT(chosen.back(), size);
            for (std::size_t i = 1; i < chosen.size(); ++i) {
                EXPECT_GT(chosen[i], chosen[i - 1]);
                EXPECT_LE(std::abs(double(chosen[i] - chosen[i - 1]) - double(size) / double(count)), 1);
            }
        }
}

TEST(Groups, NamesTellExcitationFromInhibition) {
    for (const char* name : {"E", "e", "L23E", "exc", "excitatory", "L5_exc", "E2", "layer4_E"}) EXPECT_EQ(sign_of(name), Sign::excitatory) << name;
    for (const char* name : {"I", "i", "L23I", "inh", "Inhibitory", "I1"}) EXPECT_EQ(sign_of(name), Sign::inhibitory) << name;
    for (const char* name : {"", "7", "layer1", "CORE", "RELAI", "cortex", "hidden", "multi"}) EXPECT_EQ(sign_of(name), Sign::unknown) << name;
}

TEST(Groups, HaveColoursOfTheirOwn) {
    const std::vector<std::string> names{"L23E", "L23I", "thalamus", "L4E", "astrocytes"};
    const auto groups = grouped(names);
    ASSERT_EQ(groups.size(), 4u);
    EXPECT_EQ(groups[0].name, "excitatory");
    EXPECT_EQ(groups[0].members, (std::vector<std::size_t>{0, 3}));
    EXPECT_EQ(groups[1].name, "L23I") << "one population keeps its name";
    for (std::size_t i = 0; i < groups.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) EXPECT_NE(groups[i].colour, groups[j].colour);
    EXPECT_EQ(colours_of(names)[3], groups[0].colour);
    EXPECT_EQ(grouped(std::vector<std::string>{"a", "b", "c", "d", "f", "g"}).size(), 1u) << "more than the palette holds";
}

}  // namespace
}  // namespace tripartite
