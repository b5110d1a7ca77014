#pragma once
#include <memory>

#include "simulation/drives.hpp"
#include "simulation/partition.hpp"

namespace tripartite {

/// What a drive adds to the input of one worker's neurons of a population.
template <class Real> class DriveInput {
public:
    virtual ~DriveInput() = default;
    /// Adds to row[n], n counted from the worker's first neuron of the population.
    virtual void add(Index step, Real* row) = 0;
};

/// Errors: times that do not ascend, more than 150 expected spikes in a step, intervals that are not whole steps.
template <class Real> std::unique_ptr<DriveInput<Real>> make_drive_input(const Drive& drive, const Share& share, double dt, std::uint64_t seed);
template <class Real> std::unique_ptr<DriveInput<Real>> make_given_input(const GivenCurrents& currents, const Share& share, std::uint32_t neurons);

/// Writes which neurons of one worker's share of a source population fire.
class SourceInput {
public:
    virtual ~SourceInput() = default;
    /// words[b]: bits of block b of the share; all are written.
    virtual void fire(Index step, std::uint64_t* words) = 0;
};
std::unique_ptr<SourceInput> make_source_input(const SourceKind& source, const std::string& population, const Share& share, double dt, std::uint64_t seed);

}  // namespace tripartite
