// Weights that follow the rate of the neurons they lead to.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/simulation/network_cases.hpp"

namespace tripartite {
namespace scaling {
namespace {

constexpr double dt = 0.5, end = 900;

/// 6 neurons that repeat given spikes, neuron n one every 7 + 9 n ms; weights onto them from sources that never fire.
SimulationNetwork scaled_network(const SynapticScaling& scaling) {
    std::vector<Fired> given;
    for (Index t = 0; t < Index(end / dt); ++t)
        for (std::uint32_t n = 0; n < 6; ++n)
            if (t % (14 + 18 * Index(n)) == 5) given.push_back({t, n});
    SimulationNetwork network;
    for (const auto& source : {spike_list("silent", 3, {}), spike_list("given", 6, given)}) network.populations.push_back(source);
    network.populations.push_back(population_of("N", 6, make_neuron<Parrot>(Parrot::Params<double>())));
    network.projections.push_back(projection_of("silent", "N", AllToAll{}, Distribution(Uniform{.min = 1, .max = 2}), Distribution(1.0)));
    network.projections.back().synapse = StdpPair{.w_max = 3};
    network.projections.back().scaling = scaling;
    network.projections.push_back(projection_of("given", "N", OneToOne{}, Distribution(1.0), Distribution(1.0)));
    return network;
}

/// The product of all factors until a time, each from the sum over the neuron's spikes.
double expected_factor(const SynapticScaling& s, const std::vector<Fired>& train, std::uint32_t neuron, double until) {
    double product = 1;
    for (double now = s.interval; now <= until; now += s.interval) {
        double trace = 0;
        for (const auto& spike : train)
            if (const double age = now - (double(spike.step) + 1) * dt; spike.neuron == neuron && age >= 0) trace += std::exp(-age / s.tau);
        product *= std::max(0.0, 1 + s.interval / s.beta * (1 - std::pow(1000 * trace / s.tau / s.rate, 3)));
    }
    return product;
}

TEST(SynapticScalings, AreTheProductOfTheirFactorsAtEveryInstantTheyAreRead) {
    const SynapticScaling scaling{.rate = 40, .tau = 80, .beta = 500, .interval = 25};
    const auto network = scaled_network(scaling);
    for (const int threads : {1, 3}) {
        const auto simulation = Simulation::make<double>(network, {.dt = dt, .threads = threads, .runaway_rate = 0});
        const auto first = simulation->weights("silent_to_N");
        std::vector<Fired> train;
        bool grew = false, shrank = false;
        for (const double part : {10.0, 15.0, 300.0, 12.5, 500.0}) {
            const auto trains = record(*simulation, network, Index(part / dt));
            train.insert(train.end(), trains[2].begin(), trains[2].end());
            const auto now = simulation->weights("silent_to_N");
            for (std::size_t i = 0; i < now.size(); ++i) {
                const double factor = expected_factor(scaling, train, now[i].target, double(simulation->steps_done()) * dt);
                EXPECT_NEAR(now[i].weight, first[i].weight * factor, 1e-11 * std::max(1.0, factor)) << now[i].target;
                grew |= factor > 1.2, shrank |= factor < 0.8;
            }
        }
        EXPECT_TRUE(grew && shrank) << "slow neurons gain what fast ones lose";
        simulation->set_learning(false);
        const auto learned = simulation->weights("silent_to_N");
        simulation->run(100);
        for (std::size_t i = 0; i < learned.size(); ++i) EXPECT_EQ(simulation->weights("silent_to_N")[i].weight, learned[i].weight) << "not while it does not learn";
    }
}

TEST(SynapticScalings, ErrorsNameTheRemedy) {
    auto network = scaled_network({.rate = 5});
    const auto message = [&] { return error_of([&] { network.validate(); }); };
    network.projections[0].synapse = StaticSynapse{};
    EXPECT_EQ(message(), "projection 'silent_to_N' has weights that stay as they are; scale those of a plastic one");
    network = scaled_network({.rate = 5, .interval = 0.7});
    EXPECT_NE(error_of([&] { Simulation::make<double>(network, {.dt = dt}); }).find("interval of scaling"), std::string::npos);
}

}  // namespace
}  // namespace scaling
}  // namespace tripartite
