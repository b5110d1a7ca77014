// Trains a small spiking network on generated images, from C++ alone: no file is read and none is written.
#include <cstdio>

#include "datasets/dataset.hpp"
#include "datasets/loader.hpp"
#include "datasets/split.hpp"
#include "encoders/encoder.hpp"
#include "learning/bptt.hpp"
#include "learning/optimiser.hpp"
#include "neurons/compiled.hpp"
#include "synapses/dense.hpp"

using namespace tripartite;

constexpr int steps = 8, batch_size = 32, epochs = 5;

int main() {
    // The data: 8 x 8 images of bars, whose angle is the class.
    const ImageSet images = Generated{.classes = 4, .size = 8, .train = 512, .test = 128}.load();

    // The network: 64 inputs, 50 spiking neurons, 4 leaky integrators whose membranes are the class scores.
    const Network network{
        .inputs = images.train.size(),
        .populations = {{.name = "hidden", .size = 50, .neuron = make_neuron<Lif>({.tau_m = 5})},
                        {.name = "output", .size = images.classes, .neuron = make_neuron<LeakyIntegrator>({.tau_m = 5})}},
        .projections = {{"input", "hidden", dense()}, {"hidden", "output", dense()}},
    };

    // How it learns: backpropagation through time, with a smooth function in place of the derivative of a spike.
    ThreadPool pool;
    const BpttOptions options{.surrogate = {Atan{}}, .loss = CrossEntropyMembrane{.reduce = Reduce::mean}, .regulariser = {}};
    Bptt<float> bptt(network, {.dt = 1, .steps = steps, .samples = batch_size}, options, pool);
    auto& parameters = bptt.engine().parameters();
    Optimiser<float> optimiser(Adam{.learning_rate = 5e-3}, parameters);

    Encoded<float> input;  // the image as a constant current
    Batch<float> batch;
    const std::uint64_t seed = 1;
    std::vector<int> order(images.train.count);
    for (int i = 0; i < images.train.count; ++i) order[i] = i;

    for (int epoch = 0; epoch < epochs; ++epoch) {
        Loader<float> loader(images.train, shuffled(order, seed, epoch), batch_size, Transform{}, seed, epoch, false);
        double loss = 0;
        for (int first = 0; loader.next(batch); first += batch_size) {
            encode(Direct{}, batch.images, batch.samples, steps, 1, seed, epoch, input);
            parameters.gradients.fill(0);
            loss += bptt.gradient(input.signal, batch.labels, first, epoch).loss / loader.batches();
            optimiser.step(parameters, optimiser.base_learning_rate(), 1, pool);
            bptt.engine().parameters_changed();
        }
        std::printf("epoch %d: loss %.4f\n", epoch + 1, loss);
    }

    int correct = 0;
    order.resize(images.test.count);  // 0, 1, 2, … as they are
    Loader<float> loader(images.test, order, batch_size, Transform{}, seed, 0, false);
    while (loader.next(batch)) {
        encode(Direct{}, batch.images, batch.samples, steps, 1, seed, -1, input);
        correct += bptt.evaluate(input.signal, batch.labels).correct;
    }
    const double accuracy = double(correct) / images.test.count;
    std::printf("test accuracy: %.1f %%\n", 100 * accuracy);
    return accuracy > 0.9 ? 0 : 1;
}
