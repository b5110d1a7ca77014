#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

/// What a run left in its folder, read as far as a picture needs it. Times are in ms.
namespace tripartite {

/// A stretch of time; as a spike of step k is stamped (k + 1) dt, `from` is outside and `to` inside.
struct Window {
    double from, to;
    double length() const { return to - from; }
};

struct Spikes {
    std::vector<double> times;  ///< ascending
    std::vector<std::uint64_t> neurons;
};

struct RecordedPopulation {
    std::string name;
    std::uint64_t neurons;  ///< those recorded: `first` to first + neurons - 1
    std::optional<double> cv_isi;
    std::uint64_t first = 0;
    bool in_part = false;  ///< there are others
};

/// A state field of some neurons, or a rate: values[step][column], the first at time `start`.
struct Series {
    std::string name, units;
    double start, interval;
    std::vector<std::uint64_t> neurons;  ///< of each column
    std::vector<double> values;

    double at(std::size_t step, std::size_t column) const { return values[step * neurons.size() + column]; }
    std::size_t steps() const { return neurons.empty() ? 0 : values.size() / neurons.size(); }
};

/// Weights that can be seen: from the pixels of images onto each neuron, or the kernels of a convolution.
struct WeightImages {
    bool kernels;
    std::uint64_t height, width;
    std::vector<double> values;        ///< [image][row][column]
    std::vector<std::int64_t> labels;  ///< the class that each neuron stands for, -1 if it never fired; or empty

    std::size_t pixels() const { return height * width; }
    std::size_t count() const { return values.size() / pixels(); }
};

struct Epoch {
    double train_loss, train_accuracy;
    std::optional<double> validation_accuracy;
};
struct Training {
    std::vector<Epoch> epochs;
    std::optional<double> test_accuracy;
    std::optional<int> best_epoch;  ///< from 1
};

class RunFolder {
public:
    /// Errors: no summary.json, a damaged one, a damaged results.h5.
    explicit RunFolder(const std::string& folder);

    const std::string& folder() const { return folder_; }
    std::string folder_name() const;
    /// The experiment's name, or the folder's.
    const std::string& name() const { return name_; }
    const Training& training() const { return training_; }
    /// A run over samples: their recordings follow each other.
    bool of_samples() const { return of_samples_; }

    /// Populations whose spikes were recorded, in the order of the network.
    const std::vector<RecordedPopulation>& spiking() const { return spiking_; }
    /// Everything that was recorded. Errors: nothing was.
    Window recorded() const;
    std::uint64_t spike_count(const std::string& population, const Window& window) const;
    Spikes spikes(const std::string& population, const Window& window) const;

    /// Populations with states that were sampled at least once, or with rates.
    std::vector<std::string> with_states() const;
    std::vector<std::string> with_rates() const { return names("/rates"); }
    std::vector<std::string> fields(const std::string& population) const { return names("/states/" + population); }
    /// When any state of a population was recorded.
    Window states_recorded(const std::string& population) const;
    /// At most `neurons` columns, at even distances, of a field; or a population's rate.
    Series states(const std::string& population, const std::string& field, const Window& window, std::uint64_t neurons) const;
    Series rate(const std::string& population, const Window& window) const;

    /// Projections whose weights are images.
    std::vector<std::string> with_weight_images() const;
    WeightImages weight_images(const std::string& projection) const;

private:
    void read_summary();
    void find_spikes();
    std::vector<std::string> names(const std::string& group) const;
    double attribute(const std::string& object, const char* name, double otherwise) const;
    /// The index of the first spike after a time.
    std::uint64_t first_after(const std::string& timestamps, double time) const;
    Series series(const std::string& dataset, const Window& window, std::uint64_t columns) const;
    double interval_of(const std::string& dataset) const;
    double first_time(const std::string& dataset) const;
    double last_time(const std::string& dataset) const;

    std::string folder_, name_;
    bool of_samples_ = false;
    double biological_ms_ = 0;
    Training training_;
    std::vector<RecordedPopulation> populations_, spiking_;
    std::unique_ptr<H5Reader> file_;  ///< none if there is no results.h5
};

}  // namespace tripartite
