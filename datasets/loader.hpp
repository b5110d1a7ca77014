#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "core/random.hpp"
#include "datasets/images.hpp"
#include "datasets/transform.hpp"
#include "engine/frames.hpp"

namespace tripartite {

/// Some samples, ready for an encoder. Letters: B samples, N pixels.
template <class Real> struct Batch {
    RealFrame<Real> images;    ///< [1][B][N], rows padded by zeros
    std::vector<int> labels;   ///< [B]
    std::vector<int> samples;  ///< [B] index in the data set: the key of the sample's random numbers
    std::vector<const std::uint8_t*> targets;  ///< [B] of each sample, [T][outputs]; or empty
};

/// Hands out samples batch by batch, in the given order; the last batch may be smaller. A thread of its own prepares the next
/// batch while the caller works on this one. The batches do not depend on timing.
template <class Real> class Loader {
public:
    /// `images` must outlive the loader. `augment` turns the random parts of the transform on.
    Loader(const Images& images, std::vector<int> samples, int batch, const Transform& transform, std::uint64_t seed, int epoch, bool augment);
    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    int batches() const { return int((samples_.size() + batch_ - 1) / batch_); }

    /// Fills `to` (its memory is used again) and returns true, or returns false after the last batch.
    bool next(Batch<Real>& to);

private:
    void work();
    void prepare(int first, Batch<Real>& to) const;
    void copy_image(int sample, Real* to) const;

    const Images& images_;
    const std::vector<int> samples_;
    const int batch_;
    const Transform transform_;
    const int epoch_;
    const bool augment_;
    const RandomStream random_;
    std::array<Real, 256> values_;  ///< of each byte, transformed

    std::mutex mutex_;
    std::condition_variable changed_;
    Batch<Real> ready_;
    bool full_ = false, stop_ = false;
    std::exception_ptr failure_;
    int delivered_ = 0;  ///< batches
    std::thread thread_;
};

}  // namespace tripartite
