#include <cairo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "plot/plot.hpp"
#include "tests/io/temporary_folder.hpp"
#include "tests/plot/readable.hpp"
#include "tests/plot/synthetic_runs.hpp"

namespace tripartite {
namespace {

constexpr std::uint64_t neurons = 30, side = 28;

/// Writes what a run leaves whose neurons learned from images.
void write_weights(const std::string& folder, const std::vector<double>& weights, const std::vector<std::int64_t>& labels) {
    write_training(folder, "digits", 1, 0.5);
    H5Writer file(folder + "/results.h5");
    file.write("/projections/input_to_E/weight", weights, {neurons, side * side});
    file.attribute("/projections/input_to_E", "to", std::string("E"));
    file.attribute("/projections/input_to_E", "height", side), file.attribute("/projections/input_to_E", "width", side);
    file.write("/projections/E_to_E/weight", std::vector<double>(9, 1.0), {3, 3});
    file.write("/projections/shared/weight", std::vector<double>(18, 0.5), {2, 1, 3, 3});
    if (!labels.empty()) file.write("/populations/E/label", labels, {labels.size()});
    file.commit();
}

/// One pixel of each neuron's image has a weight.
std::vector<double> dots() {
    std::vector<double> weights(neurons * side * side);
    for (std::size_t i = 0; i < neurons; ++i) weights[i * side * side + 27 * i] = 0.1 * double(i + 1);
    return weights;
}

struct WeightImagesDrawn : testing::Test {
    TemporaryFolder folder;
    std::string run = folder.path();

    Canvas drawn(const std::vector<double>& weights, const std::vector<std::int64_t>& labels = {}, const PlotOptions& options = {}) const {
        write_weights(run, weights, labels);
        return draw_weights(RunFolder(run), "input_to_E", options);
    }
};

/// The colours of a picture at 288 dpi.
std::vector<std::uint32_t> pixels_of(const Canvas& canvas) {
    struct Source {
        std::string bytes;
        std::size_t at = 0;
    } source{canvas.encoded(Format::png)};
    const auto read = [](void* from, unsigned char* to, unsigned length) {
        auto& s = *static_cast<Source*>(from);
        std::copy_n(s.bytes.begin() + std::ptrdiff_t(s.at), length, to);
        s.at += length;
        return CAIRO_STATUS_SUCCESS;
    };
    auto* surface = cairo_image_surface_create_from_png_stream(read, &source);
    std::vector<std::uint32_t> pixels;
    for (int y = 0; y < cairo_image_surface_get_height(surface); ++y) {
        const auto* row = reinterpret_cast<const std::uint32_t*>(cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface));
        pixels.insert(pixels.end(), row, row + cairo_image_surface_get_width(surface));
    }
    cairo_surface_destroy(surface);
    return pixels;
}

std::ptrdiff_t dark_pixels(const Canvas& canvas) {
    return std::ranges::count_if(pixels_of(canvas), [](std::uint32_t c) { return (c & 0xffffff) == 0x292929; });  // ink
}

TEST_F(WeightImagesDrawn, OfNeuronsAndKernelsAreFilesOfTheRun) {
    write_weights(run, dots(), {});
    const auto files = plot_runs({run}, "", {Format::svg, Format::png, Format::pdf}, {});
    EXPECT_EQ(files.size(), 9u) << "learning curves, one projection of images and one of kernels; E_to_E is neither";
    for (const char* name : {"weights_input_to_E.svg", "weights_shared.pdf"}) EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
    EXPECT_NE(all_text(draw_weights(RunFolder(run), "shared", {})).find("Kernels, white the smallest and dark the largest of each. All 2."), std::string::npos);
    EXPECT_NE(all_text(drawn(dots(), {}, {{}, {}, 2})).find("2 of 30, at even distances."), std::string::npos);
}

TEST_F(WeightImagesDrawn, HaveOneSquareForEachWeight) {
    const double nothing = dark_pixels(drawn(std::vector<double>(neurons * side * side, 0.0)));
    EXPECT_EQ(dark_pixels(drawn(dots())) - nothing, neurons * 6 * 6) << "10 columns of 51.5 points hold images of 28 pixels of 1.5 points, 6 x 6 dots at 288 dpi";
}

TEST_F(WeightImagesDrawn, AreInTheOrderOfTheirLabelsWhichLieAboveThem) {
    std::vector<std::int64_t> labels(neurons, 7);
    labels[3] = -1, labels[9] = 2;
    const auto canvas = drawn(dots(), labels);
    expect_readable(canvas);
    EXPECT_NE(all_text(canvas).find("Weights of input_to_E\n2\n7\n"), std::string::npos);
    EXPECT_NE(all_text(canvas).find("7\n-\nWeights from each pixel"), std::string::npos);
    std::ranges::replace(labels, 7, 8);
    const auto sevens = pixels_of(canvas), eights = pixels_of(drawn(dots(), labels));
    ASSERT_EQ(sevens.size(), eights.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < sevens.size(); ++i) different += sevens[i] != eights[i];
    EXPECT_GT(different, 20 * (neurons - 2)) << "each label is seen";
}

TEST_F(WeightImagesDrawn, WithLabelsForOthersAreAnError) {
    EXPECT_EQ(error_of([&] { drawn(dots(), {1, 2}); }),
              run + "/results.h5: '/populations/E/label' has 2 numbers, not one for each of the 30 neurons of '/projections/input_to_E/weight'");
}

}  // namespace
}  // namespace tripartite
