// The figures of docs/delays.md on the detection of motifs.
#include "tests/experiment/motif_cases.hpp"

namespace tripartite {
namespace {

TEST(MotifDetection, FindsTheMotifsOfTheExperimentAndTheirKernels) {
    const auto found = detect(read_experiment(std::string(TRIPARTITE_SOURCE_DIR) + "/configs/training/delays/motif_detection.yaml"));
    std::printf("detected %.2f %%, correlation of the kernels %.3f\n", 100 * found.detected, found.correlation);
    EXPECT_GT(found.detected, 0.98);
    EXPECT_GT(found.correlation, 0.8);
}

}  // namespace
}  // namespace tripartite
