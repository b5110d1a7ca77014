#include "datasets/loader.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "core/error.hpp"
#include "datasets/dataset.hpp"
#include "datasets/split.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

std::vector<int> first(int count) {
    std::vector<int> samples(static_cast<std::size_t>(count));
    std::iota(samples.begin(), samples.end(), 0);
    return samples;
}

/// `count` images of 1 x 5 x 4 pixels with distinct values; the label is the index modulo 7.
Images numbered(int count) {
    Images images{count, 1, 5, 4, {}, {}};
    for (int i = 0; i < count * 20; ++i) images.pixels.push_back(std::uint8_t(1 + i * 7 % 255));
    for (int i = 0; i < count; ++i) images.labels.push_back(i % 7);
    return images;
}

TEST(Split, PartsAreDisjointCompleteAndFixedByTheSeed) {
    const Split a = split(1000, 300, 1), b = split(1000, 300, 1), c = split(1000, 300, 2);
    EXPECT_EQ(a.validation, b.validation);
    EXPECT_NE(a.validation, c.validation);
    EXPECT_EQ(a.validation.size(), 300u);
    std::vector<int> all = a.train;
    all.insert(all.end(), a.validation.begin(), a.validation.end());
    std::ranges::sort(all);
    EXPECT_EQ(all, first(1000));
    EXPECT_EQ(split(1000, 0, 1).train, first(1000));
}

TEST(Split, EverySampleIsAsLikely) {
    std::vector<int> chosen(20);
    for (int seed = 0; seed < 2000; ++seed)
        for (const int sample : split(20, 5, std::uint64_t(seed)).validation) ++chosen[sample];
    for (const int times : chosen) EXPECT_NEAR(times, 500, 5 * std::sqrt(2000 * 0.25 * 0.75));
}

TEST(Split, SomethingMustBeLeftToTrainOn) {
    EXPECT_EQ(error_of([] { split(10, 10, 1); }), "input.validation: 10 of 10 samples cannot be set apart; choose 0 to 9");
    EXPECT_EQ(error_of([] { split(10, -1, 1); }), "input.validation: -1 of 10 samples cannot be set apart; choose 0 to 9");
}

TEST(Shuffled, IsAPermutationThatChangesWithTheEpoch) {
    std::vector<int> a = shuffled(first(100), 1, 0);
    EXPECT_EQ(a, shuffled(first(100), 1, 0));
    EXPECT_NE(a, shuffled(first(100), 1, 1));
    EXPECT_NE(a, shuffled(first(100), 2, 0));
    std::ranges::sort(a);
    EXPECT_EQ(a, first(100));
}

TEST(Loader, DeliversEverySampleOnceInOrderAndThePartialBatchLast) {
    const Images images = numbered(23);
    const std::vector<int> order = shuffled(first(23), 1, 0);
    Loader<double> loader(images, order, 5, {.mean = 0.5, .sd = 0.25}, 1, 0, true);
    EXPECT_EQ(loader.batches(), 5);
    Batch<double> batch;
    std::vector<int> seen, sizes;
    while (loader.next(batch)) {
        sizes.push_back(batch.images.samples);
        seen.insert(seen.end(), batch.samples.begin(), batch.samples.end());
        for (int b = 0; b < batch.images.samples; ++b) {
            EXPECT_EQ(batch.labels[b], batch.samples[b] % 7);
            for (int n = 0; n < 64; ++n)
                EXPECT_EQ(batch.images.row(0, b)[n], n < 20 ? (images.image(batch.samples[b])[n] / 255.0 - 0.5) / 0.25 : 0.0);
        }
    }
    EXPECT_EQ(seen, order);
    EXPECT_EQ(sizes, (std::vector<int>{5, 5, 5, 5, 3}));
    EXPECT_FALSE(loader.next(batch));
}

/// All batches of one epoch, one after the other; the caller sleeps before each.
std::vector<float> everything(const Images& images, int batch, int epoch, std::chrono::microseconds sleep, const Transform& transform) {
    Loader<float> loader(images, first(images.count), batch, transform, 1, epoch, true);
    Batch<float> next;
    std::vector<float> all;
    for (std::this_thread::sleep_for(sleep); loader.next(next); std::this_thread::sleep_for(sleep))
        all.insert(all.end(), next.images.values.begin(), next.images.values.end());
    return all;
}

