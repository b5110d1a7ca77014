// Movies of moving textures: what moves is seen where it moves to, and the rest of the generator's promises.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "datasets/motion.hpp"

namespace tripartite {
namespace motion_test {

Motion small() {
    Motion m;
    m.directions = 4, m.speed = {1}, m.size = 15, m.train = 80, m.test = 8;
    return m;
}
constexpr int T = 60;

bool event(const Images& movies, const Motion& m, int sample, int t, int polarity, int x, int y) {
    return movies.image(sample)[(std::size_t(t) * 2 + std::size_t(polarity)) * std::size_t(m.size * m.size) + std::size_t(y * m.size + x)] > 0;
}

/// How many events of the samples of a direction are followed, two steps later and two pixels further along (dx, dy), by one of the same sign.
double followed(const Images& movies, const Motion& m, int direction, int dx, int dy) {
    double both = 0, events = 0;
    for (int i = direction; i < movies.count; i += m.directions)
        for (int t = 0; t + 2 < T; ++t)
            for (int polarity = 0; polarity < 2; ++polarity)
                for (int y = 2; y < m.size - 2; ++y)
                    for (int x = 2; x < m.size - 2; ++x)
                        if (event(movies, m, i, t, polarity, x, y)) ++events, both += event(movies, m, i, t + 2, polarity, x + 2 * dx, y + 2 * dy);
    return both / events;
}

/// The oracle: a pixel sees what its neighbour saw, one step later for a speed of one pixel a step. Direction d is the angle pi d / 2.
TEST(Motion, EventsMoveInTheDirectionOfTheClass) {
    const Motion m = small();
    const auto movies = m.load(1, T).train;
    const int way[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    for (int d = 0; d < 4; ++d) {
        const double along = followed(movies, m, d, way[d][0], way[d][1]);
        for (int turn = 1; turn < 4; ++turn) {
            const auto& other = way[(d + turn) % 4];
            EXPECT_GT(along, 1.5 * followed(movies, m, d, other[0], other[1])) << d << " turned by " << turn;
        }
    }
}

TEST(Motion, FasterTexturesMakeMoreEventsInProportion) {
    Motion m = small();
    m.speed = {0.125, 0.25};
    const auto movies = m.load(1, T).train;
    double events[2] = {};
    for (int i = 0; i < movies.count; ++i)
        for (int at = 0; at < movies.size(); ++at) events[movies.labels[std::size_t(i)] % 2] += movies.image(i)[at] > 0;
    EXPECT_NEAR(events[1] / events[0], 2, 0.3) << "each event stands for a change by the threshold";
}

/// With events exact to a threshold, ON minus OFF events of a pixel are the change of the texture, which never leaves a few standard deviations.
TEST(Motion, OnAndOffEventsBalance) {
    const Motion m = small();
    const auto movies = m.load(1, T).train;
    for (int i = 0; i < movies.count; ++i)
        for (int y = 0; y < m.size; ++y)
            for (int x = 0; x < m.size; ++x) {
                int sum = 0;
                for (int t = 0; t < T; ++t) {
                    sum += event(movies, m, i, t, 0, x, y) - event(movies, m, i, t, 1, x, y);
                    ASSERT_FALSE(event(movies, m, i, t, 0, x, y) && event(movies, m, i, t, 1, x, y));
                    ASSERT_LE(std::abs(sum), 11) << "sqrt(2 x 16) is the most, to both sides of 0";
                }
            }
}

TEST(Motion, TheClassIsAskedForWhereThePixelInTheMiddleHasAnEvent) {
    const Motion m = small();
    const auto movies = m.load(1, T).train;
    int asked = 0;
    for (int i = 0; i < movies.count; ++i) {
        EXPECT_EQ(movies.labels[std::size_t(i)], i % 4);
        for (int t = 0; t < T; ++t) {
            const bool here = event(movies, m, i, t, 0, 7, 7) || event(movies, m, i, t, 1, 7, 7);
            asked += here;
            for (int c = 0; c < 4; ++c) ASSERT_EQ(movies.target(i)[t * 4 + c], here ? c == i % 4 : 2);
        }
    }
    EXPECT_GT(asked, movies.count);
}

TEST(Motion, TrainAndTestDifferAndTheSeedDecides) {
    Motion m = small();
    const auto a = m.load(1, T), again = m.load(1, T);
    EXPECT_EQ(a.train.pixels, again.train.pixels);
    EXPECT_FALSE(std::equal(a.test.pixels.begin(), a.test.pixels.end(), a.train.pixels.begin()));
    m.seed = 2;
    EXPECT_NE(m.load(1, T).train.pixels, a.train.pixels);
}

}  // namespace motion_test
}  // namespace tripartite
