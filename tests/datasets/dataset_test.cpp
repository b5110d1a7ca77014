#include "datasets/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

std::vector<int> histogram(const Images& images) {
    std::vector<int> counts(10);
    for (const int label : images.labels) ++counts[label];
    return counts;
}

/// Mean and standard deviation of x/255.
std::pair<double, double> moments(const Images& images) {
    double sum = 0, squares = 0;
    for (const double x : images.pixels) {
        sum += x / 255;
        squares += x * x / (255 * 255);
    }
    const double mean = sum / double(images.pixels.size());
    return {mean, std::sqrt(squares / double(images.pixels.size()) - mean * mean)};
}

TEST(FashionMnist, IsTheSetOfItsPaper) {
    if (!std::filesystem::is_directory(FashionMnist{}.folder)) GTEST_SKIP() << "Fashion-MNIST is not installed";
    const ImageSet set = load(FashionMnist{}, 1, 1);
    EXPECT_EQ(set.classes, 10);
    EXPECT_EQ(set.train.count, 60000);
    EXPECT_EQ(set.test.count, 10000);
    EXPECT_EQ(set.train.size(), 784);
    EXPECT_EQ(histogram(set.train), std::vector<int>(10, 6000));
    EXPECT_EQ(histogram(set.test), std::vector<int>(10, 1000));
    EXPECT_EQ(set.train.labels[0], 9);  // an ankle boot
    const auto [mean, sd] = moments(set.train);
    EXPECT_NEAR(mean, 0.2860, 1e-4);
    EXPECT_NEAR(sd, 0.3530, 1e-4);
}

TEST(Mnist, IsTheSetOfItsPaper) {
    const char* data = std::getenv("TRIPARTITE_TEST_DATA");
    if (!data) GTEST_SKIP() << "TRIPARTITE_TEST_DATA does not name a folder that holds mnist";
    const ImageSet set = load(Mnist{std::string(data) + "/mnist"}, 1, 1);
    EXPECT_EQ(histogram(set.train), (std::vector<int>{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}));
    EXPECT_EQ(histogram(set.test), (std::vector<int>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
    EXPECT_EQ(std::vector(set.train.labels.begin(), set.train.labels.begin() + 5), (std::vector<int>{5, 0, 4, 1, 9}));
    const auto [mean, sd] = moments(set.train);
    EXPECT_NEAR(mean, 0.1307, 1e-4);
    EXPECT_NEAR(sd, 0.3081, 1e-4);
}

TEST(Datasets, AMissingFolderIsNamedWithItsRemedy) {
    EXPECT_EQ(error_of([] { FashionMnist{"/none"}.load(); }),
              "/none: there is no such folder; run 'apt install dataset-fashion-mnist', or give the folder of its files as "
              "input.dataset.fashion_mnist.folder");
    EXPECT_EQ(error_of([] { Mnist{"/none"}.load(); }), "/none: there is no such folder; correct input.dataset.mnist.folder");
    EXPECT_EQ(error_of([] { Mnist{}.load(); }),
              "input.dataset.mnist.folder: give the folder with train-images-idx3-ubyte.gz and the three other files");
}

TEST(Generated, IsTheSameForTheSameSeed) {
    const ImageSet a = Generated{}.load(), b = Generated{}.load();
    Generated other;
    other.seed = 2;
    EXPECT_EQ(a.train.pixels, b.train.pixels);
    EXPECT_NE(a.train.pixels, other.load().train.pixels);
    EXPECT_EQ(a.train.count, 512);
    EXPECT_EQ(a.train.pixels.size(), 512u * 64);
    EXPECT_FALSE(std::equal(a.test.pixels.begin(), a.test.pixels.end(), a.train.pixels.begin()));
}

TEST(Generated, NearestMeanOfItsClassRecognisesAlmostEveryTestImage) {
    const ImageSet set = Generated{}.load();
    std::vector<std::vector<double>> means(std::size_t(set.classes), std::vector<double>(64));
    for (int i = 0; i < set.train.count; ++i)
        for (int p = 0; p < 64; ++p) means[set.train.labels[i]][p] += set.train.image(i)[p] / (512.0 / set.classes);
    int right = 0;
    for (int i = 0; i < set.test.count; ++i) {
        const auto distance = [&](const std::vector<double>& mean) {
            const auto squared = [](double m, double x) { return (m - x) * (m - x); };
            return std::transform_reduce(mean.begin(), mean.end(), set.test.image(i), 0.0, std::plus{}, squared);
        };
        const auto best = std::ranges::min_element(means, {}, distance);
        right += best - means.begin() == set.test.labels[i];
    }
    EXPECT_GT(right, 0.95 * set.test.count);
}

TEST(LatencyPatterns, AreTheSameTimesMovedAsAWhole) {
    LatencyPatterns spec;
    spec.jitter = 0;
    const ImageSet set = spec.load();
    const auto moved = [&](const std::uint8_t* x, const std::uint8_t* y) {
        // Each time is rounded to a grey level.
        int least = 255, most = -255;
        for (int n = 0; n < spec.channels; ++n) least = std::min(least, x[n] - y[n]), most = std::max(most, x[n] - y[n]);
        return most - least <= 2;
    };
    for (int i = 0; i < set.test.count; ++i)
        for (int label = 0; label < set.classes; ++label) EXPECT_EQ(moved(set.test.image(i), set.train.image(label)), label == set.test.labels[i]);
}

}  // namespace
}  // namespace tripartite