TEST(Loader, BatchesDependNeitherOnTimingNorOnTheirSize) {
    const Images images = numbered(60);
    const Transform transform{.mean = 0.3, .sd = 0.5, .shift = 2, .flip = true};
    const auto all = everything(images, 7, 3, std::chrono::microseconds(0), transform);
    EXPECT_EQ(all, everything(images, 7, 3, std::chrono::microseconds(500), transform));
    EXPECT_EQ(all, everything(images, 60, 3, std::chrono::microseconds(0), transform));
    EXPECT_NE(all, everything(images, 7, 4, std::chrono::microseconds(0), transform));
}

TEST(Loader, AugmentedImagesAreShiftedAndFlippedOnesInEqualParts) {
    const int count = 3000;
    Images images{count, 1, 5, 4, std::vector<std::uint8_t>(std::size_t(count) * 20), std::vector<int>(std::size_t(count))};
    for (int i = 0; i < count; ++i) images.pixels[std::size_t(i) * 20 + 2 * 4 + 1] = 255;  // one bright pixel at y = 2, x = 1
    Loader<float> loader(images, first(count), count, {.shift = 1, .flip = true}, 1, 0, true);
    Batch<float> batch;
    ASSERT_TRUE(loader.next(batch));
    std::vector<int> found(20);
    for (int b = 0; b < count; ++b)
        for (int n = 0; n < 20; ++n)
            if (batch.images.row(0, b)[n] == 1) ++found[n];
    // Without the flip x is 0, 1 or 2 and with it 1, 2 or 3: column 0 and 3 take a sixth each, 1 and 2 a third each.
    for (int y = 0; y < 5; ++y)
        for (int x = 0; x < 4; ++x) {
            const double p = y < 1 || y > 3 ? 0 : (x == 0 || x == 3 ? 1.0 : 2.0) / 18;
            EXPECT_NEAR(found[y * 4 + x], count * p, 5 * std::sqrt(count * p * (1 - p))) << y << " " << x;
        }
}

TEST(Loader, BlackMovesInBeforeNormalising) {
    Images images{1, 1, 2, 2, {255, 255, 255, 255}, {0}};
    for (int epoch = 0; epoch < 20; ++epoch) {
        Loader<double> loader(images, {0}, 1, {.mean = 0.25, .sd = 0.5, .shift = 3}, 1, epoch, true);
        Batch<double> batch;
        ASSERT_TRUE(loader.next(batch));
        for (int n = 0; n < 4; ++n) EXPECT_TRUE(batch.images.row(0)[n] == 1.5 || batch.images.row(0)[n] == -0.5);
    }
}

TEST(Loader, TestImagesAreNotAugmented) {
    const Images images = numbered(4);
    Loader<double> loader(images, first(4), 4, {.shift = 2, .flip = true}, 1, 0, false);
    Batch<double> batch;
    ASSERT_TRUE(loader.next(batch));
    for (int b = 0; b < 4; ++b)
        for (int n = 0; n < 20; ++n) EXPECT_EQ(batch.images.row(0, b)[n], images.image(b)[n] / 255.0);
}

TEST(Loader, MemoryOfBatchesIsUsedAgain) {
    const Images images = numbered(64);
    Loader<float> loader(images, first(64), 4, {}, 1, 0, false);
    Batch<float> batch;
    std::vector<const float*> places;
    while (loader.next(batch)) places.push_back(batch.images.values.data());
    std::ranges::sort(places);
    EXPECT_LE(std::unique(places.begin(), places.end()) - places.begin(), 3);
}

TEST(Loader, AFailureOfItsThreadReachesTheCaller) {
    const Images images = numbered(4);
    Loader<float> loader(images, {0, 1, 4}, 2, {}, 1, 0, false);
    Batch<float> batch;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(loader.next(batch));  // what came before it is delivered, whatever the timing
    EXPECT_THROW(loader.next(batch), InternalError);
}

TEST(Loader, MayBeAbandonedAtAnyTime) {
    const Images images = numbered(50);
    for (int taken = 0; taken < 4; ++taken) {
        Loader<float> loader(images, first(50), 3, {}, 1, 0, false);
        Batch<float> batch;
        for (int i = 0; i < taken; ++i) EXPECT_TRUE(loader.next(batch));
    }
    Batch<float> batch;
    EXPECT_FALSE(Loader<float>(images, {}, 3, {}, 1, 0, false).next(batch));
}

}  // namespace
}  // namespace tripartite
