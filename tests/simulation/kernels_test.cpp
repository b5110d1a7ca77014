#include <gtest/gtest.h>

#include <cmath>

#include "core/random.hpp"
#include "simulation/kernels.hpp"

namespace tripartite {
namespace {

/// The table for a mean, from the distribution function in long double.
PoissonTable table_of(double mean) {
    PoissonTable table;
    long double term = std::exp(-static_cast<long double>(mean)), sum = 0;
    for (int k = 0; sum + term < 1 - 0x1p-33L; ++k) {
        sum += term;
        term *= static_cast<long double>(mean) / (k + 1);
        table.bounds[std::size_t(table.thresholds++)] = std::uint32_t(sum * 0x1p32L);
    }
    return table;
}

TEST(SimulationKernels, PoissonNumbersAreThoseOfPhilox) {
    const RandomStream random(7, "E", "poisson");
    const auto table = table_of(2.5);
    const std::uint64_t step = (std::uint64_t(3) << 32) + 11;
    std::vector<float> row(256, 1);
    simulation_kernels<float>().add_poisson(table, random.key(0), random.key(1), step, 5, 4, 0.5f, row.data());
    for (std::uint32_t n = 0; n < 256; ++n) {
        const std::uint32_t neuron = 5 * 64 + n;
        const auto words = random.bits(neuron / 64 * 16 + neuron % 16, std::uint32_t(step), std::uint32_t(step >> 32));
        int expected = 0;
        while (expected < table.thresholds && words[neuron % 64 / 16] >= table.bounds[std::size_t(expected)]) ++expected;
        ASSERT_EQ(row[n], 1 + 0.5f * float(expected)) << n;
    }
}

TEST(SimulationKernels, PoissonNumbersHaveTheirDistribution) {
    for (const double mean : {0.01, 1.3, 20.0}) {
        const RandomStream random(1, "E", "poisson");
        const auto table = table_of(mean);
        constexpr int steps = 1000, neurons = 512;
        std::vector<double> seen(200);
        for (int t = 0; t < steps; ++t) {
            std::vector<double> row(neurons);
            simulation_kernels<double>().add_poisson(table, random.key(0), random.key(1), std::uint64_t(t), 0, neurons / 64, 1, row.data());
            for (const double x : row) ++seen[std::size_t(x)];
        }
        double chi = 0, probability = std::exp(-mean);
        int bins = 0;
        for (std::size_t k = 0; k < seen.size(); ++k) {
            const double expected = probability * steps * neurons;
            if (expected > 10) chi += (seen[k] - expected) * (seen[k] - expected) / expected, ++bins;
            probability *= mean / double(k + 1);
        }
        EXPECT_LT(chi, bins + 4 * std::sqrt(2.0 * bins)) << mean;
    }
}

TEST(SimulationKernels, BitsAreCountedLikeOneByOne) {
    const RandomStream random(1, "bits", "rows");
    for (const int number : {1, 6, 7, 8, 50, 300}) {
        std::vector<std::vector<std::uint64_t>> rows;
        std::vector<const std::uint64_t*> pointers;
        for (int r = 0; r < number; ++r) {
            auto& row = rows.emplace_back(16 + 64);  // the kernel prefetches behind the end, which need not be there
            for (std::size_t w = 0; w < 16; ++w) row[w] = (std::uint64_t(random.bits(std::uint32_t(w), std::uint32_t(r))[0]) << 32) | random.bits(std::uint32_t(w), std::uint32_t(r))[1];
        }
        for (auto& row : rows) pointers.push_back(row.data());
        std::vector<std::uint16_t> counts(1024, 3);
        simulation_kernels<float>().count_bits(pointers.data(), number, 16, 4, counts.data());
        for (std::size_t n = 0; n < counts.size(); ++n) {
            int expected = 3;
            for (const auto& row : rows) expected += 4 * int(row[n / 64] >> n % 64 & 1);
            ASSERT_EQ(counts[n], expected) << number << " rows, column " << n;
        }
    }
}

TEST(SimulationKernels, CountsAreWeightedAndCleared) {
    std::vector<std::uint16_t> counts(128);
    std::vector<float> row(128, 0.5f);
    for (std::size_t n = 0; n < 128; ++n) counts[n] = std::uint16_t(n * 500);
    simulation_kernels<float>().add_counts(counts.data(), 0.25f, row.data(), 128);
    for (std::size_t n = 0; n < 128; ++n) {
        EXPECT_EQ(row[n], 0.5f + 0.25f * float(n * 500));
        EXPECT_EQ(counts[n], 0);
    }
}

TEST(SimulationKernels, BernoulliBitsAreThoseOfPhilox) {
    const RandomStream random(7, "noise", "spikes");
    std::uint64_t words[2];
    simulation_kernels<float>().draw_bits(probability_bound(0.3), random.key(0), random.key(1), 9, 1, 2, words);
    for (std::uint32_t n = 0; n < 128; ++n) {
        const std::uint32_t neuron = 64 + n;
        const bool expected = random.bits(neuron / 64 * 16 + neuron % 16, 9)[neuron % 64 / 16] < probability_bound(0.3);
        ASSERT_EQ(bool(words[n / 64] >> n % 64 & 1), expected) << n;
    }
}

}  // namespace
}  // namespace tripartite
