#include "core/error.hpp"
#include "tests/synapses/pairs.hpp"

namespace tripartite {
namespace {

struct Sides {
    int kernel, channels, height, width, stride, padding, out;
};

TEST(ConvolutionRule, HasTheSynapsesOfTheDefinition) {
    for (const Sides s : {Sides{3, 2, 7, 9, 1, 0, 3}, Sides{3, 1, 6, 5, 1, 1, 2}, Sides{5, 3, 12, 10, 2, 2, 4}, Sides{4, 1, 9, 9, 3, 1, 1}, Sides{1, 4, 3, 2, 1, 0, 4}, Sides{6, 2, 6, 6, 1, 0, 5}}) {
        const int rows = (s.height + 2 * s.padding - s.kernel) / s.stride + 1, columns = (s.width + 2 * s.padding - s.kernel) / s.stride + 1;
        std::vector<Pair> expected;
        for (int o = 0; o < s.out; ++o)
            for (int y = 0; y < rows; ++y)
                for (int x = 0; x < columns; ++x)
                    for (int i = 0; i < s.channels; ++i)
                        for (int k = 0; k < s.kernel; ++k)
                            for (int l = 0; l < s.kernel; ++l) {
                                const int row = y * s.stride + k - s.padding, column = x * s.stride + l - s.padding;
                                if (row < 0 || row >= s.height || column < 0 || column >= s.width) continue;
                                expected.push_back({std::uint32_t((i * s.height + row) * s.width + column), std::uint32_t((o * rows + y) * columns + x),
                                                    std::uint64_t(((o * s.channels + i) * s.kernel + k) * s.kernel + l)});
                            }
        const auto n = [](int x) { return std::uint32_t(x); };
        const Convolution rule{.kernel = n(s.kernel), .channels = n(s.channels), .height = n(s.height), .width = n(s.width), .stride = n(s.stride), .padding = n(s.padding)};
        const PairSpace space{.sources = n(s.channels * s.height * s.width), .targets = n(s.out * rows * columns)};
        const auto connector = make_connector(rule, space, test_random());
        EXPECT_EQ(pairs_of(*connector, {0, space.targets}), expected);
        EXPECT_EQ(connector->expected(), double(expected.size()));
        const auto part = pairs_of(*connector, {1, space.targets / 2});
        std::erase_if(expected, [&](const Pair& p) { return p.target < 1 || p.target >= space.targets / 2; });
        EXPECT_EQ(part, expected);
    }
}

TEST(ConvolutionRule, SizesThatDoNotBelongTogetherAreToldWithTheirNumbers) {
    const auto message = [](const Convolution& rule, std::uint32_t sources, std::uint32_t targets) {
        try {
            make_connector(rule, {.sources = sources, .targets = targets}, test_random());
            return std::string("accepted");
        } catch (const Error& e) {
            return std::string(e.what());
        }
    };
    EXPECT_EQ(message({.kernel = 3, .channels = 2, .height = 5, .width = 4}, 20, 12), "convolution: 2 channels of 5 x 4 neurons are 40, not 20 sources; set channels, height and width");
    EXPECT_EQ(message({.kernel = 3, .height = 5, .width = 4}, 20, 13), "convolution: channels of the targets have 3 x 2 neurons, and 13 targets are no whole number of channels");
    EXPECT_EQ(message({.kernel = 6, .height = 5, .width = 4}, 20, 12), "convolution: a kernel of 6 x 6 does not fit into a side of 5 with a padding of 0");
    EXPECT_EQ(message({.kernel = 3, .height = 5, .width = 4, .padding = 3}, 20, 12), "convolution: a padding of 3 would give targets without synapses; it must be smaller than the kernel, 3");
    EXPECT_EQ(message({.kernel = 3, .height = 5, .width = 4, .stride = 0}, 20, 12), "convolution: kernel and stride must be at least 1, and kernel at most 1024; got 3 and 0");
    EXPECT_EQ(message({.kernel = 3, .height = 5, .width = 4}, 20, 12), "accepted");
}

}  // namespace
}  // namespace tripartite
